import type { Recalled, Sought } from "../dedupe/dedupe";
import { asked, fingerprintOf } from "../dedupe/fingerprint";
import type { AskedWhole } from "../dedupe/port";
import type { Device } from "../devices/device";
import { identityOf } from "../model/identity";
import { checkImei } from "../model/imei";
import type { OwnRecord } from "../model/message";
import type { Refusal } from "../model/refusal";
import { absorb, hasKnownTime, judge, type Marks, marksAgain } from "../state/live";
import type { LiveState } from "../state/live-state";
import type { FleetOwners } from "./owners";

export type Verdict =
  | { readonly kind: "active"; readonly device: Device; readonly marks: Marks }
  | { readonly kind: "inactive"; readonly device: Device }
  | { readonly kind: "unknown" };

/**
 * Asks the history which of these records came before, as far as memory cannot tell: for {@link receive}. Undefined where
 * memory can tell of all, which is nearly always.
 */
export function recall(fleet: FleetOwners, records: readonly OwnRecord[]): Promise<Recalled> | undefined {
  let open: AskedWhole[] | undefined;
  for (const record of records) {
    const question = openQuestion(fleet, record);
    if (question === undefined) continue;
    open ??= [];
    open.push(question);
  }
  return open && fleet.dedupe.ask(open);
}

function openQuestion(fleet: FleetOwners, record: OwnRecord): AskedWhole | undefined {
  if (record.kind === "file") return undefined;
  const { dedupe, devices, states, clock, settings } = fleet;
  const device = devices.get(record.imei);
  if (device?.state !== "active") return undefined;
  // The device's own text, which is kept, and not one a record.
  const { imei } = device;
  const live = states.get(imei);
  const time = timeOf(
    record,
    live === undefined ? {} : judge(live, record, clock.wall(), settings.clockTolerance),
  );
  if (time !== undefined && dedupe.isNewest(imei, time)) return undefined;
  try {
    const own = { ...record, imei };
    const question = { ...asked(own, identityOf(record)), record: own };
    return dedupe.knows({ imei, print: fingerprintOf(question), time }) ? undefined : question;
  } catch {
    // It is no record, which is said when it is taken in.
    return undefined;
  }
}

/** Files of a device that are known again after a restart; history has none. */
const MOST_FILES = 64;

/** When a record was taken, where it says so; not by a clock that is ahead, after which nothing would be the newest. */
function timeOf(record: OwnRecord, { future, timeUnknown }: Marks): number | undefined {
  return record.kind === "file" || future || timeUnknown ? undefined : record.time;
}

/**
 * Takes in a record and says whose it is. `list` puts an unknown sender on the pending list; `node` is the id of
 * the node it came to; `recalled` is what {@link recall} found out. Throws, before anything is changed, where the record
 * has what JSON has not.
 */
export function receive(
  fleet: FleetOwners,
  record: OwnRecord,
  topic: string,
  list: boolean,
  node = "",
  recalled?: Recalled,
): Verdict {
  const { imei } = record;
  const device = fleet.devices.get(imei);
  if (device === undefined) {
    if (list) note(fleet, record, topic);
    return { kind: "unknown" };
  }
  if (device.state !== "active") {
    fleet.states.touch(imei, fleet.clock.wall()).counters.records++;
    return { kind: "inactive", device };
  }
  const identity = identityOf(record);
  const print = fingerprintOf(asked(record, identity));
  if (isOtherProtocol(fleet, device, record))
    return { kind: "active", device, marks: { otherProtocol: true } };
  const live = fleet.presence.activity(device.imei);
  if (live === undefined) return { kind: "inactive", device };
  const marks = observe(fleet, live, record, print, node, recalled);
  fleet.history.keep(record, identity);
  fleet.connections.reported(live, record);
  if (record.kind === "event" && Object.keys(marks).length === 0) fleet.news++;
  fleet.onRecord.tell(record, marks);
  return { kind: "active", device, marks };
}

/** Whether a record cannot be of the device that it names, because that speaks another protocol. */
function isOtherProtocol(fleet: FleetOwners, device: Device, { protocol }: OwnRecord): boolean {
  const config = fleet.configFor(device);
  return config !== undefined && config.protocol !== protocol;
}

function note(fleet: FleetOwners, record: OwnRecord, topic: string): void {
  const { devices, revisions, clock } = fleet;
  if (!devices.pending.has(record.imei)) fleet.news++;
  const forgotten = devices.pending.note(record, topic, clock.wall());
  if (forgotten !== undefined) revisions.remove(forgotten);
  revisions.touch(record.imei);
}

/** Compares a record with what is known, and puts it into the state where it is new. */
function observe(
  { dedupe, clock, settings }: FleetOwners,
  live: LiveState,
  record: OwnRecord,
  print: number,
  node: string,
  recalled: Recalled | undefined,
): Marks {
  const { counters } = live;
  const now = clock.wall();
  const marks = judge(live, record, now, settings.clockTolerance);
  const sought: Sought = { imei: record.imei, print, time: timeOf(record, marks) };
  const isKnownFile = record.kind === "file" && live.files?.includes(print);
  const met = dedupe.meet(sought, node, marks.future === true, isKnownFile ? new Set([print]) : recalled);
  // What was from the future and is so no more never counted yet.
  if (met !== undefined && !(met.future && !marks.future)) {
    const again = marksAgain(marks, met);
    if (!met.here) return again;
    counters.records++;
    counters.duplicates++;
    return { ...again, duplicate: true };
  }
  dedupe.add(sought, node, marks);
  if (record.kind === "file") live.files = [...(live.files ?? []), print].slice(-MOST_FILES);
  counters.records++;
  if (marks.late) counters.late++;
  if (marks.future) counters.future++;
  if (hasKnownTime(marks))
    absorb(live, record, now, settings.clockTolerance, met === undefined ? now : undefined);
  return marks;
}

/** The built-in broker did not let a client in that has the IMEI of a device. */
export function refused(fleet: FleetOwners, imei: string, reason: Refusal, address: string): void {
  const { devices, connections, revisions, clock } = fleet;
  if (devices.get(imei) !== undefined) {
    connections.refused(imei, reason, address);
    return;
  }
  // What has never sent a record may have been made up.
  if (!devices.pending.has(imei) && checkImei(imei) !== undefined) return;
  const isNew = !devices.pending.has(imei);
  const forgotten = devices.pending.refuse(imei, reason, address, clock.wall());
  if (forgotten === imei) return;
  if (isNew) fleet.news++;
  if (forgotten !== undefined) revisions.remove(forgotten);
  revisions.touch(imei);
}
