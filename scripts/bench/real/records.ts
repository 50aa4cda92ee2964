// What simulated cars report, as history is given it, and a history file to give it to.
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Packer, type RecordBatch } from "../../../src/history/batch";
import { identityNumber, keyOf, type Timed } from "../../../src/history/identity";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { FAULT_LEVELS } from "../../../src/simulator/faults";
import { VirtualFleet } from "../../../src/simulator/fleet";
import { plannedDevices } from "../../../src/simulator/plan";
import { Route } from "../../../src/simulator/route";
import { ROUTES } from "../../../src/simulator/routes";
import { HistoryFile } from "../../../src/store/history/file";

export const START = Date.UTC(2026, 0, 5);

interface Cars {
  readonly cars: number;
  /** Seconds between two reports. */
  readonly interval: number;
  /** ms that are simulated, and of which a batch is made. */
  readonly until: number;
  readonly step: number;
}

/** Records, step by step. */
export function* simulated({ cars, until, interval, step }: Cars): Generator<Timed[]> {
  const fleet = new VirtualFleet({
    devices: plannedDevices({ car: cars, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 }),
    routes: Object.values(ROUTES).map((points) => new Route(points)),
    seed: "history",
    start: START,
    interval,
    eventsPerHour: 2,
    faults: FAULT_LEVELS.little,
  });
  for (let now = START + step; now <= START + until; now += step) {
    const taken: Timed[] = [];
    fleet.advance(now, ({ payload }) => {
      const { records } = decodePayload(payload as Uint8Array, { receivedAt: now });
      for (const record of records)
        if (record.kind !== "file" && record.imei !== null) taken.push(record as Timed);
    });
    yield taken;
  }
}

export function* batchesOf(records: readonly Timed[], packer = new Packer()): Generator<RecordBatch> {
  for (const record of records) {
    packer.add(record, keyOf(record.kind, identityNumber(record.identity ?? "0")));
    if (packer.isFull) yield packer.take() as RecordBatch;
  }
  const rest = packer.take();
  if (rest !== undefined) yield rest;
}

/** Writes records and commits them; returns how many. */
export function write(file: HistoryFile, records: readonly Timed[]): number {
  for (const batch of batchesOf(records)) file.append(batch);
  file.commit();
  return records.length;
}

/** Puts all that was written into chunks. */
export function seal(file: HistoryFile): void {
  // To forget a device that is not there puts all the others into chunks.
  file.remove("");
  while (file.step());
}

/** Without the commit log, which does not grow with what is kept. */
export function bytesOnDisk(file: HistoryFile, path: string): number {
  const log = ["-log0", "-log1"].reduce((sum, part) => sum + statSync(path + part).size, 0);
  return file.status().bytes - log;
}

/** Gives a new history file to `work`, and takes it away afterwards. */
export async function inFolder<T>(work: (file: HistoryFile, path: string) => T | Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const path = join(folder, "history.sqlite");
  const file = new HistoryFile(path);
  try {
    file.open();
    return await work(file, path);
  } finally {
    file.close();
    await rm(folder, { recursive: true });
  }
}

/** ms that it took. */
export function elapsed(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}
