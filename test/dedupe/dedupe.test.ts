import assert from "node:assert/strict";
import { join } from "node:path";
import { MOST_ALONE } from "../../src/dedupe/dedupe";
import { fingerprint, fingerprintOf } from "../../src/dedupe/fingerprint";
import type { AskedRecord } from "../../src/dedupe/port";
import { RECENT } from "../../src/dedupe/recent";
import { TrackerError } from "../../src/errors";
import type { RecordBatch } from "../../src/history/batch";
import type { WasSeen } from "../../src/history/port";
import type { OwnRecord, Telemetry } from "../../src/model/message";
import { MemoryHistory } from "../../src/store/history/memory";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { MemoryStore } from "../../src/store/memory/store";
import { useFolder } from "../support/folder";
import { event, IMEI, MINUTE, OTHER, reading, START, TestRegistry } from "../support/registry";
import { randomOf } from "../support/seed";

const DAY = 24 * 60 * MINUTE;

/** A history that counts what it is asked, and may not answer. */
class AskedHistory extends SqliteHistory {
  readonly questions: number[] = [];
  fails = false;
  isFull = false;
  override async commit(): Promise<void> {
    if (this.isFull) throw new TrackerError({ code: "STORE_FULL", message: "there is no space left" });
    return super.commit();
  }
  override async wasSeen(batch: RecordBatch): Promise<readonly WasSeen[]> {
    this.questions.push(batch.count);
    if (this.fails) throw new Error("no answer");
    return super.wasSeen(batch);
  }
  /** How many records each question since the last call was of. */
  asked(): number[] {
    return this.questions.splice(0);
  }
}

function numbered(time: number, n: number): Telemetry & { imei: string } {
  return reading(time, { attributes: { odometer: n } });
}

/** Two readings of one second that 16 bits of their fingerprints do not tell apart. */
function alike(time: number): [Telemetry & { imei: string }, Telemetry & { imei: string }] {
  const known = new Map<number, Telemetry & { imei: string }>();
  for (let n = 0; ; n++) {
    const record = numbered(time, n);
    const hash = fingerprint(record) & 0xffff;
    const other = known.get(hash);
    if (other !== undefined) return [other, record];
    known.set(hash, record);
  }
}

describe("registry: which records came before", () => {
  const folder = useFolder("dedupe");
  let files = 0;
  let registry: MemoryStore;
  let store: AskedHistory;
  let it_: TestRegistry;
  const opened = async () => {
    it_ = await TestRegistry.open(registry, {}, undefined, store);
  };
  const restarted = async (kept = registry) => {
    await it_.fleet.close();
    registry = kept;
    await opened();
    store.asked();
  };
  /** Two commits, after which memory has no whole fingerprint of what came before. */
  const settled = async () => {
    await it_.fleet.commitHistory();
    await it_.fleet.commitHistory();
  };
  beforeEach(async () => {
    registry = new MemoryStore();
    store = new AskedHistory(join(folder(), `history${++files}.sqlite`));
    await opened();
    await it_.ask("register", { imei: IMEI, state: "active" });
  });

  afterEach(() => it_.fleet.close());

  it("asks nobody about what is newer than all, in order or not, nor about what comes again soon", async () => {
    for (const times of [
      [0, 1, 2, 3],
      [9, 7, 8],
      [12, 11, 10],
    ]) {
      const records = times.map((n) => numbered(START + n * 1000, n));
      assert.equal(it_.fleet.recall(records), undefined);
      for (const record of records) assert.notEqual((await it_.marksOf(record)).duplicate, true);
      for (const record of records) assert.equal((await it_.marksOf(record)).duplicate, true);
    }
    assert.deepEqual(store.asked(), []);
  });

  it("asks nobody about a late record that has no like in memory", async () => {
    for (const n of [0, 10, 20]) await it_.marksOf(numbered(START + n * 1000, n));
    await settled();
    assert.deepEqual(await it_.marksOf(numbered(START + 5000, 5)), { late: true });
    assert.deepEqual(await it_.marksOf(numbered(START + 10_000, 6)), { late: true });
    assert.deepEqual(store.asked(), []);
  });

  it("asks once for all late records of a message, and of those that come while the store answers", async () => {
    const old = Array.from({ length: 13 }, (_, n) => numbered(START - DAY + n * 1000, n));
    for (const record of [...old, numbered(START, 0)]) await it_.marksOf(record);
    await restarted();
    const [first, second, third] = [old.slice(0, 6), old.slice(6, 9), old.slice(9)] as [
      OwnRecord[],
      OwnRecord[],
      OwnRecord[],
    ];
    const one = it_.fleet.recall(first);
    await Promise.resolve();
    const others = [it_.fleet.recall(second), it_.fleet.recall(third)];
    const known = await Promise.all([one, ...others]);
    assert.deepEqual(store.asked(), [6, 7]);
    assert.deepEqual([known[0]?.size, known[1]?.size, known[2]], [6, 7, known[1]]);
    for (const record of old) {
      const verdict = it_.fleet.receive(
        record,
        "",
        true,
        "",
        (record.attributes.odometer as number) < 6 ? known[0] : known[1],
      );
      assert.ok(verdict.kind === "active" && verdict.marks.duplicate);
    }
  });

  for (const saves of [0, 1, 2, 3]) {
    it(`tells records apart that 16 bits do not, and knows each again: after ${saves} commits`, async () => {
      const [one, other] = alike(START);
      assert.notEqual(fingerprint(one), fingerprint(other));
      assert.deepEqual(await it_.marksOf(one), {});
      for (let n = 0; n < saves; n++) await it_.fleet.commitHistory();
      assert.deepEqual(await it_.marksOf(other), {});
      for (let n = 0; n < saves; n++) await it_.fleet.commitHistory();
      for (const record of [one, other, one])
        assert.deepEqual(await it_.marksOf(record), { duplicate: true });
      await restarted();
      for (const record of [one, other]) assert.deepEqual(await it_.marksOf(record), { duplicate: true });
    });
  }

  it("a match that nobody confirms is none: what may be new passes", async () => {
    const [one, other] = alike(START);
    await it_.marksOf(one);
    await settled();
    store.fails = true;
    assert.deepEqual(await it_.marksOf(other), {});
    assert.deepEqual(await it_.marksOf(other), { duplicate: true }, "this one is known whole");
    store.fails = false;
    assert.deepEqual(await it_.marksOf(one), { duplicate: true });
  });

  it("knows what came long ago again: beyond memory, beyond 1,024 records, after a restart", async () => {
    const records = Array.from({ length: 3000 }, (_, n) => numbered(START - DAY + n * 1000, n));
    for (const [n, record] of records.entries()) {
      assert.deepEqual(await it_.marksOf(record), {});
      if (n % 500 === 0) await it_.fleet.commitHistory();
    }
    await settled();
    assert.deepEqual(store.asked(), []);
    const some = [0, 1, 700, 2000, 3000 - RECENT, 2999].map((n) => records[n] as OwnRecord);
    for (const record of some) assert.deepEqual(await it_.marksOf(record), { duplicate: true });
    assert.ok(store.asked().every((count) => count === 1));
    await restarted();
    for (const record of some) assert.deepEqual(await it_.marksOf(record), { duplicate: true });
    assert.deepEqual(await it_.marksOf(numbered(START - DAY + 500, -1)), { late: true });
  });

  it("each of two nodes gets a record once, whatever was saved between", async () => {
    const records = Array.from({ length: 40 }, (_, n) => numbered(START + n * 1000, n));
    const [late, ...others] = [numbered(START + 500, -1), ...records];
    for (const record of [...others, late]) await it_.marksOf(record as OwnRecord, "one");
    await settled();
    for (const record of others) assert.deepEqual(await it_.marksOf(record, "two"), {});
    assert.deepEqual(await it_.marksOf(late as OwnRecord, "two"), { late: true });
    await settled();
    for (const node of ["one", "two"]) {
      for (const record of others) assert.deepEqual(await it_.marksOf(record, node), { duplicate: true });
    }
    assert.deepEqual(it_.fleet.states.get(IMEI)?.counters, {
      records: 41 + 80,
      late: 1,
      duplicates: 80,
      future: 0,
    });
  });

  it("a clock in the future, or one that is years slow, does not make the store be asked about all others", async () => {
    await it_.marksOf(numbered(START, 0));
    const wrong = [Date.UTC(2099, 0), Date.UTC(2000, 0)].map((time) => numbered(time, 1));
    for (const record of wrong) assert.notEqual((await it_.marksOf(record)).duplicate, true);
    await settled();
    store.asked();
    for (let n = 1; n < 50; n++) assert.deepEqual(await it_.marksOf(numbered(START + n * 1000, n)), {});
    assert.deepEqual(store.asked(), []);
    const marks = [
      { future: true, duplicate: true },
      { slowClock: true, duplicate: true },
    ];
    for (const [n, record] of wrong.entries()) assert.deepEqual(await it_.marksOf(record), marks[n]);
    await restarted();
    for (const [n, record] of wrong.entries()) assert.deepEqual(await it_.marksOf(record), marks[n]);
  });

  it("a record that was from the future counts when it comes again in time, also after saves", async () => {
    const ahead = numbered(START + 30 * MINUTE, 1);
    assert.deepEqual(await it_.marksOf(ahead), { future: true });
    await settled();
    it_.wait(30 * MINUTE);
    assert.deepEqual(await it_.marksOf(ahead), {});
    await settled();
    assert.deepEqual(await it_.marksOf(ahead), { duplicate: true });
  });

  it("knows files again, whenever they come", async () => {
    const file = { ...reading(START), kind: "file" as const, data: Uint8Array.of(1), recordType: null };
    assert.deepEqual(await it_.marksOf(file), {});
    await settled();
    await it_.marksOf(numbered(START + 1000, 1));
    assert.deepEqual(await it_.marksOf({ ...file, receivedAt: START + DAY }), { duplicate: true });
    assert.deepEqual(await it_.marksOf({ ...file, data: Uint8Array.of(2) }), {});
  });

  it("knows files again after a restart, by what is kept with the device", async () => {
    const files = Array.from({ length: 3 }, (_, n) => ({
      ...reading(START),
      ...{ kind: "file" as const, data: Uint8Array.of(n), recordType: null },
    }));
    for (const file of files) assert.deepEqual(await it_.marksOf(file), {});
    await restarted();
    for (const file of files) assert.deepEqual(await it_.marksOf(file), { duplicate: true });
  });

  describe("where there is no lasting history", () => {
    const remembers = async (count: number) => {
      const records = Array.from({ length: count }, (_, n) => numbered(START - DAY + n * 1000, n));
      for (const record of records) {
        assert.deepEqual(await it_.marksOf(record), {});
        await it_.fleet.commitHistory();
      }
      const last = records.slice(-MOST_ALONE);
      for (const record of last) assert.deepEqual(await it_.marksOf(record), { duplicate: true });
    };

    it("memory knows the last ones of each device, also when history's hour is over", async () => {
      const history = new MemoryHistory(() => it_.wall, 1);
      await it_.fleet.close();
      it_ = await TestRegistry.open(registry, {}, undefined, history);
      await remembers(3 * MOST_ALONE);
      it_.wait(3_600_000);
      assert.deepEqual(
        await it_.marksOf(numbered(START - DAY + (3 * MOST_ALONE - 1) * 1000, 3 * MOST_ALONE - 1)),
        {
          duplicate: true,
        },
      );
    });

    it("memory knows the last ones of each device while history cannot be written", async () => {
      store.fails = true;
      store.isFull = true;
      await it_.fleet.commitHistory();
      await remembers(MOST_ALONE);
      store.isFull = false;
      store.fails = false;
      await it_.fleet.commitHistory();
      await it_.fleet.commitHistory();
      assert.deepEqual(
        await it_.marksOf(numbered(START - DAY, 0)),
        { duplicate: true },
        "history has it by now",
      );
    });
  });

  it("what came before there was a history is asked of the registry's store", async () => {
    const old = numbered(START - DAY, 1);
    const upgraded = new (class extends MemoryStore {
      override async wasSeen(records: readonly AskedRecord[]): Promise<boolean[]> {
        return records.map((record) => fingerprintOf(record) === fingerprint(old));
      }
    })();
    await it_.fleet.close();
    it_ = await TestRegistry.open(upgraded, {}, undefined, store);
    await it_.ask("register", { imei: IMEI, state: "active" });
    await it_.marksOf(numbered(START, 0));
    await restarted(upgraded);
    assert.deepEqual(await it_.marksOf(old), { duplicate: true });
    assert.deepEqual(await it_.marksOf(numbered(START - DAY, 2)), { late: true });
  });

  it("of days that history has deleted nobody knows: what comes then passes", async () => {
    const old = numbered(START - 100 * DAY, 1);
    await it_.marksOf(numbered(START, 0));
    await it_.marksOf(old);
    await settled();
    assert.deepEqual(await it_.marksOf(old), { duplicate: true });
    await it_.fleet.history.retain();
    for (let turn = 0; turn < 2; turn++) {
      assert.deepEqual(await it_.marksOf(old), turn === 0 ? { late: true } : { late: true, duplicate: true });
    }
  });

  it("takes one device for no other", async () => {
    await it_.ask("register", { imei: OTHER, state: "active" });
    await it_.marksOf(event(START, 1));
    await settled();
    assert.deepEqual(await it_.marksOf({ ...event(START, 1), imei: OTHER }), {});
    await it_.ask("remove", IMEI);
    await it_.ask("register", { imei: IMEI, state: "active" });
    assert.deepEqual(await it_.marksOf(event(START, 1)), {}, "it was forgotten with its device and history");
    assert.deepEqual(await it_.marksOf({ ...event(START, 1), imei: OTHER }), { duplicate: true });
  });

  for (const spread of [2000, 100_000, 10 * DAY]) {
    it(`is as if it remembered all, where times jump by up to ${spread} ms, come in any order or again`, async () => {
      const random = randomOf(`which records came before, ${spread}`);
      const whole = (below: number) => Math.floor(random() * below);
      const came: OwnRecord[] = [];
      let time = START - 30 * DAY;
      const next = (): OwnRecord => {
        const known = came[whole(came.length)];
        if (known !== undefined && random() < 0.2) return known;
        time += whole(3) * 1000 + (random() < 0.01 ? whole(spread) : 0);
        return numbered(time - (random() < 0.2 ? whole(spread) : 0), whole(3));
      };
      const prints = new Set<number>();
      for (let n = 0; n < 4000; n++) {
        if (random() < 0.01) await it_.fleet.commitHistory();
        if (random() < 0.002) await restarted();
        const record = next();
        const { duplicate = false } = await it_.marksOf(record);
        assert.equal(duplicate, prints.has(fingerprint(record)), `record ${n}`);
        prints.add(fingerprint(record));
        came.push(record);
      }
    });
  }
});
