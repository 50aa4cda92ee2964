import type { Label } from "../label";

/** `id64` is text: a 64-bit id as 16 lower-case hex digits. */
export type AttributeType = "boolean" | "number" | "text" | "id64";

/** What a chart or a total can do with a value: a gauge goes up and down, a counter only up. */
export type Kind = "state" | "gauge" | "counter" | "text";

/** What belongs together in lists, in the order in which a person looks for it. */
export const TERM_GROUPS = {
  vehicle: { en: "Vehicle", de: "Fahrzeug" },
  engine: { en: "Engine", de: "Motor" },
  energy: { en: "Fuel and traction battery", de: "Kraftstoff und Fahrbatterie" },
  power: { en: "Power supply of the tracker", de: "Stromversorgung des Trackers" },
  doors: { en: "Doors, locks, alarm", de: "Türen, Schlösser, Alarm" },
  warnings: { en: "Warnings", de: "Warnungen" },
  load: { en: "Load and trailer", de: "Ladung und Anhänger" },
  driver: { en: "Driver", de: "Fahrer" },
  wired: { en: "Inputs, outputs, ids", de: "Ein- und Ausgänge, Kennungen" },
  temperature: { en: "Temperatures", de: "Temperaturen" },
  network: { en: "Networks and GNSS", de: "Funknetze und GNSS" },
  device: { en: "Device and others", de: "Gerät und anderes" },
} as const satisfies Readonly<Record<string, Label>>;
export type TermGroup = keyof typeof TERM_GROUPS;

/** A name that an attribute of a normalized message can have. */
export interface Term {
  readonly key: string;
  readonly type: AttributeType;
  readonly kind: Kind;
  readonly group: TermGroup;
  /** Unit as a person writes it; empty where there is none. */
  readonly unit: string;
  readonly label: Label;
  /** Smallest and largest value, in `unit`, that the wire or physics allows; what lies outside is not believed. */
  readonly range?: Range;
  /** Decimals to show of a number. */
  readonly precision?: number;
  /** All that a text can be, where it is one of a few words. */
  readonly values?: readonly string[];
}

export type Range = readonly [least: number, most: number];

/** Decimals to show of a number in a unit. */
const PRECISION: Readonly<Record<string, number>> = {
  "": 0,
  V: 2,
  "%": 1,
  "km/h": 1,
  "1/min": 0,
  "°C": 1,
  l: 1,
  "l/h": 2,
  h: 1,
  km: 1,
  kg: 0,
  g: 2,
  "°": 0,
  dBm: 0,
  B: 0,
};

export const PERCENT: Range = [0, 100];
export const VOLTAGE: Range = [0, 65];
export const SPEED: Range = [0, 500];
export const TEMPERATURE: Range = [-60, 300];
export const WEIGHT: Range = [0, 131_000];
export const G_FORCE: Range = [-16, 16];
export const DISTANCE: Range = [0, 5_000_000];
export const VOLUME: Range = [0, 5_000_000];
export const HOURS: Range = [0, 250_000];
export const WHOLE_U32: Range = [0, 0xffff_ffff];

export const state = (group: TermGroup, key: string, en: string, de: string): Term => ({
  key,
  type: "boolean",
  kind: "state",
  group,
  unit: "",
  label: { en, de },
});

const number =
  (kind: "gauge" | "counter") =>
  (group: TermGroup, key: string, unit: string, range: Range, en: string, de: string): Term => ({
    key,
    type: "number",
    kind,
    group,
    unit,
    label: { en, de },
    range,
    precision: PRECISION[unit] ?? 0,
  });
export const gauge = number("gauge");
export const counter = number("counter");

const textual =
  (type: "text" | "id64") =>
  (group: TermGroup, key: string, en: string, de: string): Term => ({
    key,
    type,
    kind: "text",
    group,
    unit: "",
    label: { en, de },
  });
export const textTerm = textual("text");
export const id64 = textual("id64");

/** One of a few words, which is a state as yes and no are. */
export const choiceTerm = (
  group: TermGroup,
  key: string,
  values: readonly string[],
  en: string,
  de: string,
): Term => ({ ...textTerm(group, key, en, de), kind: "state", values });

/** `count` terms `key1`, `key2` … */
export const series = (count: number, make: (n: number) => Term): Term[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));
