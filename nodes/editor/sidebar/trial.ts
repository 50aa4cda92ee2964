import { type Command, isRunning } from "../../../src/commands/command";
import type { Polarity, TriedPolarity } from "../../../src/device-config/output-safety";
import { deviceConfig, deviceConfigName, setPolarity } from "../kit/device-configs";
import { confirm, say } from "../kit/dialog";
import { numberText, text } from "../kit/texts";
import { outputName } from "./switch-question";
import type { Order, SwitchedOutput } from "./switching";

/** Seconds. */
const PULSE = 2;
/** Seconds from now: what nobody hears soon is not to be done later. */
const EXPIRES = 15;

/** How far the trial of an output has come; `next` is the polarity to try. */
export type Trial =
  | { readonly kind: "tried" | "running" }
  | { readonly kind: "untried" | "silent"; readonly next: TriedPolarity }
  | { readonly kind: "found"; readonly polarity: TriedPolarity };

/** `tried` is what the device config says, `commands` are those of the device, newest first. */
export function trialOf(tried: Polarity, commands: readonly Command[], output: number): Trial {
  if (tried !== "") return { kind: "tried" };
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

/** Says what would happen, and has a person say that it is harmless. */
function askToTry(output: SwitchedOutput, vehicle: string): Promise<boolean> {
  const names = { output: outputName(output), vehicle };
  const question = $("<div>", { class: "tracker-question" }).append(
    $("<p>").append($("<strong>").text(text("trial.question", names))),
    $("<p>").text(text("trial.means", { ...names, seconds: numberText(PULSE) })),
    $("<p>", { class: "tracker-danger" }).append(
      $("<i>", { class: "fa fa-exclamation-triangle", "aria-hidden": "true" }),
      $("<span>").text(text("trial.harmless", names)),
    ),
  );
  return confirm(question, { no: text("action.cancel"), yes: text("trial.yes") });
}

/** What the row of an output says of its trial. */
export function trialText(trial: Trial, { stops }: Pick<SwitchedOutput, "stops">): string {
  if (trial.kind === "tried") return "";
  if (trial.kind === "found") return text(`trial.found.${trial.polarity}`);
  if (trial.kind === "untried") return stops === "" ? "" : text("trial.untried");
  return text(`trial.${trial.kind}`);
}

/** Takes what was found over into the device config, or tries; `give` gives a command. */
export async function goOn(
  trial: Trial,
  output: SwitchedOutput,
  vehicle: string,
  deviceConfigId: string,
  give: (order: Omit<Order, "imei">) => Promise<unknown>,
): Promise<void> {
  if ("next" in trial) {
    if (await askToTry(output, vehicle)) await give(trialOrder(output, trial.next));
    return;
  }
  const config = deviceConfig(deviceConfigId);
  if (trial.kind !== "found" || config === undefined) return;
  setPolarity(config, output.number, trial.polarity);
  say(text("trial.adopted", { output: outputName(output), config: deviceConfigName(config) }));
}
