import { DEVICE_STATES, type Device } from "../devices/device";
import { unknownDevice } from "../devices/devices";
import { isObject, newDevice, readFields, withInput } from "../devices/fields";
import { loginOf } from "../devices/password";
import { shown, TrackerError } from "../errors";
import { checkImei } from "../model/imei";
import { acknowledgeAlarm, alarms, clearAlarm } from "./alarm-requests";
import { addFence, changeFence, fences, importFences, removeFence } from "./fence-requests";
import type { Fleet } from "./fleet";
import { areaAnswer, seriesAnswer } from "./history-charts";
import { importHistory } from "./history-import";
import { history, removeHistory, track } from "./history-requests";
import { isHeard, readHeardImei, yesOrNo } from "./read-request";
import { deviceExists, type RequestContext } from "./request-context";
import { addShare, removeShare, shares } from "./share-requests";
import { exportDevices, importDevices } from "./transfer";
import { detailsOf, deviceRow, publicDevice, publicPending, STATUSES, statusOf } from "./views";

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
  removeHistory: { subject: "change", run: removeHistory },
  ignore: { subject: "change", run: ignore },
  import: { subject: "change", run: importDevices },
  addFence: { subject: "change", run: addFence },
  changeFence: { subject: "change", run: changeFence },
  removeFence: { subject: "change", run: removeFence },
  importFences: { subject: "change", run: importFences },
  importHistory: { subject: "change", run: importHistory },
  addShare: { subject: "change", run: addShare },
  removeShare: { subject: "change", run: removeShare },
  // Who may only read need not know who is let in.
  shares: { subject: "change", run: shares },
  acknowledgeAlarm: { subject: "change", run: acknowledgeAlarm },
  clearAlarm: { subject: "change", run: clearAlarm },
  get: { subject: "known", run: (payload, { fleet }) => detailsOf(fleet, onlyImei(payload, fleet)) },
  list: { subject: "known", run: list },
  history: { subject: "known", run: history },
  track: { subject: "known", run: track },
  series: { subject: "known", run: seriesAnswer },
  area: { subject: "known", run: areaAnswer },
  export: { subject: "known", run: exportDevices },
  fences: { subject: "known", run: fences },
  alarms: { subject: "known", run: alarms },
  restore: {
    subject: "change",
    run: (payload, { fleet, by }) => fleet.restore(readCopyName(payload), by),
  },
  pending: {
    subject: "unknown",
    run: async (_, { fleet }) => [...fleet.devices.pending.all()].map(publicPending),
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
 * Does what is asked and returns the answer, a plain value; {@link AnswerParts} where parts were asked for. Rejects with a TrackerError: `IMEI_*`,
 * `DEVICE_EXISTS`, `DEVICE_UNKNOWN`, `FIELD_*`, `DEVICE_CONFIG_UNKNOWN`, `PAYLOAD_TYPE`, `IMPORT_*`, `QUERY_*`,
 * `FENCE_*`, `GEOJSON`, `SHARE_*`, `ALARM_UNKNOWN`, `STORE_*`.
 */
export function answer(name: RequestName, payload: unknown, context: RequestContext): Promise<unknown> {
  return REQUESTS[name].run(payload, context);
}

async function register(payload: unknown, context: RequestContext): Promise<unknown> {
  const { fleet, tools, by } = context;
  const given = objectWithImei(payload);
  const imei = readHeardImei(given.imei, fleet);
  const input = readFields(given, fleet.deviceConfigs);
  const { hash, password } = await loginOf(input, tools);
  const now = fleet.clock.wall();
  const device = withInput(newDevice(imei, now), input, now, hash);
  await fleet.change(() => {
    const existing = fleet.devices.get(imei);
    if (existing !== undefined) throw deviceExists(existing);
    return new Map([[imei, device]]);
  }, by);
  return withPassword(publicDevice(device), password);
}

/** The only time that anybody is told a password that the registry has made. */
function withPassword<T extends object>(device: T, password: string | undefined): T {
  return password === undefined ? device : { ...device, password };
}

async function update(payload: unknown, { fleet, tools, by }: RequestContext): Promise<unknown> {
  const given = objectWithImei(payload);
  const imei = readHeardImei(given.imei, fleet);
  const input = readFields(withoutOwn(given), fleet.deviceConfigs);
  const { hash, password } = await loginOf(input, tools);
  await fleet.change(() => {
    const device = withInput(knownDevice(fleet, imei), input, fleet.clock.wall(), hash);
    return new Map([[imei, device]]);
  }, by);
  return withPassword(publicDevice(knownDevice(fleet, imei)), password);
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
  { fleet, by }: RequestContext,
): Promise<unknown> {
  const imeis = readImeis(payload, fleet);
  await fleet.change(() => {
    const now = fleet.clock.wall();
    const after = (imei: string): Device => {
      const device = fleet.devices.get(imei);
      if (device !== undefined) return { ...device, state, changedAt: now };
      if (state === "deactivated" || fleet.devices.pending.get(imei) === undefined) throw unknownDevice(imei);
      return { ...newDevice(imei, now), state };
    };
    return new Map(imeis.map((imei) => [imei, after(imei)]));
  }, by);
  return oneOrMany(
    payload,
    imeis.map((imei) => publicDevice(knownDevice(fleet, imei))),
  );
}

/** A copy by its name; without one, the copy that the registry would take itself. */
function readCopyName(payload: unknown): string | undefined {
  const name = isObject(payload) ? payload.copy : payload;
  if (name === undefined || name === null || name === "") return undefined;
  if (typeof name === "string") return name;
  throw new TrackerError({ code: "FIELD_VALUE", path: "copy", message: "copy is the name of a copy" });
}

async function remove(payload: unknown, { fleet, by }: RequestContext): Promise<unknown> {
  const imeis = readImeis(payload, fleet);
  const plan = () => {
    const missing = imeis.find((imei) => !isHeard(imei, fleet));
    if (missing !== undefined) throw unknownDevice(missing);
    return new Map(imeis.map((imei) => [imei, null]));
  };
  await fleet.change(plan, by, keptHistories(payload, fleet));
  return oneOrMany(
    payload,
    imeis.map((imei) => ({ imei })),
  );
}

/** The devices that go, but whose history is to stay. */
function keptHistories(payload: unknown, fleet: Fleet): Set<string> {
  const kept = [payload]
    .flat()
    .filter((one) => isObject(one) && yesOrNo("keepHistory", one.keepHistory))
    .map((one) => readHeardImei((one as { imei: unknown }).imei, fleet));
  return new Set(kept);
}

/**
 * Registers and activates a sender unless somebody has registered it meanwhile. Does nothing where its IMEI is
 * wrong: a person may know better, a rule may not.
 */
export async function activateUnknown(imei: string, fleet: Fleet, by: string): Promise<void> {
  if (checkImei(imei) !== undefined) return;
  await fleet.change(() => {
    if (fleet.devices.get(imei) !== undefined) return new Map();
    return new Map([[imei, { ...newDevice(imei, fleet.clock.wall()), state: "active" }]]);
  }, by);
}

async function ignore(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const imeis = readImeis(payload, fleet);
  await fleet.ignore(imeis, !(isObject(payload) && payload.ignored === false));
  return oneOrMany(
    payload,
    imeis.flatMap((imei) => fleet.devices.pending.get(imei) ?? []).map(publicPending),
  );
}

interface Filter {
  readonly has: (device: Device, wanted: string, fleet: Fleet) => boolean;
  /** What can be asked for; absent where anything can. */
  readonly known?: readonly string[];
}

const FILTERS: Readonly<Record<string, Filter>> = {
  state: { has: ({ state }, wanted) => state === wanted, known: DEVICE_STATES },
  status: {
    has: (device, wanted, fleet) => statusOf(device, fleet.states.get(device.imei)) === wanted,
    known: STATUSES,
  },
  group: { has: ({ group }, wanted) => group === wanted },
  tag: { has: ({ tags }, wanted) => tags.includes(wanted) },
};

/** Devices with status, last position and last time heard; the payload may have state, status, group or tag. */
async function list(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const filters = Object.entries(isObject(payload) ? payload : {})
    .filter(([, wanted]) => wanted !== undefined)
    .map(([name, wanted]) => readFilter(name, String(wanted)));
  return [...fleet.devices.all()]
    .filter((device) => filters.every(({ filter, wanted }) => filter.has(device, wanted, fleet)))
    .map((device) => {
      const live = fleet.states.get(device.imei);
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
function readImeis(payload: unknown, fleet: Fleet): string[] {
  const values: unknown[] = Array.isArray(payload) ? payload : [payload];
  if (values.length === 0)
    throw new TrackerError({ code: "IMEI_MISSING", path: "imei", message: "the list is empty" });
  return [...new Set(values.map((value) => readHeardImei(isObject(value) ? value.imei : value, fleet)))];
}

function onlyImei(payload: unknown, fleet: Fleet): string {
  return readHeardImei(objectWithImei(payload).imei, fleet);
}

function oneOrMany<T>(payload: unknown, results: readonly T[]): T | readonly T[] | undefined {
  return Array.isArray(payload) ? results : results[0];
}

function knownDevice(fleet: Fleet, imei: string): Device {
  const device = fleet.devices.get(imei);
  if (device === undefined) throw unknownDevice(imei);
  return device;
}
