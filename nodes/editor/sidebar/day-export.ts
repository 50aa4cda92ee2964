import { downloadBlob } from "../kit/download";
import { button } from "../kit/form";
import { numberText, problemText, text } from "../kit/texts";
import { asProblem } from "./api";
import { FILE_FORMATS, type FileFormat, type FileOnItsWay } from "./day-file";

const NAMES: Readonly<Record<FileFormat, string>> = {
  gpx: "GPX",
  kml: "KML",
  csv: "CSV",
  geojson: "GeoJSON",
};

/** Buttons that save what is shown as a file, and how much of it has come. */
export class DayExport {
  readonly element = $("<div>", { class: "tracker-day-export" });
  private readonly state = $("<span>", { class: "tracker-day-export-state", role: "status" });

  constructor(
    private readonly ask: (format: FileFormat) => FileOnItsWay,
    private readonly imei: string,
  ) {
    const label = $("<span>").text(text("day.export"));
    const buttons = FILE_FORMATS.map((format) =>
      button(NAMES[format], "", () => void this.save(format))
        .addClass(`red-ui-button-small tracker-day-${format}`)
        .attr("title", text("day.exportAs", { format: NAMES[format] })),
    );
    this.element.append(label, ...buttons, this.state);
  }

  clear(): void {
    this.state.text("").removeClass("tracker-failure");
  }

  private async save(format: FileFormat): Promise<void> {
    this.clear();
    const file = this.ask(format);
    file.onBytes((bytes) => this.state.text(text("day.bytes", { size: numberText(bytes / 1024, 0) })));
    try {
      const { day, content } = await file.done;
      downloadBlob(`${this.imei}-${day}.${format}`, content);
      this.clear();
    } catch (error) {
      this.state.text(problemText(asProblem(error))).addClass("tracker-failure");
    }
  }
}
