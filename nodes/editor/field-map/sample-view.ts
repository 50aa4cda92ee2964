import type { Problem } from "../../../src/errors";
import { asProblem } from "../kit/problem";
import { timeText } from "../kit/texts";
import { type LastMessage, lastMessage } from "./live";
import { readFile } from "./read-file";
import { mapText, problemView } from "./texts";

/** A sample as it was taken; `receivedAt` in epoch milliseconds. */
export interface TakenSample {
  readonly text: string;
  readonly topic: string;
  readonly receivedAt: number;
}

export const NO_SAMPLE: TakenSample = { text: "", topic: "", receivedAt: 0 };

/** Where a message comes from: pasted, from a file, or the last one that the running node was given. */
export class SampleView {
  readonly element = $("<div>", { class: "tracker-fm-sample" });
  private readonly area = $("<textarea>", { rows: 6, spellcheck: "false", class: "tracker-fm-text" });
  private readonly toggle = button("fa-code", "");
  private readonly note = $("<span>", { class: "tracker-fm-taken" });
  private readonly problem = $("<div>", { class: "tracker-fm-sample-problem", role: "alert" });
  private readonly pager = $("<span>", { class: "tracker-fm-pager" });
  private readonly intro = $("<p>", { class: "tracker-hint" }).text(mapText("sample.intro"));

  /** `id` is that of the node, or of the device config, whose last message can be taken. */
  constructor(
    private readonly id: string,
    private readonly taken: (sample: TakenSample) => void,
    turn: (by: -1 | 1) => void,
  ) {
    const last = button("fa-download", mapText("sample.last")).addClass("tracker-fm-last");
    const file = $("<input>", { type: "file", accept: ".json,.txt,.ndjson,.log" }).prop("hidden", true);
    const open = button("fa-folder-open-o", mapText("sample.file")).on("click", () => file.trigger("click"));
    last.on("click", () => this.takeLast(last));
    file.on("change", () => this.takeFile(file));
    this.toggle.on("click", () => this.collapse(this.area.is(":visible")));
    this.area
      .attr({ "aria-label": mapText("sample.label"), placeholder: mapText("sample.placeholder") })
      .on("input", () => this.take({ text: this.typed(), topic: "", receivedAt: Date.now() }))
      // The text is there only after this.
      .on("paste", () => setTimeout(() => this.collapse(this.isGood()), 0));
    const tools = $("<div>", { class: "tracker-fm-tools" }).append(last, open, file, this.toggle, this.note);
    this.element.append(this.intro, tools, this.area, this.problem, this.pager);
    this.pager.append(
      button("fa-caret-left", "")
        .attr("aria-label", mapText("sample.previous"))
        .on("click", () => turn(-1)),
      $("<span>", { role: "status" }),
      button("fa-caret-right", "")
        .attr("aria-label", mapText("sample.next"))
        .on("click", () => turn(1)),
    );
    this.collapse(false);
  }

  /** Shows a sample that was there before. */
  restore(sample: TakenSample): void {
    this.area.val(sample.text);
    this.showNote(sample);
    this.collapse(sample.text !== "");
  }

  show(problem: Problem | undefined, shown: number, count: number): void {
    this.problem.empty();
    if (problem !== undefined) this.problem.append(problemView(problem));
    this.area.toggleClass("input-error", problem !== undefined && count === 0);
    if (problem !== undefined && count === 0) this.collapse(false);
    this.intro.toggle(count === 0);
    this.pager.toggle(count > 1);
    this.pager.children("span").text(mapText("sample.reading", { n: shown + 1, count }));
    const buttons = this.pager.find("button");
    buttons.eq(0).prop("disabled", shown === 0);
    buttons.eq(1).prop("disabled", shown === count - 1);
  }

  private typed(): string {
    return String(this.area.val() ?? "");
  }

  private isGood(): boolean {
    return this.problem.is(":empty") && this.typed().trim() !== "";
  }

  private take(sample: TakenSample): void {
    this.showNote(sample);
    this.taken(sample);
  }

  private showNote({ topic, receivedAt }: TakenSample): void {
    const taken = topic === "" ? "" : mapText("sample.taken", { time: timeText(receivedAt) });
    this.note.text([topic, taken].filter(Boolean).join(" · "));
  }

  private collapse(isCollapsed: boolean): void {
    this.area.toggle(!isCollapsed);
    this.toggle
      .toggle(this.typed() !== "")
      .attr("aria-expanded", String(!isCollapsed))
      .find("span")
      .text(mapText(isCollapsed ? "sample.text" : "sample.hideText"));
  }

  private async takeLast(pressed: JQuery): Promise<void> {
    pressed.prop("disabled", true);
    try {
      this.takeWhole(await lastMessage(this.id));
    } catch (error) {
      this.problem.empty().append(problemView(asProblem(error)));
    } finally {
      pressed.prop("disabled", false);
    }
  }

  private async takeFile(file: JQuery): Promise<void> {
    const [chosen] = (file[0] as HTMLInputElement).files ?? [];
    file.val("");
    if (chosen === undefined) return;
    try {
      this.takeWhole({ text: await readFile(chosen), topic: "", receivedAt: chosen.lastModified });
    } catch (error) {
      this.problem.empty().append(problemView(asProblem(error)));
    }
  }

  private takeWhole(sample: LastMessage): void {
    this.area.val(sample.text);
    this.take(sample);
    this.collapse(this.isGood());
  }
}

function button(icon: string, label: string): JQuery {
  return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small" }).append(
    $("<i>", { class: `fa ${icon}` }).attr("aria-hidden", "true"),
    " ",
    $("<span>").text(label),
  );
}
