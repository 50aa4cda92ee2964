import { cleanText, toText } from "../bytes/text";
import { DEVICE_STATES, type Device } from "../devices/device";
import { type DeviceInput, FIELD_NAMES, isObject, newDevice, readFields, withInput } from "../devices/fields";
import { readImei } from "../devices/imei-input";
import { type Columns, type Given, importFormat, readTable, type Table } from "../devices/import-table";
import { type EnteredLogin, loginOf } from "../devices/password";
import type { Tools } from "../devices/tools";
import { type Problem, shown, TrackerError } from "../errors";
import { inSlices } from "../slices";
import type { Fleet } from "./fleet";
import { choiceOf, yesOrNo } from "./read-request";
import { deviceExists, type RequestContext } from "./request-context";

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
  /** IMEIs with a wrong check digit are taken, as from an export of devices that really have one. */
  readonly anyCheckDigit: boolean;
  readonly columns: Columns;
  /** Devices that the list gives no password, and that have none, get one that the registry makes. */
  readonly passwords: boolean;
}

export interface ImportLine {
  /** Line of the text, its header being 1; of a list, its place from 1 on. */
  readonly line: number;
  readonly imei: string;
  readonly result: "added" | "updated" | "skipped" | "error";
  readonly code?: string;
  readonly message?: string;
  readonly path?: string;
  /** One that the registry has made, which nobody is told again. */
  readonly password?: string;
}

export interface ImportReport {
  readonly added: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  /** Columns that nothing takes; absent where there are none. */
  readonly ignored?: readonly string[];
  readonly lines: readonly ImportLine[];
}

/** A line of the list: what it says, or what is wrong with it. */
interface Entry {
  readonly line: number;
  readonly imei: string;
  readonly input?: DeviceInput;
  readonly problem?: Problem;
}

/** What becomes of a line. */
interface Planned {
  readonly line: number;
  readonly imei: string;
  readonly result: ImportLine["result"];
  readonly device?: Device;
  /** One that the registry has made. */
  readonly password?: string;
  /** What is wrong with it, or, where it was added or updated all the same, with a part of it. */
  readonly problem?: Problem;
}

const OPTIONS = [
  "data",
  "onExisting",
  "state",
  "allOrNothing",
  "check",
  "anyCheckDigit",
  "columns",
  "passwords",
];

/**
 * Registers many devices in one go. The payload is CSV text with a header, JSON text, a list of objects, or
 * `{data, onExisting, state, allOrNothing, check, anyCheckDigit}` with one of these as data.
 */
export async function importDevices(payload: unknown, context: RequestContext): Promise<ImportReport> {
  const { fleet, tools, by } = context;
  const request = readImportRequest(payload);
  const { entries, ignored } = await readLines(request, context);
  const logins = request.check ? new Map<Entry, EnteredLogin>() : await loginsOf(entries, request, tools);
  let planned: Planned[] = [];
  const plan = async () => {
    planned = [];
    await inSlices(entries, (entry) => planned.push(planLine(entry, logins.get(entry), request, fleet)));
    if (request.allOrNothing && planned.some(({ result }) => result === "error"))
      planned = planned.map(skipped);
    return new Map(
      planned.flatMap(({ imei, device }) => (device === undefined ? [] : [[imei, device] as const])),
    );
  };
  if (request.check) await plan();
  else await fleet.change(plan, by);
  return report(planned, ignored);
}

function readImportRequest(payload: unknown): ImportRequest {
  const given = isObject(payload) && "data" in payload ? payload : { data: payload };
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    const message = `there is no option ${shown(unknown)}; there are ${OPTIONS.join(", ")}`;
    throw new TrackerError({ code: "FIELD_UNKNOWN", path: unknown, message });
  }
  return {
    data: given.data,
    onExisting: choiceOf("onExisting", given.onExisting, ON_EXISTING),
    state: choiceOf("state", given.state, DEVICE_STATES),
    allOrNothing: yesOrNo("allOrNothing", given.allOrNothing),
    check: yesOrNo("check", given.check),
    anyCheckDigit: yesOrNo("anyCheckDigit", given.anyCheckDigit),
    columns: readColumns(given.columns),
    passwords: yesOrNo("passwords", given.passwords),
  };
}

function readColumns(value: unknown): Columns {
  if (value === undefined) return {};
  if (isObject(value) && Object.values(value).every((field) => typeof field === "string")) {
    return value as Columns;
  }
  const message = "columns says for names of columns which field each is, or an empty text to leave it out";
  throw new TrackerError({ code: "FIELD_VALUE", path: "columns", message });
}

async function readLines(
  request: ImportRequest,
  context: RequestContext,
): Promise<{ entries: Entry[]; ignored: readonly string[] }> {
  const { columns } = request;
  const data = request.data instanceof Uint8Array ? toText(request.data) : request.data;
  const { given, ignored } =
    typeof data === "string" ? await readText(data, columns, context.tools) : readList(data);
  if (given.length === 0) {
    throw new TrackerError({ code: "IMPORT_EMPTY", path: "data", message: "there is no device in the list" });
  }
  const lineOf = new Map<string, number>();
  const entries: Entry[] = [];
  await inSlices(given, (one) => entries.push(readLine(one, lineOf, request, context)));
  return { entries, ignored };
}

async function readText(text: string, columns: Columns, tools: Tools): Promise<Table> {
  const plain = cleanText(text).trimStart();
  if (plain === "") return { given: [], ignored: [] };
  return /^[[{]/.test(plain) ? readList(parseJson(plain)) : readTable(text, tools, columns);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw importFormat(`the list is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function readList(data: unknown): Table {
  const list: unknown[] = Array.isArray(data) ? data : [data];
  const given = list.map((one, index): Given => {
    if (isObject(one)) return { line: index + 1, fields: one };
    if (typeof one === "string" || typeof one === "number") return { line: index + 1, fields: { imei: one } };
    throw importFormat(`entry ${index + 1} of the list is neither an object nor an IMEI`);
  });
  return { given, ignored: [] };
}

/** `lineOf` has the lines in which IMEIs stood before. */
function readLine(
  { line, fields, problem }: Given,
  lineOf: Map<string, number>,
  { anyCheckDigit }: ImportRequest,
  { fleet }: RequestContext,
): Entry {
  const raw = typeof fields.imei === "string" || typeof fields.imei === "number" ? String(fields.imei) : "";
  if (problem !== undefined) return { line, imei: raw, problem };
  try {
    const heard = (imei: string) =>
      (fleet.devices.get(imei) ?? fleet.devices.pending.get(imei)) !== undefined;
    const imei = readImei(fields.imei, (wrong) => heard(wrong) || (anyCheckDigit && /^\d{15}$/.test(wrong)));
    const earlier = lineOf.get(imei);
    if (earlier !== undefined) throw givenTwice(imei, earlier);
    const read = readInput(fields, fleet);
    lineOf.set(imei, line);
    return { line, imei, ...read };
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return { line, imei: raw, problem: error };
  }
}

/** A device config that is not deployed any more is no reason to leave the device out. */
function readInput(
  fields: Readonly<Record<string, unknown>>,
  { deviceConfigs }: Fleet,
): Pick<Entry, "input" | "problem"> {
  try {
    return { input: readFields(fields, deviceConfigs) };
  } catch (error) {
    if (!(error instanceof TrackerError) || error.code !== "DEVICE_CONFIG_UNKNOWN") throw error;
    const { deviceConfig: _, ...others } = fields;
    return { input: readFields(others, deviceConfigs), problem: error };
  }
}

/** The logins of lines that give a password, or where `passwords` is asked for also of those that give none. */
async function loginsOf(
  entries: readonly Entry[],
  { passwords }: ImportRequest,
  tools: Tools,
): Promise<Map<Entry, EnteredLogin>> {
  const login = async (entry: Entry) => {
    const { input = {} } = entry;
    const wanted = passwords ? { password: true as const, ...input } : input;
    return [entry, await loginOf(wanted, tools)] as const;
  };
  return new Map(await Promise.all(entries.map(login)));
}

function planLine(
  { line, imei, input, problem }: Entry,
  { hash, password }: EnteredLogin = {},
  request: ImportRequest,
  fleet: Fleet,
): Planned {
  const partly = problem === undefined ? {} : { problem };
  if (input === undefined) return { line, imei, result: "error", ...partly };
  const now = fleet.clock.wall();
  const told = password === undefined ? {} : { password };
  const existing = fleet.devices.get(imei);
  if (existing === undefined) {
    const device = withInput(newDevice(imei, now), { state: request.state, ...input }, now, hash);
    return { line, imei, result: "added", device, ...partly, ...told };
  }
  if (request.onExisting === "skip") return { line, imei, result: "skipped" };
  if (request.onExisting === "update") {
    // A login that it has is not taken away from it, where no line asks for that.
    const isAsked = input.password !== undefined || existing.login === "";
    const device = withInput(existing, input, now, isAsked ? hash : undefined);
    return { line, imei, result: "updated", device, ...partly, ...(isAsked ? told : {}) };
  }
  return { line, imei, result: "error", problem: deviceExists(existing) };
}

function givenTwice(imei: string, line: number): TrackerError {
  const message = `IMEI ${imei} stands in line ${line} already`;
  return new TrackerError({ code: "DEVICE_TWICE", path: "imei", message });
}

function skipped({ line, imei, result, problem }: Planned): Planned {
  return result === "error" && problem !== undefined
    ? { line, imei, result, problem }
    : { line, imei, result: "skipped" };
}

function report(planned: readonly Planned[], ignored: readonly string[]): ImportReport {
  const count = (wanted: ImportLine["result"]) => planned.filter(({ result }) => result === wanted).length;
  const lines = planned.map(({ line, imei, result, problem, password }): ImportLine => {
    const told = password === undefined ? {} : { password };
    if (problem === undefined) return { line, imei, result, ...told };
    const { code, message, path } = problem;
    return { line, imei, result, ...told, code, message, ...(path === undefined ? {} : { path }) };
  });
  return {
    added: count("added"),
    updated: count("updated"),
    skipped: count("skipped"),
    failed: count("error"),
    ...(ignored.length === 0 ? {} : { ignored }),
    lines,
  };
}

const COLUMNS = FIELD_NAMES.filter((name) => name !== "password");

/** All devices as CSV text (the default) or, with `{format: "json"}`, as a list; both can be imported again. */
export async function exportDevices(payload: unknown, { fleet, tools }: RequestContext): Promise<unknown> {
  const format = choiceOf("format", isObject(payload) ? payload.format : undefined, ["csv", "json"]);
  const rows = [...fleet.devices.all()].map((device) => exported(device, fleet));
  if (format === "json") return rows;
  const cells = rows.map((row) => COLUMNS.map((column) => [row[column]].flat().join(";")));
  return tools.writeCsv([[...COLUMNS], ...cells]);
}

/** A device config goes by its name where that is enough to find it again. */
function exported(device: Device, { deviceConfigs }: Fleet): Record<string, string | readonly string[]> {
  const { imei, name, state, vehicle, group, tags, notes, driver } = device;
  const deviceConfigName = deviceConfigs.get(device.deviceConfig)?.name ?? "";
  const isEnough =
    deviceConfigName !== "" && deviceConfigs.find(deviceConfigName)?.id === device.deviceConfig;
  const deviceConfig = isEnough ? deviceConfigName : device.deviceConfig;
  return { imei, name, state, deviceConfig, ...vehicle, group, tags: [...tags], notes, driver };
}
