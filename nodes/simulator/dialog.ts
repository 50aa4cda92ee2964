import { TrackerError } from "../../src/errors";
import { isBlank } from "../../src/saved";
import { FAULT_LEVELS, FAULT_NAMES, type FaultLevel } from "../../src/simulator/faults";
import { CONFIG_FIELDS, MODEL_NAMES, MODELS, type ModelName } from "../../src/simulator/models";
import {
  type Counts,
  DEFAULT_COUNTS,
  imeiOf,
  MAX_DEVICES,
  plannedDevices,
  readStart,
} from "../../src/simulator/plan";
import { readRoute } from "../../src/simulator/route-text";
import { downloadCsv } from "../editor/kit/download";
import { isEnvironment, red } from "../editor/kit/red";
import { isLeftOpen } from "../editor/kit/validate";

const NODE = "@mqtt-trackers/node-red-trackers/tracker-simulator:simulator";
const text = (key: string, values: Record<string, string | number> = {}): string =>
  red._(`${NODE}.${key}`, values);

/** Brings the dialog to life. */
export function prepare(node: Readonly<Record<string, unknown>>): void {
  const shown = () => {
    const route = input("route").val();
    $("#tracker-simulator .tracker-route-file").toggle(route === "file");
    $("#tracker-simulator .tracker-route-text").toggle(route === "text");
    $("#tracker-simulator .tracker-own-only").toggle(input("connection").val() === "own");
    const tls = input("tls").prop("checked") === true;
    $("#tracker-simulator .tracker-tls-only").toggle(tls);
    input("port").attr("placeholder", tls ? "8883" : "1883");
    showFaults();
    showDevices();
  };
  $("#tracker-simulator").on("input change", "input, select", shown);
  input("routeText").on("input change", showRoute);
  input("route").on("change", showRoute);
  $("#tracker-advanced").prop("open", hasAdvanced(node));
  $("#tracker-copy-csv").on("click", () => {
    const button = $("#tracker-copy-csv");
    red.clipboard.copyText(csv(), button, text("copied"));
  });
  $("#tracker-save-csv").on("click", () => downloadCsv("simulated-fleet.csv", csv()));
  shown();
  showRoute();
}

/** Whether something is set that stands in the closed part of the dialog. */
function hasAdvanced(node: Readonly<Record<string, unknown>>): boolean {
  return ["factor", "start", "seed", "first", ...FAULT_NAMES].some((field) => !isBlank(node[field]));
}

function input(field: string): JQuery {
  return $(`#node-input-${field}`);
}

/** The counts as they are typed; undefined where one of them is not known or wrong. */
function typedCounts(): { readonly counts: Counts; readonly first: number } | undefined {
  const number = (field: string, preset: number) => {
    const typed = String(input(field).val() ?? "").trim();
    return typed === "" ? preset : /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  };
  const entries = MODEL_NAMES.map((model) => [model, number(model, DEFAULT_COUNTS[model])] as const);
  const first = number("first", 1);
  const isKnown = entries.every(([, count]) => count <= MAX_DEVICES) && first >= 1;
  return isKnown ? { counts: Object.fromEntries(entries) as Record<ModelName, number>, first } : undefined;
}

function showDevices(): void {
  const typed = typedCounts();
  for (const model of MODEL_NAMES) {
    const count = typed?.counts[model] ?? 0;
    const range = typed === undefined || count === 0 ? "" : imeiRange(model, typed.first, count);
    $(`#tracker-simulator tr[data-model="${model}"] .tracker-imeis`).text(range);
  }
  const total = typed === undefined ? 0 : MODEL_NAMES.reduce((sum, model) => sum + typed.counts[model], 0);
  const fits = total >= 1 && total <= MAX_DEVICES;
  const hint = fits ? text("total", { total }) : text("totalWrong", { max: MAX_DEVICES });
  $("#tracker-simulator .tracker-total").text(hint).toggleClass("tracker-too-many", !fits);
  $("#tracker-copy-csv, #tracker-save-csv").prop("disabled", !fits);
  $("#tracker-simulator .tracker-xtcu-only").toggle((typed?.counts.xtcu ?? 0) > 0);
}

function imeiRange(model: ModelName, first: number, count: number): string {
  const from = imeiOf(model, first);
  return count === 1 ? from : `${from} – ${imeiOf(model, first + count - 1)}`;
}

/** What counts where a field of the advanced part is empty. */
function showFaults(): void {
  const level = FAULT_LEVELS[String(input("faults").val()) as FaultLevel] ?? FAULT_LEVELS.off;
  for (const name of FAULT_NAMES) input(name).attr("placeholder", String(level[name] * 100));
}

function showRoute(): void {
  const wrong = input("route").val() === "text" ? routeProblem(input("routeText").val()) : "";
  $("#tracker-error-routeText").text(wrong);
  input("routeText").toggleClass("input-error", wrong !== "");
}

/** What is wrong with a pasted route, or nothing. */
function routeProblem(value: unknown): string {
  if (isEnvironment(value)) return "";
  try {
    readRoute(String(value ?? ""));
    return "";
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return text(`error.${error.code}`);
  }
}

/** The fleet as a list for the sidebar's import. */
function csv(): string {
  const typed = typedCounts();
  if (typed === undefined) return "";
  const chosen = (field: string) => {
    const id = String(input(field).val() ?? "");
    return id === "_ADD_" ? "" : id;
  };
  const deviceConfig = (model: ModelName) =>
    chosen(CONFIG_FIELDS.get(MODELS[model].speech.protocol.id) ?? "device");
  const rows = plannedDevices(typed.counts, typed.first).map(({ imei, name, model }) =>
    [imei, name, "active", deviceConfig(model), "simulated"].join(";"),
  );
  return `${["imei;name;state;deviceConfig;group", ...rows].join("\r\n")}\r\n`;
}

/** A pasted route has to be one where it is what the vehicles drive. */
export function checkRoute(value: unknown, node: { readonly route?: string }): true | string {
  const dialog = $("#tracker-simulator #node-input-route");
  const route = dialog.length > 0 ? dialog.val() : node.route;
  return route !== "text" || routeProblem(value) || true;
}

export function checkStart(value: unknown): true | string {
  return isLeftOpen(value) || readStart(value) !== undefined || text("error.start");
}
