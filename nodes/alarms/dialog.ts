import { ALARM_LEVELS } from "../../src/alarms/alarm";
import {
  ALARM_KIND_NAMES,
  ALARM_KINDS,
  type AlarmKind,
  type AlarmKindName,
  type AlarmParam,
} from "../../src/alarms/kinds";
import { readRules } from "../../src/alarms/rule";
import { TrackerError } from "../../src/errors";
import { labelIn } from "../../src/model/label";
import { language } from "../editor/kit/texts";

type Fields = Readonly<Record<string, unknown>>;

interface AlarmsNode {
  rules?: readonly Fields[];
  _(key: string): string;
}

const LIST = "#tracker-alarms-rules";
const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** What is wrong with saved rules, or true: the check is the running flow's own. */
export function checkRules(rules: unknown): true | string {
  try {
    readRules(rules ?? []);
    return true;
  } catch (error) {
    return error instanceof TrackerError ? `${error.path ?? ""}: ${error.message}` : String(error);
  }
}

/** Fills the list of rules. */
export function prepare(node: AlarmsNode): void {
  const list = $(LIST);
  list.editableList<Fields>({
    removable: true,
    sortable: true,
    height: 360,
    addItem: (row, _index, saved) => addRow(node, row, saved),
  });
  for (const rule of node.rules ?? []) list.editableList("addItem", rule);
}

export function save(node: AlarmsNode): void {
  node.rules = $(LIST)
    .editableList("items")
    .get()
    .map((item) => readRow($(item)));
}

function addRow({ _ }: AlarmsNode, row: JQuery, saved: Fields): void {
  const t = (key: string) => _(`alarms.${key}`);
  const { id, kind = "fenceEntered", schedule } = saved;
  const hours = (schedule ?? {}) as Fields;
  row.data("rule", { id: typeof id === "string" && id !== "" ? id : newId(), kind });
  const kinds = select(
    "kind",
    t("rule.kind"),
    ALARM_KIND_NAMES.map((name) => [name, labelOf(ALARM_KINDS[name])]),
    kind,
  );
  const levels = select(
    "level",
    t("rule.level"),
    ALARM_LEVELS.map((name) => [name, t(`level.${name}`)]),
    saved.level ?? "warning",
  );
  const params = $("<div>", { class: "tracker-alarm-line tracker-alarm-params" });
  const lists = line(
    named(t("rule.devices"), input("devices", t("rule.devicesTip"), listText(saved.devices), true)),
    named(t("rule.groups"), input("groups", t("rule.groupsTip"), listText(saved.groups), true)),
  );
  const days = DAYS.map((day) => {
    const chosen = Array.isArray(hours.days) ? hours.days.includes(day) : true;
    const box = $("<input>", { type: "checkbox", class: "tracker-rule-day" })
      .val(String(day))
      .prop("checked", chosen);
    return $("<label>").append(box, $("<span>").text(t(`day.${day}`)));
  });
  const hasHours = $("<input>", { type: "checkbox", class: "tracker-rule-hours" }).prop(
    "checked",
    schedule != null,
  );
  const when = line(
    ...days,
    named(t("rule.from"), input("from", "00:00", hours.from ?? "00:00")),
    named(t("rule.to"), input("to", "24:00", hours.to ?? "24:00")),
    named(t("rule.timeZone"), input("timeZone", "Europe/Berlin", hours.timeZone ?? ownZone(), true)),
  );
  row.append(
    line(kinds, input("name", t("rule.name"), saved.name, true), levels),
    params,
    lists,
    line($("<label>").append(hasHours, $("<span>").text(t("rule.hours")))),
    when,
    line(
      named(t("rule.quiet"), input("quiet", "60", saved.quiet), "s"),
      named(t("rule.escalateAfter"), input("escalateAfter", "0", saved.escalateAfter), "min"),
    ),
    $("<div>", { class: "tracker-alarm-error", role: "alert" }),
  );
  showParams(row, kind as AlarmKindName, (saved.params ?? {}) as Fields);
  kinds.on("change", () => {
    // Another kind is another rule: what is remembered of the one before means nothing to it.
    row.data("rule", { id: newId() });
    showParams(row, String(kinds.val()) as AlarmKindName, {});
  });
  hasHours.on("change", () => when.toggle(hasHours.prop("checked") === true)).trigger("change");
  const refresh = () => {
    const found = checkRules([readRow(row)]);
    row.find(".tracker-alarm-error").text(found === true ? "" : found.replace(/^rules\[0\]\.?/, ""));
  };
  row.on("input change", refresh);
  refresh();
}

function showParams(row: JQuery, kind: AlarmKindName, saved: Fields): void {
  const { params } = ALARM_KINDS[kind] as AlarmKind;
  const fields = Object.entries(params).map(([name, param]) => {
    const label = labelIn(param.label, language());
    return named(label, paramInput(name, label, param, saved[name]), param.unit);
  });
  row
    .find(".tracker-alarm-params")
    .empty()
    .append(...fields);
}

function paramInput(
  name: string,
  label: string,
  { choices, default: preset, min }: AlarmParam,
  value: unknown,
): JQuery {
  const made =
    choices === undefined
      ? input(`param-${name}`, String(preset), value, min === undefined)
      : select(
          `param-${name}`,
          label,
          Object.entries(choices).map(([one, text]) => [one, labelIn(text, language())]),
          value ?? preset,
        );
  return made.attr("data-param", name);
}

/** What a row says; empty fields are left out, so that they are their defaults. */
function readRow(row: JQuery): Fields {
  const value = (name: string) => String(row.find(`.tracker-rule-${name}`).val() ?? "").trim();
  const { id } = row.data("rule") as { id: string };
  const params = row
    .find("[data-param]")
    .get()
    .map((element) => [$(element).attr("data-param") ?? "", String($(element).val() ?? "").trim()] as const)
    .filter(([, text]) => text !== "");
  const days = row
    .find(".tracker-rule-day:checked")
    .get()
    .map((box) => Number($(box).val()));
  const hasHours = row.find(".tracker-rule-hours").prop("checked") === true;
  const split = (text: string) =>
    text
      .split(/[,;]/)
      .map((one) => one.trim())
      .filter(Boolean);
  return {
    id,
    name: value("name"),
    kind: value("kind"),
    params: Object.fromEntries(params),
    level: value("level"),
    devices: split(value("devices")),
    groups: split(value("groups")),
    schedule: hasHours ? { days, from: value("from"), to: value("to"), timeZone: value("timeZone") } : null,
    quiet: value("quiet"),
    escalateAfter: value("escalateAfter"),
  };
}

function select(
  name: string,
  label: string,
  choices: readonly (readonly [value: string, text: string])[],
  value: unknown,
): JQuery {
  return $("<select>", { class: `tracker-rule-${name}` })
    .attr("aria-label", label)
    .append(...choices.map(([one, text]) => $("<option>").val(one).text(text)))
    .val(String(value));
}

function input(name: string, placeholder: string, value: unknown, isWide = false): JQuery {
  return $("<input>", {
    type: "text",
    class: `tracker-rule-${name} ${isWide ? "tracker-wide" : "tracker-number"}`,
  })
    .attr({ placeholder, "aria-label": placeholder })
    .val(String(value ?? ""));
}

function named(label: string, field: JQuery, unit = ""): JQuery {
  return $("<label>").append($("<span>").text(label), field, $("<span>").text(unit));
}

function line(...parts: JQuery[]): JQuery {
  return $("<div>", { class: "tracker-alarm-line" }).append(...parts);
}

function labelOf({ label }: AlarmKind): string {
  return labelIn(label, language());
}

function listText(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function newId(): string {
  return Math.random().toString(36).slice(2, 10);
}
