import type { TrackerEvent } from "../model/events";
import type { Position, Scalar } from "../model/message";

/** What is known from a device's own messages and connections. Times are epoch milliseconds. */
export interface LiveState {
  /** Own clock: the first and the last sign of life, which is a message or a connection. */
  readonly firstSeen: number;
  lastSeen: number;
  /** There was one while it was active. */
  heard: boolean;
  online: boolean;
  /** The last one to the built-in broker; absent where there was none, or its messages come another way now. */
  connection?: Connection;
  /** Device's clock: the newest reading that counts for the current state; null before the first. */
  time: number | null;
  /**
   * Last valid position, with the time of its reading, and when it came by the own clock (absent where an older
   * version of this package wrote it).
   */
  position: (Position & { readonly time: number; readonly receivedAt?: number }) | null;
  /**
   * Attributes as lists of one length, which is compact for many devices: names (shared with other devices, never changed),
   * values, times of the readings; one time where all are of the same.
   */
  keys: readonly string[];
  values: Scalar[];
  times: number | number[];
  /** Last events, newest first. */
  events: readonly LastEvent[];
  readonly counters: Counters;
  /** Fingerprints of the last files, by which they are known when they come again; absent where there was none. */
  files?: readonly number[];
}

export interface Connection {
  readonly connected: boolean;
  /** Own clock: when it began, or when it ended. */
  readonly since: number;
  /** IP address that it came from. */
  readonly address: string;
}

/** An event without its data, with the time of the device's clock (epoch milliseconds). */
export interface LastEvent extends TrackerEvent {
  readonly time: number;
}

export interface Counters {
  /** Records that came, duplicates among them. */
  records: number;
  late: number;
  duplicates: number;
  /** Records whose time lies too far in the future. */
  future: number;
}
