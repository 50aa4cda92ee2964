import { isTooOld } from "../../../model/device-clock";
import { identityFrom } from "../../../model/identity";
import type { Decoded, DeviceEvent, NormalizedRecord, Telemetry } from "../../../model/message";
import { type FrameContext, wanted, withCauses } from "../decode-any";
import { checksumIn, HEADER_BYTES, MAX_RECORDS, VERSION } from "../frame";
import { AUTOMATIC_IGNITION } from "../ignition";
import { busActivity, type IsHeard, knownFuelLevelType } from "../layouts";
import { type SensorMap, sensorMap } from "../mapping";
import { toEvent } from "../normalize";
import { VEILED, Veil } from "../privacy";
import { type FastReading, Layouts, MOST_VALUES } from "./layouts";
import { type FrameSender, senderIn, senderNamed } from "./senders";
import type { Step } from "./step";
import { isInexact, NO_VALUE, type ReadValue, readWire, SIZES } from "./wire";

/** A record of the IMEI: its header and 8 bytes, behind the frame's version. */
const IMEI_RECORD_END = 12;
/** Header and time of telemetry and events. */
const TIME_END = HEADER_BYTES + 4;
/** An event's function and code. */
const EVENT_END = TIME_END + 2;

/**
 * Reads frames in one pass, as devices send them day by day. It has an answer only where there is nothing to say of a frame
 * but its records: whatever is damaged, rare or does not fit is for `decodeAny`, which gives the same for all others.
 */
export class FastReader {
  private readonly layouts: Layouts;
  /** Values of the record that is being read, by their places. */
  private readonly read: ReadValue[] = new Array(MOST_VALUES + 1).fill(null);
  private hasHidden = false;
  private activity: IsHeard;
  private isBusAlive = false;
  private isBusSilent = false;
  private fuelLevelType: number | undefined;

  constructor(
    readonly reading: FastReading,
    canCompile?: boolean,
  ) {
    this.layouts = new Layouts(reading, canCompile);
  }

  /** What a frame says; undefined where it has to be read step by step. */
  decode(bytes: Uint8Array, context: FrameContext): Decoded | undefined {
    const end = bytes.length - 1;
    if (end < 1 || bytes[0] !== VERSION) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (checksumIn(view, end) !== bytes[end]) return undefined;
    const isNamed = bytes[1] === 2 && bytes[2] === 8 && bytes[3] === 0 && end >= IMEI_RECORD_END;
    const sender = isNamed ? senderIn(view, 1 + HEADER_BYTES) : senderNamed(context.topicImei);
    if (sender === undefined || (context.topicImei ?? sender.imei) !== sender.imei) return undefined;
    return this.readRecords(bytes, view, isNamed ? IMEI_RECORD_END : 1, end, sender, context);
  }

  private readRecords(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    sender: FrameSender,
    context: FrameContext,
  ): Decoded | undefined {
    const { receivedAt } = context;
    const records: NormalizedRecord[] = [];
    let before = 0;
    let isSorted = true;
    let hasEvents = false;
    this.hasHidden = false;
    for (let at = start; at < end; ) {
      if (end - at < TIME_END || records.length === MAX_RECORDS - 1) return undefined;
      const type = bytes[at];
      const stop = at + HEADER_BYTES + view.getUint16(at + 1, true);
      if (stop > end || stop - at < TIME_END) return undefined;
      const time = view.getUint32(at + HEADER_BYTES, true) * 1000;
      if (isTooOld(time, receivedAt)) return undefined;
      let record: NormalizedRecord | undefined;
      if (type === 1) record = this.telemetry(bytes, view, at, stop, sender, time, receivedAt);
      else if (type === 3) record = eventIn(bytes, view, at, stop, sender, time, receivedAt);
      if (record === undefined) return undefined;
      hasEvents ||= type === 3;
      isSorted &&= time >= before;
      before = time;
      records.push(record);
      at = stop;
    }
    if (records.length === 0) return undefined;
    if (!isSorted) records.sort((one, other) => timeOf(one) - timeOf(other));
    if (!hasEvents) return { records, warnings: [] };
    // An event's text may repeat what is hidden.
    return this.hasHidden ? undefined : { records: wanted(withCauses(records), context), warnings: [] };
  }

  private telemetry(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    stop: number,
    { imei, telemetry }: FrameSender,
    time: number,
    receivedAt: number,
  ): Telemetry | undefined {
    const last = this.readValues(bytes, view, start + TIME_END, stop);
    if (last === undefined) return undefined;
    const isBusHeard = this.activity ?? (this.isBusAlive ? true : this.isBusSilent ? false : undefined);
    const plan = this.layouts.plan(last, isBusHeard, this.fuelLevelType);
    if (plan === undefined) return undefined;
    const identity = identityFrom(telemetry, view, start, stop);
    return plan.record(this.read, imei, identity, time, receivedAt);
  }

  /** Reads the values of a record; returns the last step of its layout. */
  private readValues(bytes: Uint8Array, view: DataView, start: number, stop: number): Step | undefined {
    const { read } = this;
    this.activity = undefined;
    this.isBusAlive = false;
    this.isBusSilent = false;
    this.fuelLevelType = undefined;
    let step = this.layouts.root;
    for (let at = start; at < stop; ) {
      if (stop - at < 3) return undefined;
      const type = bytes[at] as number;
      const next = step.to((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8));
      if (next === undefined) return undefined;
      step = type === NO_VALUE ? next.withoutValue() : next;
      at += 3;
      let size = SIZES[type] as number;
      if (size < 0) {
        const width = -size;
        size = width === 1 ? (bytes[at] as number) : (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
        at += width;
      }
      const end = at + size;
      if (end > stop) return undefined;
      const value = readWire(type, bytes, view, at, end);
      read[step.depth] = value;
      if (!step.isPlain && !this.note(step, type, value)) return undefined;
      at = end;
    }
    return step;
  }

  /** Notes what a value says of others; false where that has to be looked at more closely. */
  private note(step: Step, type: number, value: ReadValue): boolean {
    const { isHidden, isOfBus, isNeverZero, decides } = step.nature;
    if (isHidden && value !== null) {
      this.hasHidden = true;
      this.read[step.depth] = VEILED;
      if (isOfBus) this.isBusAlive = true;
    } else if (isOfBus) {
      // NaN is nothing that a bus would say, and no zero either.
      if (value) this.isBusAlive = true;
      else if (isNeverZero && value !== null) this.isBusSilent = true;
    }
    if (!decides) return true;
    if (step.isActivity) this.activity = busActivity(value);
    else if (step.isFuelLevelType) this.fuelLevelType = knownFuelLevelType(value);
    return !isInexact(type);
  }
}

const NOTHING_HIDDEN = new Veil([], true);

function eventIn(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  stop: number,
  { imei, event }: FrameSender,
  time: number,
  receivedAt: number,
): DeviceEvent | undefined {
  if (stop - start < EVENT_END) return undefined;
  const said = {
    type: 3,
    time,
    function: bytes[start + TIME_END] as number,
    event: bytes[start + TIME_END + 1] as number,
    data: bytes.subarray(start + EVENT_END, stop),
  } as const;
  return {
    schema: 1,
    kind: "event",
    protocol: "iotm",
    imei,
    identity: identityFrom(event, view, start, stop),
    time,
    receivedAt,
    event: toEvent(said, NOTHING_HIDDEN),
  };
}

function timeOf(record: NormalizedRecord): number {
  return record.kind === "file" ? Number.POSITIVE_INFINITY : record.time;
}

const CATALOGUE = sensorMap();

/** Readers by what they were made of, so that all that read by one device config share one. */
const READERS = new WeakMap<SensorMap, FastReader[]>();

/** The reader of a device config, which is made once. */
export function readerFor(context: FrameContext): FastReader {
  const { sensors = CATALOGUE, ignition = AUTOMATIC_IGNITION, showPersonal = false } = context;
  let readers = READERS.get(sensors);
  if (readers === undefined) {
    readers = [];
    READERS.set(sensors, readers);
  }
  for (const reader of readers) {
    const { reading } = reader;
    if (reading.showPersonal === showPersonal && isSame(reading.ignition, ignition)) return reader;
  }
  const reader = new FastReader({ map: sensors, ignition, showPersonal });
  readers.push(reader);
  return reader;
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one === other || (one.length === other.length && one.every((id, at) => id === other[at]));
}
