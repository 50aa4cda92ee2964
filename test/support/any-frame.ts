import { encodeFrame } from "../../src/protocols/iotm/frame";
import type { IotmRecord, SensorValue, TelemetryRecord } from "../../src/protocols/iotm/records";
import { SENSORS } from "../../src/protocols/iotm/sensors";
import type { WireValue } from "../../src/protocols/iotm/values";

type Random = () => number;

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const oneOf = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)] as T;

/** Devices with a sound IMEI, and one without. */
export const DEVICES = ["869595061374194", "490154203237518", "000000000000018", "869595061374195"] as const;

const WHOLE = [0, 1, 2, 7, 40, 100, 127, 255, 256, 1000, 4096, 30_000, 65_535];
const DECIMAL = [0, -0, 1, 0.1, -0.5, 23.4, 12.139, 1e-7, 999.999, 1234.5, 117_243.953125, 1e12, -40.25];
const ODD_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, 1 + 2 ** -52, 3e38];
const WIDE = [0n, 1n, 2n, 29_466_902n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n];
const TEXTS = ["", "x", "WVWZZZ1JZXW000001", "hidden", "ü€", "901234567890123", "\u0000\u0007"];

/** For each value type, by its code, what it can hold. */
const VALUES: Readonly<Record<number, (random: Random) => WireValue>> = {
  0: () => false,
  1: () => true,
  2: () => null,
  3: () => 0,
  4: (random) => oneOf(random, WHOLE) & 0xff,
  5: (random) => oneOf(random, WHOLE),
  6: (random) => (random() < 0.7 ? oneOf(random, WHOLE) : below(random, 2 ** 32)),
  7: (random) => (random() < 0.1 ? 2n ** 64n - 1n : oneOf(random, WIDE)),
  8: (random) => below(random, 256) - 128,
  9: (random) => below(random, 65_536) - 32_768,
  10: (random) => below(random, 2 ** 32) - 2 ** 31,
  11: (random) => oneOf(random, WIDE) * (random() < 0.5 ? 1n : -1n),
  12: (random) => Math.fround(oneOf(random, random() < 0.1 ? ODD_NUMBERS : DECIMAL)),
  13: (random) => oneOf(random, random() < 0.1 ? ODD_NUMBERS : DECIMAL),
  14: (random) => ({
    latitude: Math.fround(oneOf(random, [54.5, -33.1, 0, 1e-8, 91, Number.NaN])),
    longitude: Math.fround(oneOf(random, [25.25, -70.6, 0, -1e-8, 181])),
    speed: oneOf(random, [0, 43, 43, 500, 501]),
    hdop10: below(random, 256),
    satellites: oneOf(random, [0, 5, 12, 12, 255]),
    course: oneOf(random, [0, 120, 360, 361]),
    altitude: oneOf(random, [110, -1000, 0, 20_000, -2000]),
  }),
  32: (random) => oneOf(random, TEXTS),
  33: (random) => bytes(random, 12),
  64: (random) => oneOf(random, TEXTS),
  65: (random) => bytes(random, 12),
};
const CODES = Object.keys(VALUES).map(Number);

/** The value type that sensors of a family usually have, by the first hex digit of their ids. */
const USUAL: readonly (readonly number[])[] = [
  [0, 1],
  [0, 1],
  [4],
  [5],
  [6],
  [7],
  [8],
  [9],
  [10],
  [11],
  [12],
  [13],
  [32],
  [14],
];

function bytes(random: Random, most: number): Uint8Array {
  return Uint8Array.from({ length: below(random, most) }, () => below(random, 256));
}

function sensorValue(random: Random, id: number): SensorValue {
  const usual = USUAL[id >> 12] ?? CODES;
  const chance = random();
  const valueType = chance < 0.85 ? oneOf(random, usual) : chance < 0.92 ? 2 : oneOf(random, CODES);
  return { id, valueType, value: VALUES[valueType]?.(random) ?? null };
}

/** A value of whatever type; many wide numbers are a no or a yes. */
function anyValue(random: Random, id: number): SensorValue {
  const valueType = oneOf(random, CODES);
  const value = VALUES[valueType]?.(random) ?? null;
  const isBig = typeof value === "bigint" && random() < 0.5;
  return { id, valueType, value: isBig ? BigInt(below(random, 2)) : value };
}

const IDS = SENSORS.map(({ id }) => id);
const BUS = SENSORS.filter(({ meaning }) => meaning?.ofBus).map(({ id }) => id);
/** Those on which the meaning of others depends, and those that mean the same as others. */
const DECIDING = [0x009f, 0x202a, 0x006d, 0x0013, 0x0014, 0x2007, 0x2009, 0x4003, 0x4062, 0x4063, 0xd000];

/** Layouts come again and again, as those of devices do; each record has other values. */
function layout(random: Random): number[] {
  const count = below(random, 16);
  const ids = Array.from({ length: count }, () =>
    oneOf(random, random() < 0.3 ? DECIDING : random() < 0.4 ? BUS : IDS),
  );
  if (random() < 0.05) ids.push(below(random, 65_536));
  return random() < 0.95 ? [...new Set(ids)] : ids;
}

const SECONDS = 1_794_900_000;

function telemetry(random: Random, ids: readonly number[]): TelemetryRecord {
  const isSilent = random() < 0.15;
  const values = ids.map((id) => {
    const value = sensorValue(random, id);
    const isZero = isSilent && BUS.includes(id);
    return isZero ? { id, valueType: id < 0x1000 ? 0 : 3, value: id < 0x1000 ? false : 0 } : value;
  });
  return { type: 1, time: SECONDS + below(random, 4), values };
}

/** A reading of some device. */
export const anyReading = (random: Random): TelemetryRecord => telemetry(random, layout(random));

/** Another reading of the same device: some of its values are others, of whatever type. */
export function nextReading(random: Random, { values, ...reading }: TelemetryRecord): TelemetryRecord {
  const next = values.map((value) => {
    const chance = random();
    if (chance < 0.8) return value;
    return chance < 0.95 ? sensorValue(random, value.id) : anyValue(random, value.id);
  });
  return { ...reading, values: next };
}

function event(random: Random): IotmRecord {
  const text = Buffer.from(oneOf(random, [...TEXTS, "Record No 12 Write WVWZZZ1JZXW000001"]), "utf8");
  return {
    type: 3,
    time: SECONDS + below(random, 4),
    function: random() < 0.8 ? below(random, 60) : below(random, 256),
    event: below(random, 256),
    data: random() < 0.6 ? Uint8Array.from(text) : bytes(random, 8),
  };
}

/** A frame with records as devices send them and as they do not, sound in all but one of twenty. */
export function anyFrame(random: Random): Uint8Array {
  const records: IotmRecord[] = [];
  if (random() < 0.9)
    records.push({ type: 2, imei: oneOf(random, random() < 0.9 ? DEVICES.slice(0, 3) : DEVICES) });
  const ids = layout(random);
  for (let count = below(random, 5); count >= 0; count--) {
    const chance = random();
    if (chance < 0.75) records.push(telemetry(random, random() < 0.7 ? ids : layout(random)));
    else if (chance < 0.95) records.push(event(random));
    else if (chance < 0.97) records.push({ type: 2, imei: oneOf(random, DEVICES) });
    else records.push({ type: 5 + below(random, 3), body: bytes(random, 8) });
  }
  const frame = encodeFrame(records);
  if (random() < 0.05) frame[below(random, frame.length)] = below(random, 256);
  return frame;
}
