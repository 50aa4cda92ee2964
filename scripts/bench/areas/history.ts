// What history takes on the disk, and what it costs to write. What its worker thread does is measured in this one, so
// that nothing else is in it.
import { Packer } from "../../../src/history/batch";
import { identityNumber, keyOf, type Timed } from "../../../src/history/identity";
import type { HistoryFile } from "../../../src/store/history/file";
import { area, inTurn } from "../frame";
import { writtenBy } from "../real/process";
import { bytesOnDisk, elapsed, inFolder, seal, simulated, write } from "../real/records";

const HOUR_MS = 3_600_000;
const KB = 1024;
const BYTES_A_RECORD = 50;
const LARGE_FLEET = { cars: 1000, until: 6 * HOUR_MS, interval: 60, step: 60_000 };

/** Bytes a record on the disk; every record has been through `change`. */
function onDisk(
  cars: Parameters<typeof simulated>[0],
  change = (record: Timed): Timed => record,
): Promise<number> {
  return inFolder((file, path) => {
    let records = 0;
    for (const taken of simulated(cars)) {
      records += write(file, taken.map(change));
      while (file.step());
    }
    seal(file);
    return bytesOnDisk(file, path) / records;
  });
}

/** A record with so many of its values: a simulated car of today has more than the cars for which the bars were set. */
const withValues =
  (count: number) =>
  (record: Timed): Timed =>
    record.kind === "telemetry"
      ? {
          ...record,
          attributes: Object.fromEntries(Object.entries(record.attributes).slice(0, count)),
          sensors: {},
        }
      : record;

/** KB that a commit of 25 cars has written beside 50 bytes a record. */
function writtenPerCommit(): Promise<number> {
  return inFolder((file) => {
    const before = writtenBy(process.pid);
    let [records, commits] = [0, 0];
    for (const taken of simulated({ cars: 25, until: 6 * HOUR_MS, interval: 10, step: 10_000 })) {
      records += write(file, taken.map(withValues(22)));
      commits++;
      while (file.step());
    }
    return (writtenBy(process.pid) - before - BYTES_A_RECORD * records) / commits / KB;
  });
}

/**
 * So many cars that a chunk has about 50 records at first, as with 10,000 of them, and the chunks of a day are joined:
 * bytes a record, and the longest that a commit waits for a slice of a seal.
 */
function largeFleet(): Promise<{ readonly bytes: number; readonly slice: number }> {
  return inFolder((file, path) => {
    let [records, slice] = [0, 0];
    for (const taken of simulated(LARGE_FLEET)) {
      records += write(file, taken.map(withValues(22)));
      slice = Math.max(slice, longestStep(file));
    }
    seal(file);
    return { bytes: bytesOnDisk(file, path) / records, slice };
  });
}

/** The longest that a commit waits while a device uploads a day of 86,400 records, and then as many between them. */
function longDay(): Promise<number> {
  const day = [...simulated({ cars: 1, until: 24 * HOUR_MS, interval: 1, step: 24 * HOUR_MS })].flat();
  return inFolder((file) =>
    Math.max(
      ...[0, 500].map((later) => {
        write(
          file,
          day.map((record) => ({ ...record, time: record.time + later })),
        );
        return longestStep(file);
      }),
    ),
  );
}

/** ms of the longest slice of what puts records into chunks. */
function longestStep(file: HistoryFile): number {
  let longest = 0;
  for (let more = true; more; ) {
    const took = elapsed(() => {
      more = file.step();
    });
    longest = Math.max(longest, took);
  }
  return longest;
}

/** µs a record that the main thread takes to hand it over, 25 at a time. */
function packing(): () => number {
  const records = [...simulated({ cars: 25, until: HOUR_MS, interval: 10, step: HOUR_MS })]
    .flat()
    .map(withValues(22));
  return () => {
    const packer = new Packer();
    const ms = elapsed(() => {
      for (let at = 0; at < records.length; at++) {
        const record = records[at] as Timed;
        packer.add(record, keyOf(record.kind, identityNumber(record.identity ?? "0")));
        if (at % 25 === 24) packer.take();
      }
    });
    return (ms * 1000) / records.length;
  };
}

export const AREA = area("history", async (report) => {
  const { packed } = await inTurn({ packed: packing() });
  report.add("mainThread", packed);
  const day = { cars: 25, until: 24 * HOUR_MS, interval: 10, step: 600_000 };
  report.add("car", [await onDisk(day, withValues(22))]);
  report.add("moreValues", [await onDisk({ ...day, until: 12 * HOUR_MS }, withValues(25))]);
  report.add("allValues", [await onDisk({ ...day, until: 12 * HOUR_MS })]);
  report.add("commit", [await writtenPerCommit()]);
  const { bytes, slice } = await largeFleet();
  report.add("fleet", [bytes]);
  report.add("slice", [Math.max(slice, await longDay())]);
});
