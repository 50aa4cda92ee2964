import type { HistoryImportReport } from "../../../src/fleet/history-import";
import { button } from "../kit/form";
import { counted, numberText, problemText, text } from "../kit/texts";
import { asProblem } from "./api";

/** Lines that are wrong and are listed; nobody reads more. */
const MOST_LINES = 5;

/** A button that takes a file of old data, and what became of it. */
export class DayImport {
  readonly element = $("<div>", { class: "tracker-day-import" });
  private readonly state = $("<div>", { class: "tracker-day-import-state", role: "status" });
  private readonly file = $("<input>", {
    type: "file",
    accept: ".gpx,.csv,.txt",
    "aria-label": text("day.import"),
  });
  private readonly pick = button(text("day.import"), "fa-upload", () => this.file.trigger("click"));

  constructor(
    private readonly send: (file: File, told: (share: number) => void) => Promise<HistoryImportReport>,
    private readonly done: (report: HistoryImportReport) => void,
  ) {
    this.pick.addClass("red-ui-button-small tracker-day-import-button").attr("title", text("day.importHint"));
    this.file.hide().on("change", () => void this.take((this.file[0] as HTMLInputElement).files?.[0]));
    this.element.append(this.pick, this.file, this.state);
  }

  private async take(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    this.file.val("");
    this.pick.prop("disabled", true);
    this.state.empty().removeClass("tracker-failure");
    try {
      const report = await this.send(file, (share) =>
        this.state.text(
          share < 1 ? text("day.sending", { share: numberText(share * 100, 0) }) : text("day.reading"),
        ),
      );
      this.state.empty().append(reportElement(report));
      this.done(report);
    } catch (error) {
      this.state.text(problemText(asProblem(error))).addClass("tracker-failure");
    } finally {
      this.pick.prop("disabled", false);
    }
  }
}

function reportElement({ added, repeated, failed, ignored, lines }: HistoryImportReport): JQuery {
  const said = [
    counted("day.added", added),
    repeated > 0 ? counted("day.repeated", repeated) : "",
    failed > 0 ? counted("day.failed", failed) : "",
  ].filter(Boolean);
  const report = $("<div>").append($("<div>").text(said.join(" · ")));
  if (ignored.length > 0)
    report.append($("<div>").text(text("day.ignored", { columns: ignored.join(", ") })));
  if (lines.length === 0) return report;
  const list = $("<ul>", { class: "tracker-lines tracker-failure" });
  for (const { line, code, path } of lines.slice(0, MOST_LINES)) {
    const why = text(code === "FIELD_VALUE" ? "day.wrongValue" : `day.wrong.${code}`, { path: path ?? "" });
    list.append($("<li>").text(text("day.wrongLine", { line: numberText(line), why })));
  }
  return report.append(list);
}
