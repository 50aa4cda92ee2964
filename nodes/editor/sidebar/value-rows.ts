import type { SavedDeviceConfig } from "../../../src/device-config/device-config";
import { wiredName } from "../../../src/device-config/wired-name";
import { type Label, labelIn } from "../../../src/model/label";
import type { Scalar } from "../../../src/model/message";
import { isSwitched } from "../../../src/model/switched";
import { findTerm, TERM_GROUPS, type TermGroup } from "../../../src/model/vocabulary";
import { shownSensor } from "../../../src/protocols/iotm/shown";
import { language, numberText, text } from "../kit/texts";

/** A value as the table of a device shows it. */
export interface ShownValue {
  readonly label: string;
  readonly value: string;
  /** What it stands under; undefined for names of the user's own and what nobody knows. */
  readonly group: TermGroup | undefined;
}

/** The groups in their order, with their names; what belongs to none comes last. */
export const VALUE_GROUPS: readonly (readonly [group: TermGroup | undefined, label: Label | undefined])[] = [
  ...(Object.entries(TERM_GROUPS) as [TermGroup, Label][]),
  [undefined, undefined],
];

/** What a value is called, the value with its unit, and its group: by the vocabulary, the sensor table, or the user. */
export function valueRow(key: string, value: Scalar, config?: SavedDeviceConfig): ShownValue {
  const term = findTerm(key);
  if (term !== undefined) {
    const label = labelIn(term.label, language());
    const wired = wiredName(key, config);
    return {
      label: wired === "" ? label : `${wired} (${label})`,
      value: valueText(key, value, term.unit, term.precision),
      group: term.group,
    };
  }
  const sensor = shownSensor(key, value);
  if (sensor !== undefined) {
    const { label, group, unit } = sensor;
    const shown = valueText(key, sensor.value, unit ?? "");
    return {
      label: `${labelIn(label, language())} (${key})`,
      value: unit === undefined ? text("value.unitUnknown", { value: shown }) : shown,
      group,
    };
  }
  const unit = config?.sensors?.find((sensor) => sensor.key === key)?.unit ?? "";
  return { label: key, value: valueText(key, value, unit), group: undefined };
}

function valueText(key: string, value: Scalar, unit: string, precision?: number): string {
  if (typeof value === "boolean") {
    const [yes, no] = isSwitched(key) ? ["value.on", "value.off"] : ["value.yes", "value.no"];
    return text(value ? (yes as string) : (no as string));
  }
  if (typeof value !== "number") return String(value ?? "–");
  const digits = precision ?? (Math.abs(value) < 100 ? 3 : 1);
  return `${numberText(value, digits)}${unit === "" ? "" : `\u00a0${unit}`}`;
}
