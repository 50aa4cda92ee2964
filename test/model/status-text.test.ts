import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cutStatus, MAX_STATUS, STATUS_KEYS, translateStatus } from "../../src/status-text";

const catalogue = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`plugins/locales/${language}/trackers-sidebar.json`, "utf8")).sidebar.nodeStatus;
const english = catalogue("en-US");
const german = catalogue("de");
const TEMPLATES = STATUS_KEYS.map((key) => ({
  english: english[key] ?? "",
  translated: german[key] ?? "",
}));

describe("status of a node", () => {
  it("is one line that fits, cut with dots after a word", () => {
    assert.equal(cutStatus("12 of 22 online"), "12 of 22 online");
    assert.equal(cutStatus(" two\nlines "), "two lines");
    const long = cutStatus("the payload is not a frame: it begins with 0x7b, which is no packet type");
    assert.ok(long.length <= MAX_STATUS && long.endsWith("…"), long);
    assert.match(long, /^the payload is not a frame: it begins with 0x7b…$/);
    assert.equal(cutStatus("x".repeat(100)), `${"x".repeat(MAX_STATUS - 1)}…`);
    assert.ok(![...cutStatus("😀".repeat(100))].includes("\ud83d"), "no half character");
  });

  it("has a text in both languages for each key", () => {
    assert.deepEqual(Object.keys(english).sort(), [...STATUS_KEYS].sort());
    assert.deepEqual(Object.keys(german).sort(), [...STATUS_KEYS].sort());
  });

  const GERMAN: readonly [string, string][] = [
    ["starting", "startet"],
    ["listening on 1883, 8883 (TLS) · 1 client · 0/s", "auf Port 1883, 8883 (TLS) · 1 Client · 0/s"],
    ["listening on 1883 · 25 clients · 12/s", "auf Port 1883 · 25 Clients · 12/s"],
    ["12 of 22 online · 3 pending · 40/min", "12 von 22 online · 3 wartend · 40/Min."],
    ["2 of 2 online · 0/min · history 1 hour", "2 von 2 online · 0/Min. · Verlauf 1 Stunde"],
    ["20 of 25 connected · 1.5/s · cannot keep up", "20 von 25 verbunden · 1.5/s · kommt nicht nach"],
    ["25 devices · 1.5/s", "25 Geräte · 1.5/s"],
    ["OUT1 on: confirmed", "OUT1 an: bestätigt"],
    ["OUT1 off for 5 s: sent", "OUT1 aus für 5 s: gesendet"],
    ["OUT1 on: refused, the ignition is on", "OUT1 an: abgelehnt, die Zündung ist an"],
    ["869595061374194 · 12:00:00 · 4/min", "869595061374194 · 12:00:00 · 4/Min."],
    ["/fleet · this machine only · 3 open", "/fleet · nur dieser Rechner · 3 offen"],
    ["what nobody has translated", "what nobody has translated"],
  ];
  for (const [said, shown] of GERMAN) {
    it(`is German in a German editor: ${said}`, () => {
      assert.equal(translateStatus(said, TEMPLATES), shown);
      assert.equal(translateStatus(shown, TEMPLATES), shown, "once is enough");
    });
  }
});
