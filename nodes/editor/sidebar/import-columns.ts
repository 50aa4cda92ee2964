import { FIELD_NAMES } from "../../../src/registry/fields";
import { field, setOptions } from "./form";
import { text } from "./texts";

/** The columns of a list that no field takes by itself, each with the field that a person chose for it, or none. */
export class ImportColumns {
  readonly view = $("<div>", { class: "tracker-import-columns" });
  private readonly chosen = new Map<string, string>();

  /** `changed` is told when a person has chosen. */
  constructor(private readonly changed: () => void) {}

  /** What the import is asked to do with columns; the empty text leaves one out. */
  get choice(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.chosen);
  }

  /** Shows the columns that the last check left out, and those that were chosen. */
  show(ignored: readonly string[]): void {
    const columns = [...new Set([...this.chosen.keys(), ...ignored])];
    this.view.empty();
    if (columns.length === 0) return;
    this.view.append($("<p>").text(text("import.unknownColumns")), ...columns.map((name) => this.row(name)));
  }

  forget(): void {
    this.chosen.clear();
    this.view.empty();
  }

  private row(column: string): JQuery {
    const { row, input } = field(column, { input: $("<select>") });
    setOptions(input, [
      { value: "", text: text("import.leaveOut") },
      ...FIELD_NAMES.map((name) => ({ value: name, text: text(`field.${name}`) })),
    ]);
    input.val(this.chosen.get(column) ?? "");
    input.on("change", () => {
      const to = String(input.val() ?? "");
      if (to === "") this.chosen.delete(column);
      else this.chosen.set(column, to);
      this.changed();
    });
    return row;
  }
}
