import { toText } from "../../../src/bytes/text";
import type { ImportLine, ImportReport } from "../../../src/fleet/transfer";
import { imeiCheckDigit } from "../../../src/model/imei";
import { busyWhile, type Dialog, openDialog } from "../kit/dialog";
import { button, field, setOptions } from "../kit/form";
import { counted, numberText, problemText, text } from "../kit/texts";
import { api, asProblem, type ImportChoice } from "./api";
import type { Feed } from "./feed";
import { ImportColumns } from "./import-columns";

const ON_EXISTING = ["error", "update", "skip"] as const;

/** Lines of a report that are listed; nobody reads more. */
const MAX_LINES = 500;

/** The dialog that takes a list of devices: checked first, then imported. */
export function openImportDialog(registry: string, feed: Feed): void {
  const area = field(text("import.paste"), {
    input: $("<textarea>", { rows: 8, spellcheck: "false", class: "tracker-csv" }),
    hint: text("import.columns"),
    attributes: { placeholder: "imei;name;plate;group\n869595061374194;Van 12;AB-CD 123;North" },
  });
  const file = $("<input>", { type: "file", accept: ".csv,.txt,.json,text/csv" }).hide();
  const pick = button(text("import.file"), "fa-folder-open-o", () => file.trigger("click"));
  const existing = field(text("import.existing"), { input: $("<select>") });
  setOptions(
    existing.input,
    ON_EXISTING.map((choice) => ({ value: choice, text: text(`import.onExisting.${choice}`) })),
  );
  const activate = tick("activate");
  activate.box.prop("checked", true);
  const whole = tick("allOrNothing");
  const passwords = tick("passwords");
  const report = $("<div>", { class: "tracker-report", role: "status", "aria-live": "polite" });
  const columns = new ImportColumns(() => void ask(true));
  let dialog: Dialog | undefined;
  let checked = false;

  const choice = (check: boolean): ImportChoice => ({
    data: String(area.input.val() ?? ""),
    onExisting: String(existing.input.val()) as ImportChoice["onExisting"],
    state: activate.box.prop("checked") === true ? "active" : "registered",
    allOrNothing: whole.box.prop("checked") === true,
    passwords: passwords.box.prop("checked") === true,
    check,
    columns: columns.choice,
  });
  const setChecked = (now: boolean) => {
    checked = now;
    dialog?.button("import").prop("disabled", !now).toggleClass("disabled", !now);
  };
  const changed = () => {
    setChecked(false);
    report.empty();
    dialog
      ?.button("check")
      .prop("disabled", area.value() === "")
      .toggleClass("disabled", area.value() === "");
  };
  const ask = async (check: boolean) => {
    if (dialog === undefined || area.value() === "" || (!check && !checked)) return;
    const asked = choice(check);
    try {
      const answer = await busyWhile(dialog.button(check ? "check" : "import"), () =>
        api.importDevices(registry, asked),
      );
      report.empty().append(reportView(answer, asked));
      if (check) columns.show(answer.ignored ?? []);
      setChecked(check && answer.added + answer.updated > 0);
      if (!check) {
        dialog.saved();
        dialog.button("cancel").text(text("action.close"));
        feed.refresh();
      }
      report.find(".tracker-report-summary").trigger("focus");
    } catch (error) {
      setChecked(false);
      report
        .empty()
        .append($("<p>", { class: "tracker-failure", role: "alert" }).text(problemText(asProblem(error))));
    }
  };
  const read = async (picked: File | undefined) => {
    if (picked === undefined) return;
    area.input.val(toText(new Uint8Array(await picked.arrayBuffer())));
    file.val("");
    columns.forget();
    changed();
    void ask(true);
  };

  area.input.on("input", () => {
    columns.forget();
    changed();
  });
  existing.input.on("change", changed);
  for (const { box } of [activate, whole, passwords]) box.on("change", changed);
  file.on("change", () => void read((file[0] as HTMLInputElement).files?.[0]));
  openDialog({
    title: text("import.title"),
    name: "import",
    buttons: [
      { id: "cancel", text: text("action.cancel"), click: () => dialog?.close() },
      { id: "check", text: text("action.check"), click: () => void ask(true) },
      { id: "import", text: text("action.import"), primary: true, click: () => void ask(false) },
    ],
    build: (opened) => {
      dialog = opened;
      opened.body.append(
        $("<p>").text(text("import.text")),
        $("<div>", { class: "tracker-field" }).append(pick, file),
        area.row,
        existing.row,
        activate.row,
        whole.row,
        passwords.row,
        columns.view,
        report,
      );
      changed();
    },
    shown: () => pick.trigger("focus"),
  });
}

/** A check box with its text. */
function tick(name: "activate" | "allOrNothing" | "passwords"): {
  readonly row: JQuery;
  readonly box: JQuery;
} {
  const id = `tracker-import-${name}`;
  const box = $("<input>", { type: "checkbox", id });
  const row = $("<label>", { class: "tracker-check", for: id }).append(
    box,
    $("<span>").text(text(`import.${name}`)),
  );
  return { row, box };
}

/** What became of each line, what is wrong first. */
function reportView(answer: ImportReport, { check, allOrNothing }: ImportChoice): JQuery {
  const { added, updated, skipped, failed, lines } = answer;
  const parts = [
    [added, check ? "wouldAdd" : "added"],
    [updated, check ? "wouldUpdate" : "updated"],
    [skipped, "skipped"],
    [failed, "failed"],
  ] as const;
  const view = $("<div>").append(
    $("<p>", { class: "tracker-report-summary", tabindex: -1 }).text(
      parts
        .filter(([count]) => count > 0)
        .map(([count, key]) => counted(`import.${key}`, count))
        .join(" · "),
    ),
  );
  if (allOrNothing && failed > 0)
    view.append($("<p>", { class: "tracker-failure" }).text(text("import.nothing")));
  const sorted = [...lines].sort(
    (a, b) => Number(b.result === "error") - Number(a.result === "error") || a.line - b.line,
  );
  // The only place where anybody sees them.
  const hasPasswords = lines.some(({ password }) => password !== undefined);
  const body = $("<tbody>");
  for (const line of hasPasswords ? sorted : sorted.slice(0, MAX_LINES))
    body.append(lineView(line, check, hasPasswords));
  const head = $("<tr>").append(
    ...["line", "imei", "result", ...(hasPasswords ? ["password"] : [])].map((name) =>
      $("<th>", { scope: "col" }).text(text(`import.column.${name}`)),
    ),
  );
  view.append($("<table>", { class: "tracker-report-lines" }).append($("<thead>").append(head), body));
  if (lines.length > MAX_LINES && !hasPasswords)
    view.append($("<p>").text(counted("import.more", lines.length - MAX_LINES)));
  return view;
}

function lineView(line: ImportLine, check: boolean, hasPasswords: boolean): JQuery {
  const { imei, result } = line;
  const isError = result === "error";
  return $("<tr>", { class: isError ? "tracker-report-error" : "" }).append(
    $("<td>").text(numberText(line.line)),
    $("<td>", { class: "tracker-digits" }).text(imei),
    $("<td>").text(isError ? lineProblem(line) : text(`import.result.${check ? "check" : "done"}.${result}`)),
    hasPasswords ? $("<td>", { class: "tracker-digits" }).text(line.password ?? "") : $(),
  );
}

/** What is wrong with a line in the user's language, and in which column. */
function lineProblem({ imei, code = "", message = "", path }: ImportLine): string {
  if (code === "DEVICE_EXISTS") return text("import.exists");
  const digits = imei.replace(/\D/g, "");
  const values = { digits: digits.length, last: digits.slice(-1), expected: imeiCheckDigit(digits) };
  const sentence = problemText({ code, message, ...(path === undefined ? {} : { path }) }, values);
  return path === undefined || path === "imei" ? sentence : `${path}: ${sentence}`;
}
