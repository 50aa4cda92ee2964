// What history takes on the disk, and what it costs to write and to ask (part of npm run bench). What the worker thread
// does is measured in this one, so that nothing else is in it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Packer, type RecordBatch } from "../src/history/batch";
import { DAY_MS } from "../src/history/chunks";
import { keyOf, type Timed } from "../src/history/identity";
import { decodePayload } from "../src/protocols/iotm/decode";
import { FAULT_LEVELS } from "../src/simulator/faults";
import { VirtualFleet } from "../src/simulator/fleet";
import { plannedDevices } from "../src/simulator/plan";
import { Route } from "../src/simulator/route";
import { ROUTES } from "../src/simulator/routes";
import { HistoryFile } from "../src/store/history/file";
import { contentIdentity } from "../test/support/content-identity";

type Report = (title: string, unit: string, rows: readonly [string, number][]) => void;

const START = Date.UTC(2026, 0, 5);

export function historyBench(report: Report): void {
  mainThread(report);
  week(report);
  everyTenSeconds(report);
  largeFleet(report);
  million(report);
}

function inFolder<T>(work: (file: HistoryFile) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = new HistoryFile(join(folder, "history.sqlite"));
  try {
    file.open();
    return work(file);
  } finally {
    file.close();
    rmSync(folder, { recursive: true });
  }
}

/** What a fleet of the simulator reports, in batches of so many milliseconds of its time. */
export function* simulated(
  cars: number,
  until: number,
  interval: number,
  step: number,
): Generator<RecordBatch> {
  const fleet = new VirtualFleet({
    devices: plannedDevices({ car: cars, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 }),
    routes: Object.values(ROUTES).map((points) => new Route(points)),
    seed: "history",
    start: START,
    interval,
    eventsPerHour: 2,
    faults: FAULT_LEVELS.little,
  });
  const packer = new Packer();
  for (let now = START + step; now <= START + until; now += step) {
    fleet.advance(now, ({ payload }) => {
      const { records } = decodePayload(payload as Uint8Array, { receivedAt: now });
      for (const record of records) {
        if (record.kind === "file" || record.imei === null) continue;
        packer.add(record as Timed, keyOf(record.kind, contentIdentity(record as Timed)));
      }
    });
    const batch = packer.take();
    if (batch !== undefined) yield batch;
  }
}

function sealed(file: HistoryFile): void {
  // To forget a device that is not there puts all the others into chunks.
  file.remove("");
  while (file.step());
}

const elapsed = (start: bigint): number => Number(process.hrtime.bigint() - start) / 1e6;

/** Bytes that this process has had written to a disk. Linux. */
function written(): number {
  return Number(/write_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

export function mainThread(report: Report): void {
  const records: Timed[] = [];
  const fleet = new VirtualFleet({
    devices: plannedDevices({ car: 25, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 }),
    routes: Object.values(ROUTES).map((points) => new Route(points)),
    seed: "history",
    start: START,
    interval: 10,
    eventsPerHour: 2,
    faults: FAULT_LEVELS.off,
  });
  fleet.advance(START + 3_600_000, ({ payload }) => {
    for (const record of decodePayload(payload as Uint8Array, { receivedAt: 0 }).records) {
      if (record.kind !== "file") records.push(record as Timed);
    }
  });
  const packed = (keyed: (record: Timed) => number): number => {
    const rounds: number[] = [];
    for (let round = 0; round < 15; round++) {
      const packer = new Packer();
      const start = process.hrtime.bigint();
      for (let at = 0; at < records.length; at++) {
        const record = records[at] as Timed;
        packer.add(record, keyOf(record.kind, keyed(record)));
        if (at % 25 === 24) packer.take();
      }
      rounds.push((elapsed(start) * 1000) / records.length);
    }
    return rounds.sort((a, b) => a - b)[7] as number;
  };
  report("A record on the main thread, in batches of 25", "µs", [
    ["packed, the decoder has its identity", packed(() => 12345678)],
    ["packed, identity of its content", packed(contentIdentity)],
  ]);
}

export function week(report: Report): void {
  inFolder((file) => {
    let records = 0;
    let longest = 0;
    const start = process.hrtime.bigint();
    let simulating = 0;
    let before = process.hrtime.bigint();
    for (const batch of simulated(25, 7 * DAY_MS, 10, 600_000)) {
      simulating += elapsed(before);
      records += batch.count;
      file.append(batch);
      file.commit();
      for (let more = true; more; ) {
        const step = process.hrtime.bigint();
        more = file.step();
        longest = Math.max(longest, elapsed(step));
      }
      before = process.hrtime.bigint();
    }
    const busy = elapsed(start) - simulating;
    sealed(file);
    const { bytes } = file.status();
    report(`A week of 25 cars, ${records} records`, "", [
      ["bytes a record on the disk, without the commit log", (bytes - 2 * 1048576) / records],
      ["worker: µs a record", (busy * 1000) / records],
      ["longest slice of a seal, ms", longest],
    ]);
  });
}

export function everyTenSeconds(report: Report): void {
  inFolder((file) => {
    let records = 0;
    let commits = 0;
    const before = written();
    for (const batch of simulated(25, 12 * 3_600_000, 10, 10_000)) {
      records += batch.count;
      commits++;
      file.append(batch);
      file.commit();
      while (file.step());
    }
    const bytes = written() - before;
    report(`25 cars, ${commits} commits, one every 10 s, ${records} records`, "bytes", [
      ["written to the disk, a record", bytes / records],
      ["written to the disk, a commit", bytes / commits],
      ["the same less 50 bytes a record", (bytes - 50 * records) / commits],
    ]);
  });
}

/** So many cars that a chunk has about 50 records at first, as with 10,000 of them. */
export function largeFleet(report: Report): void {
  inFolder((file) => {
    let records = 0;
    const commits: number[] = [];
    const slices: number[] = [];
    for (const batch of simulated(1000, 12 * 3_600_000, 60, 60_000)) {
      records += batch.count;
      file.append(batch);
      const start = process.hrtime.bigint();
      file.commit();
      commits.push(elapsed(start));
      for (let more = true; more; ) {
        const step = process.hrtime.bigint();
        more = file.step();
        slices.push(elapsed(step));
      }
    }
    sealed(file);
    const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;
    report(`1,000 cars for twelve hours, ${records} records`, "", [
      ["bytes a record on the disk, without the commit log", (file.status().bytes - 2 * 1048576) / records],
      ["a commit of a minute, ms", middle(commits)],
      ["longest commit, ms", commits.at(-1) as number],
      ["a slice of a seal, ms", middle(slices.filter((ms) => ms > 0.1))],
      ["longest slice of a seal, ms", Math.max(...slices)],
    ]);
  });
}

/** A device that reports every second for 18 days. */
export function million(report: Report): void {
  inFolder((file) => {
    let records = 0;
    let imei = "";
    for (const batch of simulated(1, 18 * DAY_MS, 1, 900_000)) {
      records += batch.count;
      imei = batch.imeis[0] as string;
      file.append(batch);
      file.commit();
      while (file.step());
    }
    sealed(file);
    const all = { imei, from: START, to: START + 30 * DAY_MS };
    const day = { imei, from: START + 5 * DAY_MS, to: START + 6 * DAY_MS - 1 };
    const time = (work: () => unknown): number => {
      const rounds = Array.from({ length: 7 }, () => {
        const start = process.hrtime.bigint();
        work();
        return elapsed(start);
      });
      return rounds.sort((a, b) => a - b)[3] as number;
    };
    const pages = (paths?: readonly string[]) => {
      let found = 0;
      for (let from: number | undefined = day.from; from !== undefined; ) {
        const page = file.records({ ...day, from, ...(paths && { paths }) });
        found += page.table.length;
        from = page.next;
      }
      return found;
    };
    const track = ["position.latitude", "position.longitude", "position.speed", "position.course"];
    report(`${records} records of one device`, "ms", [
      ["overview of 2,000 points of all", time(() => file.overview({ ...all, points: 2000 }))],
      [`a day's track (${pages(track)} records)`, time(() => pages(track))],
      ["a day, all columns", time(() => pages())],
      [
        "an attribute over all, 1,000 points",
        time(() => file.series({ ...all, path: "attributes.externalVoltage", points: 1000 })),
      ],
      ["a week, a record an hour", time(() => file.records({ ...all, every: 3_600_000 }))],
      ["last 100 records", time(() => file.last({ imei, count: 100 }))],
      [
        "was seen",
        time(() => file.wasSeen([{ imei, time: day.from + 5000, kind: "telemetry", identity: 1 }])),
      ],
    ]);
  });
}
