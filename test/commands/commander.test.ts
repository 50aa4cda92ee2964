import assert from "node:assert/strict";
import { TrackerError } from "../../src/errors";
import type { Changes } from "../../src/fleet/store";
import { MemoryStore } from "../../src/store/memory/store";
import { lifeOf, standing, TestCommander } from "../support/commands";
import { IMEI, MINUTE, START } from "../support/registry";

const SAFE = { outputStops: ["on"], timedPolarity: ["normal"], interlock: { maxSpeed: 5 } };
const HELD = { outputStops: ["on"], interlock: { whenUnsafe: "hold", ignitionOff: true } };

/** A store whose commits can fail. */
class FailingStore extends MemoryStore {
  fails: "" | "before" | "after" = "";
  override async commit(changes: Changes): Promise<void> {
    const { fails } = this;
    if (fails === "before") throw new TrackerError({ code: "STORE_FULL", message: "full" });
    await super.commit(changes);
    if (fails === "after") throw new TrackerError({ code: "STORE_FAILED", message: "its thread has ended" });
  }
}

/** A store whose file can be lost. */
class LostStore extends MemoryStore {
  private kept = new MemoryStore();
  private isLost = false;
  lose(): void {
    this.isLost = true;
  }
  override open() {
    if (this.isLost) this.kept = new MemoryStore();
    this.isLost = false;
    return this.kept.open();
  }
  override async commit(changes: Changes): Promise<void> {
    if (this.isLost) throw new TrackerError({ code: "STORE_LOST", message: "gone" });
    await this.kept.commit(changes);
  }
  override close() {
    return this.kept.close();
  }
}

describe("commander", () => {
  const opened = async (saved = {}, store = new MemoryStore()) => {
    const made = await TestCommander.open(saved, store);
    await made.register();
    return made;
  };

  describe("life", () => {
    it("is sent at once, whatever is known, and confirmed by a later reading", async () => {
      const it_ = await opened();
      const command = await it_.submit("on");
      assert.deepEqual(lifeOf(command), ["accepted ACCEPTED", "sent SENT"]);
      assert.deepEqual(
        it_.reports.map(({ status }) => status),
        ["accepted", "sent"],
      );
      assert.equal(it_.sent[0]?.outgoing.topic, `${IMEI}/OUTC`);
      await it_.hear({ output1: true });
      assert.equal(it_.status(command.id), "sent", "taken in the second of the sending");
      await it_.wait(1000);
      await it_.hear({ output1: false });
      await it_.hear({ output2: true });
      assert.equal(it_.status(command.id), "sent", "another state, another output");
      await it_.wait(1000);
      await it_.hear({ output1: true });
      assert.equal(it_.status(command.id), "confirmed");
    });

    it("is not confirmed by what is late, repeated or ahead of the clock", async () => {
      const it_ = await opened();
      await it_.hear({}, undefined, START + 5000 - 60_000);
      const { id } = await it_.submit("on");
      await it_.wait(4000);
      await it_.hear({ output1: true }, undefined, START + 5000);
      assert.equal(it_.status(id), "sent", "ahead");
      await it_.wait(4000);
      await it_.hear({ output1: true }, undefined, START + 5000);
      assert.equal(it_.status(id), "sent", "repeated");
      await it_.hear({ output1: true }, undefined, START + 4000);
      assert.equal(it_.status(id), "sent", "late");
      await it_.hear({ output1: true }, undefined, START + 7000);
      assert.equal(it_.status(id), "confirmed");
    });

    it("a latching one is sent again once when the device is heard after its frame's end; then it is unconfirmed", async () => {
      const it_ = await opened();
      const { id } = await it_.submit({ state: "on", expires: 600 });
      await it_.wait(59_000);
      await it_.hear({ output1: false });
      assert.equal(it_.sent.length, 1, "the frame may still take effect");
      await it_.wait(120_000);
      assert.equal(it_.sent.length, 1, "by the clock alone");
      await it_.hear({ output1: false });
      assert.equal(it_.sent.length, 2);
      const [first, second] = it_.commander.get(id)?.sendings ?? [];
      assert.notEqual(first?.uniqueId, second?.uniqueId);
      await it_.wait(30_000);
      const life = ["accepted ACCEPTED", "sent SENT", "sent SENT_AGAIN", "unconfirmed NOT_CONFIRMED"];
      assert.deepEqual(lifeOf(it_.commander.get(id)), life);
      await it_.hear({ output1: true });
      assert.equal(it_.status(id), "unconfirmed", "final is final");
    });

    it("a timed one is not sent again, and nothing is after its expiry", async () => {
      const it_ = await opened();
      const timed = await it_.submit({ state: "on", mode: "timed" });
      const short = await it_.submit({ state: "on", output: 2, expires: 20 });
      await it_.wait(31_000);
      assert.deepEqual([it_.status(timed.id), it_.status(short.id)], ["unconfirmed", "unconfirmed"]);
      assert.equal(it_.sent.length, 2);
    });

    it("one that waits is sent when the device is heard, or expires", async () => {
      const it_ = await opened();
      const waits = await it_.submit({ state: "on", delivery: "wait" });
      const other = await it_.submit({ state: "on", output: 2, delivery: "wait", expires: 5 });
      assert.deepEqual(lifeOf(waits), ["accepted ACCEPTED", "waiting OFFLINE"]);
      await it_.wait(5000);
      assert.equal(it_.status(other.id), "expired");
      await it_.hear({}, undefined, START - 60 * MINUTE);
      assert.equal(it_.status(waits.id), "sent");
      assert.equal((await it_.submit({ state: "off", delivery: "wait" })).status, "sent", "it is online");
    });

    it("a newer one for the same output takes the place of all that run", async () => {
      const it_ = await opened();
      const sent = await it_.submit("on");
      const other = await it_.submit({ state: "on", output: 2 });
      const waits = await it_.submit({ state: "off", delivery: "wait" });
      const newest = await it_.submit("on");
      const statuses = [sent, other, waits, newest].map(({ id }) => it_.status(id));
      assert.deepEqual(statuses, ["superseded", "sent", "superseded", "sent"]);
      await it_.wait(31_000);
      assert.equal(it_.sent.filter(({ command }) => command.id === sent.id).length, 1, "not sent again");
    });

    it("an id is taken once, and a waiting one can be taken back, a sent one cannot", async () => {
      const it_ = await opened();
      await it_.submit({ state: "on", id: "a", delivery: "wait" });
      await assert.rejects(it_.submit({ state: "on", id: "a" }), { code: "COMMAND_TWICE", path: "id" });
      assert.equal((await it_.commander.cancel("a", "eva")).status, "cancelled");
      await assert.rejects(it_.commander.cancel("a", "eva"), { code: "COMMAND_FINISHED" });
      await assert.rejects(it_.commander.cancel("b", "eva"), { code: "COMMAND_NOT_FOUND" });
      const { id } = await it_.submit("on");
      await assert.rejects(it_.commander.cancel(id, "eva"), { code: "COMMAND_SENT" });
    });

    it("the last 50 finished ones of a device are kept", async () => {
      const it_ = await opened();
      for (let n = 0; n < 60; n++) await it_.submit({ state: "on", id: `n${n}` }, { maxPerMinute: 100 });
      const kept = it_.commander.list(IMEI).map(({ id }) => id);
      assert.deepEqual([kept.length, kept[0], kept.at(-1)], [51, "n59", "n9"]);
      const again = await it_.restarted();
      assert.deepEqual(
        again.commander.list(IMEI).map(({ id }) => id),
        kept,
      );
      const ids = it_.sent.map(({ command }) => command.sendings[0]?.uniqueId);
      assert.ok(ids.every((id, index) => id !== ids[index - 1] && Number(id) >= 1 && Number(id) <= 255));
    });

    it("no more than six sendings a minute; what is to be sent now is refused then, what waits goes on", async () => {
      const it_ = await opened();
      await it_.hear();
      for (let n = 0; n < 6; n++) assert.equal((await it_.submit("on")).status, "sent");
      assert.deepEqual(lifeOf(await it_.submit("on")), ["accepted ACCEPTED", "refused RATE_LIMIT"]);
      const waits = await it_.submit({ state: "on", delivery: "wait", expires: 100 });
      assert.deepEqual(lifeOf(waits), ["accepted ACCEPTED", "waiting RATE_LIMIT"]);
      await it_.wait(59_000);
      assert.equal(it_.status(waits.id), "waiting");
      await it_.wait(1000);
      assert.equal(it_.status(waits.id), "sent");
    });

    it("with nobody who could send it, it is refused now, or waits", async () => {
      const it_ = await opened();
      await it_.hear();
      it_.canSend = false;
      assert.deepEqual(lifeOf(await it_.submit("on")).at(-1), "refused NO_SENDER");
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      it_.canSend = true;
      await it_.wait(1000);
      assert.equal(it_.status(id), "sent");
    });
  });

  describe("with a device at the built-in broker", () => {
    const connect = ({ fleet }: TestCommander) => fleet.connections.connected(IMEI, "192.0.2.1");
    const listen = async ({ fleet }: TestCommander) => {
      fleet.connections.listens(IMEI);
      await fleet.exclusively(async () => undefined);
    };

    it("one that waits is sent as soon as the device listens, not before", async () => {
      const it_ = await opened();
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      connect(it_);
      await it_.wait(1000);
      assert.equal(it_.status(id), "waiting");
      assert.equal(it_.sent.length, 0);
      await listen(it_);
      assert.equal(it_.status(id), "sent");
    });

    it("one that is to go now is refused while the device is known not to listen", async () => {
      const it_ = await opened();
      connect(it_);
      assert.deepEqual(lifeOf(await it_.submit("on")), ["accepted ACCEPTED", "refused NOT_CONNECTED"]);
      await listen(it_);
      assert.equal((await it_.submit("on")).status, "sent");
      it_.fleet.connections.disconnected(IMEI);
      assert.deepEqual(lifeOf(await it_.submit("off")), ["accepted ACCEPTED", "refused NOT_CONNECTED"]);
      assert.equal(it_.sent.length, 1);
    });

    it("one that waits goes on waiting while the device is away, though it is online still", async () => {
      const it_ = await opened();
      connect(it_);
      await listen(it_);
      it_.fleet.connections.disconnected(IMEI);
      assert.equal(it_.fleet.states.get(IMEI)?.online, true);
      const command = await it_.submit({ state: "on", delivery: "wait" });
      assert.deepEqual(lifeOf(command), ["accepted ACCEPTED", "waiting NOT_CONNECTED"]);
      connect(it_);
      await listen(it_);
      assert.equal(it_.status(command.id), "sent");
    });

    it("one that was sent before the device came is sent again when it listens, once and as a new one", async () => {
      const it_ = await opened();
      const { id } = await it_.submit("on");
      await it_.wait(2000);
      connect(it_);
      await it_.wait(1000);
      assert.equal(it_.sent.length, 1);
      await listen(it_);
      await listen(it_);
      await it_.wait(1000);
      const [first, second] = it_.commander.get(id)?.sendings ?? [];
      assert.equal(it_.sent.length, 2);
      assert.notEqual(first?.uniqueId, second?.uniqueId);
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "sent SENT_AGAIN");
    });

    it("and not where it may not be sent again: a timed one, after its expiry, or while it is not safe", async () => {
      const it_ = await opened(SAFE);
      const timed = await it_.submit({ output: 2, state: "on", mode: "timed", duration: 1 });
      const short = await it_.submit({ output: 2, state: "on", expires: 5 });
      await it_.hear({}, standing());
      const stopping = await it_.submit("on");
      assert.deepEqual(
        [timed, short, stopping].map(({ status }) => status),
        ["sent", "sent", "sent"],
      );
      await it_.wait(1000);
      await it_.hear({}, standing(50));
      await it_.wait(5000);
      connect(it_);
      await listen(it_);
      assert.equal(it_.sent.length, 3);
      await it_.wait(1000);
      await it_.hear({}, standing());
      assert.equal(it_.sent.length, 4, "it stands again");
      assert.equal(it_.sent.at(-1)?.command.id, stopping.id);
    });

    it("one that the device may have heard waits for its confirmation", async () => {
      const it_ = await opened();
      connect(it_);
      await listen(it_);
      await it_.submit({ state: "on", expires: 600 });
      connect(it_);
      await listen(it_);
      await it_.wait(100_000);
      assert.equal(it_.sent.length, 1);
    });

    it("and is sent again at its first word where that does not show it: nobody keeps a frame for it", async () => {
      const it_ = await opened();
      connect(it_);
      await listen(it_);
      await it_.submit("on");
      await it_.hear();
      assert.equal(it_.sent.length, 1, "over the same connection");
      connect(it_);
      await listen(it_);
      await it_.hear();
      assert.equal(it_.sent.length, 2);
    });

    it("knows after a restart that the device has to come back first", async () => {
      const it_ = await opened();
      connect(it_);
      await listen(it_);
      const again = await it_.restarted();
      const { id } = await again.submit({ state: "on", delivery: "wait" });
      assert.equal(again.status(id), "waiting");
      connect(again);
      await listen(again);
      assert.equal(again.status(id), "sent");
    });

    it("takes a device for one of another broker once it reports a minute after it has left", async () => {
      const it_ = await opened();
      connect(it_);
      it_.fleet.connections.disconnected(IMEI);
      await it_.wait(30_000);
      await it_.hear();
      assert.equal((await it_.submit("on")).status, "refused");
      await it_.wait(31_000);
      await it_.hear();
      assert.equal((await it_.submit("on")).status, "sent");
    });
  });

  describe("interlock", () => {
    const attempt = async (
      prepare: (it_: TestCommander) => Promise<unknown>,
      payload: unknown = "on",
      saved: object = SAFE,
    ) => {
      const it_ = await opened(saved);
      await prepare(it_);
      const command = await it_.submit(payload, { allowOverride: true });
      assert.equal(it_.sent.length, command.status === "sent" ? 1 : 0);
      return lifeOf(command).at(-1);
    };
    const TIMED_OFF = { state: "off", mode: "timed" };
    const IGNITION = { outputStops: ["on"], interlock: { ignitionOff: "true" } };
    for (const [name, expected, prepare, payload, saved] of [
      ["nothing is known", "refused INTERLOCK_POSITION", async () => undefined],
      ["it stands", "sent SENT", (it_) => it_.hear({}, standing())],
      ["it is at the limit", "sent SENT", (it_) => it_.hear({}, standing(5))],
      ["it drives", "refused INTERLOCK_SPEED", (it_) => it_.hear({}, standing(6))],
      ["it drives, and the command would let it go", "sent SENT", (it_) => it_.hear({}, standing(60)), "off"],
      [
        "it drives, and a timed one falls back",
        "refused INTERLOCK_SPEED",
        (it_) => it_.hear({}, standing(60)),
        TIMED_OFF,
      ],
      [
        "it drives, and it is another output",
        "sent SENT",
        (it_) => it_.hear({}, standing(60)),
        { state: "on", output: 2 },
      ],
      [
        "it drives, overridden",
        "sent SENT_OVERRIDE",
        (it_) => it_.hear({}, standing(60)),
        { state: "on", override: true },
      ],
      [
        "the position has no fix",
        "refused INTERLOCK_POSITION",
        (it_) => it_.hear({}, { ...standing(), valid: false }),
      ],
      [
        "the position is old",
        "refused INTERLOCK_POSITION",
        async (it_) => {
          await it_.hear({}, standing());
          await it_.wait(60_001);
        },
      ],
      [
        "the position is from the future",
        "refused INTERLOCK_POSITION",
        (it_) => it_.hear({}, standing(), START + 1000),
      ],
      [
        "an old position becomes fresh, because the device's clock was ahead",
        "refused INTERLOCK_CLOCK",
        async (it_) => {
          await it_.hear({}, standing(), START + 5 * MINUTE);
          await it_.wait(5 * MINUTE);
          await it_.hear({}, standing(80), START + 4 * MINUTE);
        },
      ],
      [
        "the speed on the bus says otherwise",
        "refused INTERLOCK_SPEED",
        (it_) => it_.hear({ vehicleSpeed: 30 }, standing()),
      ],
      [
        "the speed on the bus is old",
        "sent SENT",
        async (it_) => {
          await it_.hear({ vehicleSpeed: 30 });
          await it_.wait(61_000);
          await it_.hear({}, standing());
        },
      ],
      [
        "the ignition is on",
        "refused INTERLOCK_IGNITION",
        (it_) => it_.hear({ ignition: true }, standing()),
        "on",
        IGNITION,
      ],
      [
        "the ignition is not known",
        "refused INTERLOCK_IGNITION",
        (it_) => it_.hear({}, standing()),
        "on",
        IGNITION,
      ],
      [
        "the ignition is off",
        "sent SENT",
        (it_) => it_.hear({ ignition: false }, standing()),
        "on",
        IGNITION,
      ],
    ] as readonly (readonly [
      string,
      string,
      (it_: TestCommander) => Promise<unknown>,
      unknown?,
      object?,
    ])[]) {
      it(`${name}: ${expected}`, async () => {
        assert.equal(await attempt(prepare, payload, saved), expected);
      });
    }

    it("holds until it is safe, where that was chosen", async () => {
      const it_ = await opened(HELD);
      await it_.hear({ ignition: true }, standing(50));
      const { id } = await it_.submit("on");
      assert.deepEqual(lifeOf(it_.commander.get(id)), ["accepted ACCEPTED", "waiting INTERLOCK_SPEED"]);
      await it_.wait(5000);
      await it_.hear({ ignition: true }, standing());
      assert.equal(it_.status(id), "waiting");
      await it_.wait(5000);
      await it_.hear({ ignition: false }, standing());
      assert.equal(it_.status(id), "sent");
    });

    it("counts for every sending: what was safe first is not sent again while it drives", async () => {
      const it_ = await opened(SAFE);
      await it_.hear({}, standing());
      const { id } = await it_.submit("on");
      await it_.wait(30_000);
      await it_.hear({}, standing(50));
      assert.equal(it_.sent.length, 1);
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "unconfirmed INTERLOCK_SPEED");
    });

    it("counts after waiting: a device that comes back first tells old things, then that it drives", async () => {
      const it_ = await opened(SAFE);
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      await it_.hear({}, standing(0), START - 60 * MINUTE);
      assert.equal(it_.status(id), "waiting");
      await it_.hear({}, standing(50));
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "refused INTERLOCK_SPEED");
      assert.equal(it_.sent.length, 0);
    });

    it("is looked at once more after the sending was written down", async () => {
      const store = new MemoryStore();
      const it_ = await opened(SAFE, store);
      await it_.hear({}, standing());
      const commit = store.commit.bind(store);
      store.commit = async (changes) => {
        store.commit = commit;
        await commit(changes);
        it_.wall += 1000;
        await it_.fleet.receive({ ...DRIVES, time: START + 1000, receivedAt: 0 }, "", true);
      };
      const { id } = await it_.submit("on");
      await it_.wait(1);
      assert.equal(it_.sent.length, 0);
      const life = ["accepted ACCEPTED", "sent SENT", "waiting WITHHELD", "refused INTERLOCK_SPEED"];
      assert.deepEqual(lifeOf(it_.commander.get(id)), life);
      assert.deepEqual(it_.commander.get(id)?.sendings, []);
    });
  });

  describe("store", () => {
    it("a restart sends nothing again: what was sent waits anew, what waits goes on", async () => {
      const first = await opened();
      const sent = await first.submit("on");
      const waits = await first.submit({ state: "on", output: 2, delivery: "wait", expires: 3600 });
      const it_ = await first.restarted(31_000);
      await it_.wait(1);
      assert.equal(it_.sent.length, 0);
      assert.deepEqual([it_.status(sent.id), it_.status(waits.id)], ["sent", "waiting"]);
      await it_.hear({ output1: true });
      assert.deepEqual([it_.status(sent.id), it_.status(waits.id)], ["confirmed", "sent"]);
      const [before] = first.sent;
      assert.notEqual(it_.sent[0]?.command.sendings[0]?.uniqueId, before?.command.sendings[0]?.uniqueId);
    });

    it("what the store does not take was not accepted, sent or told, and does not come back", async () => {
      for (const fails of ["before", "after"] as const) {
        const store = new FailingStore();
        const it_ = await opened({}, store);
        store.fails = fails;
        await assert.rejects(it_.submit({ state: "on", id: "a", delivery: "wait" }), /full|ended/);
        await assert.rejects(it_.submit({ state: "on", id: "b" }), /full|ended/);
        assert.deepEqual([it_.sent, it_.reports, it_.commander.list(IMEI)], [[], [], []]);
        store.fails = "";
        await it_.wait(1000);
        const again = await it_.restarted();
        assert.deepEqual(again.commander.list(IMEI), [], fails);
        assert.equal((await again.submit({ state: "on", id: "a" })).status, "sent");
      }
    });

    it("a store that is lost is written anew with all commands and unique ids", async () => {
      const store = new LostStore();
      const it_ = await opened({}, store);
      const { id } = await it_.submit("on");
      await it_.submit({ state: "on", output: 2, delivery: "wait", expires: 600 });
      store.lose();
      await it_.submit({ state: "off", output: 2, delivery: "wait", expires: 600 });
      const expected = it_.fleet.commands.everything();
      const again = await it_.restarted();
      assert.deepEqual(again.fleet.commands.everything(), expected);
      assert.deepEqual([again.status(id), expected.commands?.size, expected.sendings?.size], ["sent", 3, 1]);
    });

    it("a confirmation is not lost because the store fails", async () => {
      const store = new FailingStore();
      const it_ = await opened({}, store);
      const { id } = await it_.submit("on");
      await it_.wait(2000);
      store.fails = "before";
      await it_.hear({ output1: true });
      await assert.rejects(it_.wait(1000), { code: "STORE_FULL" });
      store.fails = "";
      await it_.wait(1000);
      assert.equal(it_.status(id), "confirmed");
    });

    it("a removed device's commands are cancelled and told of first, and gone then", async () => {
      const it_ = await opened();
      const order: string[] = [];
      it_.fleet.onStatus.add(({ change }) => order.push(change));
      const sent = await it_.submit("on");
      await it_.submit({ state: "on", output: 2, delivery: "wait" });
      it_.reports.length = 0;
      await it_.ask("remove", IMEI);
      assert.deepEqual(
        it_.reports.map((one) => lifeOf(one).at(-1)),
        Array(2).fill("cancelled DEVICE_REMOVED"),
      );
      assert.deepEqual([it_.commander.list(IMEI), it_.commander.get(sent.id)], [[], undefined]);
      assert.deepEqual(order, ["removed"]);
      const again = await it_.restarted();
      assert.deepEqual(again.commander.list(IMEI), []);
    });

    it("a deactivated device's waiting command is cancelled", async () => {
      const it_ = await opened();
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      await it_.ask("deactivate", IMEI);
      await it_.wait(1000);
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "cancelled DEVICE_INACTIVE");
    });

    it("and so is a sent one, at once: nobody listens to what it reports any more, and it may have been done", async () => {
      const it_ = await opened();
      const { id } = await it_.submit("on");
      it_.reports.length = 0;
      await Promise.all([it_.ask("deactivate", IMEI), it_.ask("activate", IMEI)]);
      await it_.fleet.exclusively(async () => undefined);
      assert.equal(lifeOf(it_.commander.get(id)).at(-1), "cancelled DEVICE_INACTIVE");
      assert.match(it_.reports[0]?.history.at(-1)?.reason ?? "", /may have been done/);
      await it_.wait(1000);
      await it_.hear({ output1: true });
      assert.equal(it_.status(id), "cancelled", "final is final");
      assert.equal(it_.sent.length, 1);
    });

    it("a device config that is gone for a moment lets a command wait", async () => {
      const it_ = await opened();
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      const { current } = it_.deviceConfigs;
      it_.deviceConfigs.current = undefined;
      await it_.hear();
      assert.equal(it_.status(id), "waiting");
      it_.deviceConfigs.current = current;
      await it_.wait(1000);
      assert.equal(it_.status(id), "sent");
    });

    it("a clock that is set back makes no command live longer", async () => {
      const it_ = await opened();
      const { id } = await it_.submit({ state: "on", delivery: "wait" });
      it_.wall -= 60 * MINUTE;
      await it_.wait(60_000);
      assert.equal(it_.status(id), "expired");
    });

    it("nothing is taken or sent after it is closed", async () => {
      const it_ = await opened();
      await it_.submit({ state: "on", delivery: "wait" });
      await it_.commander.close();
      await it_.hear();
      await assert.rejects(it_.submit("on"), { code: "NOT_READY" });
      assert.equal(it_.sent.length, 0);
    });
  });
});

const DRIVES = {
  schema: 1,
  kind: "telemetry",
  protocol: "iotm",
  imei: IMEI,
  attributes: {},
  sensors: {},
  position: standing(80),
} as const;
