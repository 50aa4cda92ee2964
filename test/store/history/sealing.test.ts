import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Hot } from "../../../src/history/hot";
import type { Timed } from "../../../src/history/identity";
import { openDatabase } from "../../../src/store/history/database";
import { ChunkRows } from "../../../src/store/history/rows";
import { Sealing } from "../../../src/store/history/sealing";
import { batchOf, DAY, IMEI, reading } from "../../history/samples";
import { randomOf } from "../../support/seed";

/** Records that are read and written, at most, while a commit waits: some ten milliseconds. */
const MOST_WORK = 16_384;
const SECONDS = 86_400;

describe("history is put into chunks in slices", function () {
  this.timeout(120_000);
  let folder: string;
  let database: DatabaseSync;
  let rows: ChunkRows;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealing-"));
    database = openDatabase(join(folder, "history.sqlite"));
    rows = new ChunkRows(database);
  });
  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });

  /** Returns how many slices it took. */
  const seal = (records: readonly Timed[]): number => {
    const hot = new Hot();
    hot.add(batchOf(records));
    const sealing = new Sealing(hot, database, rows, 0);
    for (let slices = 1; ; slices++) {
      const isDone = sealing.step();
      assert.ok(rows.work <= MOST_WORK, `slice ${slices} is ${rows.work} records`);
      if (isDone) return slices;
    }
  };
  const heads = (imei = IMEI) => rows.headsOf(imei, 0, Number.MAX_SAFE_INTEGER);
  const timesOf = (imei = IMEI) =>
    heads(imei).flatMap((head) => [...(rows.load(head)?.times.subarray(0, head.count) ?? [])]);
  const second = (n: number, at = 0, imei = IMEI): Timed =>
    reading(n, { time: DAY + n * 1000 + at, imei, attributes: { odometer: n }, sensors: {} });
  const all = Array.from({ length: SECONDS }, (_, n) => n);
  const wanted = (...offsets: number[]) => all.flatMap((n) => offsets.map((at) => DAY + n * 1000 + at));

  it("of a device's day of 86,400 records, in order, then as many late ones between them, then all again", () => {
    assert.ok(seal(all.map((n) => second(n))) > SECONDS / MOST_WORK);
    assert.deepEqual(timesOf(), wanted(0));
    assert.ok(heads().length < SECONDS / 1000, "chunks are no smaller for it");
    seal(all.map((n) => second(n, 500)));
    assert.deepEqual(timesOf(), wanted(0, 500));
    const written = heads().map(({ body }) => body);
    seal(all.flatMap((n) => [second(n), second(n, 500)]));
    assert.deepEqual(timesOf(), wanted(0, 500));
    assert.deepEqual(
      heads().map(({ body }) => body),
      written,
      "what is there already is not written again",
    );
  });

  it("of a day that comes in any order, bit by bit", () => {
    const random = randomOf("sealing in any order");
    const records = all.filter((n) => n % 4 === 0).map((n) => second(n));
    const times = records.map(({ time }) => time);
    const shuffled = records
      .map((record) => ({ record, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ record }) => record);
    for (let from = 0; from < shuffled.length; from += 3000) seal(shuffled.slice(from, from + 3000));
    assert.deepEqual(timesOf(), times);
  });

  it("of every second minute before the others: no chunk is read for all small ones of the day", () => {
    const minutes = (odd: number) =>
      all.filter((n) => Math.floor(n / 600) % 2 === odd && n % 100 === 0).map((n) => second(n));
    for (const record of minutes(0)) seal([record]);
    seal(minutes(1));
    assert.equal(timesOf().length, SECONDS / 100);
  });

  it("of 10,000 devices that have a record each", () => {
    const imeiOf = (n: number) => String(860_000_000_000_000 + n);
    const devices = Array.from({ length: 10_000 }, (_, n) => second(n % 60, 0, imeiOf(n)));
    assert.ok(seal(devices) > 100);
    assert.deepEqual(timesOf(imeiOf(9999)), [DAY + (9999 % 60) * 1000]);
  });
});
