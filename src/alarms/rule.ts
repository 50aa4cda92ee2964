import { shown, TrackerError } from "../errors";
import type { FenceSchedule } from "../fences/fence";
import { readSchedule } from "../fences/read-fence";
import { imeiIn } from "../model/imei";
import { ALARM_LEVELS, ALARM_LIMITS, type AlarmLevel } from "./alarm";
import {
  ALARM_KIND_NAMES,
  ALARM_KINDS,
  type AlarmKind,
  type AlarmKindName,
  type AlarmParam,
  type AlarmParams,
} from "./kinds";

/** What a node watches for. */
export interface AlarmRule {
  /** Stays the same when the rule is changed or moved. */
  readonly id: string;
  readonly name: string;
  readonly kind: AlarmKindName;
  readonly params: AlarmParams;
  readonly level: AlarmLevel;
  /** IMEIs and groups of the devices it is for; where both are empty, it is for all. */
  readonly devices: readonly string[];
  readonly groups: readonly string[];
  /** When it counts; null: always. */
  readonly schedule: FenceSchedule | null;
  /** Seconds for which it has to be over before the alarm ends; until then all is one alarm. */
  readonly quiet: number;
  /** Minutes without acknowledgement after which it is told again; 0: never. */
  readonly escalateAfter: number;
}

export const QUIET_DEFAULT = 60;
const QUIET_MOST = 86_400;
const ESCALATE_MOST = 10_080;

type Given = Readonly<Record<string, unknown>>;

/**
 * Reads the rules of a node. Throws `ALARM_RULES`, `ALARM_RULE_ID`, `ALARM_KIND`, `ALARM_PARAM`, `FIELD_UNKNOWN`,
 * `FIELD_VALUE` or `IMEI_*` with the place, such as `rules[0].params.limit`.
 */
export function readRules(value: unknown): AlarmRule[] {
  if (!Array.isArray(value) || value.length > ALARM_LIMITS.rules) {
    const message = `the rules are a list of at most ${ALARM_LIMITS.rules} rules`;
    throw new TrackerError({ code: "ALARM_RULES", path: "rules", message });
  }
  const rules = value.map((one, at) => readRule(one, `rules[${at}]`));
  const twice = rules.findIndex(({ id }, at) => rules.findIndex((other) => other.id === id) < at);
  if (twice < 0) return rules;
  const message = `another rule has the id ${shown(rules[twice]?.id)}, too`;
  throw new TrackerError({ code: "ALARM_RULE_ID", path: `rules[${twice}].id`, message });
}

const FIELDS = [
  "id",
  "name",
  "kind",
  "params",
  "level",
  "devices",
  "groups",
  "schedule",
  "quiet",
  "escalateAfter",
];

export function readRule(value: unknown, path: string): AlarmRule {
  if (!isGiven(value)) throw wrong("ALARM_RULES", path, "a rule is an object with a kind");
  const other = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (other !== undefined)
    throw wrong("FIELD_UNKNOWN", `${path}.${other}`, `a rule has ${FIELDS.join(", ")}`);
  const kind = ALARM_KIND_NAMES.find((one) => one === value.kind);
  if (kind === undefined) {
    const message = `the kind of a rule is one of ${ALARM_KIND_NAMES.join(", ")}, not ${shown(value.kind)}`;
    throw wrong("ALARM_KIND", `${path}.kind`, message);
  }
  const { level = "warning", schedule = null } = value;
  const knownLevel = ALARM_LEVELS.find((one) => one === level);
  if (knownLevel === undefined)
    throw wrong("FIELD_VALUE", `${path}.level`, `the level is one of ${ALARM_LEVELS.join(", ")}`);
  return {
    id: text(value.id, `${path}.id`, 1),
    name: text(value.name ?? "", `${path}.name`, 0) || ALARM_KINDS[kind].label.en,
    kind,
    params: readParams(kind, value.params ?? {}, `${path}.params`),
    level: knownLevel,
    devices: list(value.devices, `${path}.devices`).map((one, at) => imei(one, `${path}.devices[${at}]`)),
    groups: list(value.groups, `${path}.groups`),
    schedule: readSchedule(schedule, `${path}.schedule`),
    quiet: number(value.quiet, `${path}.quiet`, QUIET_DEFAULT, 0, QUIET_MOST, "seconds"),
    escalateAfter: number(value.escalateAfter, `${path}.escalateAfter`, 0, 0, ESCALATE_MOST, "minutes"),
  };
}

function readParams(kind: AlarmKindName, value: unknown, path: string): AlarmParams {
  const { params } = ALARM_KINDS[kind] as AlarmKind;
  const names = Object.keys(params);
  if (!isGiven(value)) throw wrong("ALARM_PARAM", path, "the settings of a rule are an object");
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other !== undefined) {
    const message = `${kind} has ${names.length === 0 ? "no settings" : names.join(", ")}`;
    throw wrong("ALARM_PARAM", `${path}.${other}`, message);
  }
  const read = Object.fromEntries(
    Object.entries(params).map(([name, param]) => [name, readParam(value[name], param, `${path}.${name}`)]),
  );
  if (kind !== "valueRange") return read;
  if (read.min === "" && read.max === "")
    throw wrong("ALARM_PARAM", `${path}.min`, "a range has at least one of min and max");
  if (read.min !== "" && read.max !== "" && Number(read.min) > Number(read.max))
    throw wrong("ALARM_PARAM", `${path}.max`, "max is less than min");
  if (read.sensor === "") throw wrong("ALARM_PARAM", `${path}.sensor`, "a value has a name");
  return read;
}

function readParam(value: unknown, param: AlarmParam, path: string): number | string {
  if (value === undefined || value === null || value === "") return param.default;
  const { choices, min, max, unit = "", expression = ALARM_LIMITS.text } = param;
  if (choices !== undefined) {
    const found = Object.keys(choices).find((one) => one === value);
    if (found !== undefined) return found;
    throw wrong("ALARM_PARAM", path, `this is one of ${Object.keys(choices).join(", ")}`);
  }
  if (min === undefined || max === undefined) return text(value, path, 0, "ALARM_PARAM", expression);
  return number(value, path, 0, min, max, unit, "ALARM_PARAM");
}

function number(
  value: unknown,
  path: string,
  preset: number,
  min: number,
  max: number,
  unit: string,
  code = "FIELD_VALUE",
): number {
  if (value === undefined || value === null || value === "") return preset;
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof read === "number" && read >= min && read <= max) return read;
  const what = unit === "" ? "" : ` (${unit})`;
  throw wrong(code, path, `this is a number from ${min} to ${max}${what}, not ${shown(value)}`);
}

function text(
  value: unknown,
  path: string,
  least: number,
  code = "FIELD_VALUE",
  most: number = ALARM_LIMITS.text,
): string {
  const read = typeof value === "string" || typeof value === "number" ? String(value).trim() : undefined;
  if (read !== undefined && read.length >= least && read.length <= most) return read;
  throw wrong(code, path, `this is a text of ${least} to ${most} characters, not ${shown(value)}`);
}

/** Texts, or one with commas. */
function list(value: unknown, path: string): string[] {
  const given: unknown = typeof value === "string" ? value.split(/[\n,;]/) : (value ?? []);
  if (!Array.isArray(given) || given.length > 1000)
    throw wrong("FIELD_VALUE", path, "this is a list of up to 1000");
  const read = given.map((one, at) => text(one, `${path}[${at}]`, 0)).filter((one) => one !== "");
  return [...new Set(read)];
}

/** Also one with a wrong check digit: there are devices that have one. */
function imei(value: string, path: string): string {
  const { imei: read, problem } = imeiIn(value);
  if (read !== undefined) return read;
  throw wrong(problem?.code ?? "FIELD_VALUE", path, problem?.message ?? "this is no IMEI");
}

function wrong(code: string, path: string, message: string): TrackerError {
  return new TrackerError({ code, path, message });
}

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
