import type { DeviceAlarms } from "./alarm";

/** What a store keeps of alarms: one document for each device and node. */
export interface AlarmsPort {
  readonly stored: readonly DeviceAlarms[];
  /** By {@link alarmsKey}; null removes. */
  readonly changes: ReadonlyMap<string, DeviceAlarms | null>;
}

export function alarmsKey({ imei, node }: Pick<DeviceAlarms, "imei" | "node">): string {
  return `${imei} ${node}`;
}
