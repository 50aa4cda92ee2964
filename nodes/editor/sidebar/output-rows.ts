import type { Outputs } from "../../../src/protocols/outputs";
import { button } from "../kit/form";
import { numberText, text } from "../kit/texts";
import { setAge } from "./ages";
import { outputName } from "./switch-question";
import { type Ability, type Order, readSeconds, type SwitchedOutput } from "./switching";
import type { Trial } from "./trial";
import { trialText } from "./trial-view";

type Wanted = Pick<Order, "output" | "state" | "mode" | "duration">;

/** What a person can do with an output. */
export interface OutputActions {
  /** Resolves with whether a command was given. */
  run(wanted: Wanted, output: SwitchedOutput): Promise<boolean>;
  /** Goes on with the trial of its timed commands. */
  tryOut(output: SwitchedOutput, trial: Trial): Promise<void>;
}

/** The outputs of a device with their switches; brought up to date in place, so that what is typed stays. */
export class OutputRows {
  readonly element = $("<div>");
  private readonly list = $("<div>");
  private readonly hint = $("<p>", { class: "tracker-hint tracker-output-hint" });
  private readonly rows = new Map<number, OutputRow>();

  constructor(private readonly actions: OutputActions) {
    this.element.append(this.list, this.hint);
  }

  /** `limits` are the seconds that an output can be switched for. */
  show(
    outputs: readonly SwitchedOutput[],
    limits: Outputs["duration"],
    ability: Ability,
    trialOf: (output: SwitchedOutput) => Trial,
  ): void {
    const numbers = new Set(outputs.map(({ number }) => number));
    for (const [number, row] of this.rows) {
      if (numbers.has(number)) continue;
      row.element.remove();
      this.rows.delete(number);
    }
    for (const [index, output] of outputs.entries()) {
      let row = this.rows.get(output.number);
      if (row === undefined) {
        row = new OutputRow(this.actions);
        this.rows.set(output.number, row);
        const before = this.list.children().eq(index);
        if (before.length > 0) before.before(row.element);
        else this.list.append(row.element);
      }
      row.show(output, limits, ability === "can", trialOf(output));
    }
    const hint = hintText(ability, outputs);
    this.hint.text(hint).toggle(hint !== "");
  }
}

function hintText(ability: Ability, outputs: readonly SwitchedOutput[]): string {
  if (ability === "hidden") return "";
  if (ability !== "can") return text(`output.${ability}`);
  return outputs.some(({ modes }) => modes.length > 1) ? text("output.untilNext") : "";
}

class OutputRow {
  readonly element = $("<div>", { class: "tracker-output", role: "group" });
  private readonly name = $("<span>", { class: "tracker-output-name" });
  private readonly label = $("<small>");
  private readonly sign = $("<i>", { "aria-hidden": "true" });
  private readonly state = $("<span>");
  private readonly age = $("<time>");
  private readonly stops = $("<div>", { class: "tracker-output-stops" });
  private readonly stopsText = $("<span>");
  private readonly controls = $("<div>", { class: "tracker-output-controls" });
  private readonly seconds = $("<input>", { type: "text", inputmode: "decimal" });
  private readonly wrong = $("<div>", { class: "tracker-field-error", role: "alert" });
  private output: SwitchedOutput | undefined;
  private limits = { min: 0, max: 0 };
  private readonly trialHint = $("<span>", { "aria-live": "polite" });
  private readonly trialButton = button("", "", () => void this.goOn()).addClass("tracker-output-try");
  private readonly trialRow = $("<div>", { class: "tracker-output-trial" }).append(
    this.trialHint,
    this.trialButton,
  );
  private trial: Trial = { kind: "tried" };
  private busy = false;

  constructor(private readonly actions: OutputActions) {
    const id = `tracker-output-${Math.random().toString(36).slice(2)}`;
    this.wrong.attr("id", id);
    this.seconds.attr({ "aria-describedby": id, autocomplete: "off" }).on("input", () => this.setError(""));
    this.stops.append(
      $("<i>", { class: "fa fa-exclamation-triangle", "aria-hidden": "true" }),
      this.stopsText,
    );
    this.controls.append(
      button(text("output.on"), "", () => void this.press("on")).addClass("tracker-output-on"),
      button(text("output.off"), "", () => void this.press("off")).addClass("tracker-output-off"),
      $("<label>").append(
        $("<span>").text(text("output.for")),
        this.seconds,
        $("<span>").text(text("output.seconds")),
      ),
    );
    this.element.append(
      $("<div>", { class: "tracker-output-head" }).append(
        $("<span>", { class: "tracker-output-title" }).append(this.name, this.label),
        $("<span>", { class: "tracker-output-state" }).append(this.sign, this.state, this.age),
      ),
      this.stops,
      this.controls,
      this.wrong,
      this.trialRow,
    );
  }

  show(output: SwitchedOutput, limits: Outputs["duration"], canSwitch: boolean, trial: Trial): void {
    this.output = output;
    this.limits = limits;
    const { number, state, stops, modes } = output;
    const name = outputName(output);
    this.element.attr({ "aria-label": name, "data-output": number });
    this.name.text(name);
    this.label.text(output.name === "" ? "" : `OUT${number}`);
    this.sign.attr("class", state === null ? "" : `fa fa-toggle-${state.on ? "on" : "off"}`);
    this.sign.toggleClass("tracker-on", state?.on === true);
    this.state.text(text(state === null ? "output.unknown" : state.on ? "value.on" : "value.off"));
    setAge(this.age, state?.time ?? null);
    this.stopsText.text(stops === "" ? "" : text(stops === "on" ? "output.stopsOn" : "output.stopsOff"));
    this.stops.toggle(stops !== "");
    this.seconds.attr("aria-label", text("output.secondsOf", { output: name }));
    this.controls.toggle(canSwitch && modes.length > 0);
    if (!canSwitch) this.setError("");
    this.showTrial(trial, canSwitch && modes.includes("timed"));
  }

  private showTrial(trial: Trial, canTry: boolean): void {
    const { output } = this;
    if (output === undefined) return;
    this.trial = trial;
    const hint = trialText(trial, output);
    if (this.trialHint.text() !== hint) this.trialHint.text(hint);
    const does = text(
      trial.kind === "found" ? "trial.adopt" : trial.kind === "silent" ? "trial.other" : "trial.try",
    );
    this.trialButton.find("span").text(does);
    this.trialButton.toggle(trial.kind !== "running").attr("aria-label", `${does}: ${outputName(output)}`);
    this.trialRow.toggle(canTry && trial.kind !== "tried");
  }

  private async goOn(): Promise<void> {
    const { output, trial } = this;
    if (output === undefined || this.busy) return;
    this.busy = true;
    await this.actions.tryOut(output, trial).finally(() => {
      this.busy = false;
    });
  }

  private async press(state: "on" | "off"): Promise<void> {
    const { output } = this;
    if (output === undefined || this.busy) return;
    const duration = readSeconds(String(this.seconds.val() ?? ""), this.limits);
    const mustBeTimed = !output.modes.includes("latching");
    if (duration === undefined || (duration === null && mustBeTimed)) {
      const limits = { min: numberText(this.limits.min, 2), max: numberText(this.limits.max, 2) };
      this.setError(text(duration === null ? "output.onlyTimed" : "output.durationWrong", limits));
      this.seconds.trigger("focus");
      return;
    }
    this.setError("");
    this.busy = true;
    const mode = duration === null ? "latching" : "timed";
    const wasGiven = await this.actions
      .run({ output: output.number, state, mode, duration }, output)
      .finally(() => {
        this.busy = false;
      });
    // The next press is not to be for a time only because this one was.
    if (wasGiven && !mustBeTimed) this.seconds.val("");
  }

  private setError(message: string): void {
    this.wrong.text(message);
    this.seconds.toggleClass("input-error", message !== "").attr("aria-invalid", String(message !== ""));
  }
}
