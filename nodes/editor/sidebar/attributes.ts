import { INPUT_COUNT, OUTPUT_COUNT, type SavedDeviceConfig } from "../../../src/device-config/device-config";
import type { LiveView } from "../../../src/fleet/views";
import type { Scalar } from "../../../src/model/message";
import { isSwitched } from "../../../src/model/switched";
import { findTerm } from "../../../src/model/vocabulary";
import { termLabel } from "../kit/sensor-list";
import { language, numberText, text } from "../kit/texts";
import { ageElement, setAge } from "./ages";

type Attribute = LiveView["attributes"][number];

/** A table of a device's last values that can be brought up to date in place. */
export class AttributeTable {
  readonly element = $("<table>", { class: "tracker-values", lang: language() });
  private readonly rows = new Map<string, { row: JQuery; label: JQuery; value: JQuery; age: JQuery }>();

  show(attributes: readonly Attribute[], config: SavedDeviceConfig | undefined): void {
    const keys = new Set(attributes.map(({ key }) => key));
    for (const [key, { row }] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    for (const attribute of attributes) this.showOne(attribute, config);
  }

  private showOne({ key, value, time }: Attribute, config: SavedDeviceConfig | undefined): void {
    let parts = this.rows.get(key);
    if (parts === undefined) {
      const label = $("<th>", { scope: "row" });
      const cell = $("<td>", { class: "tracker-value" });
      const age = ageElement(time);
      const row = $("<tr>").append(label, cell, $("<td>", { class: "tracker-value-age" }).append(age));
      parts = { row, label, value: cell, age };
      this.rows.set(key, parts);
      this.element.append(row);
    }
    parts.label.text(attributeLabel(key, config));
    parts.value.text(valueText(key, value, config));
    setAge(parts.age, time);
  }
}

/** What a value is called: what is wired there, the name in the user's language, or the device's own id. */
function attributeLabel(key: string, config: SavedDeviceConfig | undefined): string {
  const label = findTerm(key) === undefined ? key : termLabel(key);
  const wired = wiredName(key, config);
  return wired === "" ? label : `${wired} (${label})`;
}

function wiredName(key: string, config: SavedDeviceConfig | undefined): string {
  const [, kind, digit] = /^(input|output)(\d)$/.exec(key) ?? [];
  const number = Number(digit);
  const count = kind === "input" ? INPUT_COUNT : OUTPUT_COUNT;
  if (kind === undefined || !(number >= 1 && number <= count)) return "";
  const names = kind === "input" ? config?.inputNames : config?.outputNames;
  return names?.[number - 1]?.trim() ?? "";
}

export function valueText(key: string, value: Scalar, config?: SavedDeviceConfig): string {
  if (typeof value === "boolean") {
    const [yes, no] = isSwitched(key) ? ["value.on", "value.off"] : ["value.yes", "value.no"];
    return text(value ? (yes as string) : (no as string));
  }
  if (typeof value !== "number") return String(value ?? "–");
  const unit = findTerm(key)?.unit ?? config?.sensors?.find((sensor) => sensor.key === key)?.unit ?? "";
  return `${numberText(value, Math.abs(value) < 100 ? 3 : 1)}${unit === "" ? "" : `\u00a0${unit}`}`;
}
