import type { Device, Pending } from "./device";

/** What a store keeps of registered devices and of unknown senders. */
export interface DevicesPort {
  readonly stored: {
    readonly devices: readonly Device[];
    readonly pending: readonly Pending[];
  };
  /** By IMEI; null removes. */
  readonly changes: {
    readonly devices?: ReadonlyMap<string, Device | null>;
    readonly pending?: ReadonlyMap<string, Pending | null>;
  };
}
