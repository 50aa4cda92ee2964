import type { SavedDeviceConfig } from "../../../src/device-config/device-config";
import type { SheetLine, SheetNote, SheetSection } from "../../../src/protocols/sheet";
import { red, translate } from "./red";

/** The set-up sheet as a table a section; `copy` gives the text of a line when its button is pressed. */
export function renderSheet(
  sections: readonly SheetSection[],
  copy?: (line: SheetLine) => Promise<string | undefined>,
): JQuery {
  const sheet = $("<div>", { class: "tracker-sheet" });
  for (const section of sections) {
    $("<h4>").text(section.path).appendTo(sheet);
    if (section.note !== undefined) noteElement(section.note).appendTo(sheet);
    const body = $("<tbody>").appendTo($("<table>").appendTo(sheet));
    for (const line of section.lines) renderLine(line, copy).appendTo(body);
  }
  return sheet;
}

function renderLine(line: SheetLine, copy?: (line: SheetLine) => Promise<string | undefined>): JQuery {
  const row = $("<tr>").attr("data-field", line.field);
  $("<th>", { scope: "row" }).text(line.field).appendTo(row);
  const cell = $("<td>").appendTo(row);
  if (line.value !== "") $("<code>").text(line.value).appendTo(cell);
  if (line.note !== undefined) noteElement(line.note).appendTo(cell);
  const last = $("<td>").appendTo(row);
  if (copy !== undefined && line.value !== "" && line.note !== "wrong") {
    const label = translate("sheet.copy", { field: line.field });
    $("<button>", { type: "button", class: "red-ui-button red-ui-button-small", title: label })
      .attr("aria-label", label)
      .append($("<i>", { class: "fa fa-copy" }))
      .on("click", async (event) => {
        const button = $(event.currentTarget);
        const text = await copy(line);
        if (text !== undefined) red.clipboard.copyText(text, button, "clipboard.copyMessageValue");
      })
      .appendTo(last);
  }
  return row;
}

function noteElement(note: SheetNote): JQuery {
  return $("<div>", { class: `tracker-note tracker-note-${note}` }).text(translate(`note.${note}`));
}

/** Opens a window with the sheet alone, black on white, and the browser's print dialog. */
export function printSheet(title: string, sections: readonly SheetSection[]): void {
  const page = window.open("", "_blank");
  if (page === null) {
    red.notify(translate("sheet.popup"), "warning");
    return;
  }
  page.document.title = title;
  const style = page.document.createElement("style");
  style.textContent =
    "body{font:11pt sans-serif;color:#000;background:#fff;margin:2em}" +
    "h4{margin:1.5em 0 .4em}table{border-collapse:collapse;width:100%}" +
    "th,td{border:1px solid #999;padding:.35em .6em;text-align:left;vertical-align:top}" +
    "th{width:35%;font-weight:normal}td:last-child{display:none}code{font-size:11pt}" +
    ".tracker-note{font-size:9pt;color:#444}";
  page.document.head.append(style);
  const heading = page.document.createElement("h2");
  heading.textContent = title;
  page.document.body.append(heading, renderSheet(sections)[0] as HTMLElement);
  page.print();
}

/** What is wired to the device, for the person who sets it up. */
export function wiring({ inputNames = [], outputNames = [] }: SavedDeviceConfig): SheetSection[] {
  const lines = [
    ...inputNames.map((value, index) => ({ field: translate("input", { n: index + 1 }), value })),
    ...outputNames.map((value, index) => ({ field: translate("output", { n: index + 1 }), value })),
  ].filter(({ value }) => value !== "");
  return lines.length === 0 ? [] : [{ path: translate("sheet.wiring"), lines }];
}
