// What decoding costs, as ratios between things run in turn in one process: node --expose-gc dist/scripts/bench/decode.js
import { decodePayload } from "../../src/protocols/iotm/decode";
import { decodeAny } from "../../src/protocols/iotm/decode-any";
import { FastReader } from "../../src/protocols/iotm/fast/reader";
import { readWire, sizeOf, WIDTHS } from "../../src/protocols/iotm/fast/wire";
import { checksumIn, encodeFrame } from "../../src/protocols/iotm/frame";
import { AUTOMATIC_IGNITION } from "../../src/protocols/iotm/ignition";
import { kindOf, sensorMap } from "../../src/protocols/iotm/mapping";
import type { SensorValue } from "../../src/protocols/iotm/records";
import { SENSORS } from "../../src/protocols/iotm/sensors";
import { Random } from "../../src/simulator/random";
import { CAPTURES } from "../../test/support/vectors";

const ROUNDS = 15;
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
    at = from + sizeOf(type, bytes, at + 3);
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** µs that the main thread had, whatever else runs. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** µs a record of each candidate, run in turn. */
function measure(
  payloads: readonly Uint8Array[],
  candidates: Record<string, (bytes: Uint8Array) => unknown>,
): void {
  const records = payloads.reduce((sum, bytes) => sum + walk(bytes).length, 0);
  const times = new Map(Object.keys(candidates).map((name): [string, number[]] => [name, []]));
  for (let round = -10; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(candidates)) {
      let turns = 0;
      const start = cpu();
      const until = performance.now() + ROUND_MS;
      while (performance.now() < until) {
        for (const bytes of payloads) run(bytes);
        turns++;
      }
      const time = (cpu() - start) / turns / records;
      if (round >= 0) times.get(name)?.push(time);
    }
  }
  const first = times.values().next().value ?? [];
  for (const [name, all] of times) {
    const ratios = all.map((time, at) => (first[at] as number) / time);
    console.log(
      `  ${name.padEnd(30)} ${median(all).toFixed(3)} µs  ${median(ratios).toFixed(2)} [${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}]`,
    );
  }
}

function main(): void {
  const capture = Buffer.from(CAPTURES.find(({ name }) => name.includes("13 records"))?.hex ?? "", "hex");
  const reading = { map: sensorMap(), ignition: AUTOMATIC_IGNITION, showPersonal: false };
  const context = { receivedAt: 1_795_000_000_000 };
  for (const [name, payloads] of [
    ["capture of 13", [capture]],
    ["mix of 25 layouts", frames(25, "mix")],
    ["3,000 layouts", frames(3000, "layouts")],
  ] as const) {
    console.log(name);
    const templates = new FastReader(reading, false);
    const missed = payloads.filter((bytes) => templates.decode(bytes, context) === undefined).length;
    if (missed > 0) console.log(`  ${missed} of ${payloads.length} step by step`);
    measure(payloads, {
      "walks and allocates": walk,
      decoded: (bytes) => decodePayload(bytes, context),
      "without code": (bytes) => templates.decode(bytes, context) ?? decodeAny(bytes, context),
      "step by step": (bytes) => decodeAny(bytes, context),
    });
  }
}

if (require.main === module) main();
