import assert from "node:assert/strict";
import type { MapDevice } from "../../src/map/feed";
import { LiveStream, stateOf } from "../../src/map/live-stream";
import { ALARM, DRIVING, IDLE, LABELS_AT, OFFLINE, STANDING } from "../../src/map/wire";
import type { ShareLink } from "../../src/shares/share-link";
import { mapDevice as device, SampleFeed } from "../support/map-feed";
import { IMEI, MINUTE, OTHER, START, THIRD } from "../support/registry";

describe("the map's stream", () => {
  let feed: SampleFeed;
  const stream = (groups: string[] = []) => new LiveStream(feed, { groups }, "run", () => START);
  beforeEach(() => {
    feed = new SampleFeed();
    feed.put(device(IMEI));
    feed.put(device(OTHER));
  });

  it("gives all at first, then only what is new, then what is missed", () => {
    const live = stream();
    live.news();
    const all = live.since(undefined, undefined);
    assert.deepEqual(
      [all?.full, all?.epoch, all?.revision, all?.now, all?.rows.map(([id]) => id)],
      [true, "e.run", 2, START, [0, 1]],
    );
    assert.equal(live.news(), undefined);
    feed.put(device(OTHER, { online: false }));
    const news = live.news();
    assert.deepEqual([news?.full, news?.rows.map(([id, state]) => [id, state])], [false, [[1, OFFLINE]]]);
    const missed = live.since("e.run", 2);
    assert.deepEqual([missed?.full, missed?.rows.map(([id]) => id)], [false, [1]]);
  });

  it("has an alarm as a state before all others; with a link only one that began after the link does", () => {
    feed.put(device(IMEI, { alarmSince: START, online: false }));
    const stateWith = (begins?: number) => {
      const link = { id: "l", name: "", digest: "", imeis: [IMEI], groups: [], begins, ends: START + MINUTE };
      const view = { groups: [], ...(begins === undefined ? {} : { link: link as unknown as ShareLink }) };
      const rows = new LiveStream(feed, view, "run", () => START).since(undefined, undefined)?.rows ?? [];
      return rows.map(([, state]) => state);
    };
    assert.deepEqual(stateWith(), [ALARM, DRIVING]);
    assert.deepEqual(stateWith(START), [ALARM]);
    assert.deepEqual(stateWith(START + 1), [OFFLINE]);
  });

  it("gives all to who has seen another run, or what is not known any more", () => {
    for (const [epoch, revision] of [
      ["e.other", 1],
      ["", 1],
      ["e.run", 99],
    ] as const) {
      assert.equal(stream().since(epoch, revision)?.full, true, epoch);
    }
  });

  it("has a row of numbers without the IMEI; labels come once, and when they have changed", () => {
    const live = stream();
    live.news();
    feed.put(device(IMEI));
    const [row] = live.news()?.rows ?? [];
    assert.deepEqual(row, [0, DRIVING, START + 10 * MINUTE, START, 25.279712, 54.687212, 43.3, 90, START]);
    feed.put(device(IMEI, { name: "bus" }));
    assert.deepEqual(live.news()?.rows[0]?.slice(LABELS_AT), ["bus", "AB 12", "vans", IMEI]);
    // Somebody who comes anew has no labels yet.
    assert.deepEqual(live.since("e.run", 2)?.rows[0]?.slice(LABELS_AT), ["bus", "AB 12", "vans", IMEI]);
  });

  it("who comes while a label changes takes it from nobody else", () => {
    const live = stream();
    live.news();
    feed.put(device(IMEI, { name: "bus" }));
    live.since(undefined, undefined);
    assert.equal(live.news()?.rows[0]?.[LABELS_AT], "bus");
  });

  it("has null where nothing is known", () => {
    feed.put(device(THIRD, { fix: null, speedUntil: null, lastSeen: null, online: false }));
    const rows = stream().since(undefined, undefined)?.rows ?? [];
    assert.deepEqual(rows[2]?.slice(0, LABELS_AT), [2, OFFLINE, null, null, null, null, null, null, null]);
  });

  it("tells of what is removed, and of what leaves the groups that are shown", () => {
    const live = stream(["vans"]);
    live.news();
    feed.put(device(IMEI, { group: "private" }));
    feed.remove(OTHER);
    const news = live.news();
    assert.deepEqual([news?.rows, news?.removed.toSorted()], [[], [0, 1]]);
    feed.put(device(IMEI));
    assert.equal(live.news()?.rows[0]?.[LABELS_AT], "van 94", "its labels come again");
  });

  it("shows nothing of other groups: no row, no number, no device", () => {
    feed.put(device(THIRD, { group: "private" }));
    const live = stream(["vans"]);
    assert.equal(JSON.stringify(live.since(undefined, undefined)).includes(THIRD), false);
    for (let id = 0; id < 10; id++) assert.notEqual(live.device(id)?.imei, THIRD);
    assert.equal(live.device(0)?.imei, IMEI);
    feed.put(device(IMEI, { group: "private" }));
    assert.equal(live.device(0), undefined);
    feed.put(device(THIRD, { group: "private", name: "moved" }));
    live.news();
    assert.equal(live.news(), undefined);
  });

  it("says nothing while nothing can be read, and all when it can again", () => {
    const live = stream();
    live.news();
    feed.epoch = undefined;
    assert.deepEqual([live.since(undefined, undefined), live.news()], [undefined, undefined]);
    feed.epoch = "next";
    assert.deepEqual([live.news()?.full, live.since("e.run", 2)?.full], [true, true]);
  });
});

describe("how a vehicle is shown", () => {
  const at = (speed: number | null) => ({ time: START, latitude: 1, longitude: 1, speed, course: 0 });
  const past = { speedUntil: START, ignitionUntil: START };
  const cases: [string, Partial<MapDevice>, number, number | null][] = [
    ["drives", { fix: at(3) }, DRIVING, START + 10 * MINUTE],
    [
      "drives, with its ignition off: it is towed",
      { fix: at(30), ignition: false },
      DRIVING,
      START + 10 * MINUTE,
    ],
    ["stands with its ignition on", { fix: at(2.9) }, IDLE, START + 10 * MINUTE],
    ["says no speed", { fix: at(null) }, IDLE, START + 10 * MINUTE],
    ["stands", { fix: at(0), ignition: false }, STANDING, null],
    ["has not said whether its ignition is on", { fix: at(0), ignition: null }, STANDING, null],
    ["drove long ago", { fix: at(80), ...past }, STANDING, null],
    ["drove long ago, ignition still on", { fix: at(80), speedUntil: START }, IDLE, START + 10 * MINUTE],
    [
      "has never been anywhere",
      { fix: null, speedUntil: null, ignition: null, ignitionUntil: null },
      STANDING,
      null,
    ],
    ["is offline", { fix: at(80), online: false }, OFFLINE, null],
  ];
  for (const [what, rest, state, until] of cases) {
    it(`that ${what}`, () => assert.deepEqual(stateOf(device(IMEI, rest), START), { state, until }));
  }
});
