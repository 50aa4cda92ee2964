import type { DenialCode, Refusal } from "../fleet/directory";
import type { TrackerEvent } from "../model/events";
import type { Position, Scalar } from "../model/message";

/** `registered`: known, but its messages do not pass; `active`: they do; `deactivated`: no longer. */
export const DEVICE_STATES = ["registered", "active", "deactivated"] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** What people entered about a device. Texts are empty where nothing was entered. */
export interface Device {
  /** 15 digits. */
  readonly imei: string;
  readonly state: DeviceState;
  readonly name: string;
  /** Id of the device config that describes it; empty for the registry's own. */
  readonly deviceConfig: string;
  readonly vehicle: { readonly plate: string; readonly vin: string };
  readonly group: string;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly driver: string;
  /** Hash of the device's own password for the built-in broker (scrypt), empty where it has none. */
  readonly login: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  readonly changedAt: number;
}

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
  /** Attributes as three lists of one length: name, value, time of the reading (compact for many devices). */
  readonly keys: string[];
  readonly values: Scalar[];
  readonly times: number[];
  /** Last events, newest first. */
  events: readonly LastEvent[];
  readonly counters: Counters;
}

export interface Connection {
  readonly connected: boolean;
  /** Own clock: when it began, or when it ended. */
  readonly since: number;
  /** IP address that it came from. */
  readonly address: string;
}

/** How the built-in broker did not let a device in. */
export interface Refused {
  /** Of the last time. */
  readonly reason: Refusal;
  /** Since it was let in, or since the registry was started. */
  readonly count: number;
  /** Epoch milliseconds, own clock. */
  readonly lastAt: number;
  readonly address: string;
}

/** What the built-in broker last denied a device that it had let in. */
export interface Denied {
  readonly code: DenialCode;
  /**
   * Topic it published to, or filter it subscribed to; shortened where it is very long. Addresses, where two clients
   * have its client id.
   */
  readonly topic: string;
  /** Epoch milliseconds, own clock. */
  readonly at: number;
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

/** A sender that nobody has registered. */
export interface Pending {
  readonly imei: string;
  readonly firstSeen: number;
  lastSeen: number;
  /** Records that came; 0 of one that has only tried to connect. */
  count: number;
  /** Topic of the last message; empty where it had none. */
  topic: string;
  protocol: string;
  position: { readonly latitude: number; readonly longitude: number; readonly time: number } | null;
  /** Somebody chose not to see it in the list any more. */
  ignored: boolean;
  /** Absent where it has not tried to connect to the built-in broker. */
  readonly refused?: Refused;
}

export const CHANGES = ["registered", "activated", "deactivated", "online", "offline", "removed"] as const;
/** What can become of a device. */
export type Change = (typeof CHANGES)[number];

export interface JournalEntry {
  readonly imei: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly change: Change;
  /** Who or what did it, such as a user's name; empty for the device itself. */
  readonly by: string;
}
