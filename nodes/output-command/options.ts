import { COMMAND_DEFAULTS } from "../../src/commands/settings";
import type { Delivery } from "../../src/device-config/output-safety";
import { choice, flag, type OptionTable, positive, whole } from "../runtime/options";

export interface OutputCommandOptions {
  mode: "latching" | "timed";
  delivery: Delivery;
  /** Seconds. */
  expires: number;
  /** Seconds. */
  confirmWithin: number;
  retriesLatching: number;
  maxPerMinute: number;
  allowOverride: boolean;
}

export const OUTPUT_COMMAND_OPTIONS: OptionTable<OutputCommandOptions> = {
  mode: choice("latching", "timed"),
  delivery: choice("now", "wait"),
  expires: positive(COMMAND_DEFAULTS.expiresAfter / 1000, 30 * 86_400),
  confirmWithin: positive(COMMAND_DEFAULTS.confirmWithin / 1000, 3600),
  retriesLatching: whole(COMMAND_DEFAULTS.retries, 10),
  maxPerMinute: positive(COMMAND_DEFAULTS.maxPerMinute, 60),
  allowOverride: flag(COMMAND_DEFAULTS.allowOverride),
};

/** What can be a fixed value, or come from the message, the flow or the environment; and as what it is read by default. */
export const TYPED_FIELDS = { imei: "str", output: "str", duration: "num" } as const;
export type TypedField = keyof typeof TYPED_FIELDS;
