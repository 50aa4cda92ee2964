// What history answers about 1,000,000 records of one device, a record a second.
import type { RecordBatch } from "../../../src/history/batch";
import { DAY_MS } from "../../../src/history/chunks";
import type { Timed } from "../../../src/history/identity";
import { identityNumber } from "../../../src/history/identity";
import type { HistoryFile } from "../../../src/store/history/file";
import { area, inTurn } from "../frame";
import { batchesOf, elapsed, inFolder, START, seal, simulated, write } from "../real/records";

const RECORDS = 1_000_000;
const DAYS = 18;
const TRACK = ["position.latitude", "position.longitude", "position.speed", "position.course"];

/** A car's day, again on every other day. */
function fill(file: HistoryFile): string {
  const day = [...simulated({ cars: 1, until: DAY_MS, interval: 1, step: 900_000 })].flat();
  let written = 0;
  for (let number = 0; number < DAYS || written < RECORDS; number++) {
    for (let from = 0; from < day.length; from += 1000) {
      const later = day.slice(from, from + 1000).map(
        (record): Timed => ({
          ...record,
          time: record.time + number * DAY_MS,
          identity: (identityNumber(record.identity ?? "0") + number).toString(16).padStart(12, "0"),
        }),
      );
      written += write(file, later);
      while (file.step());
    }
  }
  seal(file);
  return day[0]?.imei ?? "";
}

export const AREA = area("queries", (report) =>
  inFolder(async (file) => {
    const imei = fill(file);
    const all = { imei, from: START, to: START + 100 * DAY_MS };
    const day = { imei, from: START + 5 * DAY_MS, to: START + 6 * DAY_MS - 1 };
    const pages = (paths?: readonly string[]): void => {
      for (let from: number | undefined = day.from; from !== undefined; ) {
        from = file.records({ ...day, from, ...(paths && { paths }) }).next;
      }
    };
    const minute = [...simulated({ cars: 1, until: 60_000, interval: 1, step: 60_000 })].flat();
    const [late] = [...batchesOf(minute)] as [RecordBatch];
    const ms = (ask: () => unknown) => (): number => elapsed(ask);
    const measured = await inTurn(
      {
        overview: ms(() => file.overview({ ...all, points: 2000 })),
        track: ms(() => pages(TRACK)),
        attribute: ms(() => file.series({ ...all, path: "attributes.externalVoltage", points: 1000 })),
        day: ms(() => pages()),
        last: ms(() => file.last({ imei, count: 100 })),
        seen: ms(() => file.wasSeen(late)),
      },
      7,
    );
    for (const name of ["overview", "track", "attribute", "day", "last", "seen"] as const)
      report.add(name, measured[name]);
  }),
);
