import type { Delivery } from "../device-config/output-safety";
/** What whoever gives commands has set, such as a node in its dialog. Times are milliseconds. */
export interface CommandSettings {
  /** What a command has where it does not say. Blank for nothing. */
  readonly defaults: {
    readonly imei?: unknown;
    readonly output?: unknown;
    readonly state?: unknown;
    readonly mode?: unknown;
    /** Seconds. */
    readonly duration?: unknown;
  };
  /** Where neither command nor device config says. */
  readonly delivery: Delivery;
  /** From now, where the command does not say. */
  readonly expiresAfter: number;
  readonly confirmWithin: number;
  /** How often a latching command is sent again at most. A timed one that is sent twice may run twice. */
  readonly retries: number;
  /** Whether a command may say that it is to be sent although it is not safe. */
  readonly allowOverride: boolean;
  /** Whether a command may be a trial of what timed commands do. */
  readonly allowTrial: boolean;
  /** Sendings to a device. */
  readonly maxPerMinute: number;
}

export const COMMAND_DEFAULTS: CommandSettings = {
  defaults: {},
  delivery: "now",
  expiresAfter: 60_000,
  confirmWithin: 30_000,
  retries: 1,
  allowOverride: false,
  allowTrial: false,
  maxPerMinute: 6,
};
