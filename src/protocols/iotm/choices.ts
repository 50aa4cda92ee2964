import { type Problem, shown } from "../../errors";
import { isBlank } from "../../saved";
import type { Meaning } from "./sensors";

/** Meanings that take the place of the catalogue's; undefined keeps a value under its id. */
type Meanings = Readonly<Record<number, Meaning | undefined>>;

const pedal: Meaning = { key: "throttle", ofBus: true };
const coolant: Meaning = { key: "coolantTemperature", ofBus: true };
/** Two axes of the device, each forwards or backwards, as the vehicle's acceleration and cornering. */
const axes = (ahead: number, across: number, sign: 1 | -1): Meanings => ({
  [ahead]: { key: "acceleration", rank: 1, multiply: sign, divide: 4096 },
  [across]: { key: "cornering", rank: 1, multiply: sign, divide: 4096 },
});
const [AXIS_X, AXIS_Y] = [0x7000, 0x7001];

/**
 * What the device config chooses where sources disagree, or a value's meaning depends on how the device is wired and mounted:
 * by choice and option. Nothing chosen is as the catalogue has it. Source: docs/protocols/iotm.md, "What the device config
 * decides".
 */
export const CHOICES = {
  /** Where the ignition comes from; nothing is automatic. */
  ignition: { can: {}, input5: {}, input7: {}, off: {} },
  /** 0x2008. */
  engineTemperature: { celsius: { 8200: coolant }, offset40: { 8200: { ...coolant, add: -40 } } },
  /** 0x2006. */
  pedal: { percent: { 8198: pedal }, unknown: { 8198: undefined } },
  /** 0x4001, 0x4002. */
  totals: {
    j1939: {
      16385: { key: "fuelUsed", rank: 1, divide: 2, ofBus: true },
      16386: { key: "engineHours", divide: 20, ofBus: true },
    },
  },
  /** 0x4063. */
  axleWeight: { fms: { 16483: { key: "axleWeight", placed: true, divide: 2, ofBus: true } } },
  /** 0x7000, 0x7001: the axis that points ahead. */
  acceleration: {
    x: axes(AXIS_X, AXIS_Y, 1),
    xBackwards: axes(AXIS_X, AXIS_Y, -1),
    y: axes(AXIS_Y, AXIS_X, 1),
    yBackwards: axes(AXIS_Y, AXIS_X, -1),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Meanings>>>>;

export type ChoiceName = keyof typeof CHOICES;
export const CHOICE_NAMES = Object.keys(CHOICES) as readonly ChoiceName[];

/** Choices as a device config has them; absent or empty is as the catalogue has it. */
export type Choices = { readonly [name in ChoiceName]?: string };

/** The meanings that were chosen, by sensor. Of choices that {@link checkChoices} refuses, nothing. */
export function chosenMeanings(choices: Choices): ReadonlyMap<number, Meaning | undefined> {
  const chosen = CHOICE_NAMES.flatMap((name) => {
    const options: Readonly<Record<string, Meanings>> = CHOICES[name];
    const option = choices[name] ?? "";
    return Object.hasOwn(options, option) ? Object.entries(options[option] ?? {}) : [];
  });
  return new Map(chosen.map(([id, meaning]) => [Number(id), meaning]));
}

/** What is wrong with saved choices; `path` is the choice's name. Code: `CHOICE`. */
export function checkChoices(value: unknown): Problem[] {
  if (isBlank(value)) return [];
  if (typeof value !== "object" || Array.isArray(value)) {
    return [{ code: "CHOICE", path: "", message: "what values mean is not an object" }];
  }
  return Object.entries(value as object).flatMap(([name, option]) => {
    const options = Object.hasOwn(CHOICES, name) ? Object.keys(CHOICES[name as ChoiceName]) : undefined;
    if (options !== undefined && (isBlank(option) || options.includes(option))) return [];
    const message =
      options === undefined
        ? `${shown(name)} is nothing that can be chosen; there are ${CHOICE_NAMES.join(", ")}`
        : `${shown(option)} is not one of ${options.join(", ")}`;
    return [{ code: "CHOICE", path: options === undefined ? "" : name, message }];
  });
}
