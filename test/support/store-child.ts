// A process of its own that opens the registry's file: one to share it with, to kill, or to give too little
// space. Run as `store-child <job> <path>`; it prints a line for everything that has happened.
import { once } from "node:events";
import { writeSync } from "node:fs";
import type { Changes, Opened } from "../../src/fleet/store";
import type { LiveState } from "../../src/state/live-state";
import { hasSqlite, SqliteStore } from "../../src/store/sqlite/store";
import { device, entry, imeiOf, liveState, message } from "../store/samples";

/** Devices whose state the writer writes each time; with so much text that the log is full every 20 commits. */
const WRITTEN_STATES = 200;
const PADDING = "x".repeat(3500);

const say = (line: unknown) => writeSync(1, `${line}\n`);

async function tried(done: Promise<unknown>): Promise<string> {
  return done.then(
    () => "done",
    (error) => `${error.name} ${error.code}`,
  );
}

/** The writer's commit number n, which says n in every table. */
function numbered(n: number): Changes {
  const state: LiveState = { ...liveState(n), keys: ["padding"], values: [PADDING], times: [n] };
  const indices = Array.from({ length: WRITTEN_STATES }, (_, index) => index);
  return {
    devices: { devices: new Map([[imeiOf(0), device(0, { name: String(n) })]]) },
    state: new Map(indices.map((index) => [imeiOf(index), state])),
    journal: { entries: [entry(0, "online", String(n))], forgotten: [] },
  };
}

/** A save of 25 devices, which says n of each. */
export function smallSave(n: number): Changes {
  const indices = Array.from({ length: 25 }, (_, index) => index);
  return { state: new Map(indices.map((index) => [imeiOf(index), liveState(n)])) };
}

/** What each table says of the writer's last commit; one number, if no commit is there in part. */
export function lastNumbers({ stored }: Opened, journal: readonly { readonly by: string }[]): Set<number> {
  return new Set([
    ...stored.devices.devices.map(({ name }) => Number(name)),
    ...stored.state.map(([, { counters }]) => counters.records),
    Number(journal[0]?.by ?? 0),
  ]);
}

const lastNine = (n: number) => Array.from({ length: 9 }, (_, back): [number, null] => [n - back, null]);

const JOBS: Readonly<Record<string, (store: SqliteStore) => Promise<void>>> = {
  /** Opens and closes; the process has to end by itself, also when the file cannot be opened. */
  async try(store) {
    say(`${hasSqlite()} ${await tried(store.open())}`);
    await store.close();
  },
  /** Has it open until it is told to stop. */
  async hold(store) {
    await store.open();
    say("open");
    await once(process.stdin.resume(), "end");
    await store.close();
  },
  /** Writes until it is killed and says the number of each commit that is done. */
  async write(store) {
    const { state } = (await store.open()).stored;
    for (let n = (state[0]?.[1].counters.records ?? 0) + 1; ; n++) {
      await store.commit(numbered(n));
      say(n);
    }
  },
  /** Saves what 25 devices have reported until it is killed, and says the number of each save that is done. */
  async save(store) {
    const { state } = (await store.open()).stored;
    for (let n = (state[0]?.[1].counters.records ?? 0) + 1; ; n++) {
      await store.commit(smallSave(n));
      // Somebody changes something now and then, which puts all into the database.
      if (n % 7 === 0) await store.commit({ journal: { entries: [entry(0, "online")], forgotten: [] } });
      say(n);
    }
  },
  /** Keeps messages of the inbox until it is killed, and says the number of each that is kept. */
  async keep(store) {
    const { inbox } = (await store.open()).stored;
    for (let n = Math.max(0, ...inbox.map(({ id }) => id)) + 1; ; n++) {
      await store.commit({ inbox: new Map([[n, message(n, Array(2000).fill(n % 256))]]) });
      // The first of each ten stays.
      if (n % 10 === 0) await store.commit({ inbox: new Map(lastNine(n)) });
      say(n);
    }
  },
  /** A small commit, one that is too large for the space there is, and a small one again. */
  async overfill(store) {
    await store.open();
    const many = Array.from({ length: 5000 }, (_, index) => device(index, { notes: PADDING }));
    say(await tried(store.commit({ devices: { devices: new Map([[imeiOf(0), device(0)]]) } })));
    say(
      await tried(store.commit({ devices: { devices: new Map(many.map((large) => [large.imei, large])) } })),
    );
    say(await tried(store.commit({ journal: { entries: [entry(0, "online", "after")], forgotten: [] } })));
    say((await store.journal(imeiOf(0))).map(({ by }) => by));
    await store.close();
  },
};

if (require.main === module) {
  const [job = "", path = ""] = process.argv.slice(2);
  JOBS[job]?.(new SqliteStore(path));
}
