// What decoding costs, as ratios between things run in turn in one process: node --expose-gc dist/scripts/bench/decode.js
import { VOCABULARY } from "../../src/model/vocabulary";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { decodeAny } from "../../src/protocols/iotm/decode-any";
import { FastReader } from "../../src/protocols/iotm/fast/reader";
import { readWire, WIDTHS, wireSize } from "../../src/protocols/iotm/fast/wire";
import { checksumIn, encodeFrame } from "../../src/protocols/iotm/frame";
import { AUTOMATIC_IGNITION } from "../../src/protocols/iotm/ignition";
import { kindOf, sensorMap } from "../../src/protocols/iotm/mapping";
import type { SensorValue } from "../../src/protocols/iotm/records";
import { SENSORS } from "../../src/protocols/iotm/sensors";
import { decodeReadings, readPayload } from "../../src/protocols/json/decode";
import { compileMap } from "../../src/protocols/json/field-map";
import { Random } from "../../src/simulator/random";
import { CAPTURES } from "../../test/support/vectors";

const ROUNDS = 15;
const WARM_UP = 8;
const WARM_TURNS = 1000;
const ROUND_MS = 40;

interface Walked {
  readonly time: number;
  readonly ids: number[];
  readonly values: unknown[];
}

/** A reader that only walks and allocates: the same checks and values, two lists a record, no names. */
export function walk(bytes: Uint8Array): Walked[] {
  const end = bytes.length - 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walked: Walked[] = [];
  if (checksumIn(view, end) !== bytes[end]) return walked;
  for (let at = 1; at < end; ) {
    const type = bytes[at];
    const stop = at + 3 + view.getUint16(at + 1, true);
    if (type === 1) walked.push(walkRecord(bytes, view, at + 3, stop));
    at = stop;
  }
  return walked;
}

function walkRecord(bytes: Uint8Array, view: DataView, start: number, stop: number): Walked {
  const ids: number[] = [];
  const values: unknown[] = [];
  for (let at = start + 4; at < stop; ) {
    const type = bytes[at] as number;
    ids.push((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8));
    const from = at + 3 + (WIDTHS[type] as number);
    at = from + wireSize(type, bytes, at + 3);
    values.push(readWire(type, bytes, view, from, at));
  }
  return { time: view.getUint32(start, true), ids, values };
}

const IMEI = "869595061374194";
const TYPES: readonly number[] = [1, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 32];

/** Values of `ids` as a device of that kind might send them. */
function valuesOf(ids: readonly number[], random: Random): SensorValue[] {
  return ids.map((id) => {
    const type = TYPES[id >> 12];
    const fix = {
      latitude: 54.5,
      longitude: 25.25,
      speed: 43,
      hdop10: 9,
      satellites: 9,
      course: 120,
      altitude: 110,
    };
    if (type === undefined) return { id, valueType: 14, value: fix };
    const number = Math.floor(random.next() * 90) + 1;
    if (type === 1)
      return random.next() < 0.5 ? { id, valueType: 1, value: true } : { id, valueType: 0, value: false };
    if (type === 7 || type === 11) return { id, valueType: type, value: BigInt(number) };
    if (type === 32) return { id, valueType: type, value: "text" };
    return { id, valueType: type, value: type === 12 ? Math.fround(number / 10) : number };
  });
}

/** Those for which any of these values is a sound one, and on which no other depends. */
const USUAL = SENSORS.filter(({ id, privacy, meaning }) => {
  const { codes, pattern, range = [0, 90] } = { ...meaning, ...kindOf(meaning?.key ?? "") };
  const isWide = range[0] <= 0 && range[1] >= 90;
  return id < 0xd000 && id !== 0x009f && id !== 0x202a && !privacy && !codes && !pattern && isWide;
}).map(({ id }) => id);
/** What nearly every record has. */
const COMMON = [0xd000, 0x3000, 0x3008, 0x0002, 0x0013, 0x006d, 0x2003];

/** Frames of 13 records, the layouts of which are `count` altogether. */
export function frames(count: number, seed: string): Buffer[] {
  const random = new Random(seed);
  const layouts = Array.from({ length: count }, () => {
    const more = Array.from(
      { length: 4 + Math.floor(random.next() * 14) },
      () => USUAL[Math.floor(random.next() * USUAL.length)] as number,
    );
    return [...new Set([...COMMON, ...more])];
  });
  const made: Buffer[] = [];
  for (let at = 0; at < count; at += count < 100 ? 1 : 13) {
    const records = Array.from({ length: 13 }, (_, n) => {
      const ids = layouts[(at + (count < 100 ? 0 : n)) % count] as number[];
      return { type: 1 as const, time: 1_795_000_000 + n, values: valuesOf(ids, random) };
    });
    made.push(Buffer.from(encodeFrame([{ type: 2, imei: IMEI }, ...records])));
  }
  return made;
}

type Candidate = (bytes: Uint8Array) => unknown;

/** How fast `candidate` is against `anchor`, a ratio a round, run in turn over all payloads. */
function speed(payloads: readonly Uint8Array[], candidate: Candidate, anchor: Candidate): number[] {
  const time = (run: Candidate): number => {
    const start = performance.now();
    let turns = 0;
    for (; performance.now() < start + ROUND_MS; turns++) for (const bytes of payloads) run(bytes);
    return (performance.now() - start) / turns;
  };
  // Code of a layout that is one of thousands is optimized late.
  for (let turn = 0; turn < WARM_TURNS; turn++) for (const bytes of payloads) candidate(bytes);
  const ratios: number[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const ratio = time(anchor) / time(candidate);
    if (round >= 0) ratios.push(ratio);
  }
  return ratios;
}

const CAPTURE = Buffer.from(CAPTURES.find(({ name }) => name.includes("13 records"))?.hex ?? "", "hex");
const CONTEXT = { receivedAt: 1_795_000_000_000 };

const fast = (bytes: Uint8Array) => decodePayload(bytes, CONTEXT);
const withoutCode = (): Candidate => {
  const reading = { map: sensorMap(), ignition: AUTOMATIC_IGNITION, showPersonal: false };
  const reader = new FastReader(reading, false);
  return (bytes) => reader.decode(bytes, CONTEXT) ?? decodeAny(bytes, CONTEXT);
};

/** A message of 30 signals from an xTCU, decoded by as many rules. */
function xtcuMessage(): { bytes: Buffer; decode: Candidate } {
  const numbers = VOCABULARY.filter(({ type }) => type === "number").slice(0, 26);
  const own = { imei: IMEI, ts: 1_779_631_011, lat: 43.248249, lon: 27.978071 };
  const values = Object.fromEntries(numbers.map(({ key }, index) => [key, index + 0.5]));
  const targets = { imei: "imei", ts: "time", lat: "latitude", lon: "longitude" };
  const rules = [
    ...Object.entries(targets).map(([from, to]) => ({ from, to })),
    ...numbers.map(({ key }) => ({ from: `can.${key}`, to: key })),
  ];
  const map = compileMap({ rules, recognise: false });
  const context = { protocol: "json", map, receivedAt: 0, noTime: "error", noImei: "error" } as const;
  const decode = (bytes: Uint8Array) => decodeReadings(readPayload(bytes, map), context, () => bytes);
  return { bytes: Buffer.from(JSON.stringify({ ...own, can: values })), decode };
}

/** A row of the bench. */
export interface BenchRow {
  readonly what: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** A ratio a round. */
  readonly measure: () => number[];
}

export const DECODE_ROWS: Readonly<Record<string, BenchRow>> = {
  capture: {
    what: "a capture of 13 records, decoded, against a reader that only walks and allocates",
    atLeast: 0.75,
    measure: () => speed([CAPTURE], fast, walk),
  },
  captureWithoutCode: {
    what: "the same, where no code may be generated",
    atLeast: 0.5,
    measure: () => speed([CAPTURE], withoutCode(), walk),
  },
  mix: {
    what: "the same, a mix of 25 layouts as a fleet has it",
    atLeast: 0.5,
    measure: () => speed(frames(25, "mix"), fast, walk),
  },
  layouts: {
    what: "the same, 3,000 layouts",
    atLeast: 0.2,
    measure: () => speed(frames(3000, "layouts"), fast, walk),
  },
  stepByStep: {
    what: "for scale: the capture, read step by step",
    measure: () => speed([CAPTURE], (bytes) => decodeAny(bytes, CONTEXT), walk),
  },
  xtcu: {
    what: "a message of an xTCU, 30 signals by 30 rules, time against JSON.parse of it",
    atMost: 5,
    measure: () => {
      const { bytes, decode } = xtcuMessage();
      const parse = (payload: Uint8Array) => JSON.parse(Buffer.from(payload).toString("utf8"));
      return speed([bytes], decode, parse).map((ratio) => 1 / ratio);
    },
  },
};

function main(): void {
  for (const { what, atLeast, atMost, measure } of Object.values(DECODE_ROWS)) {
    const sorted = measure().toSorted((one, other) => one - other);
    const [least, median, most] = [0.25, 0.5, 0.75].map((at) =>
      (sorted[Math.floor(at * (sorted.length - 1))] as number).toFixed(2),
    );
    const bar = atLeast === undefined ? (atMost === undefined ? "" : `≤ ${atMost}`) : `≥ ${atLeast}`;
    console.log(`${what}: ${median} (${least}–${most}) ${bar}`);
  }
}

if (require.main === module) main();
