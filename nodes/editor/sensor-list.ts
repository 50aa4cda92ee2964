import type { Problem } from "../../src/errors";
import { findTerm, VOCABULARY } from "../../src/model/vocabulary";
import { checkOverrides, parseSensorId, type SensorOverride } from "../../src/protocols/iotm/mapping";
import { SENSORS, sensorIdText } from "../../src/protocols/iotm/sensors";
import { translate } from "./red";
import { withoutEnvironment } from "./validate";

/** Lines of the catalogue whose meaning is only likely: offered here, because they are not applied unasked. */
const LIKELY: readonly SensorOverride[] = SENSORS.filter((sensor) => sensor.inferred).map((sensor) => ({
  id: sensorIdText(sensor.id),
  key: sensor.key,
}));

/** The name of a term in the user's language. */
export function termLabel(key: string): string {
  const term = findTerm(key);
  const name = `vocabulary.${key}`;
  const label = translate(name);
  return label.endsWith(name) ? (term?.label ?? key) : label;
}

/** The editable list of sensor overrides; `changed` is called on every change. */
export function sensorList(
  element: JQuery,
  saved: readonly SensorOverride[],
  changed: () => void,
): { read(): SensorOverride[]; addLikely(): void } {
  const rows = (): JQuery[] =>
    element
      .editableList("items")
      .get()
      .map((item) => $(item));
  const read = (): SensorOverride[] => rows().map(readRow);
  const refresh = () => {
    const problems = checkOverrides(withoutEnvironment(read()) as SensorOverride[]);
    rows().forEach((row, index) => {
      showRow(
        row,
        problems.find(({ at }) => at === index),
      );
    });
    changed();
  };
  element.editableList<SensorOverride>({
    removable: true,
    sortable: true,
    addItem: (row, _index, override) => addRow(row, override, refresh),
    removeItem: refresh,
    height: 260,
  });
  const add = (override: SensorOverride) => element.editableList("addItem", override);
  saved.forEach(add);
  refresh();
  return {
    read,
    addLikely: () => {
      const present = new Set(read().map(({ id }) => parseSensorId(id)));
      LIKELY.filter(({ id }) => !present.has(parseSensorId(id))).forEach(add);
      refresh();
    },
  };
}

const FIELDS = ["id", "key", "scale", "offset", "unit"] as const;

function addRow(row: JQuery, override: SensorOverride, refresh: () => void): void {
  const input = (field: (typeof FIELDS)[number]): JQuery =>
    $("<input>", { type: "text", class: `tracker-sensor-${field}` })
      .attr({ placeholder: translate(`sensor.${field}`), "aria-label": translate(`sensor.${field}`) })
      .val(String(override[field] ?? ""));
  const action = $("<select>", { class: "tracker-sensor-action" })
    .attr("aria-label", translate("sensor.action"))
    .append(
      $("<option>", { value: "map" }).text(translate("sensor.map")),
      $("<option>", { value: "ignore" }).text(translate("sensor.ignore")),
    )
    .val(override.ignore ? "ignore" : "map");
  const key = input("key");
  const first = $("<div>", { class: "tracker-sensor-line" }).append(input("id"), action, key);
  const second = $("<div>", { class: "tracker-sensor-line" }).append(
    input("scale"),
    input("offset"),
    input("unit"),
  );
  const error = $("<div>", { class: "tracker-error", role: "alert" });
  row.append(first, second, error);
  (key as JQuery & { autoComplete(options: object): void }).autoComplete({
    search: (text: string) => suggestions(text),
    minLength: 0,
  });
  row.on("input change blur", "input, select", refresh);
}

/** Names from the vocabulary whose name or label has the text in it. */
function suggestions(text: string): { value: string; label: string }[] {
  const wanted = text.trim().toLowerCase();
  return VOCABULARY.filter(({ key }) => `${key} ${termLabel(key)}`.toLowerCase().includes(wanted)).map(
    ({ key, unit }) => ({
      value: key,
      label: `${key} – ${termLabel(key)}${unit === "" ? "" : ` (${unit})`}`,
    }),
  );
}

function readRow(row: JQuery): SensorOverride {
  const value = (field: string) => String(row.find(`.tracker-sensor-${field}`).val() ?? "").trim();
  if (value("action") === "ignore") return { id: value("id"), ignore: true };
  const key = value("key");
  const unit = findTerm(key) === undefined ? value("unit") : "";
  return { id: value("id"), key, scale: value("scale"), offset: value("offset"), unit };
}

/** Fits the row to its action and name, and says what is wrong with it. */
function showRow(row: JQuery, problem: Problem | undefined): void {
  const override = readRow(row);
  row.find(".tracker-sensor-key").toggle(!override.ignore);
  row.find(".tracker-sensor-line").eq(1).toggle(!override.ignore);
  const term = findTerm(override.key ?? "");
  const unit = row.find(".tracker-sensor-unit").prop("disabled", term !== undefined);
  if (term !== undefined) unit.val(term.unit);
  row.find(".tracker-error").text(problem === undefined ? "" : translate(`error.${problem.code}`));
  for (const field of FIELDS) {
    row.find(`.tracker-sensor-${field}`).toggleClass("input-error", problem?.path === field);
  }
}
