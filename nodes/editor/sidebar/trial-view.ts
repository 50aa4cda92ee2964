import { deviceConfig, deviceConfigName, setPolarity } from "../kit/device-configs";
import { confirm, say } from "../kit/dialog";
import { numberText, text } from "../kit/texts";
import { outputName } from "./switch-question";
import type { Order, SwitchedOutput } from "./switching";
import { PULSE, type Trial, trialOrder } from "./trial";

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
