import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import type { InboxMessage } from "../../src/inbox/port";
import type { SqliteStore } from "../../src/store/sqlite/store";
import { randomOf } from "../support/seed";
import { device, imeiOf, message } from "./samples";
import { eachStoreFiles, type StoreFiles } from "./store-files";

const CHILD = join(__dirname, "..", "support", "store-child.js");
const LOGS = ["-inbox-log0", "-inbox-log1"];

const keep = (store: SqliteStore, ...messages: InboxMessage[]) =>
  store.commit({ inbox: new Map(messages.map((one) => [one.id, one])) });
const forget = (store: SqliteStore, ...ids: number[]) =>
  store.commit({ inbox: new Map(ids.map((id) => [id, null])) });

describe("store: the log of the inbox", () => {
  let { folder, path, store, storeAt, children, cut } = {} as StoreFiles;
  eachStoreFiles("inbox-log", LOGS, (files) => {
    ({ folder, path, store, storeAt, children, cut } = files);
  });
  const inboxAt = async (at: string) => (await storeAt(at).open()).stored.inbox;
  const ids = (inbox: readonly InboxMessage[]) => inbox.map(({ id }) => id).sort((a, b) => a - b);

  it("has messages as soon as they are kept, without a write to the database", async () => {
    await store.open();
    const size = () => ["", "-wal"].map((part) => statSync(path + part).size);
    const before = size();
    const kept = [
      message(3),
      message(4, []),
      { ...message(5), topic: "BCE/ \u0000 Süd", payload: new Uint8Array(100_000) },
    ];
    for (const one of kept) await keep(store, one);
    assert.deepEqual(size(), before);
    assert.deepEqual(await inboxAt(cut()), kept);
  });

  it("has none that are gone, of whatever place, once anything more is kept", async () => {
    await store.open();
    await keep(store, message(1), message(2));
    await store.close();
    await store.open();
    await keep(store, message(3), message(4));
    await forget(store, 1, 3, 99);
    await keep(store, message(5));
    assert.deepEqual(ids(await inboxAt(cut())), [2, 4, 5]);
  });

  it("keeps what a failed commit would have forgotten", async () => {
    await store.open();
    await keep(store, message(1));
    const impossible = { ...device(4), notes: 1n } as never;
    const devices = { devices: new Map([[imeiOf(4), impossible]]) };
    await assert.rejects(store.commit({ devices, inbox: new Map([[1, null]]) }), { code: "STORE_FAILED" });
    await keep(store, message(2));
    assert.deepEqual(ids(await inboxAt(cut())), [1, 2]);
  });

  it("is put into the registry's file when that is closed, which then is one file", async () => {
    await store.open();
    await keep(store, message(1), message(2));
    await store.close();
    assert.deepEqual(readdirSync(folder), ["registry.db"]);
    const database = new DatabaseSync(path);
    assert.equal(database.prepare("SELECT count(*) AS count FROM inbox").get()?.count, 2);
    database.close();
    assert.deepEqual((await store.open()).stored.inbox, [message(1), message(2)]);
  });

  it("gives each message once, where it was killed after that", async () => {
    await store.open();
    await keep(store, message(1), message(2));
    const copy = cut();
    await store.close();
    for (const part of LOGS) copyFileSync(copy + part, path + part);
    assert.deepEqual((await store.open()).stored.inbox, [message(1), message(2)]);
    await forget(store, 1);
    await store.close();
    assert.deepEqual((await store.open()).stored.inbox, [message(2)]);
  });

  it("is overwritten in place: it does not grow with what has come and gone", async () => {
    await store.open();
    const payload = Array(50_000).fill(7);
    await keep(store, message(1_000_000));
    for (let n = 1; n <= 100; n++) {
      await keep(store, message(n, payload));
      await forget(store, n);
    }
    const sizes = LOGS.map((part) => statSync(path + part).size);
    assert.ok(Math.max(...sizes) <= 2 * 1024 * 1024, String(sizes));
    assert.deepEqual(ids(await inboxAt(cut())).slice(-1), [1_000_000]);
  });

  it("is begun anew with all messages where its files were removed while it was in use", async () => {
    await store.open();
    await keep(store, message(1), message(2));
    for (const part of LOGS) rmSync(path + part);
    await forget(store, 1);
    await keep(store, message(3));
    assert.deepEqual(ids(await inboxAt(cut())), [2, 3]);
  });

  it("survives a database that is damaged", async () => {
    await store.open();
    await keep(store, message(1));
    const copy = cut();
    await store.close();
    const file = openSync(copy, "r+");
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 0);
    rmSync(`${copy}-wal`, { force: true });
    const opened = await storeAt(copy).open();
    assert.notEqual(opened.setAside, undefined);
    assert.deepEqual(opened.stored.inbox, [message(1)]);
  });

  it("loses of damaged bytes only the messages that they were of, and says so", async () => {
    await store.open();
    for (let n = 1; n <= 3; n++) await keep(store, message(n, Array(10_000).fill(n)));
    const copy = cut();
    for (const part of LOGS) {
      const file = openSync(copy + part, "r+");
      writeSync(file, Buffer.alloc(100, 0xa5), 0, 100, 15_000);
    }
    const opened = await storeAt(copy).open();
    assert.deepEqual(ids(opened.stored.inbox), [1, 3]);
    assert.deepEqual(opened.unreadable, [{ table: "inbox", key: "log" }]);
  });

  it("a killed process has every message that it has said to have kept", async () => {
    const random = randomOf("a killed inbox");
    let last = 0;
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [CHILD, "keep", path], { stdio: ["pipe", "pipe", "inherit"] });
      children.push(child);
      const most = last + 1 + Math.floor(random() * 200);
      createInterface(child.stdout).on("line", (line) => {
        last = Number(line);
        if (last === most) setTimeout(() => child.kill("SIGKILL"), Math.floor(random() * 10));
      });
      await once(child, "close");
      const opened = await store.open();
      assert.deepEqual([opened.setAside, opened.unreadable], [undefined, undefined]);
      const found = new Set(ids(opened.stored.inbox));
      for (let n = 1; n <= last; n++) {
        if (n % 10 === 1 || n > last - (last % 10))
          assert.ok(found.has(n), `${n} is missing, ${last} was kept`);
      }
      last = Math.max(...found, last);
      await store.close();
    }
  });
});
