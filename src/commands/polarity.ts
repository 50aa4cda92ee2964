import type { CommandConfig } from "../device-config/deployed";
import type { Switching } from "../model/output";
import { outputLabel } from "../model/output";
import type { Command } from "./command";
import { mayStop } from "./interlock";
import type { Reason } from "./machine";

type Tried = Switching & Pick<Command, "trial">;

/** Whether function 0 of a timed command to an output is taken to mean on. */
export function isInverted(
  { output, trial }: Pick<Tried, "output" | "trial">,
  { timedPolarity, invertTimed }: Pick<CommandConfig, "timedPolarity" | "invertTimed">,
): boolean {
  const polarity = trial ?? timedPolarity[output - 1] ?? "";
  return polarity === "" ? invertTimed : polarity === "inverted";
}

/**
 * Why a command must not be sent because nobody knows what it would do, or undefined: whether function 0 of timed
 * commands means off or on is in doubt (docs/protocols/iotm.md, "Output control"). Code: `POLARITY_NOT_TRIED`.
 */
export function findUntried(
  command: Tried,
  { timedPolarity, stops }: Pick<CommandConfig, "timedPolarity" | "stops">,
): Reason | undefined {
  const { output, mode, trial } = command;
  const isInDoubt = mode === "timed" && trial === undefined && (timedPolarity[output - 1] ?? "") === "";
  if (!isInDoubt || !mayStop(command, stops[output - 1] ?? "")) return undefined;
  const label = outputLabel(output);
  const reason = `nobody has tried yet whether timed commands switch ${label} on or off, and it can stop the vehicle: try the output first`;
  return { code: "POLARITY_NOT_TRIED", reason };
}
