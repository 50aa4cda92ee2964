import { type Command, isRunning } from "../../../src/commands/command";
import type { TriedPolarity } from "../../../src/device-config/output-safety";
import type { Order, SwitchedOutput } from "./switching";

/** Seconds. */
export const PULSE = 2;
/** Seconds from now: what nobody hears soon is not to be done later. */
const EXPIRES = 15;

/** How far the trial of an output has come; `next` is the polarity to try. */
export type Trial =
  | { readonly kind: "tried" | "running" }
  | { readonly kind: "untried" | "silent"; readonly next: TriedPolarity }
  | { readonly kind: "found"; readonly polarity: TriedPolarity };

/** `commands` are those of the device, newest first. */
export function trialOf(
  { number: output, polarity }: Pick<SwitchedOutput, "number" | "polarity">,
  commands: readonly Command[],
): Trial {
  if (polarity !== "") return { kind: "tried" };
  const latest = commands.find((command) => command.output === output && command.trial !== undefined);
  if (latest?.trial === undefined) return { kind: "untried", next: "normal" };
  if (isRunning(latest)) return { kind: "running" };
  if (latest.status === "confirmed") return { kind: "found", polarity: latest.trial };
  // What was never done shows nothing of its polarity.
  const wasSent = latest.status === "unconfirmed";
  const other = latest.trial === "normal" ? "inverted" : "normal";
  return { kind: wasSent ? "silent" : "untried", next: wasSent ? other : latest.trial };
}

/** A short pulse to the state in which the output is not. */
export function trialOrder(
  output: Pick<SwitchedOutput, "number" | "state">,
  trial: TriedPolarity,
): Omit<Order, "imei"> {
  const state = output.state?.on ? "off" : "on";
  const switching = { output: output.number, state, mode: "timed", duration: PULSE } as const;
  return { ...switching, expires: EXPIRES, trial, harmless: true };
}
