import type { RecordBatch } from "../../src/history/batch";
import { Packer } from "../../src/history/batch";
import { keyOf, type Timed } from "../../src/history/identity";
import type { HistoryStore } from "../../src/history/port";
import { type HistoryRecord, RecordReader } from "../../src/history/record";
import { type PlainTable, tableOf } from "../../src/history/table";
import { contentIdentity } from "../support/content-identity";

export const IMEI = "869595061374194";
export const DAY = Date.UTC(2026, 10, 21);

/** A reading of a car that drives east, a second after the other. */
export function reading(n: number, more: Partial<Timed> = {}): Timed {
  return {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    imei: IMEI,
    time: DAY + n * 1000,
    receivedAt: DAY + n * 1000 + 321,
    position: {
      valid: true,
      latitude: 43.25 + Math.round(Math.sin(n / 50) * 1e4) / 1e6,
      longitude: 27.9 + n / 1e4,
      altitude: 60 + (n % 7),
      speed: n % 90,
      course: n % 360,
      hdop: 0.9,
      satellites: 11,
    },
    attributes: {
      ignition: true,
      externalVoltage: 12 + (n % 10) / 10,
      odometer: 1000 + n / 1000,
      driverId: "Süd",
    },
    sensors: { "0x3008": 0 },
    ...more,
  } as Timed;
}

/** What a decoder may give, each once. */
export const ODD: readonly Timed[] = [
  reading(0, {
    attributes: { ignition: false, odometer: 0, driverId: "", fuelLevel: null, range: -0.5, gear: 1e-7 },
    sensors: {
      "0x3008": 9_007_199_254_740_991,
      "can.x.y": "Süd 🚚\u0000",
      "0xD000": { ...reading(0).position, valid: false },
    },
    units: { range: "km" },
  } as Partial<Timed>),
  reading(1, { protocol: "globalmatix", timeUnknown: true, unread: "00ff", attributes: {}, sensors: {} }),
  reading(2, { position: { valid: false, latitude: null, longitude: null } } as Partial<Timed>),
  reading(3, {
    attributes: JSON.parse('{"__proto__":1,"constructor":2,"event":3,"a.b":4}'),
    sensors: { toString: 5, "": 6 },
  } as Partial<Timed>),
  reading(4, {
    attributes: { odometer: 79_950.26520000001, mixed: "text", tiny: 5e-324, huge: 1.7e308 },
  } as Partial<Timed>),
  reading(5, { attributes: { odometer: 0.1 + 0.2, mixed: 12, huge: -(2 ** 60) } } as Partial<Timed>),
  {
    ...reading(6),
    kind: "event",
    event: { function: 0, code: 4, data: "46543250", text: "FT2P" },
  } as unknown as Timed,
  withoutReading(7),
];

/** An event that measures nothing. */
export function withoutReading(n: number, code = 1): Timed {
  const { position: _, attributes: __, sensors: ___, ...rest } = reading(n);
  return { ...rest, kind: "event", event: { code } } as unknown as Timed;
}

/** A record as history gives it back. */
export function asKept(record: Timed): HistoryRecord {
  const { receivedAt: _, warnings: __, ...kept } = record;
  return kept as HistoryRecord;
}

/** As the main thread makes it; a batch of many records is larger than those. */
export function batchOf(records: readonly Timed[], identity = contentIdentity): RecordBatch {
  const packer = new Packer();
  for (const record of records) packer.add(record, keyOf(record.kind, identity(record)));
  return packer.take() as RecordBatch;
}

export function recordsOf(plain: PlainTable, imei: string): HistoryRecord[] {
  const table = tableOf(plain);
  const reader = new RecordReader(table, imei);
  return Array.from({ length: table.length }, (_, row) => reader.record(row));
}

/** Has everything put into chunks: that is done after somebody was forgotten, here nobody. */
export async function sealed(store: HistoryStore): Promise<void> {
  await store.remove("nobody");
  while ((await store.status()).hot > 0);
}
