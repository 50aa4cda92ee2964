import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import {
  copyFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import type { Worker } from "node:worker_threads";
import { fingerprintOf } from "../../src/dedupe/fingerprint";
import type { OwnerName, Stored } from "../../src/fleet/store";
import { JOURNAL_LENGTH } from "../../src/journal/port";
import { MIGRATIONS } from "../../src/store/sqlite/migrations";
import { hasSqlite, SqliteStore } from "../../src/store/sqlite/store";
import { run } from "../support/process";
import { randomOf } from "../support/seed";
import { lastNumbers } from "../support/store-child";
import {
  asked,
  device,
  entry,
  imeiOf,
  liveState,
  NOON,
  NOTHING_STORED,
  SAMPLE_STORED,
  sample,
} from "./samples";

const CHILD = join(__dirname, "..", "support", "store-child.js");
/** The first version whose files have something of an owner, where that is not the first of all. */
const SINCE: Readonly<Partial<Record<OwnerName, number>>> = {
  commands: 2,
  inbox: 3,
  fences: 7,
  shareLinks: 9,
  trips: 10,
  alarms: 11,
};
/** What files of earlier versions have otherwise: names that meant something else are gone. */
const BEFORE_NAMES: Partial<Stored> = {
  state: SAMPLE_STORED.state.map(([imei, { keys, values, times, ...others }]) => {
    const kept = <T>(list: readonly T[]) => list.filter((_, at) => keys[at] !== "odometer");
    return [imei, { ...others, keys: kept(keys), values: kept(values), times: kept(times as number[]) }];
  }),
};
const WITH_NAMES = 6;
const DUMPS = globSync("test/vectors/registry/v*.sql").sort();

function changed(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function bytesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const bytes = names.map(async (name) => [name, (await readFile(join(folder, name))).toString("base64")]);
  return Object.fromEntries(await Promise.all(bytes));
}

describe("store: SQLite's file", () => {
  let folder: string;
  let path: string;
  const stores: SqliteStore[] = [];
  const children: ChildProcess[] = [];

  /** A store that is closed after the test. */
  const store = (at = path) => {
    const made = new SqliteStore(at);
    stores.push(made);
    return made;
  };
  /** A process that is stopped after the test, and its lines as they come. */
  const child = (job: string) => {
    const started = spawn(process.execPath, [CHILD, job, path], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(started);
    return { started, lines: createInterface(started.stdout), ended: once(started, "close") };
  };
  const other = () => run(process.execPath, [CHILD, "try", path]);
  const filled = async () => {
    const first = store();
    await first.open();
    await first.commit(sample());
    await first.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "store-"));
    path = join(folder, "registry.db");
  });
  afterEach(async () => {
    for (const started of children.splice(0)) {
      if (started.exitCode !== null || started.signalCode !== null) continue;
      started.kill("SIGKILL");
      await once(started, "close");
    }
    await Promise.all(stores.splice(0).map((made) => made.close()));
    await rm(folder, { recursive: true });
  });

  it("is one file after the store is closed, and gives back what was in it", async () => {
    await filled();
    assert.deepEqual(await readdir(folder), ["registry.db"]);
    const second = store();
    assert.deepEqual((await second.open()).stored, SAMPLE_STORED);
    assert.deepEqual(await second.journal(imeiOf(1)), [entry(1, "online"), entry(1, "registered", "admin")]);
  });

  it("is made with its folder", async () => {
    path = join(folder, "new", "folder", "registry.db");
    assert.deepEqual((await store().open()).stored, NOTHING_STORED);
  });

  it("may have a name that means something in an address", async () => {
    path = join(folder, "a b?c#%41&mode=memory.db");
    await filled();
    assert.deepEqual(await readdir(folder), ["a b?c#%41&mode=memory.db"]);
    assert.deepEqual((await store().open()).stored, SAMPLE_STORED);
  });

  describe("has one owner", () => {
    const refusal = { name: "TrackerError", code: "STORE_LOCKED", message: /registry\.db/ };

    it("in a process and among processes, until it is closed", async () => {
      const first = store();
      await first.open();
      const second = store();
      await assert.rejects(second.open(), refusal);
      assert.equal(
        await other(),
        "true TrackerError STORE_LOCKED\n",
        "the one refused has taken no lock away",
      );
      await first.commit(sample());
      await first.close();
      assert.deepEqual((await second.open()).stored, SAMPLE_STORED);
      await second.close();
      assert.equal(await other(), "true done\n");
    });

    it("which may be another process", async () => {
      const { started, lines, ended } = child("hold");
      await once(lines, "line");
      const second = store();
      await assert.rejects(second.open(), refusal);
      started.stdin?.end();
      await ended;
      assert.deepEqual((await second.open()).stored, NOTHING_STORED);
    });

    it("which is not opened twice either", async () => {
      const first = store();
      await first.open();
      await assert.rejects(first.open(), refusal);
      await first.commit(sample());
      await first.close();
      assert.deepEqual((await first.open()).stored, SAMPLE_STORED);
    });

    it("who may hand it on without a pause", async () => {
      const first = store();
      await first.open();
      const done = first.commit(sample());
      const closed = first.close();
      assert.deepEqual((await store().open()).stored, SAMPLE_STORED);
      await Promise.all([done, closed]);
    });
  });

  describe("that cannot be used", () => {
    for (const [name, at, code] of [
      ["in a folder that nobody can write", "/proc/registry.db", "STORE_READ_ONLY"],
      ["that nobody can write", "/proc/version", "STORE_READ_ONLY"],
      ["in a folder that nobody can make", "/proc/trackers/data/registry.db", "STORE_READ_ONLY"],
      ["in a folder that is a file", join(CHILD, "registry.db"), "STORE_FAILED"],
      ["that is a folder", __dirname, "STORE_FAILED"],
    ] as const) {
      it(`${name} is refused`, async () => {
        const refused = store(at);
        await assert.rejects(refused.open(), (error: { name: string; code: string; message: string }) => {
          assert.deepEqual([error.name, error.code], ["TrackerError", code]);
          assert.ok(error.message.includes(at), error.message);
          return true;
        });
        await assert.rejects(refused.commit({}), { code: "STORE_FAILED", message: /not open/ });
      });
    }

    const FOREIGN = "PRAGMA application_id = 1; PRAGMA user_version = 1; CREATE TABLE device (a); ";
    for (const [name, sql, code] of [
      ["another program's", FOREIGN, "STORE_FAILED"],
      ["one without a mark", "CREATE TABLE mine (a)", "STORE_FAILED"],
      ["one of a newer version", `PRAGMA user_version = ${MIGRATIONS.length + 1}`, "STORE_NEWER"],
    ] as const) {
      it(`because it is ${name} is left as it is`, async () => {
        if (code === "STORE_NEWER") await filled();
        changed(path, sql);
        const before = await bytesOf(folder);
        await assert.rejects(store().open(), { name: "TrackerError", code, message: /registry\.db/ });
        assert.deepEqual(await bytesOf(folder), before);
      });
    }

    it("because it is another program's is left as it is, also with its log", async () => {
      const database = new DatabaseSync(join(folder, "theirs"));
      database.exec(`${FOREIGN} PRAGMA journal_mode = WAL; INSERT INTO device VALUES (1)`);
      for (const suffix of ["", "-wal"]) await copyFile(join(folder, `theirs${suffix}`), path + suffix);
      database.close();
      const before = await bytesOf(folder);
      await assert.rejects(store().open(), { code: "STORE_FAILED", message: /another program/ });
      assert.deepEqual(await bytesOf(folder), before);
    });

    for (const name of ["flows.json", "settings.js", "notes"]) {
      it(`because ${name} is no database is left as it is`, async () => {
        const at = join(folder, name);
        await writeFile(at, "[]");
        await assert.rejects(store(at).open(), { code: "STORE_FAILED", message: /another program/ });
        assert.equal(await readFile(at, "utf8"), "[]");
        assert.equal((await readdir(folder)).filter((found) => found.startsWith(name)).length, 1);
      });
    }

    it("because a link leads to one that is open", async () => {
      const first = store();
      await first.open();
      const link = join(folder, "link.db");
      await symlink(path, link);
      await assert.rejects(store(link).open(), { code: "STORE_LOCKED" });
      await first.commit(sample());
    });

    it("can be when what was wrong is gone", async () => {
      const blocked = store(join(folder, "folder", "registry.db"));
      await writeFile(join(folder, "folder"), "");
      await assert.rejects(blocked.open(), { code: "STORE_FAILED" });
      await rm(join(folder, "folder"));
      assert.deepEqual((await blocked.open()).stored, NOTHING_STORED);
    });
  });

  describe("that is damaged", () => {
    const overwritten = async (at: number, length: number) => {
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0xa5, at, Math.min(at + length, bytes.length)));
    };
    const KINDS: Readonly<Record<string, () => Promise<void>>> = {
      "is text": () => writeFile(path, "imei;name\n"),
      "is noise": () => overwritten(0, Number.POSITIVE_INFINITY),
      "is all zeros": () => writeFile(path, Buffer.alloc(8192)),
      "has lost its end": () => truncate(path, 8192),
      "has noise inside": () => overwritten(3 * 4096, 4096),
      "has no table state": async () => changed(path, "DROP TABLE state"),
      "is empty": () => truncate(path, 0),
    };
    for (const [name, damage] of Object.entries(KINDS)) {
      it(`because it ${name} is put aside as it is, and a new one started`, async () => {
        await filled();
        await damage();
        const before = await readFile(path);
        const opened = store();
        const { setAside = "", stored } = await opened.open();
        assert.deepEqual(stored, NOTHING_STORED);
        assert.match(setAside.slice(path.length), /^\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/);
        assert.deepEqual(await readFile(setAside), before);
        await opened.commit(sample());
        await opened.close();
        assert.deepEqual((await store().open()).stored, SAMPLE_STORED);
      });
    }

    it("is put aside with its log", async () => {
      await filled();
      const database = new DatabaseSync(path);
      database.exec("DROP TABLE state");
      const spoiled = join(folder, "spoiled.db");
      for (const suffix of ["", "-wal"]) await copyFile(path + suffix, spoiled + suffix);
      database.close();
      const before = await Promise.all(["", "-wal"].map((suffix) => readFile(spoiled + suffix)));
      const { setAside, stored } = await store(spoiled).open();
      assert.deepEqual(stored.devices.devices, []);
      assert.deepEqual(await Promise.all(["", "-wal"].map((suffix) => readFile(setAside + suffix))), before);
    });

    const WITHOUT_DEVICE: Partial<Stored> = {
      devices: {
        ...SAMPLE_STORED.devices,
        devices: SAMPLE_STORED.devices.devices.filter(({ imei }) => imei !== imeiOf(1)),
      },
    };
    const ROWS: Readonly<Record<string, { sql: string; left: Partial<Stored> }>> = {
      "a state that is cut off": {
        sql: `UPDATE state SET data = '{"firstSeen":1' WHERE imei = '${imeiOf(1)}'`,
        left: { state: SAMPLE_STORED.state.filter(([imei]) => imei !== imeiOf(1)) },
      },
      "a device that is null": {
        sql: `UPDATE device SET data = 'null' WHERE imei = '${imeiOf(1)}'`,
        left: WITHOUT_DEVICE,
      },
      "a device without tags": {
        sql: `UPDATE device SET data = json_remove(data, '$.tags') WHERE imei = '${imeiOf(1)}'`,
        left: WITHOUT_DEVICE,
      },
    };
    for (const [name, { sql, left }] of Object.entries(ROWS)) {
      it(`in one row, ${name}, keeps all others and says which it is`, async () => {
        await filled();
        changed(path, sql);
        const { unreadable = [], stored } = await store().open();
        assert.deepEqual(stored, { ...SAMPLE_STORED, ...left });
        assert.ok(unreadable.length > 0 && unreadable.every(({ key }) => key === imeiOf(1)));
      });
    }

    it("is offered with its last good copy, from which devices can be read", async () => {
      const first = store();
      await first.open();
      await first.copy();
      assert.deepEqual(
        await readdir(folder).then((names) => names.filter((name) => name.includes("copy"))),
        [],
      );
      await first.commit(sample());
      await first.copy();
      await first.close();
      await truncate(path, 0);
      const second = store();
      const { setAside, copy, stored } = await second.open();
      assert.deepEqual(stored.devices.devices, []);
      assert.equal(copy, `${basename(setAside ?? "")}.copy`);
      const read = await second.readCopy(undefined);
      assert.deepEqual(
        [read.name, read.devices, read.states],
        [copy, SAMPLE_STORED.devices.devices, SAMPLE_STORED.state],
      );
      await assert.rejects(second.readCopy("../other"), { code: "COPY_UNKNOWN" });
      // The day's next copy does not take its place.
      await second.commit(sample());
      await second.copy();
      assert.equal((await second.readCopy(undefined)).name, copy);
    });

    it("has at most three copies, none of what is not sound", async () => {
      for (const day of ["20", "21", "22", "23"]) await writeFile(`${path}.copy-2026-01-${day}`, "old");
      await filled();
      const opened = store();
      await opened.open();
      await opened.copy();
      const copies = (await readdir(folder)).filter((name) => name.includes(".copy-")).sort();
      assert.deepEqual([copies.length, copies[0]], [3, "registry.db.copy-2026-01-22"]);
      await opened.close();
      changed(path, "UPDATE device SET data = 'null'");
      await rm(join(folder, copies[2] ?? ""));
      const damaged = store();
      await damaged.open();
      await damaged.copy();
      assert.equal((await readdir(folder)).filter((name) => name.includes(".copy-")).length, 2);
    });

    it("is put over no other one", async () => {
      await writeFile(path, "noise");
      const seconds = Array.from({ length: 30 }, (_, index) => new Date(Date.now() + index * 1000));
      const taken = seconds.map(
        (time, index) =>
          `${path}.damaged-${time.toISOString().slice(0, 19).replaceAll(":", "-")}${index % 2 ? "-wal" : ""}`,
      );
      for (const name of taken) await writeFile(name, "before");
      const { setAside = "" } = await store().open();
      assert.match(setAside, /-2$/);
      assert.equal(await readFile(setAside, "utf8"), "noise");
      for (const name of taken) assert.equal(await readFile(name, "utf8"), "before");
    });
  });

  describe("of an older version", () => {
    it("there is one of each", () => {
      assert.equal(DUMPS.length, MIGRATIONS.length);
    });

    for (const dump of DUMPS) {
      it(`is brought up to date: ${dump}`, async () => {
        changed(path, await readFile(dump, "utf8"));
        const opened = store();
        const version = Number(/\d+/.exec(basename(dump))?.[0]);
        const later = Object.entries(NOTHING_STORED).filter(
          ([owner]) => version < (SINCE[owner as OwnerName] ?? 1),
        );
        const expected = {
          ...SAMPLE_STORED,
          ...(version < WITH_NAMES ? BEFORE_NAMES : {}),
          ...Object.fromEntries(later),
        };
        assert.deepEqual((await opened.open()).stored, expected);
        const kept = [entry(1, "online"), entry(1, "registered", "admin")];
        assert.deepEqual(await opened.journal(imeiOf(1)), kept);
        await opened.commit({ journal: { entries: [entry(1, "offline")], forgotten: [] } });
        await opened.close();
        const again = store();
        assert.deepEqual((await again.open()).stored, expected);
        assert.deepEqual(await again.journal(imeiOf(1)), [entry(1, "offline"), ...kept]);
      });
    }
  });

  it("knows records of the time before there was a history, for 90 days, and those of no other device", async () => {
    for (const version of [1, 11]) {
      changed(path, await readFile(`test/vectors/registry/v${version}.sql`, "utf8"));
      const prints = Float64Array.from([0, 1, 2], (n) => fingerprintOf(asked(1, n)));
      const bytes = Buffer.from(prints.buffer).toString("hex");
      changed(path, `UPDATE seen SET prints = x'${bytes}' WHERE imei = '${imeiOf(1)}'`);
      changed(path, `INSERT INTO seen VALUES ('${imeiOf(2)}', 0, 0, x'0102')`);
      const asks = [asked(1, 0), asked(1, 1), asked(1, 2), asked(1, 3), asked(2, 0)];
      const known = [true, true, true, false, false];
      let opened = store();
      await opened.open();
      assert.deepEqual(await opened.wasSeen(asks), known);
      await opened.commit({ dedupe: { forgotten: [imeiOf(2)] } });
      assert.deepEqual(await opened.wasSeen(asks), known);
      await opened.close();
      changed(path, "UPDATE seen_before SET until = until - 89 * 86400000");
      opened = store();
      await opened.open();
      assert.deepEqual(await opened.wasSeen(asks), known);
      await opened.close();
      changed(path, "UPDATE seen_before SET until = until - 2 * 86400000");
      opened = store();
      await opened.open();
      assert.deepEqual(await opened.wasSeen(asks), [false, false, false, false, false]);
      await opened.close();
      await rm(path);
    }
  });

  it("forgets what a removed device sent before there was a history", async () => {
    changed(path, await readFile("test/vectors/registry/v12.sql", "utf8"));
    const prints = Buffer.from(Float64Array.of(fingerprintOf(asked(1, 0))).buffer).toString("hex");
    changed(path, `UPDATE seen_before SET until = 9e15, prints = x'${prints}'`);
    const opened = store();
    await opened.open();
    assert.deepEqual(await opened.wasSeen([asked(1, 0)]), [true]);
    await opened.commit({ dedupe: { forgotten: [imeiOf(1)] } });
    assert.deepEqual(await opened.wasSeen([asked(1, 0)]), [false]);
  });

  it("has the events of version 4 by their types, and no code where there was none", async () => {
    const old = (called: number, code: number, text = "") => ({
      time: NOON + code,
      function: called,
      code,
      text,
    });
    const events = [
      old(0, 240, "Q07"),
      old(0, 0, "SOS"),
      old(0, 0),
      old(109, 5),
      old(111, 9),
      old(224, 1, "Q07"),
      old(250, 25),
      old(241, 30),
      old(7, 9),
    ];
    changed(path, await readFile("test/vectors/registry/v4.sql", "utf8"));
    const database = new DatabaseSync(path);
    database
      .prepare("UPDATE state SET data = json_set(data, '$.events', json(?))")
      .run(JSON.stringify([...events, 1, "noise", null]));
    database.prepare("INSERT INTO state VALUES (?, 'noise')").run(imeiOf(2));
    database.prepare("INSERT INTO state VALUES (?, ?)").run(imeiOf(3), '{"events":"noise"}');
    database.close();
    const { stored } = await store().open();
    const raw = (called: number, code: number, text?: string) => ({
      function: called,
      code,
      ...(text === undefined ? {} : { text }),
    });
    const at = (code: number) => ({ time: NOON + code, source: "device", severity: "info" });
    assert.deepEqual(stored.state.find(([imei]) => imei === imeiOf(1))?.[1].events, [
      { ...at(240), type: "powerLost", severity: "critical", raw: raw(0, 240, "Q07") },
      { ...at(0), type: "other", text: "SOS", raw: { text: "SOS" } },
      { ...at(0), type: "other", raw: raw(0, 0) },
      { ...at(5), type: "wake", cause: "input5", raw: raw(109, 5) },
      { ...at(9), type: "recordWritten", cause: "driverId", raw: raw(111, 9) },
      { ...at(1), type: "outputChanged", output: 4, state: "on", raw: raw(224, 1, "Q07") },
      { ...at(25), type: "clockCorrected", seconds: -25, raw: raw(250, 25) },
      { ...at(30), type: "clockCorrected", seconds: 30, raw: raw(241, 30) },
      { ...at(9), type: "other", raw: raw(7, 9) },
    ]);
  });

  it("has one time of version 6's states whose times are all the same, and all others as they were", async () => {
    changed(path, await readFile("test/vectors/registry/v6.sql", "utf8"));
    const lists = [[NOON, NOON], [NOON], [NOON, NOON - 1], []];
    const database = new DatabaseSync(path);
    const put = database.prepare("INSERT OR REPLACE INTO state VALUES (?, ?)");
    for (const [n, times] of lists.entries()) {
      const values = { keys: times.map((_, at) => `value${at}`), values: times.map((_, at) => at), times };
      put.run(imeiOf(n), JSON.stringify({ ...liveState(n), ...values }));
    }
    put.run(imeiOf(9), "noise");
    database.close();
    const { stored } = await store().open();
    const states = new Map(stored.state);
    assert.deepEqual(
      lists.map((_, n) => states.get(imeiOf(n))?.times),
      [NOON, NOON, [NOON, NOON - 1], []],
    );
  });

  describe("of version 5, with what a state has to lose", () => {
    const WRONG =
      "input6 input7 jamming vehicleSpeed throttle coolantTemperature axleWeight deviceTemperature odometer".split(
        " ",
      );
    const PRIVATE = "0xC009 0xC00A 0xC00F 0xC010 0xC011 0xC013 0xC014".split(" ");
    const KEPT: Readonly<Record<string, unknown>> = {
      ignition: false,
      fuelLevel: null,
      "0xC008": "internet",
      "0x000B": 0,
      'Kran "Höhe"': "ä\u0000b",
      gsmSignal: -59.5,
      "0x5001": "1152921504606846976",
    };
    const SECRET = "s3cret-of-the-APN";
    const secrets = async () => {
      const bytes = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
      return bytes.filter((found) => found.includes(SECRET)).length;
    };

    beforeEach(async () => {
      changed(path, await readFile("test/vectors/registry/v5.sql", "utf8"));
      const values = [...[...WRONG, ...PRIVATE].map((key) => [key, SECRET]), ...Object.entries(KEPT)];
      const state = {
        ...liveState(5),
        keys: values.map(([key]) => key),
        values: values.map(([, value]) => value),
        times: values.map((_, at) => NOON + at),
      };
      const database = new DatabaseSync(path);
      database.exec("PRAGMA journal_mode = WAL");
      const put = database.prepare("INSERT OR REPLACE INTO state VALUES (?, ?)");
      for (const filler of [SECRET.repeat(2000), ""]) {
        put.run(imeiOf(1), JSON.stringify({ ...state, filler }));
      }
      put.run(imeiOf(2), JSON.stringify({ ...state, keys: [], values: [], times: [] }));
      put.run(imeiOf(3), "noise");
      database.exec(`VACUUM INTO '${path}.copy-2026-01-22'`);
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      database.close();
    });

    it("the test would see it", async () => {
      assert.equal(await secrets(), 2);
    });

    it("has no value that meant something else, and all others as they were", async () => {
      const { stored } = await store().open();
      const state = stored.state.find(([imei]) => imei === imeiOf(1))?.[1];
      assert.deepEqual(Object.fromEntries(state?.keys.map((key, at) => [key, state.values[at]]) ?? []), KEPT);
      const first = WRONG.length + PRIVATE.length;
      assert.deepEqual(
        state?.times,
        Object.keys(KEPT).map((_, at) => NOON + first + at),
      );
      const empty = stored.state.find(([imei]) => imei === imeiOf(2))?.[1];
      assert.deepEqual([empty?.keys, empty?.values, empty?.times], [[], [], []]);
    });

    it("has nothing secret in it any more, nor in its log or its copies", async () => {
      const opened = store();
      await opened.open();
      assert.equal(await secrets(), 0);
      const { name, states } = await opened.readCopy(undefined);
      assert.equal(name, "registry.db.copy-2026-01-22");
      assert.ok(!states.find(([imei]) => imei === imeiOf(1))?.[1].keys.includes("odometer"));
      await opened.close();
      assert.equal(await secrets(), 0);
    });
  });

  describe("and what can end at any time", () => {
    it("a killed process has every commit that it has acknowledged, and none in part", async () => {
      const random = randomOf("a killed process");
      let last = 0;
      for (let round = 0; round < 20; round++) {
        const { started, lines, ended } = child("write");
        const most = last + 1 + Math.floor(random() * 39);
        lines.on("line", (line) => {
          last = Number(line);
          // Some time into one of the next commits, which take about 10 ms.
          if (last === most) setTimeout(() => started.kill("SIGKILL"), Math.floor(random() * 20));
        });
        await ended;
        const opened = store();
        const stored = await opened.open();
        const journal = await opened.journal(imeiOf(0));
        const [found = 0, ...others] = lastNumbers(stored, journal);
        await opened.close();
        assert.equal(stored.setAside, undefined);
        assert.equal(journal.length, Math.min(Number(journal[0]?.by), JOURNAL_LENGTH));
        assert.deepEqual(others, []);
        assert.ok(found === last || found === last + 1, `${found} is there, ${last} was acknowledged`);
        last = found;
      }
    });

    it("a commit that there is no space for leaves the others", async () => {
      const limited = `ulimit -f 2048; exec "$0" "$@"`;
      const said = await run("bash", ["-c", limited, process.execPath, CHILD, "overfill", path]);
      assert.equal(said, "done\nTrackerError STORE_FAILED\ndone\nafter\n");
      const opened = store();
      assert.deepEqual((await opened.open()).stored, {
        ...NOTHING_STORED,
        devices: { devices: [device(0)], pending: [] },
      });
      assert.deepEqual(await opened.journal(imeiOf(0)), [entry(0, "online", "after")]);
    });

    for (const [name, end] of [
      ["was ended", (worker: Worker) => worker.terminate()],
      ["failed", (worker: Worker) => worker.postMessage(undefined)],
    ] as const) {
      it(`a thread that ${name} takes its requests with it, and the store opens again at once`, async () => {
        const opened = store();
        const started = once(process, "worker");
        const stored = opened.open();
        const [worker] = (await started) as [Worker];
        await stored;
        await opened.commit(sample());
        end(worker);
        const refusal = { name: "TrackerError", code: "STORE_LOST", message: /registry\.db/ };
        const reopened = opened.journal(imeiOf(1)).catch((error) => {
          assert.throws(() => {
            throw error;
          }, refusal);
          return opened.open().then(({ stored: found }) => found);
        });
        await Promise.all([
          assert.rejects(opened.commit(sample()), refusal),
          assert.rejects(opened.commit({}), refusal),
        ]);
        assert.deepEqual(await reopened, SAMPLE_STORED);
        await opened.commit(sample());
      });

      it(`a thread that ${name} while nothing was asked is told of with the next commit`, async () => {
        const opened = store();
        const started = once(process, "worker");
        const stored = opened.open();
        const [worker] = (await started) as [Worker];
        await stored;
        const ended = new Promise((resolve) => worker.once("exit", resolve));
        end(worker);
        await ended;
        await assert.rejects(opened.commit(sample()), { code: "STORE_LOST" });
        assert.deepEqual((await opened.open()).stored, NOTHING_STORED);
        await opened.commit(sample());
      });
    }

    for (const [name, change] of [
      ["removed", () => rm(path)],
      ["replaced", () => rename(path, `${path}.old`).then(() => writeFile(path, ""))],
      ["cut off", () => truncate(path, 4096)],
      ["emptied", () => writeFile(path, "")],
      ["written over", () => writeFile(path, Buffer.alloc(4096 * 20, 0x61))],
      ["robbed of its log", () => rm(`${path}-wal`)],
    ] as const) {
      it(`a file that was ${name} is not written any more`, async () => {
        const opened = store();
        await opened.open();
        await opened.commit(sample());
        await change();
        await assert.rejects(opened.commit(sample()), {
          code: "STORE_LOST",
          message: /removed, replaced or written over/,
        });
        await opened.close();
        const { setAside, inUse, stored } = await opened.open();
        assert.deepEqual(stored, NOTHING_STORED);
        assert.equal(setAside !== undefined, name !== "removed");
        assert.equal(inUse, name === "removed" ? undefined : true);
      });
    }

    it("a file that only got another time is still its own, and locked for others", async () => {
      const opened = store();
      await opened.open();
      await opened.commit(sample());
      const { ino } = await stat(path);
      for (const time of [1_000_000, 2_000_000]) {
        await utimes(path, time, time);
        await opened.commit(sample());
        await opened.copy();
      }
      const write = `new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("DELETE FROM device")`;
      const other = spawn(process.execPath, ["-e", write, path]);
      assert.match(await text(other.stderr), /database is locked/);
      await opened.close();
      assert.deepEqual((await store().open()).stored, SAMPLE_STORED);
      assert.equal((await stat(path)).ino, ino);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.includes("damaged")),
        [],
      );
    });

    it("a file of which one byte was written over, length and place as before, is not written any more", async () => {
      await filled();
      const opened = store();
      await opened.open();
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      const file = await open(path, "r+");
      await file.write(bytes, 0, bytes.length, 0);
      await file.close();
      await assert.rejects(opened.commit(sample()), { code: "STORE_LOST" });
    });

    it("a change that cannot be handed to the thread is refused", async () => {
      const opened = store();
      await opened.open();
      const impossible = { ...liveState(1), events: () => undefined } as unknown as ReturnType<
        typeof liveState
      >;
      const states = new Map([[imeiOf(1), impossible]]);
      await assert.rejects(opened.commit({ state: states }), { name: "TrackerError", code: "STORE_FAILED" });
      await opened.commit(sample());
    });
  });

  describe("and Node.js", () => {
    for (const [options, said] of [
      [[], "true done\n"],
      [["--no-experimental-sqlite"], "false TrackerError STORE_FAILED\n"],
    ] as const) {
      it(`with ${options.length === 0 ? "no option" : options} prints no warning: ${said.trim()}`, async () => {
        const { stdout, stderr } = spawn(process.execPath, [...options, CHILD, "try", path]);
        assert.deepEqual(await Promise.all([text(stdout), text(stderr)]), [said, ""]);
        assert.equal(existsSync(path), options.length === 0);
      });
    }

    it("that runs the tests has SQLite", () => {
      assert.equal(hasSqlite(), true);
    });
  });
});
