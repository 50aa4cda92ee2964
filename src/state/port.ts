import type { LiveState } from "./live-state";

/** What a store keeps of the last state of each device. */
export interface StatePort {
  readonly stored: readonly (readonly [imei: string, state: LiveState])[];
  /** By IMEI; null removes. */
  readonly changes: ReadonlyMap<string, LiveState | null>;
}
