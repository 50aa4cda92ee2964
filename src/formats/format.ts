import type { CsvTool } from "../history/formats/csv";
import type { DeviceEvent, Scalar, Telemetry } from "../model/message";
import { isAlarm, isFound, type TellableAlarm, type TellableInterval } from "./found";

/** What a registry marks a record with: it came after newer ones, with a clock ahead of time, or before. */
interface Marked {
  readonly late?: boolean;
  readonly future?: boolean;
  readonly duplicate?: boolean;
}

/** What the node trips marks an event with: it has told of it before, or takes it back. */
interface Revised {
  readonly change?: "created" | "updated" | "deleted";
}

/** A record that can be told to another system. */
export type TellableRecord = (Telemetry | DeviceEvent) & { readonly imei: string } & Marked & Revised;

/** Something became of a device: what the third output of the device registry says. */
export interface DeviceStatus {
  readonly kind: "status";
  readonly imei: string;
  readonly change: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** `msg.device`, as far as formats need it; a flow without a registry has none. */
export interface TellableDevice {
  readonly name?: string;
  readonly group?: string;
  readonly driver?: string;
  readonly vehicle?: { readonly plate?: string; readonly vin?: string };
  /** Names of inputs and outputs by number. */
  readonly deviceConfig?: {
    readonly inputs?: Readonly<Record<string, string>>;
    readonly outputs?: Readonly<Record<string, string>>;
  };
}

export interface FormatSubject {
  readonly record: TellableRecord | DeviceStatus | TellableInterval | TellableAlarm;
  readonly device?: TellableDevice;
}

/** Properties of a message for mqtt out, http request or the target's own node. */
export interface Outgoing {
  readonly payload: unknown;
  readonly topic?: string;
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
  readonly method?: "POST";
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a document, for a write file node. */
  readonly filename?: string;
}

/** Something that the target does not get, and why. */
export interface LeftOut {
  /** Where it stands in the record, such as `attributes.gear`; empty for a whole record, the kind of what else is whole. */
  readonly path: string;
  readonly why: LeftOutReason;
}

/** Why something is left out, in words that follow "… is left out: ". */
export const LEFT_OUT_REASONS = {
  noWord: "the target has no word for it",
  outOfRange: "the target refuses the whole message for such a value",
  noPosition: "the target takes only records with a valid position",
  backInTime: "the target discards what is older than the last it has",
  kind: "the target takes no such record",
  noValue: "there is no value in it that the target takes",
  notStored: "the target stores only points with a valid position and enough satellites",
  itsOwn: "the target finds that out itself of the records",
  takenBack: "the target cannot take back what it was told",
  toldBefore: "the target was told of it when it began",
} as const;
export type LeftOutReason = keyof typeof LEFT_OUT_REASONS;

export interface Made {
  readonly messages: readonly Outgoing[];
  readonly leftOut: readonly LeftOut[];
}

/** What a person chooses for a format; a format takes of it what it needs. */
export interface FormatSettings {
  /** First part of the topics. */
  readonly topic: string;
  /** Where an http request goes; empty where the flow says it. */
  readonly url: string;
  /** Name of the measurement in a database of time series. */
  readonly measurement: string;
}

/** What the node output command takes. */
export interface AskedSwitch {
  readonly imei: string;
  /** From 1. */
  readonly output: number;
  readonly state: "on" | "off";
}

/** What a message from the target asks for. */
export interface Asked {
  readonly commands?: readonly AskedSwitch[];
  readonly messages?: readonly Outgoing[];
}

/** A target that has to be told more than what is made of each record. It is told all again after a restart. */
export interface TargetSession {
  /** What the target is told of a subject, with what it needs to understand it. */
  tell(subject: FormatSubject): Made;
  /** What a message from the target asks for; undefined where it is none of its. */
  from(topic: string, payload: unknown): Asked | undefined;
}

/** A record or a status, which every format tells or leaves out by itself. */
export interface RecordSubject extends FormatSubject {
  readonly record: TellableRecord | DeviceStatus;
}

/** Makes messages of something that was found out of records. */
export type MakeFound<Found> = (found: Found, name: string, settings: FormatSettings) => Made;

/** Tells a subject, whatever it is, or says why not. */
export type Tell = (subject: FormatSubject) => Made;

/** How what we know is said to another system. */
export interface Format {
  readonly id: string;
  /** Settings that it uses, with their defaults. */
  readonly settings: Readonly<Partial<FormatSettings>>;
  /** What it calls the values of a record. */
  readonly names: Names;
  /** An event is something that happens there, so that one that was told is not told again. */
  readonly tellsEventsOnce?: true;
  make(subject: RecordSubject, settings: FormatSettings): Made;
  /** Trips, stops and idling; or why there is nothing of them. */
  readonly interval: LeftOutReason | MakeFound<TellableInterval>;
  readonly alarm: LeftOutReason | MakeFound<TellableAlarm>;
  /** For a target that takes whole files: one document of all that a message has. */
  document?(subjects: readonly FormatSubject[], tool: CsvTool): Made;
  /** For a target that has to be told more than what is made of each subject, or that asks for something. */
  session?(settings: FormatSettings, tell: Tell): TargetSession;
}

/** Tells a subject by a format, or why it is left out. */
export function tellBy(format: Format, subject: FormatSubject, settings: FormatSettings): Made {
  const { record, device } = subject;
  const nothingOf = (why: LeftOutReason): Made => nothing(why, isFound(record) ? record.kind : "");
  if (isRevised(record, "deleted")) return nothingOf("takenBack");
  if (!isFound(record)) {
    const isRepeated = format.tellsEventsOnce && isRevised(record, "updated");
    return isRepeated ? nothingOf("toldBefore") : format.make({ ...subject, record }, settings);
  }
  const name = device?.name || record.imei;
  if (isAlarm(record))
    return typeof format.alarm === "string" ? nothingOf(format.alarm) : format.alarm(record, name, settings);
  return typeof format.interval === "string"
    ? nothingOf(format.interval)
    : format.interval(record, name, settings);
}

/** An event or interval of the node trips; changes of statuses and alarms have other words. */
export function isRevised(record: FormatSubject["record"], change: "updated" | "deleted"): boolean {
  return !isStatus(record) && !isAlarm(record) && record.change === change;
}

/** What a target calls a value. */
export interface Named {
  readonly name: string;
  /** Value there = value here × this. */
  readonly times?: number;
  readonly isWhole?: true;
  /** What the target takes, in its own unit. */
  readonly range?: readonly [least: number, most: number];
}

/** What a target calls each name of the vocabulary. */
export interface Names {
  readonly named: Readonly<Record<string, Named>>;
  /** Names that the format itself puts elsewhere: into a mask, a list, a part of the position. */
  readonly elsewhere: readonly string[];
  /** Names that it has no word for, where `others` are left out: every name of the vocabulary stands in one place. */
  readonly without?: readonly string[];
  /** What it calls all others, also names that users gave; "leftOut" where it has no word for them. */
  readonly others: "leftOut" | ((key: string) => string);
}

export interface Values {
  readonly values: Readonly<Record<string, Scalar>>;
  readonly leftOut: readonly LeftOut[];
}

/** The values of a record as a target has them; what has no value is not told. */
export function termsAs({ attributes = {} }: TellableRecord, names: Names): Values {
  const values: Record<string, Scalar> = {};
  const leftOut: LeftOut[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || names.elsewhere.includes(key)) continue;
    const named = nameOf(key, names);
    const told = named === undefined ? undefined : inItsUnit(value, named);
    if (named === undefined || told === undefined)
      leftOut.push({ path: `attributes.${key}`, why: named === undefined ? "noWord" : "outOfRange" });
    else values[named.name] = told;
  }
  return { values, leftOut };
}

/** What an event says beside its type, each under `event` and its name: `eventFence`, `eventSeverity`. */
export function eventDetailsOf(record: TellableRecord): Readonly<Record<string, string | number>> {
  if (record.kind !== "event") return {};
  const { type: _, raw: __, ...details } = record.event;
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      `event${key.charAt(0).toUpperCase()}${key.slice(1)}`,
      value,
    ]),
  );
}

function nameOf(key: string, { named, others }: Names): Named | undefined {
  if (Object.hasOwn(named, key)) return named[key];
  return others === "leftOut" ? undefined : { name: others(key) };
}

/** Numbers of a part of the record as a target has them, of those that the table names. */
export function numbersOf(part: string, from: object, table: Readonly<Record<string, Named>>): Values {
  const values: Record<string, Scalar> = {};
  const leftOut: LeftOut[] = [];
  for (const [key, named] of Object.entries(table)) {
    const value = (from as Readonly<Record<string, unknown>>)[key];
    if (typeof value !== "number") continue;
    const told = inItsUnit(value, named);
    if (told === undefined) leftOut.push({ path: `${part}.${key}`, why: "outOfRange" });
    else values[named.name] = told;
  }
  return { values, leftOut };
}

/** A value in the target's unit; undefined where the target would not take it. */
function inItsUnit(value: Exclude<Scalar, null>, { times = 1, isWhole, range }: Named): Scalar | undefined {
  if (typeof value !== "number") return value;
  const scaled = exact(value * times);
  const told = isWhole ? Math.round(scaled) : scaled;
  return range !== undefined && (told < range[0] || told > range[1]) ? undefined : told;
}

/** A product without the digits that binary fractions add to it. */
export const exact = (value: number): number => Number(value.toPrecision(12));

/** The coordinates of a record, where it tells where the device is. */
export function validPositionOf(record: TellableRecord): ValidPosition | undefined {
  const { position } = record;
  if (!position?.valid || position.latitude === null || position.longitude === null) return undefined;
  return position as ValidPosition;
}
export type ValidPosition = NonNullable<TellableRecord["position"]> & {
  readonly latitude: number;
  readonly longitude: number;
};

/** ISO 8601, UTC, as all targets have it. */
export const utcTime = (time: number): string => new Date(time).toISOString();

/** `engineSpeed` as `engine_speed`; what is neither letter nor digit becomes `_`. */
export const snakeCase = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");

/** A value's own name, with `_value` where a user gave one the name of something that the target has beside. */
export const beside =
  (...taken: readonly string[]) =>
  (key: string): string =>
    taken.includes(key) ? `${key}_value` : key;

/** A row for each number: `numberedRows(8, (n) => [`analog${n}`, { name: `adc${n}` }])`. */
export function numberedRows(count: number, row: (n: number) => [string, Named]): Record<string, Named> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => row(index + 1)));
}

/** A word made of yes and no values, bit 0 for number 1; undefined where none is known. */
export function maskOf(
  record: TellableRecord,
  prefix: "input" | "output",
  count: number,
): number | undefined {
  let mask: number | undefined;
  for (let n = 1; n <= count; n++) {
    const value = record.attributes?.[`${prefix}${n}`];
    if (typeof value === "boolean") mask = (mask ?? 0) | (value ? 1 << (n - 1) : 0);
  }
  return mask;
}

export const INPUTS = 8;
export const OUTPUTS = 4;
const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
export const INPUT_NAMES = numbered("input", INPUTS);
export const OUTPUT_NAMES = numbered("output", OUTPUTS);

/** Only what is known. */
export function known<T extends object>(values: T): Known<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Known<T>;
}
type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Metres that a position may be off by its dilution. Source: 5 m of a receiver's own error is usual. */
export const accuracyOf = (hdop: number | undefined): number | undefined =>
  hdop === undefined ? undefined : Math.round(hdop * 5);

export const nothing = (why: LeftOutReason, path = ""): Made => ({ messages: [], leftOut: [{ path, why }] });

export function isStatus(record: FormatSubject["record"]): record is DeviceStatus {
  return record.kind === "status";
}

/** How a message goes to an http request node, where a URL was chosen; else to mqtt out. */
export function httpOr(
  url: string,
  mqtt: Pick<Outgoing, "topic" | "qos" | "retain">,
): Omit<Outgoing, "payload"> {
  if (url === "") return mqtt;
  return { method: "POST", url, headers: { "Content-Type": "application/json" } };
}
