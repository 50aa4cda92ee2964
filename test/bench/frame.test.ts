import assert from "node:assert/strict";
import { exitCode, linesOf, ratios, spread, verdict } from "../../scripts/bench/frame";
import { printed, putInto, table } from "../../scripts/bench/print";

const ratio = { what: "a thing", unit: "×" } as const;
const memory = { atLeast: 0, what: "", unit: "bytes" } as const;

describe("the bench", () => {
  it("says of a row whether its median reaches the bar, and whether it misses it by more than its spread", () => {
    const rounds = [0.8, 0.9, 1, 1.1, 1.2];
    assert.ok(Math.abs(spread(rounds) - 0.1) < 1e-9);
    assert.equal(verdict({ ...ratio, atLeast: 1 }, rounds), "met");
    assert.equal(verdict({ ...ratio, atLeast: 1.05 }, rounds), "close");
    assert.equal(verdict({ ...ratio, atLeast: 1.2 }, rounds), "missed");
    assert.equal(verdict({ ...ratio, atMost: 1 }, rounds), "met");
    assert.equal(verdict({ ...ratio, atMost: 0.95 }, rounds), "close");
    assert.equal(verdict({ ...ratio, atMost: 0.8 }, rounds), "missed");
    assert.equal(verdict(ratio, rounds), "");
    assert.equal(verdict({ ...ratio, atLeast: 1 }, [0.99]), "missed", "one value alone has no spread");
    assert.equal(verdict({ ...ratio, atLeast: 1 }, [Number.NaN, 1]), "missed", "no number is no answer");
    assert.equal(verdict({ ...ratio, atLeast: 1 }, "Chromium is missing"), "not measured");
  });

  it("ends with 1 where a row is missed by more than its spread, or where an area told nothing of it", () => {
    const met = { driving: [1], reporting: [1], memory: [1] };
    const lines = linesOf("simulator", { rows: met, texts: {} });
    assert.deepEqual([exitCode(lines), lines.length], [0, 3]);
    const [first] = lines;
    assert.ok(first);
    assert.equal(exitCode([...lines, { ...first, verdict: "close" }]), 0);
    assert.equal(exitCode([...lines, { ...first, verdict: "not measured" }]), 0);
    assert.equal(exitCode([...lines, { ...first, verdict: "missed" }]), 1);
    assert.equal(exitCode(linesOf("simulator", { rows: { driving: [1] }, texts: {} })), 1);
  });

  it("takes ratios round by round", () => {
    assert.deepEqual(ratios([2, 30], [1, 10]), [2, 3]);
  });

  it("writes its table between two comments, and leaves there what did not run", () => {
    const document = "before\n<!-- bench: table -->\nold\n<!-- end of bench: table -->\nafter";
    const lines = linesOf("simulator", {
      rows: { driving: [1234.5], reporting: [2], memory: [900] },
      texts: {},
    });
    const first = putInto(document, "table", (old) => table(lines, old));
    assert.match(
      first,
      /^before\n<!-- bench: table -->\n\n\| area[\s\S]+\| 1,235 ms \| {2}\|\n[\s\S]+-->\nafter$/,
    );
    assert.doesNotMatch(first, /old/);
    assert.equal(
      putInto(first, "table", (old) => table([], old)),
      first,
    );
    assert.throws(() => putInto("nothing", "table", () => ""), /no place for “table”/);
    assert.match(printed(lines), /1,235 ms/);
    assert.equal(verdict(memory, [1]), "met");
  });
});
