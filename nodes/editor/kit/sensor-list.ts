import type { Problem } from "../../../src/errors";
import { labelIn } from "../../../src/model/label";
import { findTerm, VOCABULARY } from "../../../src/model/vocabulary";
import { isIgnored, parseSensorId, type SensorOverride } from "../../../src/protocols/iotm/mapping";
import { findSensor, SENSORS, sensorIdText } from "../../../src/protocols/iotm/sensors";
import { showInstead, translate, typedText } from "./red";
import { language } from "./texts";
import { checkSensors } from "./validate";

/** Meanings of the catalogue that are only likely: offered here, because they are not applied unasked. */
const LIKELY: readonly SensorOverride[] = SENSORS.flatMap(({ id, likely }) =>
  likely === undefined ? [] : [{ id: sensorIdText(id), key: likely.key }],
);

/** The name of a term in the user's language. */
export function termLabel(key: string): string {
  const term = findTerm(key);
  return term === undefined ? key : labelIn(term.label, language());
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
    const problems = checkSensors(read());
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
  saved.filter((override) => typeof override === "object" && override !== null).forEach(add);
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

/** What the table says of a sensor in the user's language; nothing of an id that it does not have. */
function sensorLabel(id: string | number): string {
  const sensor = findSensor(parseSensorId(id) ?? -1);
  if (sensor === undefined) return "";
  const label = labelIn(sensor.label, language());
  if (sensor.unit === undefined) return translate("sensor.unitUnknown", { sensor: label });
  return sensor.unit === "" ? label : `${label}, ${sensor.unit}`;
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
    .val(isIgnored(override) ? "ignore" : "map");
  const key = input("key");
  const first = $("<div>", { class: "tracker-sensor-line" }).append(input("id"), action, key);
  const second = $("<div>", { class: "tracker-sensor-line" }).append(
    input("scale"),
    input("offset"),
    input("unit"),
  );
  const what = $("<div>", { class: "tracker-sensor-what" });
  const error = $("<div>", { class: "tracker-error", role: "alert" });
  row.append(first, what, second, error);
  (key as JQuery & { autoComplete(options: object): void }).autoComplete({
    search: (text: string) => suggestions(text),
    minLength: 0,
  });
  row.on("input change blur", "input, select", refresh);
}

/** Names from the vocabulary whose name or label has the text in it; first of all the text itself, as an own name. */
function suggestions(text: string): { value: string; label: string }[] {
  const name = text.trim();
  const wanted = name.toLowerCase();
  const terms = VOCABULARY.filter(({ key }) => `${key} ${termLabel(key)}`.toLowerCase().includes(wanted)).map(
    ({ key, unit }) => ({
      value: key,
      label: `${key} – ${termLabel(key)}${unit === "" ? "" : ` (${unit})`}`,
    }),
  );
  const isOwn = name !== "" && findTerm(name) === undefined;
  return isOwn ? [{ value: name, label: `${name} – ${translate("sensor.own")}` }, ...terms] : terms;
}

/** What a row says; empty fields are left out. */
function readRow(row: JQuery): SensorOverride {
  const entries = FIELDS.map((field) => [field, typedText(row.find(`.tracker-sensor-${field}`))] as const);
  const { id = "", ...rest } = Object.fromEntries(entries.filter(([, value]) => value !== ""));
  const ignore = row.find(".tracker-sensor-action").val() === "ignore";
  return { id, ...rest, ...(ignore ? { ignore } : {}) };
}

/** Fits the row to its id, action and name, and says what is wrong with it. */
function showRow(row: JQuery, problem: Problem | undefined): void {
  const { id, key = "", ignore } = readRow(row);
  row.find(".tracker-sensor-what").text(sensorLabel(id));
  row.find(".tracker-sensor-key").toggle(!ignore);
  row.find(".tracker-sensor-line").eq(1).toggle(!ignore);
  showInstead(row.find(".tracker-sensor-unit"), findTerm(key)?.unit);
  row.find(".tracker-error").text(problem === undefined ? "" : translate(`error.${problem.code}`));
  for (const field of FIELDS) {
    row.find(`.tracker-sensor-${field}`).toggleClass("input-error", problem?.path === field);
  }
}
