/** `timed`: for a duration, then back by itself; `latching`: until further notice. */
export const MODES = ["timed", "latching"] as const;
export type Mode = (typeof MODES)[number];

export const OUTPUT_STATES = ["on", "off"] as const;
export type OutputState = (typeof OUTPUT_STATES)[number];

/** What is to be done with an output. */
export interface Switching {
  /** 1 to 4. */
  readonly output: number;
  readonly state: OutputState;
  readonly mode: Mode;
  /** Seconds; null where it is latching. */
  readonly duration: number | null;
}

/** `OUT1`, as the vendor calls it. */
export function outputLabel(output: number): string {
  return `OUT${output}`;
}

/** Name of the attribute with the state of an output; docs/messages.md. */
export function outputAttribute(output: number): string {
  return `output${output}`;
}
