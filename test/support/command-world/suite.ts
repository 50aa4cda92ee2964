import assert from "node:assert/strict";
import { seedOf } from "../seed";
import { runWorlds, tell } from "./runs";

/** Two of each thousand commands end each way: all of it has to have happened, often enough to mean something. */
const OFTEN = 0.002;
/** Runs that show that they can fail are made part by part until they have: a vehicle is stopped in one of 300. */
const PART = 50;
const MOST_PARTS = 200;

/**
 * Whatever happens, nothing stops a vehicle that drives, is done twice, sent too often, or lost. The same seed gives
 * the same runs.
 */
export function commandWorldSuite(runs: number): void {
  const seed = seedOf("command world");

  it(`${runs} runs with the built-in broker and with one that queues`, async () => {
    const tally = await runWorlds(runs, seed);
    console.log(`      ${tell(tally)}`);
    assert.deepEqual(tally.failures.slice(0, 20), []);
    const all = [...tally.ends.values()].reduce((sum, count) => sum + count, 0);
    const statuses = ["confirmed", "refused", "expired", "superseded", "unconfirmed", "cancelled"];
    for (const status of statuses) {
      assert.ok((tally.ends.get(status) ?? 0) > all * OFTEN, `${status}: ${tally.ends.get(status)}`);
    }
    for (const count of [tally.again, tally.stale, tally.received, tally.confirmedToo])
      assert.ok(count > all * OFTEN, `${count}`);
    for (const { done } of Object.values(tally.stops)) assert.ok(done > runs, `${done} stops were done`);
  });

  for (const [weakness, what, signs] of [
    ["command", "the command's own expiry in the frame", ["may take effect for too long", "was stopped"]],
    ["clock", "a frame's end by this computer's clock alone", ["may take effect for too long"]],
    ["events", "events that count whenever they come", ["has never come"]],
  ] as const) {
    it(`runs with ${what} do not all go well: these runs can fail`, async () => {
      const failures: string[] = [];
      const isMissing = (sign: string) => !failures.some((failure) => failure.includes(sign));
      for (let part = 0; part < MOST_PARTS && signs.some(isMissing); part++) {
        failures.push(...(await runWorlds(PART, seed + part, weakness)).failures);
      }
      assert.deepEqual(signs.filter(isMissing), []);
    });
  }
}
