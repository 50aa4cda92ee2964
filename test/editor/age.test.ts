import assert from "node:assert/strict";
import { ageText } from "../../src/age-text";

const NOW = Date.UTC(2026, 4, 24, 12);
const ago = (seconds: number, language = "en-US") => ageText(NOW - seconds * 1000, NOW, language);

describe("ages", () => {
  it("go from now over seconds, minutes, hours and days to the date", () => {
    assert.deepEqual(
      [0, 0.4, 7, 59.9, 60, 3599, 3600, 86_400, 13 * 86_400].map((seconds) => ago(seconds)),
      [
        "now",
        "now",
        "7 sec. ago",
        "59 sec. ago",
        "1 min. ago",
        "59 min. ago",
        "1 hr. ago",
        "yesterday",
        "13 days ago",
      ],
    );
    assert.equal(ago(20 * 86_400), "May 4, 2026");
  });

  it("speak the user's language", () => {
    assert.equal(ago(180, "de"), "vor 3 Min.");
    assert.equal(ago(0, "de"), "jetzt");
  });

  it("take a moment's difference of two clocks for now, and more for the future", () => {
    assert.equal(ago(-3), "now");
    assert.equal(ago(-3600), "in 1 hr.");
  });

  it("have nothing to say about what is no time", () => {
    assert.equal(ageText(Number.NaN, NOW, "en-US"), "");
    assert.equal(ageText(Number.MAX_VALUE, NOW, "en-US"), "");
  });
});
