import type { SavedDeviceConfig } from "../../../src/device-config/device-config";
import type { LiveView } from "../../../src/fleet/views";
import { labelIn } from "../../../src/model/label";
import type { TermGroup } from "../../../src/model/vocabulary";
import { language } from "../kit/texts";
import { ageElement, setAge } from "./ages";
import { type ShownValue, VALUE_GROUPS, valueRow } from "./value-rows";

type Attribute = LiveView["attributes"][number];

/** A table of a device's last values in groups, that can be brought up to date in place. */
export class AttributeTable {
  readonly element = $("<table>", { class: "tracker-values", lang: language() });
  private readonly rows = new Map<string, { row: JQuery; label: JQuery; value: JQuery; age: JQuery }>();
  private readonly groups: ReadonlyMap<TermGroup | undefined, JQuery>;

  constructor() {
    this.groups = new Map(
      VALUE_GROUPS.map(([group, label]) => {
        const body = $("<tbody>").prop("hidden", true).appendTo(this.element);
        const name = label === undefined ? "" : labelIn(label, language());
        if (name !== "")
          $("<tr>", { class: "tracker-value-group" })
            .append($("<th>", { scope: "rowgroup", colspan: 3 }).text(name))
            .appendTo(body);
        return [group, body];
      }),
    );
  }

  show(attributes: readonly Attribute[], config: SavedDeviceConfig | undefined): void {
    const keys = new Set(attributes.map(({ key }) => key));
    for (const [key, { row }] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    for (const { key, value, time } of attributes) this.showOne(key, valueRow(key, value, config), time);
    for (const body of this.groups.values()) {
      body.prop("hidden", body.children(":not(.tracker-value-group)").length === 0);
    }
  }

  private showOne(key: string, { label, value, group }: ShownValue, time: number): void {
    let parts = this.rows.get(key);
    if (parts === undefined) {
      const name = $("<th>", { scope: "row" });
      const cell = $("<td>", { class: "tracker-value" });
      const age = ageElement(time);
      const row = $("<tr>").append(name, cell, $("<td>", { class: "tracker-value-age" }).append(age));
      parts = { row, label: name, value: cell, age };
      this.rows.set(key, parts);
      this.groups.get(group)?.append(row);
    }
    parts.label.text(label);
    parts.value.text(value);
    setAge(parts.age, time);
  }
}
