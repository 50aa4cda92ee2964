import { TrackerError } from "../errors";
import type { NormalizedRecord } from "../model/message";
import { MODES, type Mode, outputLabel, type Switching } from "../model/output";

/** What goes with each sending of a command. */
export interface Envelope {
  /** Epoch milliseconds; the device is told the whole second before it. */
  readonly expires: number;
  /** 1 to 255. */
  readonly uniqueId: number;
  /** True where function 0 of a timed output means on. */
  readonly invertTimed: boolean;
}

/** How the outputs of a protocol's devices are switched. */
export interface Outputs {
  /** Seconds that a timed switching may last. */
  readonly duration: { readonly min: number; readonly max: number };
  /** How an output can be switched; none where no command for it is known. */
  modes(output: number): readonly Mode[];
  /** What the device is sent. Throws `OUTPUT_MODE` and `DURATION_RANGE`: nothing ever wraps. */
  encode(imei: string, switching: Switching, envelope: Envelope): Uint8Array;
  /** Whether a record says that a command has come, without saying which. */
  isReceipt(record: NormalizedRecord): boolean;
  /** Whether a record says that the output is as it was to be. */
  confirm(record: NormalizedRecord, switching: Pick<Switching, "output" | "state">): boolean;
}

/** What is wrong with switching an output in a mode, or undefined. Code: `OUTPUT_MODE`. */
export function checkMode(
  outputs: Pick<Outputs, "modes">,
  output: number,
  mode: Mode,
): TrackerError | undefined {
  const known = outputs.modes(output);
  if (known.includes(mode)) return undefined;
  const modes = MODES.filter((other) => known.includes(other));
  const can = modes.length === 0 ? "no command for it is known" : `it can only be ${modes.join(" or ")}`;
  const message = `${outputLabel(output)} cannot be switched ${mode}: ${can}`;
  return new TrackerError({ code: "OUTPUT_MODE", path: "mode", message });
}

/** A duration in seconds that a device can be told. Throws `DURATION_RANGE`. */
export function checkDuration({ duration }: Pick<Outputs, "duration">, seconds: number | null): number {
  const { min, max } = duration;
  if (seconds !== null && seconds >= min && seconds <= max) return seconds;
  const message = `a duration of ${seconds} s is not possible: ${min} to ${max} s are`;
  throw new TrackerError({ code: "DURATION_RANGE", path: "duration", message });
}
