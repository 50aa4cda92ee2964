import assert from "node:assert/strict";
import { minutesOf, OpenHours } from "../../src/fences/hours";
import { isTimeZone } from "../../src/model/days";

const DAY = 86_400_000;
const DAYS = [1, 2, 3, 4, 5, 6, 7];
/** "03:30 open" in UTC: what changes within a day. */
const changesOf = (hours: OpenHours, day: string, days = 1) =>
  hours
    .changes(Date.parse(`${day}T00:00Z`), Date.parse(`${day}T00:00Z`) + days * DAY)
    .map(({ time, isOpen }) => `${new Date(time).toISOString().slice(11, 16)} ${isOpen ? "open" : "closed"}`);
const hours = (from: string, to: string, timeZone: string, days = DAYS) =>
  new OpenHours({ days, from, to, timeZone });

describe("the hours of a fence", () => {
  it("are those of its time zone, also over midnight and from Sunday to Monday", () => {
    const night = hours("22:00", "06:00", "Europe/Berlin", [5, 7]);
    // 11 to 14 January 2026 are Sunday to Wednesday; Berlin is an hour ahead of UTC.
    assert.deepEqual(changesOf(night, "2026-01-11"), ["21:00 open"]);
    assert.deepEqual(changesOf(night, "2026-01-12"), ["05:00 closed"]);
    assert.deepEqual(changesOf(night, "2026-01-13"), []);
    assert.deepEqual(changesOf(night, "2026-01-16", 2), ["21:00 open", "05:00 closed"]);
    assert.equal(night.isOpen(Date.parse("2026-01-12T02:00Z")), true);
    assert.equal(night.isOpen(Date.parse("2026-01-13T02:00Z")), false);
    assert.deepEqual(changesOf(hours("09:00", "10:00", "Asia/Kathmandu"), "2026-01-11"), [
      "03:15 open",
      "04:15 closed",
    ]);
  });

  it("follow summer time: an hour less in spring, one more in autumn", () => {
    const early = hours("01:30", "03:30", "Europe/Berlin");
    assert.deepEqual(changesOf(early, "2026-03-28"), ["00:30 open", "02:30 closed"]);
    assert.deepEqual(changesOf(early, "2026-03-29"), ["00:30 open", "01:30 closed", "23:30 open"]);
    assert.deepEqual(changesOf(early, "2026-10-24"), ["01:30 closed", "23:30 open"]);
    assert.deepEqual(changesOf(early, "2026-10-25"), ["02:30 closed"]);
    // Half an hour, at 15:00 UTC.
    const island = hours("01:00", "03:00", "Australia/Lord_Howe");
    assert.deepEqual(changesOf(island, "2026-04-04"), ["14:00 open", "16:30 closed"]);
  });

  it("of the whole day never change", () => {
    for (const [from, to] of [
      ["00:00", "24:00"],
      ["08:00", "08:00"],
    ] as const) {
      const always = hours(from, to, "America/St_Johns");
      assert.deepEqual(changesOf(always, "2026-03-07", 3), []);
      assert.equal(always.isOpen(0), true);
    }
    assert.deepEqual(changesOf(hours("00:00", "24:00", "UTC", [1]), "2026-01-11", 3), [
      "00:00 open",
      "00:00 closed",
    ]);
  });

  it("are read as they are written", () => {
    assert.deepEqual(["0:00", "08:30", "24:00"].map(minutesOf), [0, 510, 1440]);
    for (const wrong of ["24:01", "8", "08:60", "-1:00", "08:30:00", "", "a:bc"])
      assert.equal(minutesOf(wrong), undefined);
    assert.deepEqual(["Europe/Berlin", "UTC", "Mars/Base", ""].map(isTimeZone), [true, true, false, false]);
  });
});
