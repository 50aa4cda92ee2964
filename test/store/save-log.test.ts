import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { SaveLog } from "../../src/store/sqlite/save-log";
import type { SqliteStore } from "../../src/store/sqlite/store";
import { randomOf } from "../support/seed";
import { smallSave } from "../support/store-child";
import { device, entry, imeiOf, liveState, message, pending } from "./samples";
import { eachStoreFiles, type StoreFiles } from "./store-files";

const CHILD = join(__dirname, "..", "support", "store-child.js");
const LOGS = ["-saves-log0", "-saves-log1"];
const KILLS = 5;

describe("store: the log of saves", () => {
  let { folder, path, store, storeAt, children, cut } = {} as StoreFiles;
  eachStoreFiles("save-log", LOGS, (files) => {
    ({ folder, path, store, storeAt, children, cut } = files);
  });
  const written = () => ["", "-wal"].map((part) => readFileSync(path + part));
  /** The number of the last save, which all devices have to have whole. */
  const savedIn = async (opened: SqliteStore): Promise<number> => {
    const { state } = (await opened.open()).stored;
    const numbers = new Set(state.map(([, { counters }]) => counters.records));
    assert.ok(numbers.size <= 1, `saves in part: ${[...numbers]}`);
    const [last = 0] = numbers;
    return last;
  };

  it("has small saves, without a write to the database, and tells of them", async () => {
    await store.open();
    const before = written();
    for (let n = 1; n <= 9; n++) await store.commit(smallSave(n));
    await store.commit({ devices: { pending: new Map([[imeiOf(30), pending(30)]]) } });
    assert.deepEqual(written(), before);
    const copy = storeAt(cut());
    assert.equal(await savedIn(copy), 9);
    await copy.close();
    assert.deepEqual((await copy.open()).stored.devices.pending, [pending(30)]);
  });

  it("is overwritten in place: it does not grow with what was saved", async () => {
    await store.open();
    for (let n = 1; n <= 400; n++) await store.commit(smallSave(n));
    assert.deepEqual(
      LOGS.map((part) => statSync(path + part).size),
      [1 << 20, 1 << 20],
    );
    assert.equal(await savedIn(storeAt(cut())), 400);
  });

  for (const [name, changes] of [
    ["that a person has made", { devices: { devices: new Map([[imeiOf(0), device(0)]]) } }],
    ["of the journal", { journal: { entries: [entry(0, "online")], forgotten: [] } }],
    [
      "of 501 devices",
      { state: new Map(Array.from({ length: 501 }, (_, at) => [imeiOf(at), liveState(3)])) },
    ],
    ["with messages", { inbox: new Map([[1, message(1)]]), state: new Map([[imeiOf(0), liveState(3)]]) }],
  ] as const) {
    it(`is put into the database with changes ${name}`, async () => {
      await store.open();
      await store.commit(smallSave(1));
      await store.commit(changes);
      const copy = cut();
      for (const part of LOGS) rmSync(copy + part);
      const { stored } = await storeAt(copy).open();
      assert.ok(stored.state.length >= 25);
    });
  }

  it("is written again where the database could not take what came after it", async () => {
    await store.open();
    await store.commit(smallSave(1));
    const impossible = { ...device(4), notes: 1n } as never;
    const devices = { devices: new Map([[imeiOf(4), impossible]]) };
    await assert.rejects(store.commit({ devices }), { code: "STORE_FAILED" });
    await store.commit({ devices: { devices: new Map([[imeiOf(4), device(4)]]) } });
    const copy = cut();
    for (const part of LOGS) rmSync(copy + part);
    assert.equal(await savedIn(storeAt(copy)), 1);
  });

  it("is put into the file when that is closed, which then is one file", async () => {
    await store.open();
    for (let n = 1; n <= 3; n++) await store.commit(smallSave(n));
    await store.close();
    assert.deepEqual(readdirSync(folder), ["registry.db"]);
    assert.equal(await savedIn(store), 3);
  });

  it("is in the day's copy", async () => {
    await store.open();
    await store.commit({ devices: { devices: new Map([[imeiOf(0), device(0)]]) } });
    await store.commit(smallSave(4));
    await store.copy();
    const { states } = await store.readCopy(undefined);
    assert.equal(states.length, 25);
  });

  it("may be removed while it is used", async () => {
    await store.open();
    await store.commit(smallSave(1));
    for (const part of LOGS) rmSync(path + part);
    for (let n = 2; n <= 4; n++) await store.commit(smallSave(n));
    assert.equal(await savedIn(storeAt(cut())), 4);
  });

  it("of a file that is gone does not come back in a new one", async () => {
    await store.open();
    await store.commit(smallSave(1));
    const copy = cut();
    for (const part of ["", "-wal"]) rmSync(copy + part);
    assert.equal(await savedIn(storeAt(copy)), 0);
  });

  it("is told of where it is damaged, and costs nothing else", async () => {
    await store.open();
    await store.commit(smallSave(1));
    await store.commit(smallSave(2));
    const copy = cut();
    const bytes = readFileSync(copy + LOGS[0]);
    bytes.fill(0xff, 60, 70);
    writeFileSync(copy + LOGS[0], bytes);
    const { unreadable, stored } = await storeAt(copy).open();
    assert.deepEqual(unreadable, [{ table: "state", key: "log" }]);
    assert.equal(stored.state.length, 25);
  });

  it("of an older version is changed with the file", async () => {
    const database = new DatabaseSync(path);
    database.exec(readFileSync("test/vectors/registry/v7.sql", "utf8"));
    database.close();
    const old = { ...liveState(5), keys: ["ignition", "driver"], values: [true, ""], times: [7, 7] };
    const log = new SaveLog(`${path}-saves`);
    log.add(log.encode({ state: new Map([[imeiOf(9), old]]) }) as Uint8Array);
    log.close();
    const { state } = (await store.open()).stored;
    assert.deepEqual(
      state.filter(([imei]) => imei === imeiOf(9)),
      [[imeiOf(9), { ...old, times: 7 }]],
    );
  });

  it(`loses no save that is done, killed ${KILLS} times`, async function () {
    this.timeout(60_000);
    const random = randomOf("kills of the log of saves");
    for (let kill = 0; kill < KILLS; kill++) {
      const started = spawn(process.execPath, [CHILD, "save", path], { stdio: ["pipe", "pipe", "inherit"] });
      children.push(started);
      const ended = once(started, "close");
      const most = 1 + Math.floor(random() * 40);
      let said = 0;
      let done = 0;
      createInterface(started.stdout).on("line", (line) => {
        done = Number(line);
        if (++said === most) started.kill("SIGKILL");
      });
      await ended;
      const copy = storeAt(cut());
      const last = await savedIn(copy);
      assert.ok(last === done || last === done + 1, `${last} is there, ${done} was done`);
      await copy.close();
      // The child that comes next finds the files as they were left.
    }
  });
});
