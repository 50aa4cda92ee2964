import { type Problem, TrackerError } from "../errors";
import { DEVICE_STATES, type Device } from "./device";
import {
  type DeviceInput,
  FIELD_NAMES,
  isObject,
  newDevice,
  readFields,
  unknownField,
  withInput,
} from "./fields";
import { readImei } from "./imei-input";
import type { Registry } from "./registry";
import type { RequestContext, Tools } from "./requests";

/** What becomes of a device that is registered already. */
const ON_EXISTING = ["error", "update", "skip"] as const;

interface ImportRequest {
  readonly data: unknown;
  readonly onExisting: (typeof ON_EXISTING)[number];
  /** State of devices for which the list gives none. */
  readonly state: Device["state"];
  /** Nothing is changed where one line is wrong. */
  readonly allOrNothing: boolean;
  /** Nothing is changed at all. */
  readonly check: boolean;
}

export interface ImportLine {
  /** Line of the text, its header being 1; of a list, its place from 1 on. */
  readonly line: number;
  readonly imei: string;
  readonly result: "added" | "updated" | "skipped" | "error";
  readonly code?: string;
  readonly message?: string;
  readonly path?: string;
}

export interface ImportReport {
  readonly added: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly lines: readonly ImportLine[];
}

interface Entry {
  readonly line: number;
  readonly given: Readonly<Record<string, unknown>>;
}

/** A line that was read: either a device or what is wrong. */
interface Planned {
  readonly line: number;
  readonly imei: string;
  readonly device?: Device;
  readonly result: ImportLine["result"];
  readonly problem?: Problem;
}

/**
 * Registers many devices in one go. The payload is CSV text with a header, JSON text, a list of objects, or
 * `{data, onExisting, state, allOrNothing, check}` with one of these as data.
 */
export async function importDevices(
  payload: unknown,
  { registry, tools, by }: RequestContext,
): Promise<ImportReport> {
  const request = readImportRequest(payload);
  const entries = readEntries(request.data, tools);
  const logins = await hashes(entries, tools);
  let planned: Planned[] = [];
  const plan = () => {
    planned = planLines(entries, request, registry, logins);
    if (request.allOrNothing && planned.some(({ result }) => result === "error"))
      planned = planned.map(skipped);
    return new Map(
      planned.flatMap(({ imei, device }) => (device === undefined ? [] : [[imei, device] as const])),
    );
  };
  if (request.check) plan();
  else await registry.change(plan, by);
  return report(planned);
}

function readImportRequest(payload: unknown): ImportRequest {
  const given = isObject(payload) && "data" in payload ? payload : { data: payload };
  return {
    data: given.data,
    onExisting: oneOf("onExisting", given.onExisting, ON_EXISTING),
    state: oneOf("state", given.state, DEVICE_STATES),
    allOrNothing: given.allOrNothing === true,
    check: given.check === true,
  };
}

/** A value of a list; the first of them where nothing is given. */
function oneOf<T extends string>(path: string, value: unknown, known: readonly [T, ...T[]]): T {
  const found = value === undefined ? known[0] : known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new TrackerError({ code: "FIELD_VALUE", path, message: `${path} is one of ${known.join(", ")}` });
}

function readEntries(data: unknown, tools: Tools): Entry[] {
  const entries = typeof data === "string" ? readText(data, tools) : readList(data);
  if (entries.length > 0) return entries;
  throw new TrackerError({ code: "IMPORT_EMPTY", path: "data", message: "there is no device in the list" });
}

function readText(text: string, tools: Tools): Entry[] {
  if (text.trim() === "") return [];
  return /^\s*[[{]/.test(text) ? readList(parseJson(text)) : readCsv(text, tools);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw importFormat(`the list is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function readList(data: unknown): Entry[] {
  const list: unknown[] = Array.isArray(data) ? data : [data];
  return list.map((one, index) => {
    if (isObject(one)) return { line: index + 1, given: one };
    if (typeof one === "string" || typeof one === "number") return { line: index + 1, given: { imei: one } };
    throw importFormat(`entry ${index + 1} of the list is neither an object nor an IMEI`);
  });
}

/** Columns are found by the header, whatever their order; a file with one column may do without. */
function readCsv(text: string, tools: Tools): Entry[] {
  const rows = tools.parseCsv(text);
  const header = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const unknown = header.find((name) => !FIELD_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new TrackerError(unknownField(unknown));
  if (!header.includes("imei"))
    throw importFormat("the first line has to name the columns, one of them imei");
  const entries: Entry[] = [];
  let line = 1;
  for (const [index, cells] of rows.entries()) {
    const here = line;
    line += 1 + cells.join("").split("\n").length - 1;
    if (index === 0 || cells.every((cell) => cell.trim() === "")) continue;
    const named = header.map((name, column) => [name, cells[column] ?? ""]);
    entries.push({
      line: here,
      given: Object.fromEntries(named.filter(([name, cell]) => isGiven(name, cell))),
    });
  }
  return entries;
}

/** An empty cell empties a field, but there is no empty state and no empty password. */
function isGiven(name: string | undefined, cell: string | undefined): boolean {
  return cell !== "" || (name !== "state" && name !== "password");
}

function importFormat(message: string): TrackerError {
  return new TrackerError({ code: "IMPORT_FORMAT", path: "data", message });
}

async function hashes(entries: readonly Entry[], tools: Tools): Promise<Map<Entry, string>> {
  const logins = new Map<Entry, string>();
  for (const entry of entries) {
    const { password } = entry.given;
    if (typeof password === "string" && password !== "")
      logins.set(entry, await tools.hashPassword(password));
  }
  return logins;
}

function planLines(
  entries: readonly Entry[],
  request: ImportRequest,
  registry: Registry,
  logins: ReadonlyMap<Entry, string>,
): Planned[] {
  const lineOf = new Map<string, number>();
  return entries.map((entry) => {
    const { line, given } = entry;
    const raw = typeof given.imei === "string" || typeof given.imei === "number" ? String(given.imei) : "";
    try {
      const imei = readImei(
        given.imei,
        (heard) => (registry.device(heard) ?? registry.pending(heard)) !== undefined,
      );
      const earlier = lineOf.get(imei);
      if (earlier !== undefined) throw givenTwice(imei, earlier);
      lineOf.set(imei, line);
      const input = readFields(given, registry.profiles);
      return { line, ...planDevice(imei, input, logins.get(entry), request, registry) };
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      return { line, imei: raw, result: "error", problem: error };
    }
  });
}

function planDevice(
  imei: string,
  input: DeviceInput,
  login: string | undefined,
  request: ImportRequest,
  registry: Registry,
): Omit<Planned, "line"> {
  const now = registry.clock.day();
  const existing = registry.device(imei);
  if (existing === undefined) {
    const device = withInput(newDevice(imei, now), { state: request.state, ...input }, now, login);
    return { imei, result: "added", device };
  }
  if (request.onExisting === "skip") return { imei, result: "skipped" };
  if (request.onExisting === "update") {
    return { imei, result: "updated", device: withInput(existing, input, now, login) };
  }
  const message = `IMEI ${imei} is registered already`;
  throw new TrackerError({ code: "DEVICE_EXISTS", path: "imei", message });
}

function givenTwice(imei: string, line: number): TrackerError {
  const message = `IMEI ${imei} stands in line ${line} already`;
  return new TrackerError({ code: "DEVICE_EXISTS", path: "imei", message });
}

function skipped({ line, imei, result, problem }: Planned): Planned {
  return problem === undefined ? { line, imei, result: "skipped" } : { line, imei, result, problem };
}

function report(planned: readonly Planned[]): ImportReport {
  const count = (wanted: ImportLine["result"]) => planned.filter(({ result }) => result === wanted).length;
  const lines = planned.map(({ line, imei, result, problem }): ImportLine => {
    if (problem === undefined) return { line, imei, result };
    const { code, message, path } = problem;
    return { line, imei, result, code, message, ...(path === undefined ? {} : { path }) };
  });
  return {
    added: count("added"),
    updated: count("updated"),
    skipped: count("skipped"),
    failed: count("error"),
    lines,
  };
}

const COLUMNS = FIELD_NAMES.filter((name) => name !== "password");

/** All devices as CSV text (the default) or, with `{format: "json"}`, as a list; both can be imported again. */
export async function exportDevices(payload: unknown, { registry, tools }: RequestContext): Promise<unknown> {
  const format = oneOf("format", isObject(payload) ? payload.format : undefined, ["csv", "json"]);
  const rows = [...registry.allDevices()].map((device) => exported(device, registry));
  if (format === "json") return rows;
  const cells = rows.map((row) => COLUMNS.map((column) => [row[column]].flat().join(";")));
  return tools.writeCsv([[...COLUMNS], ...cells]);
}

/** A device config goes by its name where that is enough to find it again. */
function exported(device: Device, { profiles }: Registry): Record<string, string | readonly string[]> {
  const { imei, name, state, vehicle, group, tags, notes, driver } = device;
  const profileName = profiles.get(device.profile)?.name ?? "";
  const profile = profiles.find(profileName)?.id === device.profile ? profileName : device.profile;
  return { imei, name, state, profile, ...vehicle, group, tags: [...tags], notes, driver };
}
