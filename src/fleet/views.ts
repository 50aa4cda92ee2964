import { type Alarm, isOpenAlarm } from "../alarms/alarm";
import type { Command } from "../commands/command";
import type { DeployedConfig } from "../device-config/deployed";
import { OUTPUT_COUNT } from "../device-config/device-config";
import type { Device, Pending } from "../devices/device";
import { unknownDevice } from "../devices/devices";
import type { JournalEntry } from "../journal/entry";
import type { Position, Scalar } from "../model/message";
import type { DenialCode, Denied, Refused } from "../model/refusal";
import { timeAt } from "../state/attributes";
import { attributeAt, attributeOf } from "../state/live";
import type { Connection, Counters, LastEvent, LiveState } from "../state/live-state";
import type { Fleet } from "./fleet";

/**
 * How a device or an unknown sender is shown; `waiting` is active, but never heard of as such; `shutOut` was heard
 * lately, but the built-in broker does not let it in any more.
 */
export type Status = (typeof STATUSES)[number] | "shutOut" | "pending" | "ignored";
export const STATUSES = ["online", "offline", "waiting", "registered", "deactivated"] as const;

/** What a list shows of a device or an unknown sender. */
export interface Row {
  readonly imei: string;
  readonly status: Status;
  readonly name: string;
  readonly plate: string;
  readonly group: string;
  /** Epoch milliseconds. */
  readonly lastSeen: number | null;
  /** km/h. */
  readonly speed: number | null;
  readonly ignition: boolean | null;
  /** Until when speed and ignition count as those of now (epoch ms): their time and the device's own timeout. */
  readonly speedUntil?: number;
  readonly ignitionUntil?: number;
  /** The last event; absent where there was none. */
  readonly event?: LastEvent;
  /** Alarms that want a person, the newest first; absent where there are none. */
  readonly alarms?: readonly RowAlarm[];
  /** Of an unknown sender: records that came, and the topic of the last. */
  readonly count?: number;
  readonly topic?: string;
  /** Of an unknown sender: how often it was not let in by the built-in broker. */
  readonly refusals?: number;
  /** Of a device: the built-in broker does not let it in, or denies it what it wants. */
  readonly trouble?: "refused" | "denied" | "twice";
}

/** An alarm, as far as a person has to know it. */
export type RowAlarm = Pick<Alarm, (typeof ROW_ALARM)[number]>;
const ROW_ALARM = [
  "id",
  "name",
  "alarm",
  "level",
  "state",
  "begin",
  "end",
  "repeats",
  "acknowledged",
  "past",
  "position",
  "details",
] as const satisfies readonly (keyof Alarm)[];

/** A device as a person may see it: without the hash of its password. */
export type PublicDevice = Omit<Device, "login"> & { readonly hasLogin: boolean };

export interface LiveView {
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly online: boolean;
  readonly time: number | null;
  readonly position: (Position & { readonly time: number }) | null;
  readonly attributes: readonly { readonly key: string; readonly value: Scalar; readonly time: number }[];
  readonly events: readonly LastEvent[];
  readonly counters: Counters;
}

/** The last connection to the built-in broker. */
export interface ConnectionView extends Connection {
  /** Whether it hears commands. */
  readonly listening: boolean;
}

export type Details =
  | {
      readonly kind: "device";
      readonly status: Status;
      readonly device: PublicDevice;
      readonly live: LiveView | null;
      readonly connection: ConnectionView | null;
      /** How it was not let in since it was connected last. */
      readonly refused: Refused | null;
      /** What it was denied, until a connection ends in which it was denied nothing. */
      readonly denied: Denied | null;
      readonly journal: readonly Omit<JournalEntry, "imei">[];
    }
  | { readonly kind: "pending"; readonly status: Status; readonly pending: Pending };

/** What the sidebar is told beside it. */
export interface CommandsView {
  /** Newest first. */
  readonly commands: readonly Command[];
  /** Whether a node is there that would send a command. */
  readonly canSwitch: boolean;
}

export type SidebarDetails =
  | (Extract<Details, { kind: "device" }> & CommandsView)
  | Extract<Details, { kind: "pending" }>;

/** A copy of its own, because a flow may change it. */
export function publicDevice({ login, ...device }: Device): PublicDevice {
  return { ...structuredClone(device), hasLogin: login !== "" };
}

export function publicPending(pending: Pending): Pending {
  return structuredClone(pending);
}

export function statusOf({ state }: Device, live: LiveState | undefined): Status {
  if (state !== "active") return state;
  if (live?.online) return "online";
  return live?.heard ? "offline" : "waiting";
}

/** Denials after which the built-in broker ends the connection. */
const ENDS_CONNECTION: ReadonlySet<string> = new Set<DenialCode>([
  "TOPIC_RESERVED",
  "TOPIC_NOT_OWN",
  "IMEI_OTHER",
]);

/**
 * The status as a person sees it. A device that was turned away after its last sign of life is not online, although
 * its timeout is not over; while it is connected, somebody else was turned away.
 */
function shownStatus(fleet: Fleet, device: Device): Status {
  const live = fleet.states.get(device.imei);
  const status = statusOf(device, live);
  if (status !== "online" || live === undefined) return status;
  const refusal = fleet.connections.refusalOf(device.imei);
  const denial = fleet.connections.denialOf(device.imei);
  const refusedAt = live.connection?.connected ? undefined : refusal?.lastAt;
  const deniedAt = denial && ENDS_CONNECTION.has(denial.code) ? denial.at : undefined;
  const turnedAway = Math.max(refusedAt ?? Number.NEGATIVE_INFINITY, deniedAt ?? Number.NEGATIVE_INFINITY);
  return turnedAway >= live.lastSeen ? "shutOut" : status;
}

/** A clock that is ahead makes nothing last longer. */
function untilOf(
  live: LiveState | undefined,
  offlineAfter: number,
): Pick<Row, "speedUntil" | "ignitionUntil"> {
  if (live === undefined) return {};
  const until = (time: number) => Math.min(time, live.lastSeen) + offlineAfter;
  const { position } = live;
  const ignitionAt = attributeAt(live, "ignition").time;
  return {
    ...(position === null
      ? {}
      : { speedUntil: until(Math.min(position.time, position.receivedAt ?? position.time)) }),
    ...(Number.isFinite(ignitionAt) ? { ignitionUntil: until(ignitionAt) } : {}),
  };
}

export function rowOf(fleet: Fleet, imei: string): Row | undefined {
  const device = fleet.devices.get(imei);
  if (device !== undefined) {
    const live = fleet.states.get(imei);
    return {
      ...deviceRow(device, live),
      status: shownStatus(fleet, device),
      ...untilOf(live, fleet.offlineAfter(imei)),
      ...(live?.events[0] === undefined ? {} : { event: live.events[0] }),
      ...troubleOf(fleet, imei),
      ...openAlarms(fleet, imei),
    };
  }
  const pending = fleet.devices.pending.get(imei);
  return pending === undefined ? undefined : pendingRow(pending);
}

function openAlarms({ alarms }: Fleet, imei: string): Pick<Row, "alarms"> {
  const open = alarms.ofDevice(imei).filter(isOpenAlarm);
  if (open.length === 0) return {};
  const seen = (alarm: Alarm) => Object.fromEntries(ROW_ALARM.map((key) => [key, alarm[key]]));
  return { alarms: open.map((alarm) => seen(alarm) as unknown as RowAlarm) };
}

function troubleOf({ connections }: Fleet, imei: string): Pick<Row, "trouble"> {
  if (connections.refusalOf(imei) !== undefined) return { trouble: "refused" };
  const denial = connections.denialOf(imei);
  if (denial === undefined) return {};
  return { trouble: denial.code === "CLIENT_ID_TWICE" ? "twice" : "denied" };
}

export function deviceRow(device: Device, live: LiveState | undefined): Row {
  const ignition = live === undefined ? undefined : attributeOf(live, "ignition");
  return {
    imei: device.imei,
    status: statusOf(device, live),
    name: device.name,
    plate: device.vehicle.plate,
    group: device.group,
    lastSeen: live?.lastSeen ?? null,
    speed: live?.position?.speed ?? null,
    ignition: typeof ignition === "boolean" ? ignition : null,
  };
}

function pendingRow({ imei, ignored, lastSeen, count, topic, refused }: Pending): Row {
  const nothing = { name: "", plate: "", group: "", speed: null, ignition: null };
  const refusals = refused === undefined ? {} : { refusals: refused.count };
  return { imei, status: ignored ? "ignored" : "pending", ...nothing, lastSeen, count, topic, ...refusals };
}

/** All that is known of a device or an unknown sender. Rejects with `DEVICE_UNKNOWN`. */
export async function detailsOf(fleet: Fleet, imei: string): Promise<Details> {
  const device = fleet.devices.get(imei);
  if (device !== undefined) {
    const live = fleet.states.get(imei);
    const journal = await fleet.journalOf(imei);
    return {
      kind: "device",
      status: shownStatus(fleet, device),
      device: publicDevice(device),
      live: live === undefined ? null : liveView(live),
      connection: connectionView(fleet, imei, live),
      refused: structuredClone(fleet.connections.refusalOf(imei) ?? null),
      denied: structuredClone(fleet.connections.denialOf(imei) ?? null),
      journal: journal.map(({ time, change, by }) => ({ time, change, by })),
    };
  }
  const pending = fleet.devices.pending.get(imei);
  if (pending === undefined) throw unknownDevice(imei);
  return {
    kind: "pending",
    status: pending.ignored ? "ignored" : "pending",
    pending: publicPending(pending),
  };
}

function connectionView(
  { connections }: Fleet,
  imei: string,
  live: LiveState | undefined,
): ConnectionView | null {
  if (live?.connection === undefined) return null;
  return { ...live.connection, listening: connections.isListening(imei) === true };
}

function liveView(live: LiveState): LiveView {
  const { keys, values, times: _, heard: __, connection: ___, ...same } = live;
  const attributes = keys.map((key, index) => ({
    key,
    value: values[index] as Scalar,
    time: timeAt(live, index),
  }));
  return { ...structuredClone(same), attributes };
}

/** What a list needs to be up to date. */
export interface RowsAnswer {
  readonly epoch: string;
  readonly revision: number;
  /** True where `rows` are all there are. */
  readonly full: boolean;
  readonly rows: readonly Row[];
  readonly removed: readonly string[];
}

/** Rows that changed after a revision of this run of the registry, or all of them. */
export function rowsSince(fleet: Fleet, epoch: string, since: number | undefined): RowsAnswer {
  const revision = fleet.revisions.current;
  const changes = since === undefined ? undefined : fleet.revisions.since(since);
  if (changes !== undefined) {
    const rows = changes.changed.flatMap((imei) => rowOf(fleet, imei) ?? []);
    return { epoch, revision, full: false, rows, removed: changes.removed };
  }
  const imeis = [...fleet.devices.all(), ...fleet.devices.pending.all()].map(({ imei }) => imei);
  const rows = imeis.flatMap((imei) => rowOf(fleet, imei) ?? []);
  return { epoch, revision, full: true, rows, removed: [] };
}

/** What a dialog offers for a command: the devices that are not deactivated, and their outputs. */
export interface OutputChoices {
  readonly devices: readonly {
    readonly imei: string;
    readonly name: string;
    readonly plate: string;
    /** Those that are named in the device config; all where it names none; none without a command channel. */
    readonly outputs: readonly { readonly output: number; readonly name: string }[];
  }[];
}

export function outputChoices(fleet: Fleet): OutputChoices {
  const devices = [...fleet.devices.all()]
    .filter(({ state }) => state !== "deactivated")
    .map((device) => {
      const { imei, name, vehicle } = device;
      return { imei, name, plate: vehicle.plate, outputs: outputsOf(fleet.configFor(device)) };
    });
  return { devices };
}

function outputsOf(deviceConfig: DeployedConfig | undefined): { output: number; name: string }[] {
  if (deviceConfig === undefined || deviceConfig.commands.topic === "") return [];
  const all = Array.from({ length: OUTPUT_COUNT }, (_, index) => ({
    output: index + 1,
    name: deviceConfig.outputNames[index]?.trim() ?? "",
  }));
  const named = all.filter(({ name }) => name !== "");
  return named.length > 0 ? named : all;
}
