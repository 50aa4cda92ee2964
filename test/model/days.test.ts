import assert from "node:assert/strict";
import { Days, dayAfter, readDay, readTimeZone, systemTimeZone } from "../../src/model/days";
import { randomOf } from "../support/seed";

const HOUR = 3_600_000;
const iso = (time: number) => new Date(time).toISOString().replace(".000", "");

/** Zone, day, its start in UTC, and how many hours it has. Sources: tzdata, files europe, southamerica, asia, northamerica. */
const CHANGES: readonly (readonly [zone: string, day: string, start: string, hours: number])[] = [
  ["UTC", "2026-03-29", "2026-03-29T00:00:00Z", 24],
  ["Europe/Berlin", "2026-03-28", "2026-03-27T23:00:00Z", 24],
  ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23],
  ["Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z", 24],
  ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25],
  ["Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z", 24],
  ["America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25],
  ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5],
  ["Asia/Kathmandu", "2026-01-15", "2026-01-14T18:15:00Z", 24],
  // Clocks are put forward at midnight: the day begins at one o'clock.
  ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23],
  ["Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z", 23],
  // Back at midnight: the hour before it comes twice, and is of the day before.
  ["America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 25],
  ["America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z", 24],
  ["America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25],
  // Back from a minute past midnight: the day has begun.
  ["America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 25],
  ["America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", 24],
  // Forward from a minute past midnight.
  ["America/St_Johns", "2010-03-14", "2010-03-14T03:30:00Z", 23],
  // The day that Samoa left out.
  ["Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24],
  ["Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0],
  ["Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24],
];

describe("days", () => {
  for (const [zone, day, start, hours] of CHANGES) {
    it(`${day} in ${zone} begins at ${start} and has ${hours} hours`, () => {
      const days = new Days(zone);
      const { from, to } = days.span(day);
      assert.equal(iso(from), start);
      assert.equal((to + 1 - from) / HOUR, hours);
      if (hours === 0) return;
      assert.deepEqual([days.of(from), days.of(to)], [day, day]);
      assert.notEqual(days.of(from - 1), day);
      assert.notEqual(days.of(to + 1), day);
    });
  }

  it("an hour that comes again over midnight is of the day that has begun", () => {
    const days = new Days("America/St_Johns");
    assert.equal(days.of(Date.parse("2010-11-07T02:31:30Z")), "2010-11-07", "23:01 on the 6th once more");
  });

  it("every time is of exactly one day, in every zone and year", () => {
    const random = randomOf("days");
    const zones = Intl.supportedValuesOf("timeZone");
    for (let n = 0; n < 2000; n++) {
      const zone = zones[Math.floor(random() * zones.length)] as string;
      const time = Math.floor(random() * Date.UTC(2100, 0));
      const days = new Days(zone);
      const day = days.of(time);
      const { from, to } = days.span(day);
      assert.ok(from <= time && time <= to, `${zone} ${iso(time)}: ${day} ${iso(from)} ${iso(to)}`);
      assert.equal(days.span(dayAfter(day)).from, to + 1);
    }
  });

  it("what clocks show is a time: the first where they show it twice, the change where they never do", () => {
    const days = new Days("Europe/Berlin");
    const at = (shown: string) => iso(days.at(Date.parse(shown)));
    assert.equal(at("2026-01-15T12:00:00.250Z"), "2026-01-15T11:00:00.250Z");
    assert.equal(at("2026-10-25T02:30:00Z"), "2026-10-25T00:30:00Z");
    assert.equal(at("2026-03-29T02:30:00Z"), "2026-03-29T01:00:00Z");
  });

  it("a day is one of the calendar", () => {
    assert.deepEqual(["2026-02-28", "2024-02-29", "0099-01-01"].map(readDay), [
      "2026-02-28",
      "2024-02-29",
      "0099-01-01",
    ]);
    for (const wrong of [
      "2026-02-29",
      "2026-13-01",
      "2026-1-1",
      "20260101",
      " 2026-01-01",
      "today",
      20260101,
      null,
    ])
      assert.equal(readDay(wrong), undefined, String(wrong));
    assert.equal(dayAfter("2026-12-31"), "2027-01-01");
    assert.equal(dayAfter("2024-03-01", -1), "2024-02-29");
  });

  it("a time zone is one of the IANA database", () => {
    assert.equal(readTimeZone(" Europe/Berlin "), "Europe/Berlin");
    assert.equal(readTimeZone("UTC"), "UTC");
    for (const wrong of ["Europe/Nowhere", "+01:00", "CEST+1", "", " ", "1", 1, null, undefined, {}])
      assert.equal(readTimeZone(wrong), undefined, String(wrong));
    assert.notEqual(readTimeZone(systemTimeZone()), undefined);
  });
});
