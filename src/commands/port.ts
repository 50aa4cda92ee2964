import type { Command, DeviceSendings } from "./command";

/** What a store keeps of commands. */
export interface CommandsPort {
  readonly stored: {
    /** In the order in which they were given. */
    readonly commands: readonly Command[];
    readonly sendings: readonly (readonly [imei: string, sendings: DeviceSendings])[];
  };
  readonly changes: {
    /** By id; null removes. */
    readonly commands?: ReadonlyMap<string, Command | null>;
    readonly sendings?: ReadonlyMap<string, DeviceSendings>;
    /** Devices whose commands and sendings go, also those of the same changes. */
    readonly forgotten?: readonly string[];
  };
}
