import { isTooOld } from "../../../model/device-clock";
import { identityFrom } from "../../../model/identity";
import type { Decoded, DeviceEvent, Telemetry } from "../../../model/message";
import { type FrameContext, wanted, withCauses } from "../decode-any";
import { checksumIn, HEADER_BYTES, MAX_RECORDS, VERSION } from "../frame";
import { AUTOMATIC_IGNITION } from "../ignition";
import { busActivity, knownFuelLevelType } from "../layouts";
import { type SensorMap, sensorMap } from "../mapping";
import { toEvent } from "../normalize";
import { VEILED, Veil } from "../privacy";
import {
  ACTIVITY,
  FUEL_TYPE,
  HIDDEN_VALUE,
  type Layout,
  MOST_VALUES,
  NEVER_ZERO,
  OF_BUS,
  WITHOUT_VALUE,
} from "./layout";
import { type FastReading, Layouts } from "./layouts";
import { type FrameSender, senderIn, senderNamed } from "./senders";
import { isInexact, NO_VALUE, type ReadValue, readWire, WIDTHS, wireSize } from "./wire";

type Timed = Telemetry | DeviceEvent;

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
  private readonly natures: Uint8Array;
  /** Values and layout of the record that is being read. */
  private readonly read: ReadValue[] = new Array(MOST_VALUES).fill(null);
  private readonly layout: Layout = {
    ids: new Int32Array(MOST_VALUES),
    types: new Uint8Array(MOST_VALUES),
    count: 0,
    isBusHeard: undefined,
    fuelLevelType: undefined,
  };
  private hasHidden = false;
  private isBusAlive = false;
  private isBusSilent = false;

  constructor(
    readonly reading: FastReading,
    canCompile?: boolean,
  ) {
    this.layouts = new Layouts(reading, canCompile);
    this.natures = this.layouts.natures;
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
    const records = this.records(bytes, view, isNamed ? IMEI_RECORD_END : 1, sender, context.receivedAt);
    return records && this.finished(records, context);
  }

  private records(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    sender: FrameSender,
    receivedAt: number,
  ): Timed[] | undefined {
    const end = bytes.length - 1;
    const records: Timed[] = [];
    this.hasHidden = false;
    for (let at = start; at < end; ) {
      if (end - at < TIME_END || records.length >= MAX_RECORDS - 1) return undefined;
      const stop = at + HEADER_BYTES + view.getUint16(at + 1, true);
      if (stop > end || stop - at < TIME_END) return undefined;
      const record = this.recordIn(bytes, view, at, stop, sender, receivedAt);
      if (record === undefined) return undefined;
      records.push(record);
      at = stop;
    }
    return records.length === 0 ? undefined : records;
  }

  private finished(records: Timed[], context: FrameContext): Decoded | undefined {
    let isSorted = true;
    let hasEvents = false;
    let before = 0;
    for (const { time, kind } of records) {
      isSorted &&= time >= before;
      before = time;
      hasEvents ||= kind === "event";
    }
    if (!isSorted) records.sort((one, other) => one.time - other.time);
    if (!hasEvents) return { records, warnings: [] };
    // An event's text may repeat what is hidden.
    return this.hasHidden ? undefined : { records: wanted(withCauses(records), context), warnings: [] };
  }

  private recordIn(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    stop: number,
    sender: FrameSender,
    receivedAt: number,
  ): Timed | undefined {
    const time = view.getUint32(start + HEADER_BYTES, true) * 1000;
    if (isTooOld(time, receivedAt)) return undefined;
    if (bytes[start] === 3) return eventIn(bytes, view, start, stop, sender, time, receivedAt);
    if (bytes[start] !== 1) return undefined;
    const { coded } = this.layouts;
    const { imei, telemetry } = sender;
    const known = coded.read(bytes, view, start, stop, imei, telemetry, time, receivedAt);
    if (known === undefined) return this.plannedIn(bytes, view, start, stop, sender, time, receivedAt);
    if (coded.hides) this.hasHidden = true;
    return known;
  }

  /** A record of a layout for which there is no code. */
  private plannedIn(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    stop: number,
    { imei, telemetry }: FrameSender,
    time: number,
    receivedAt: number,
  ): Telemetry | undefined {
    if (!this.readValues(bytes, view, start + TIME_END, stop)) return undefined;
    const plan = this.layouts.plan(this.layout);
    if (plan === undefined) return undefined;
    const identity = identityFrom(telemetry, view, start, stop);
    const record = plan.record(this.read, imei, identity, time, receivedAt);
    if (plan.isUsual()) this.layouts.write(plan, this.layout, bytes, start, stop);
    return record;
  }

  /** Reads the values of a record and its layout; false where it has to be looked at more closely. */
  private readValues(bytes: Uint8Array, view: DataView, start: number, stop: number): boolean {
    const { read, layout, natures } = this;
    const { ids, types } = layout;
    layout.isBusHeard = undefined;
    layout.fuelLevelType = undefined;
    this.isBusAlive = false;
    this.isBusSilent = false;
    let count = 0;
    for (let at = start; at < stop; count++) {
      if (stop - at < 3 || count === MOST_VALUES) return false;
      const type = bytes[at] as number;
      const id = (bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8);
      const from = at + 3 + (WIDTHS[type] as number);
      at = from + wireSize(type, bytes, at + 3);
      if (at > stop) return false;
      const value = readWire(type, bytes, view, from, at);
      read[count] = value;
      ids[count] = type === NO_VALUE ? id | WITHOUT_VALUE : id;
      types[count] = type;
      const nature = natures[id] as number;
      if (nature !== 0 && !this.note(nature, type, value, count)) return false;
    }
    layout.count = count;
    if (layout.isBusHeard === undefined && (this.isBusAlive || this.isBusSilent)) {
      layout.isBusHeard = this.isBusAlive;
    }
    return true;
  }

  /** Notes what a value says of others; false where that has to be looked at more closely. */
  private note(nature: number, type: number, value: ReadValue, at: number): boolean {
    const { layout } = this;
    const isHidden = (nature & HIDDEN_VALUE) !== 0 && value !== null;
    if (isHidden) {
      this.hasHidden = true;
      this.read[at] = VEILED;
    }
    if ((nature & OF_BUS) !== 0) {
      if (isHidden || value) this.isBusAlive = true;
      else if ((nature & NEVER_ZERO) !== 0 && value !== null) this.isBusSilent = true;
    }
    if (nature < ACTIVITY) return true;
    if ((nature & ACTIVITY) !== 0) layout.isBusHeard = busActivity(value);
    if ((nature & FUEL_TYPE) !== 0) layout.fuelLevelType = knownFuelLevelType(value);
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
