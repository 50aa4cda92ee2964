import type { FenceTrack } from "../fences/follow";
import type { Scalar } from "../model/message";

export const ALARM_LEVELS = ["info", "warning", "critical"] as const;
export type AlarmLevel = (typeof ALARM_LEVELS)[number];

export const ALARM_STATES = ["active", "cleared"] as const;

export interface AlarmPlace {
  /** WGS 84, degrees. */
  readonly latitude: number;
  readonly longitude: number;
}

/** What a person did with an alarm; `time` by our own clock, `by` empty where nobody said who it was. */
export interface AlarmNote {
  readonly time: number;
  readonly by: string;
  readonly note: string;
}

/** What one rule has found out about one device. Times are epoch milliseconds. */
export interface Alarm {
  readonly id: string;
  /** Rises with every change that is told. */
  readonly revision: number;
  readonly imei: string;
  /** Ids of the node and of the rule in it. */
  readonly node: string;
  readonly rule: string;
  /** Name, kind and level of the rule when it began. */
  readonly name: string;
  readonly alarm: string;
  readonly level: AlarmLevel;
  readonly state: (typeof ALARM_STATES)[number];
  /** When what it is about began and ended, by the device's clock. */
  readonly begin: number;
  readonly end: number | null;
  /** How often it came again while the alarm was active. */
  readonly repeats: number;
  readonly acknowledged: AlarmNote | null;
  /** A person has cleared it. */
  readonly clearedBy: AlarmNote | null;
  /** When it was told, and when it was told again because nobody had acknowledged it, by our own clock. */
  readonly toldAt: number | null;
  readonly escalatedAt: number | null;
  /** It was over, or long begun, when it came to be known: no bells. */
  readonly past: boolean;
  /** Where it began. */
  readonly position: AlarmPlace | null;
  /** What was measured. */
  readonly details: Readonly<Record<string, Scalar>>;
}

/** It wants a person: it goes on, or nobody has said that it was seen. What rang no bell wants nobody. */
export function isOpenAlarm({ state, acknowledged, clearedBy, past }: Alarm): boolean {
  return !past && (state === "active" || (acknowledged === null && clearedBy === null));
}

/** It goes on, and nobody has acknowledged it. */
export function isRingingAlarm({
  state,
  acknowledged,
  past,
}: Pick<Alarm, "state" | "acknowledged" | "past">): boolean {
  return !past && state === "active" && acknowledged === null;
}

export const ALARM_CHANGES = ["begin", "update", "end", "acknowledged", "escalated", "past"] as const;
export type AlarmChange = (typeof ALARM_CHANGES)[number];

/** What is told of an alarm: `msg.payload` of the node. */
export interface AlarmMessage extends Alarm {
  readonly schema: 1;
  readonly kind: "alarm";
  readonly change: AlarmChange;
  /** When the change happened: begin and end by the device's clock, all others by ours. */
  readonly time: number;
  /** It may have been told before: Node-RED ended just then. `id` and `revision` are the same. */
  readonly again?: true;
}

/** What has to be remembered of a rule and a device; plain data. */
export interface RuleMemory {
  /** Since when the condition holds; null where it does not. */
  readonly since: number | null;
  /** Since when the condition of the active alarm does not hold. */
  readonly off: number | null;
  /** Time of the newest event that counted. */
  readonly last: number | null;
  /** A person has cleared the alarm although its condition holds: nothing begins until that is over. */
  readonly isMuted: boolean;
  /** Times of past events that were told, so that a repetition is none. */
  readonly past: readonly number[];
  /** Fences that keep the condition up. */
  readonly fences: readonly string[];
  /** Where the vehicle was left, and where and when it was last seen to move from there. */
  readonly anchor: Anchor | null;
}

export interface Anchor extends AlarmPlace {
  readonly time: number;
  readonly movedAt: number | null;
}

/** All that is remembered of a device for one node; plain data. */
export interface DeviceAlarms {
  readonly imei: string;
  readonly node: string;
  /** Time of the newest reading. */
  readonly time: number | null;
  /** The newest values that rules watch, and when they were read. */
  readonly values: Readonly<Record<string, readonly [value: Scalar, time: number]>>;
  readonly position: AlarmPlace | null;
  readonly track: FenceTrack;
  /** By id of the rule. */
  readonly rules: Readonly<Record<string, RuleMemory>>;
  readonly alarms: Readonly<Record<string, Alarm>>;
  /** What the store has to have before it is told. */
  readonly untold: readonly AlarmMessage[];
}

export const ALARM_LIMITS = {
  /** Rules of a node. */
  rules: 100,
  /** Times of past events that are remembered for a rule and a device. */
  past: 20,
  /** Fences of a rule that a device is remembered at. */
  fences: 50,
  /** Characters of a name, a note, and a text among the details. */
  text: 200,
} as const;
