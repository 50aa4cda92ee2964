import type { Refused } from "../model/refusal";

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
  /** Hash of the device's own password for the built-in broker (scrypt; SHA-256 of one that was made), empty where it has none. */
  readonly login: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  readonly changedAt: number;
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
