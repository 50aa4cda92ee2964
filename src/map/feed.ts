import type { Scalar } from "../model/message";
import type { Fix } from "./trails";

/** A device as a map shows it. Times are epoch milliseconds. */
export interface MapDevice {
  /** 15 digits. */
  readonly imei: string;
  readonly name: string;
  readonly plate: string;
  readonly group: string;
  readonly online: boolean;
  /** Last sign of life by the own clock; null before the first. */
  readonly lastSeen: number | null;
  /** The last valid one; null before the first. */
  readonly fix: Fix | null;
  /** Until when the speed of the fix counts as that of now. */
  readonly speedUntil: number | null;
  readonly ignition: boolean | null;
  readonly ignitionUntil: number | null;
  /** Since when it has an alarm that goes on and that nobody has acknowledged, of several the newest; null for none. */
  readonly alarmSince: number | null;
}

/** What changed after a revision, or everything. */
export interface MapChanges {
  readonly revision: number;
  /** True where `devices` are all there are. */
  readonly full: boolean;
  readonly devices: readonly MapDevice[];
  /** IMEIs of what is not to be shown any more; some may never have been shown. */
  readonly removed: readonly string[];
}

/** A last value of a device. */
export interface MapValue {
  /** A name of the vocabulary, or the device's own id. */
  readonly key: string;
  readonly value: Scalar;
  /** Of the reading, epoch milliseconds. */
  readonly time: number;
  /** What is wired there, by the device config; empty where nothing is said. */
  readonly wired: string;
}

/** Where a map has its devices from: the active ones alone. */
export interface MapFeed {
  /** Differs in every run, because revisions are counted anew. Undefined while nothing can be read. */
  readonly epoch: string | undefined;
  /** Rises with every change of a device. */
  readonly revision: number;
  /** Undefined, or a revision that is not known any more, gives all devices. */
  since(revision: number | undefined): MapChanges;
  /** Undefined where there is no such active device. */
  device(imei: string): MapDevice | undefined;
  values(imei: string): readonly MapValue[];
}
