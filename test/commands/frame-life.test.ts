import assert from "node:assert/strict";
import { decodeFrame } from "../../src/protocols/iotm/frame";
import type { OutputControlRecord } from "../../src/protocols/iotm/records";
import { MemoryStore } from "../../src/store/memory/store";
import { lifeOf, standing, TestCommander } from "../support/commands";
import { IMEI, MINUTE, START } from "../support/registry";

const SAFE = { outputStops: ["on"], timedPolarity: ["normal"] };

/** The end of each sending as its frame says it, in milliseconds after START. */
function ends({ sent }: TestCommander): number[] {
  return sent.map(({ outgoing }) => {
    const record = decodeFrame(outgoing.frame).records[1] as OutputControlRecord;
    return record.expires * 1000 - START;
  });
}

describe("commands: the end of a sending", () => {
  const opened = async (saved: object = SAFE) => {
    const made = await TestCommander.open(saved);
    await made.register();
    return made;
  };

  describe("of one that could stop the vehicle", () => {
    it("is 15 s after its newest record by the device's clock, however long the command lives", async () => {
      const it_ = await opened();
      await it_.hear({}, standing(), START - 10_000);
      await it_.wait(2000);
      await it_.submit({ state: "on", expires: 30 * 86_400 });
      assert.deepEqual(ends(it_), [7000]);
    });

    it("is no later than 15 s from now by this computer's clock, where that was set back", async () => {
      const it_ = await opened();
      await it_.hear({}, standing(), START - 2000);
      await it_.wait(10_000);
      it_.wall -= 8000;
      await it_.submit({ state: "on", expires: 3600 });
      assert.deepEqual(ends(it_), [17_000]);
    });

    it("is no later than the command's own", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      await it_.submit({ state: "on", expires: 5 });
      assert.deepEqual(ends(it_), [5000]);
    });

    for (const [frameLife, expected] of [
      ["5", 5000],
      ["60", 60_000],
      ["", 15_000],
    ] as const) {
      it(`is as long as the device config says: "${frameLife}"`, async () => {
        const it_ = await opened({ outputStops: ["on"], interlock: { frameLife } });
        await it_.hear({}, standing());
        await it_.submit({ state: "on", expires: 3600 });
        assert.deepEqual(ends(it_), [expected]);
      });
    }

    it("a clock that is set ahead makes nothing live longer", async () => {
      const it_ = await opened({ outputStops: ["on"], interlock: { freshFor: 600 } });
      await it_.hear({}, standing());
      it_.wall += 5 * MINUTE;
      const { id } = await it_.submit({ state: "on", expires: 3600 });
      assert.deepEqual(lifeOf(it_.commander.get(id)).at(-1), "waiting NO_FRESH_RECORD");
      assert.deepEqual(ends(it_), []);
    });

    it("a device whose newest record is too old gets nothing until a fresh one comes, and the command says so", async () => {
      const it_ = await opened();
      await it_.hear({}, standing(), START - 20_000);
      const { id } = await it_.submit({ state: "on", expires: 600 });
      const command = it_.commander.get(id);
      assert.deepEqual(lifeOf(command), ["accepted ACCEPTED", "waiting NO_FRESH_RECORD"]);
      assert.match(command?.history.at(-1)?.reason ?? "", /no record of the device is fresh/);
      await it_.wait(1000);
      await it_.hear({}, undefined, START - 15_000);
      assert.equal(it_.status(id), "waiting");
      await it_.wait(MINUTE);
      assert.equal(it_.status(id), "waiting", "still not, when its position is old too");
      await it_.hear({}, standing());
      assert.equal(it_.status(id), "sent");
    });

    it("with override it goes without a record, for as short a time", async () => {
      const it_ = await opened();
      await it_.submit({ state: "on", override: true, expires: 3600 }, { allowOverride: true });
      assert.deepEqual(ends(it_), [15_000]);
      await it_.hear({}, standing(), START - 20_000);
      await it_.submit({ state: "on", override: true, expires: 3600 }, { allowOverride: true });
      assert.equal(it_.sent.at(-1)?.command.history.at(-1)?.code, "SENT_OVERRIDE");
      assert.deepEqual(ends(it_), [15_000, 15_000]);
    });

    it("a timed one for its output, too, whatever its state", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      await it_.submit({ state: "off", mode: "timed", duration: 2, expires: 3600 });
      assert.deepEqual(ends(it_), [15_000]);
    });

    it("is kept with the sending", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      const { sendings } = await it_.submit({ state: "on", expires: 3600 });
      assert.deepEqual(
        sendings.map(({ expires }) => Number(expires) - START),
        [15_000],
      );
    });

    it("when it has come before the frame is handed over, that is withheld", async () => {
      for (const clock of ["wall", "monotonic"] as const) {
        const store = new MemoryStore();
        const it_ = await TestCommander.open({ ...SAFE, interlock: { freshFor: 600 } }, store);
        await it_.register();
        await it_.hear({}, standing());
        const commit = store.commit.bind(store);
        store.commit = async (changes) => {
          store.commit = commit;
          await commit(changes);
          it_[clock] += 15_000;
        };
        const { id } = await it_.submit({ state: "on", expires: 3600 });
        assert.equal(lifeOf(it_.commander.get(id))[2], "waiting WITHHELD", clock);
      }
    });
  });

  describe("of all others", () => {
    it("is 60 s from now, or the command's own; no record is needed", async () => {
      const it_ = await opened();
      await it_.submit({ state: "off", expires: 3600 });
      await it_.submit({ state: "on", output: 2, mode: "timed", duration: 1, expires: 30 * 86_400 });
      await it_.submit({ state: "on", output: 2, expires: 20 });
      assert.deepEqual(ends(it_), [60_000, 60_000, 20_000]);
    });
  });

  describe("and what comes after it", () => {
    it("a latching one is sent anew, as often as it may be, each time with a new unique id and a new look", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      const { id } = await it_.submit({ state: "on", expires: 3600 }, { retries: 2 });
      await it_.wait(14_000);
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 1, "its frame may still take effect");
      await it_.wait(300_000);
      assert.equal(it_.sent.length, 1, "nothing is sent again by the clock alone");
      await it_.hear({}, standing(50));
      assert.equal(it_.sent.length, 1, "it drives");
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "unconfirmed INTERLOCK_SPEED");
    });

    it("old news first does not end it", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      const { id } = await it_.submit({ state: "on", expires: 3600 }, { retries: 2 });
      await it_.wait(300_000);
      await it_.hear({}, standing(), START + 60_000);
      assert.deepEqual([it_.sent.length, it_.status(id)], [1, "sent"]);
      await it_.hear({}, standing());
      await it_.wait(15_000);
      await it_.hear({}, standing());
      const ids = it_.sent.map(({ command }) => command.sendings.at(-1)?.uniqueId);
      assert.equal(new Set(ids).size, 3);
      await it_.wait(15_000);
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 3, "as often as it may be");
    });

    it("no more than six a minute", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      await it_.submit({ state: "on", expires: 3600 }, { retries: 5, maxPerMinute: 1 });
      await it_.wait(20_000);
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 1);
      await it_.wait(40_000);
      assert.equal(it_.sent.length, 1, "nothing is sent again by the clock alone");
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 2);
    });

    it("a timed one is never sent again: it is unconfirmed", async () => {
      const it_ = await opened();
      await it_.hear({}, standing());
      const { id } = await it_.submit({ state: "on", mode: "timed", duration: 2, expires: 3600 });
      for (let n = 0; n < 4; n++) {
        await it_.wait(20_000);
        await it_.hear({}, standing());
      }
      assert.equal(it_.sent.length, 1);
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "unconfirmed NOT_CONFIRMED");
    });

    it("of what an older version has sent, the frame's end is the command's, and a timed one is not sent again", async () => {
      const store = new MemoryStore();
      const first = await TestCommander.open({}, store);
      await first.register();
      const timed = await first.submit({ state: "on", mode: "timed", duration: 2, expires: 120 });
      const latching = await first.submit({ state: "on", output: 2, expires: 120 });
      const old = [timed, latching].map((command): [string, typeof timed] => {
        const sendings = command.sendings.map(({ uniqueId, time }) => ({ uniqueId, time }));
        return [command.id, { ...command, sendings, retries: 3 }];
      });
      await first.commander.close();
      await store.commit({ commands: { commands: new Map(old) } });
      const it_ = await first.restarted(1000);
      for (let n = 0; n < 5; n++) {
        await it_.wait(20_000);
        await it_.hear();
      }
      assert.equal(it_.sent.length, 0);
      assert.deepEqual([it_.status(timed.id), it_.status(latching.id)], ["unconfirmed", "sent"]);
      await it_.wait(20_000);
      assert.equal(it_.status(latching.id), "unconfirmed");
    });

    it("after a restart nothing goes out before what was sent is over and the device is heard", async () => {
      const first = await opened();
      await first.hear({}, standing());
      await first.submit({ state: "on", expires: 3600 });
      const it_ = await first.restarted(1000);
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 0, "its frame may still take effect");
      await it_.wait(15_000);
      assert.equal(it_.sent.length, 0, "nothing is sent again by the clock alone");
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 1);
    });
  });

  describe("at the built-in broker", () => {
    it("a device that comes back has to say where it is first", async () => {
      const it_ = await opened();
      const { connections } = it_.fleet;
      await it_.hear({}, standing());
      connections.connected(IMEI, "192.0.2.1");
      await it_.wait(5000);
      connections.listens(IMEI);
      const { id } = await it_.submit({ state: "on", expires: 3600 });
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "waiting NO_FRESH_RECORD");
      await it_.wait(2000);
      await it_.hear();
      assert.equal(it_.status(id), "waiting", "a record without a position");
      await it_.hear({}, standing(95));
      assert.equal(it_.status(id), "refused");
      await it_.wait(1000);
      await it_.hear({}, standing());
      assert.equal((await it_.submit("on")).status, "sent");
    });
  });
});
