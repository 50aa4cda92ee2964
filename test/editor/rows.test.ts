import assert from "node:assert/strict";
import { DeviceRows, type View } from "../../nodes/editor/sidebar/rows";
import type { Row, RowsAnswer } from "../../src/fleet/views";

const row = (imei: string, more: Partial<Row> = {}): Row => ({
  imei,
  status: "online",
  name: "",
  plate: "",
  group: "",
  lastSeen: null,
  speed: null,
  ignition: null,
  ...more,
});
const answer = (rows: Row[], more: Partial<RowsAnswer> = {}): RowsAnswer => ({
  epoch: "e",
  revision: 1,
  full: true,
  rows,
  removed: [],
  ...more,
});
const VIEW: View = { search: "", status: "all", group: undefined, sort: "name" };

function rowsOf(...rows: Row[]): DeviceRows {
  const made = new DeviceRows("de");
  made.apply(answer(rows));
  return made;
}
const shown = (rows: DeviceRows, view: Partial<View> = {}, held?: Row[]) =>
  rows.list({ ...VIEW, ...view }, held).map(({ imei }) => imei);

describe("rows of the list", () => {
  it("are in order by name as people count, by plate or IMEI where there is none", () => {
    const rows = rowsOf(
      row("5", { name: "Van 10" }),
      row("4", { name: "van 2" }),
      row("3", { plate: "Ü 1" }),
      row("2", { name: "Über" }),
      row("1"),
    );
    assert.deepEqual(shown(rows), ["1", "3", "2", "4", "5"]);
  });

  it("are in order by state, last seen and speed, those without last", () => {
    const rows = rowsOf(
      row("1", { status: "online", lastSeen: 5, speed: 0, speedUntil: Number.POSITIVE_INFINITY }),
      row("2", { status: "offline", lastSeen: 9, speed: null }),
      row("3", { status: "pending", lastSeen: null, speed: 80 }),
    );
    assert.deepEqual(shown(rows, { sort: "status" }), ["3", "2", "1"]);
    assert.deepEqual(shown(rows, { sort: "lastSeen" }), ["2", "1", "3"]);
    assert.deepEqual(shown(rows, { sort: "speed" }), ["1", "2", "3"], "only a speed of now counts");
  });

  it("are found by every word of name, IMEI, plate and group, without accents, spaces and case", () => {
    const rows = rowsOf(
      row("860", { name: "Büro", plate: "B-XY 12", group: "Süd" }),
      row("861", { name: "Bus", plate: "M-A 1", group: "Süd" }),
    );
    assert.deepEqual(shown(rows, { search: "  buro SUD " }), ["860"]);
    assert.deepEqual(shown(rows, { search: "bxy12" }), ["860"]);
    assert.deepEqual(shown(rows, { search: "86" }), ["860", "861"]);
    assert.deepEqual(shown(rows, { search: "bus büro" }), []);
    rows.apply(answer([row("860", { name: "Neu" })], { full: false, revision: 2 }));
    assert.deepEqual(shown(rows, { search: "buro" }), [], "a name that changed is searched anew");
  });

  it("are narrowed by state and group; the ignored only show when asked for", () => {
    const rows = rowsOf(
      row("1", { group: "A" }),
      row("2", { status: "deactivated" }),
      row("3", { status: "registered" }),
      row("4", { status: "ignored" }),
      row("5", { status: "pending" }),
    );
    assert.deepEqual(shown(rows), ["1", "2", "3", "5"]);
    assert.deepEqual(shown(rows, { status: "inactive" }), ["2", "3"]);
    assert.deepEqual(shown(rows, { status: "ignored" }), ["4"]);
    assert.deepEqual(shown(rows, { group: "A" }), ["1"]);
    assert.deepEqual(shown(rows, { group: "" }), ["2", "3", "5"]);
    assert.deepEqual(rows.counts(), {
      all: 4,
      online: 1,
      shutOut: 0,
      offline: 0,
      waiting: 0,
      inactive: 2,
      pending: 1,
      ignored: 1,
    });
    assert.deepEqual(rows.groups(), ["A"]);
  });

  it("keep their places while somebody points at them, and new ones come last", () => {
    const rows = rowsOf(row("1", { lastSeen: 2 }), row("2", { lastSeen: 1 }));
    const held = rows.list({ ...VIEW, sort: "lastSeen" });
    rows.apply(answer([row("2", { lastSeen: 9 }), row("3", { lastSeen: 10 })], { full: false, revision: 2 }));
    assert.deepEqual(shown(rows, { sort: "lastSeen" }, held), ["1", "2", "3"]);
    assert.deepEqual(shown(rows, { sort: "lastSeen" }), ["3", "2", "1"]);
  });

  it("take changes in, say whom they concern, and know what to ask for next", () => {
    const rows = rowsOf(row("1"), row("2"));
    assert.deepEqual(rows.since, { epoch: "e", revision: 1 });
    const concerns = rows.apply(answer([row("3")], { full: false, revision: 5, removed: ["1"] }));
    assert.deepEqual(["1", "2", "3"].map(concerns), [true, false, true]);
    assert.deepEqual(shown(rows), ["2", "3"]);
    assert.deepEqual(rows.since, { epoch: "e", revision: 5 });
    assert.ok(rows.apply(answer([], { epoch: "f" }))("2"));
    assert.equal(rows.size, 0);
  });
});
