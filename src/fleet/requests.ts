import { DEVICE_STATES, type Device } from "../devices/device";
import { isObject, newDevice, readFields, withInput } from "../devices/fields";
import { readImei } from "../devices/imei-input";
import { exportDevices, importDevices } from "../devices/transfer";
import { shown, TrackerError } from "../errors";
import { checkImei } from "../model/imei";
import { type Registry, unknownDevice } from "./fleet";
import { detailsOf, deviceRow, publicDevice, publicPending, STATUSES, statusOf } from "./views";

/** What requests need from outside the core. */
export interface Tools {
  /** A hash of a password that can be stored. */
  hashPassword(password: string): Promise<string>;
  /**
   * Reads CSV with any usual delimiter and line end: one list of cells a row. `brokenRow` is the first row with a
   * quotation mark that is not closed, or stands where none can; what follows cannot be trusted.
   */
  parseCsv(text: string, delimiter?: string): { readonly rows: string[][]; readonly brokenRow?: number };
  writeCsv(rows: readonly (readonly string[])[]): string;
}

export interface RequestContext {
  readonly registry: Registry;
  readonly tools: Tools;
  /** Who asks, for the journal. */
  readonly by: string;
}

/** What an answer is about, which decides the output it goes to: known devices, unknown ones, changes. */
export type Subject = "known" | "unknown" | "change";

interface RequestKind {
  readonly subject: Subject;
  readonly run: (payload: unknown, context: RequestContext) => Promise<unknown>;
}

/** Everything that can be asked of a registry, by a message or by the sidebar. */
const REQUESTS = {
  register: { subject: "change", run: register },
  update: { subject: "change", run: update },
  activate: { subject: "change", run: (payload, context) => setState(payload, "active", context) },
  deactivate: { subject: "change", run: (payload, context) => setState(payload, "deactivated", context) },
  remove: { subject: "change", run: remove },
  ignore: { subject: "change", run: ignore },
  import: { subject: "change", run: importDevices },
  get: { subject: "known", run: (payload, { registry }) => detailsOf(registry, onlyImei(payload, registry)) },
  list: { subject: "known", run: list },
  export: { subject: "known", run: exportDevices },
  restore: {
    subject: "change",
    run: (payload, { registry, by }) => registry.restore(readCopyName(payload), by),
  },
  pending: {
    subject: "unknown",
    run: async (_, { registry }) => [...registry.allPending()].map(publicPending),
  },
} as const satisfies Record<string, RequestKind>;

export type RequestName = keyof typeof REQUESTS;

/** What is asked for, and whether it only reads. Throws `REQUEST_UNKNOWN`. */
export function readRequest(name: unknown): {
  readonly name: RequestName;
  readonly subject: Subject;
  readonly reads: boolean;
} {
  const found = typeof name === "string" && Object.hasOwn(REQUESTS, name) ? (name as RequestName) : undefined;
  if (found === undefined) {
    const message = `${typeof name === "string" ? shown(name) : `a ${typeof name}`} is no request; there are ${Object.keys(REQUESTS).join(", ")}`;
    throw new TrackerError({ code: "REQUEST_UNKNOWN", path: "msg.request", message });
  }
  const { subject } = REQUESTS[found];
  return { name: found, subject, reads: subject !== "change" };
}

/**
 * Does what is asked and returns the answer, a plain value. Rejects with a TrackerError: `IMEI_*`,
 * `DEVICE_EXISTS`, `DEVICE_UNKNOWN`, `FIELD_*`, `DEVICE_CONFIG_UNKNOWN`, `PAYLOAD_TYPE`, `IMPORT_*`, `STORE_*`.
 */
export function answer(name: RequestName, payload: unknown, context: RequestContext): Promise<unknown> {
  return REQUESTS[name].run(payload, context);
}

async function register(payload: unknown, context: RequestContext): Promise<unknown> {
  const { registry, tools, by } = context;
  const given = objectWithImei(payload);
  const imei = readHeardImei(given.imei, registry);
  const input = readFields(given, registry.deviceConfigs);
  const login = input.password ? await tools.hashPassword(input.password) : undefined;
  const now = registry.clock.wall();
  const device = withInput(newDevice(imei, now), input, now, login);
  await registry.change(() => {
    const existing = registry.device(imei);
    if (existing !== undefined) throw deviceExists(existing);
    return new Map([[imei, device]]);
  }, by);
  return publicDevice(device);
}

async function update(payload: unknown, { registry, tools, by }: RequestContext): Promise<unknown> {
  const given = objectWithImei(payload);
  const imei = readHeardImei(given.imei, registry);
  const input = readFields(withoutOwn(given), registry.deviceConfigs);
  const login =
    input.password === undefined ? undefined : input.password && (await tools.hashPassword(input.password));
  await registry.change(() => {
    const device = withInput(knownDevice(registry, imei), input, registry.clock.wall(), login);
    return new Map([[imei, device]]);
  }, by);
  return publicDevice(knownDevice(registry, imei));
}

/** What a device that was read out has, but nobody can enter. */
const READ_ONLY = ["registeredAt", "changedAt", "hasLogin", "status", "lastSeen", "position"];

function withoutOwn(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !READ_ONLY.includes(name)));
}

/** Activates or deactivates; an unknown sender that is activated is registered with that. */
async function setState(
  payload: unknown,
  state: "active" | "deactivated",
  { registry, by }: RequestContext,
): Promise<unknown> {
  const imeis = readImeis(payload, registry);
  await registry.change(() => {
    const now = registry.clock.wall();
    const after = (imei: string): Device => {
      const device = registry.device(imei);
      if (device !== undefined) return { ...device, state, changedAt: now };
      if (state === "deactivated" || registry.pending(imei) === undefined) throw unknownDevice(imei);
      return { ...newDevice(imei, now), state };
    };
    return new Map(imeis.map((imei) => [imei, after(imei)]));
  }, by);
  return oneOrMany(
    payload,
    imeis.map((imei) => publicDevice(knownDevice(registry, imei))),
  );
}

/** A copy by its name; without one, the copy that the registry would take itself. */
function readCopyName(payload: unknown): string | undefined {
  const name = isObject(payload) ? payload.copy : payload;
  if (name === undefined || name === null || name === "") return undefined;
  if (typeof name === "string") return name;
  throw new TrackerError({ code: "FIELD_VALUE", path: "copy", message: "copy is the name of a copy" });
}

async function remove(payload: unknown, { registry, by }: RequestContext): Promise<unknown> {
  const imeis = readImeis(payload, registry);
  await registry.change(() => {
    const missing = imeis.find((imei) => !isHeard(imei, registry));
    if (missing !== undefined) throw unknownDevice(missing);
    return new Map(imeis.map((imei) => [imei, null]));
  }, by);
  return oneOrMany(
    payload,
    imeis.map((imei) => ({ imei })),
  );
}

/**
 * Registers and activates a sender unless somebody has registered it meanwhile. Does nothing where its IMEI is
 * wrong: a person may know better, a rule may not.
 */
export async function activateUnknown(imei: string, registry: Registry, by: string): Promise<void> {
  if (checkImei(imei) !== undefined) return;
  await registry.change(() => {
    if (registry.device(imei) !== undefined) return new Map();
    return new Map([[imei, { ...newDevice(imei, registry.clock.wall()), state: "active" }]]);
  }, by);
}

async function ignore(payload: unknown, { registry }: RequestContext): Promise<unknown> {
  const imeis = readImeis(payload, registry);
  await registry.ignore(imeis, !(isObject(payload) && payload.ignored === false));
  return oneOrMany(payload, imeis.flatMap((imei) => registry.pending(imei) ?? []).map(publicPending));
}

interface Filter {
  readonly has: (device: Device, wanted: string, registry: Registry) => boolean;
  /** What can be asked for; absent where anything can. */
  readonly known?: readonly string[];
}

const FILTERS: Readonly<Record<string, Filter>> = {
  state: { has: ({ state }, wanted) => state === wanted, known: DEVICE_STATES },
  status: {
    has: (device, wanted, registry) => statusOf(device, registry.live(device.imei)) === wanted,
    known: STATUSES,
  },
  group: { has: ({ group }, wanted) => group === wanted },
  tag: { has: ({ tags }, wanted) => tags.includes(wanted) },
};

/** Devices with status, last position and last time heard; the payload may have state, status, group or tag. */
async function list(payload: unknown, { registry }: RequestContext): Promise<unknown> {
  const filters = Object.entries(isObject(payload) ? payload : {})
    .filter(([, wanted]) => wanted !== undefined)
    .map(([name, wanted]) => readFilter(name, String(wanted)));
  return [...registry.allDevices()]
    .filter((device) => filters.every(({ filter, wanted }) => filter.has(device, wanted, registry)))
    .map((device) => {
      const live = registry.live(device.imei);
      const { status, lastSeen } = deviceRow(device, live);
      return { ...publicDevice(device), status, lastSeen, position: structuredClone(live?.position ?? null) };
    });
}

function readFilter(name: string, wanted: string): { filter: Filter; wanted: string } {
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (filter === undefined) {
    const message = `devices can be listed by ${Object.keys(FILTERS).join(", ")}, not by ${shown(name)}`;
    throw new TrackerError({ code: "FIELD_UNKNOWN", path: name, message });
  }
  if (filter.known?.includes(wanted) === false) {
    const message = `${name} is one of ${filter.known.join(", ")}`;
    throw new TrackerError({ code: "FIELD_VALUE", path: name, message });
  }
  return { filter, wanted };
}

function objectWithImei(payload: unknown): Readonly<Record<string, unknown>> {
  if (isObject(payload)) return payload;
  if (typeof payload === "string" || typeof payload === "number") return { imei: payload };
  const message = "the payload has to be an IMEI or an object with an IMEI";
  throw new TrackerError({ code: "PAYLOAD_TYPE", path: "msg.payload", message });
}

/** One IMEI, a list of them, or an object with one. Throws where there is none. */
function readImeis(payload: unknown, registry: Registry): string[] {
  const values: unknown[] = Array.isArray(payload) ? payload : [payload];
  if (values.length === 0)
    throw new TrackerError({ code: "IMEI_MISSING", path: "imei", message: "the list is empty" });
  return [...new Set(values.map((value) => readHeardImei(isObject(value) ? value.imei : value, registry)))];
}

function onlyImei(payload: unknown, registry: Registry): string {
  return readHeardImei(objectWithImei(payload).imei, registry);
}

/** A device that reports with an IMEI has it, whatever the check digit says. */
export function readHeardImei(value: unknown, registry: Registry): string {
  return readImei(value, (imei) => isHeard(imei, registry));
}

function isHeard(imei: string, registry: Registry): boolean {
  return registry.device(imei) !== undefined || registry.pending(imei) !== undefined;
}

function oneOrMany<T>(payload: unknown, results: readonly T[]): T | readonly T[] | undefined {
  return Array.isArray(payload) ? results : results[0];
}

function knownDevice(registry: Registry, imei: string): Device {
  const device = registry.device(imei);
  if (device === undefined) throw unknownDevice(imei);
  return device;
}

export function deviceExists({ imei, name }: Device): TrackerError {
  const message = `IMEI ${imei} is registered already${name === "" ? "" : ` as ${JSON.stringify(name)}`}`;
  return new TrackerError({ code: "DEVICE_EXISTS", path: "imei", message });
}
