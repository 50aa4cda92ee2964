// A process of its own that writes history: one to kill, to share a file with, or to give too little space. Run as
// `history-child <job> <path>`; it prints a line for everything that has happened.
import { writeSync } from "node:fs";
import type { Timed } from "../../src/history/identity";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { batchOf, DAY, IMEI, reading } from "../history/samples";

/** Devices of the writer, and records of each in a commit. */
export const WRITER_IMEIS = [IMEI, "860000010000017", "860000010000025"];
export const WRITER_RECORDS = 40;

const say = (line: unknown) => writeSync(1, `${line}\n`);

async function tried(done: Promise<unknown>): Promise<string> {
  return done.then(
    () => "done",
    (error) => `${error.name} ${error.code}`,
  );
}

/** Times of the records of the writer's commit number n, over days, not in order. */
export function timesOfCommit(n: number): number[] {
  return Array.from({ length: WRITER_RECORDS }, (_, index) => {
    const number = n * WRITER_RECORDS + index;
    // Every second record is late by an hour or a day.
    return DAY + (number % 2 === 0 ? number : number - (n % 3 === 0 ? 86_400 : 3600)) * 1000 + (n % 3);
  });
}

function recordsOf(n: number): Timed[] {
  return WRITER_IMEIS.flatMap((imei) =>
    timesOfCommit(n).map((time) => reading(n, { imei, time } as Partial<Timed>)),
  );
}

/** Its numbers cannot be compressed. */
function noisy(n: number): Timed {
  const noise = (place: number) => Math.sin(n) / (place + 3);
  const attributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, place) => [`n${place}`, noise(place)]),
  );
  return { ...reading(n), attributes } as unknown as Timed;
}

const JOBS: Readonly<Record<string, (store: SqliteHistory, from: number) => Promise<void>>> = {
  /** Opens and closes. */
  async try(store) {
    say(await tried(store.open()));
    await store.close();
  },
  /** Writes until it is killed and says the number of each commit that is done. */
  async write(store, from) {
    await store.open();
    for (let n = from; ; n++) {
      await store.append(batchOf(recordsOf(n)));
      await store.commit();
      say(n);
      // Nobody is to be forgotten, so that all is put into chunks meanwhile.
      if (n % 4 === 0) store.remove("nobody").catch(() => undefined);
    }
  },
  /** Commits until there is no space, says so, goes on, and says how much is there. */
  async overfill(store) {
    await store.open();
    let said = "done";
    let n = 0;
    for (; said === "done" && n < 100_000; n++) {
      const records = Array.from({ length: 500 }, (_, index) => noisy(n * 500 + index));
      await store.append(batchOf(records, () => 7));
      said = await tried(store.commit());
      if (n % 8 === 7) store.remove("nobody").catch(() => undefined);
    }
    say(said);
    say((await store.last({ imei: IMEI, count: 1e9 })).length === n * 500);
    say((await store.wasSeen(batchOf([noisy(0)], () => 7)))[0]);
    say(n);
    await store.close().catch(() => undefined);
  },
};

if (require.main === module) {
  const [job = "", path = "", from = "1"] = process.argv.slice(2);
  JOBS[job]?.(new SqliteHistory(path), Number(from));
}
