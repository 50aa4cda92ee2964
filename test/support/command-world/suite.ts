import assert from "node:assert/strict";
import { runWorlds, tell } from "./runs";

/** Two of each thousand commands end each way: all of it has to have happened, often enough to mean something. */
const OFTEN = 0.002;

/**
 * Whatever happens, nothing stops a vehicle that drives, is done twice, sent too often, or lost. The same seed gives
 * the same runs; SEED in the environment gives others.
 */
export function commandWorldSuite(runs: number): void {
  const seed = Number(process.env.SEED ?? 4);

  it(`${runs} runs with the built-in broker and with one that queues (seed ${seed})`, async () => {
    const tally = await runWorlds(runs, seed);
    console.log(`      ${tell(tally)}`);
    assert.deepEqual(tally.failures.slice(0, 20), []);
    const all = [...tally.ends.values()].reduce((sum, count) => sum + count, 0);
    const statuses = ["confirmed", "refused", "expired", "superseded", "unconfirmed", "cancelled"];
    for (const status of statuses) {
      assert.ok((tally.ends.get(status) ?? 0) > all * OFTEN, `${status}: ${tally.ends.get(status)}`);
    }
    for (const count of [tally.again, tally.stale]) assert.ok(count > all * OFTEN, `${count}`);
    for (const { done } of Object.values(tally.stops)) assert.ok(done > runs, `${done} stops were done`);
  });

  for (const [weakness, what] of [
    ["command", "the command's own expiry in the frame"],
    ["clock", "a frame's end by this computer's clock alone"],
  ] as const) {
    it(`${runs / 10} runs with ${what} do not go well: these runs can fail (seed ${seed})`, async () => {
      const { failures } = await runWorlds(runs / 10, seed, weakness);
      assert.ok(failures.some((failure) => failure.includes("may take effect for too long")));
      const isStopped = failures.some((failure) => failure.includes("was stopped"));
      if (weakness === "command") assert.ok(isStopped, "a vehicle that drove was stopped");
    });
  }
}
