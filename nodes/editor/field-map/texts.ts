import type { Problem } from "../../../src/errors";
import { type Label, labelIn } from "../../../src/model/label";
import { TERM_GROUPS } from "../../../src/model/vocabulary";
import { isBit } from "../../../src/protocols/json/convert";
import { findTarget } from "../../../src/protocols/json/targets";
import { red } from "../kit/red";
import { termLabel } from "../kit/sensor-list";
import { language, timeText } from "../kit/texts";
import type { Fill } from "./rows";

type Values = Readonly<Record<string, string | number>>;

const NAMESPACE = "@mqtt-trackers/node-red-trackers/trackers-editor";

/** A text of the field map editor in the user's language. Nothing of a sample may stand in `values`. */
export function mapText(key: string, values: Values = {}): string {
  return red._(`${NAMESPACE}:fieldMap.${key}`, values);
}

/** The text for exactly this many: `<key>_one` or `<key>_other`. */
export function mapCounted(key: string, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language()).select(count) === "one" ? "one" : "other";
  return mapText(`${key}_${form}`, { ...values, n: count });
}

/** The name of a target in the user's language; a name of the user's own is itself. */
export function targetLabel(key: string): string {
  if (findTarget(key) === undefined) return key;
  const name = `target.${key}`;
  const label = mapText(name);
  return label.endsWith(name) ? termLabel(key) : label;
}

/** The name of a group of signals. */
export function groupLabel(group: string): string {
  const label = new Map<string, Label>(Object.entries(TERM_GROUPS)).get(group);
  return label === undefined ? mapText(`group.${group}`) : labelIn(label, language());
}

/** The name of a target where there is little room. */
export function shortLabel(key: string): string {
  return key === "event" ? mapText("state.event") : targetLabel(key);
}

/** What went wrong, in the user's language where that is known. */
export function mapProblemText({ code, message }: Problem): string {
  const key = `problem.${code}`;
  const known = mapText(key);
  return known.endsWith(key) ? message : known;
}

/** Problems whose sentence in the user's language does not say all. */
const WITH_DETAILS: ReadonlySet<string> = new Set([
  "JSON_SYNTAX",
  "EXPRESSION",
  "VALUE_UNFIT",
  "POSITION_RANGE",
]);

/** A problem in words, with its place and, where it says more, the sentence as it came. Never HTML. */
export function problemView(problem: Problem): JQuery {
  const { code, message, path = "" } = problem;
  const said = mapProblemText(problem);
  const view = $("<div>", { class: "tracker-fm-problem" }).text(said);
  if (path !== "") view.prepend($("<code>").text(path), " ");
  if (WITH_DETAILS.has(code) && said !== message)
    view.append(" ", $("<small>").text(message.replace(/^not JSON: /, "")));
  return view;
}

/** A value as a person reads it; never more than fits on a line or two. */
export function sampleValueText(value: unknown): string {
  const shown = value === null ? "null" : String(value);
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}

/** A converted value with its unit. */
export function fillText({ to, value, unit }: Pick<Fill, "to" | "value" | "unit">): string {
  if (findTarget(to)?.type === "time" && typeof value === "number") return timeText(value);
  return [sampleValueText(value), unit].filter(Boolean).join("\u00a0");
}

/** A unit as the lists show it. */
export function unitText(unit: string, own: string): string {
  if (unit === "") return own === "" ? mapText("unit.none") : mapText("unit.usual", { unit: own });
  if (isBit(unit)) return mapText("unit.bit", { n: unit.slice("bit ".length) });
  return unit === "recognised" || unit === "inverted" ? mapText(`unit.${unit}`) : unit;
}
