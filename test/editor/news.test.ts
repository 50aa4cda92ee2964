import assert from "node:assert/strict";
import { News } from "../../nodes/editor/sidebar/news";
import { currentIgnition, currentSpeed } from "../../nodes/editor/sidebar/rows";
import type { Row } from "../../src/fleet/views";
import { type EventTypeName, makeEvent } from "../../src/model/events";

const row = (more: Partial<Row> = {}): Row => ({
  imei: "1",
  status: "online",
  name: "",
  plate: "",
  group: "",
  lastSeen: null,
  speed: 50,
  ignition: true,
  ...more,
});
const event = (time: number, type: EventTypeName = "panic") => ({ ...makeEvent(type, "device"), time });

describe("news of the list", () => {
  it("are unknown senders, from the first answer on, until they are looked at or activated", () => {
    const news = new News();
    assert.equal(news.take(undefined, row({ status: "pending" }), true)?.kind, "pending");
    assert.equal(
      news.take(row({ status: "pending" }), row({ status: "pending", count: 2 }), false),
      undefined,
    );
    assert.deepEqual([news.count, news.isMarked("1")], [1, true]);
    news.listSeen();
    assert.deepEqual([news.count, news.isMarked("1")], [0, true]);
    news.take(row({ status: "pending" }), row(), false);
    assert.equal(news.isMarked("1"), false);
  });

  it("are events that come, not those that were there", () => {
    const news = new News();
    assert.equal(news.take(undefined, row({ event: event(1) }), true), undefined);
    assert.equal(news.take(row({ event: event(1) }), row({ event: event(1), speed: 9 }), false), undefined);
    assert.equal(news.take(row({ event: event(1) }), row({ event: event(2) }), false)?.kind, "event");
    assert.equal(news.take(row({ event: event(2) }), row({ event: event(2, "tow") }), false)?.kind, "event");
    news.lookedAt("1");
    assert.deepEqual([news.count, news.isMarked("1")], [0, false]);
  });

  it("are alarms that begin, before the event that has set one off", () => {
    const alarm = (id: string, more: object = {}): Row => {
      const alarms = [{ id, state: "active", acknowledged: null, past: false, ...more }];
      return row({ event: event(2), alarms: alarms as unknown as NonNullable<Row["alarms"]> });
    };
    const news = new News();
    assert.equal(news.take(undefined, alarm("a"), true), undefined);
    assert.equal(news.take(row({ event: event(1) }), alarm("a"), false)?.kind, "alarm");
    assert.equal(news.take(alarm("a"), alarm("a"), false), undefined);
    const seen = { acknowledged: { time: 1, by: "", note: "" } };
    assert.equal(news.take(alarm("a"), alarm("a", seen), false), undefined);
    assert.equal(news.take(alarm("a", seen), alarm("b"), false)?.kind, "alarm");
  });

  it("are no ignored senders", () => {
    const news = new News();
    assert.equal(news.take(undefined, row({ status: "ignored" }), false), undefined);
    assert.equal(news.take(row({ status: "ignored" }), row({ status: "pending" }), false), undefined);
  });
});

describe("what is true now", () => {
  it("is no speed and no ignition that is older than the device's own timeout", () => {
    const one = row({ speedUntil: 100, ignitionUntil: 200 });
    assert.deepEqual([currentSpeed(one, 99), currentIgnition(one, 199)], [50, true]);
    assert.deepEqual([currentSpeed(one, 100), currentIgnition(one, 200)], [null, null]);
    assert.equal(currentSpeed(row({ ...one, status: "shutOut" }), 0), null);
    assert.equal(currentSpeed(row(), 0), null, "nobody said how long it counts");
  });
});
