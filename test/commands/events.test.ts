import assert from "node:assert/strict";
import { makeEvent } from "../../src/model/events";
import {
  changed,
  lifeOf,
  madeEvent as made,
  RECEIVED,
  say,
  standing,
  TestCommander,
} from "../support/commands";

async function opened(saved = {}): Promise<TestCommander> {
  const it_ = await TestCommander.open(saved);
  await it_.register();
  return it_;
}

describe("commands: what the device says of them", () => {
  it("is received and confirmed by events, at once and without telemetry", async () => {
    const it_ = await opened();
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    await say(it_, RECEIVED);
    assert.equal(it_.status(id), "received");
    await it_.wait(1000);
    await say(it_, changed(1, "on"));
    const life = ["accepted ACCEPTED", "sent SENT", "received RECEIVED", "confirmed CONFIRMED"];
    assert.deepEqual(lifeOf(it_.commander.get(id)), life);
    const last = it_.commander.get(id)?.history.at(-1);
    assert.equal(last?.reason, "the device has said that it switched OUT1 to on");
    assert.deepEqual(
      it_.reports.map(({ status }) => status),
      ["accepted", "sent", "received", "confirmed"],
    );
  });

  it("has both in its history where they come together, and is confirmed by a change alone", async () => {
    const it_ = await opened();
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    await Promise.all([say(it_, RECEIVED), say(it_, changed(1, "on"))]);
    assert.deepEqual(lifeOf(it_.commander.get(id)).slice(2), ["received RECEIVED", "confirmed CONFIRMED"]);
    const other = await it_.submit("off");
    await it_.wait(1000);
    await say(it_, changed(1, "off"));
    assert.deepEqual(lifeOf(it_.commander.get(other.id)).slice(2), ["confirmed CONFIRMED"]);
  });

  it("a received one is confirmed by telemetry as well", async () => {
    const it_ = await opened();
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    await say(it_, RECEIVED);
    await it_.hear({ output1: true });
    assert.equal(it_.status(id), "confirmed");
  });

  it("another output, another state and what somebody else found out do not confirm", async () => {
    const it_ = await opened();
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    const found = makeEvent("outputChanged", "derived", { output: 1, state: "on" });
    const others = [changed(2, "on"), changed(1, "off"), made("outputChanged", { output: 1 }), found];
    for (const event of [...others, makeEvent("commandReceived", "derived"), made("other")]) {
      await it_.wait(1000);
      await say(it_, event);
      assert.equal(it_.status(id), "sent", JSON.stringify(event));
    }
  });

  for (const [what, event] of [
    ["a receipt", RECEIVED],
    ["a change", changed(1, "on")],
  ] as const) {
    it(`${what} counts only from a later second than that of the sending, and not ahead of the clock`, async () => {
      const it_ = await opened();
      const second = Math.floor(it_.wall / 1000) * 1000;
      const { id } = await it_.submit("on");
      await it_.wait(5000);
      for (const time of [second - 60_000, second - 1000, second, second + 6000]) {
        await say(it_, event, time);
        assert.equal(it_.status(id), "sent", `${time - second} ms`);
      }
      await say(it_, event, second + 1000);
      assert.notEqual(it_.status(id), "sent");
    });

    it(`${what} that is repeated, or of no known time, counts for nothing`, async () => {
      const it_ = await opened();
      await say(it_, event, it_.wall + 4700);
      const { id } = await it_.submit("on");
      await it_.wait(9000);
      await say(it_, event, it_.wall - 4300);
      assert.equal(it_.status(id), "sent", "repeated");
      await say(it_, event, it_.wall - 1000, { timeUnknown: true });
      await say(it_, event, it_.wall - 1000, { protocol: "globalmatix" });
      assert.equal(it_.status(id), "sent");
    });

    it(`${what} from before the sending by the device's clock counts for nothing, though this computer's was set back`, async () => {
      const it_ = await opened({ outputStops: ["", "on"] });
      await it_.hear({}, standing());
      it_.wall -= 20_000;
      const { id } = await it_.submit("on");
      await it_.wait(10_000);
      await say(it_, event);
      assert.equal(it_.status(id), "sent");
      await it_.wait(20_000);
      await say(it_, event);
      assert.notEqual(it_.status(id), "sent");
    });
  }

  it("a receipt counts only where exactly one is in flight: of two, nobody knows which one", async () => {
    const it_ = await opened();
    const one = await it_.submit("on");
    const other = await it_.submit({ output: 2, state: "on" });
    await it_.wait(1000);
    await say(it_, RECEIVED);
    assert.deepEqual([it_.status(one.id), it_.status(other.id)], ["sent", "sent"]);
    await say(it_, changed(1, "on"));
    await it_.wait(2000);
    await say(it_, RECEIVED);
    // That one is confirmed does not say that it has come: its output may have been so before.
    assert.deepEqual([it_.status(one.id), it_.status(other.id)], ["confirmed", "sent"]);
  });

  it("one that was superseded is in flight until its frame ends", async () => {
    const it_ = await opened();
    const first = await it_.submit({ state: "on", expires: 20 });
    await it_.wait(1000);
    const second = await it_.submit({ state: "off", expires: 60 });
    await it_.wait(1000);
    await say(it_, RECEIVED);
    assert.deepEqual([it_.status(first.id), it_.status(second.id)], ["superseded", "sent"]);
    await it_.wait(25_000);
    await say(it_, RECEIVED);
    assert.equal(it_.status(second.id), "received");
  });

  it("a receipt later than the end of the frame is not this one's", async () => {
    const it_ = await opened();
    const { id } = await it_.submit({ state: "on", expires: 5 });
    await it_.wait(10_000);
    await say(it_, RECEIVED);
    assert.equal(it_.status(id), "sent");
  });

  it("one that waits is not in flight", async () => {
    const it_ = await opened();
    const waits = await it_.submit({ output: 2, state: "on", delivery: "wait" });
    assert.equal(waits.status, "waiting");
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    await say(it_, RECEIVED);
    assert.equal(it_.status(id), "received");
  });

  it("one that was received and changed nothing says so at its end, and is not sent again", async () => {
    const it_ = await opened();
    const { id } = await it_.submit({ state: "on", expires: 120 });
    await it_.wait(1000);
    await say(it_, RECEIVED);
    for (let second = 0; second < 180; second += 10) {
      await it_.wait(10_000);
      await it_.hear({ output1: false });
    }
    assert.equal(it_.sent.length, 1);
    const last = it_.commander.get(id)?.history.at(-1);
    assert.deepEqual([last?.status, last?.code], ["unconfirmed", "NOT_CHANGED"]);
    assert.equal(last?.reason, "the device has received it, but has not reported OUT1 as on");
  });

  it("a received one cannot be taken back; a newer one takes its place", async () => {
    const it_ = await opened();
    const { id } = await it_.submit("on");
    await it_.wait(1000);
    await say(it_, RECEIVED);
    await assert.rejects(it_.commander.cancel(id, ""), { code: "COMMAND_SENT" });
    await it_.submit("off");
    assert.equal(it_.status(id), "superseded");
  });

  it("after a restart a received one is still received, and ends", async () => {
    const it_ = await opened();
    const { id } = await it_.submit({ mode: "timed", state: "on", duration: 5 });
    await it_.wait(1000);
    await say(it_, RECEIVED);
    const again = await it_.restarted(2000);
    assert.equal(again.status(id), "received");
    await say(again, changed(1, "on"));
    assert.equal(again.status(id), "confirmed");
  });
});
