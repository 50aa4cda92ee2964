import type { Command } from "../../../src/commands/command";
import { Random } from "./random";
import { type Weakness, World } from "./world";

/** What came of many runs. */
export interface Tally {
  readonly failures: readonly string[];
  /** Commands by how they ended. */
  readonly ends: ReadonlyMap<string, number>;
  /** Commands that were sent again. */
  readonly again: number;
  /** Commands that were received by the device's word, and such of them as it then confirmed. */
  readonly received: number;
  readonly confirmedToo: number;
  /** Commands that waited for a fresh record. */
  readonly stale: number;
  readonly executions: number;
  /** Of these such as could stop the vehicle, and how many of them did while it drove, by broker. */
  readonly stops: Readonly<Record<"builtIn" | "queueing", { done: number; whileDriving: number }>>;
}

/** Runs worlds with seeds that a first one gives, so that its number is enough to have them once more. */
export async function runWorlds(runs: number, first: number, weakness: Weakness = "none"): Promise<Tally> {
  const seeds = new Random(first);
  const failures: string[] = [];
  const ends = new Map<string, number>();
  const stops = { builtIn: { done: 0, whileDriving: 0 }, queueing: { done: 0, whileDriving: 0 } };
  let [again, stale, executions, received, confirmedToo] = [0, 0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const world = new World(seeds.whole(0, 2 ** 31), weakness);
    await world.run();
    for (const { status, history } of world.check()) {
      ends.set(status, (ends.get(status) ?? 0) + 1);
      again += Number(has(history, "SENT_AGAIN"));
      received += Number(has(history, "RECEIVED"));
      confirmedToo += Number(has(history, "RECEIVED") && status === "confirmed");
      stale += Number(has(history, "NO_FRESH_RECORD"));
    }
    failures.push(...world.failures);
    executions += world.executed.length;
    const counted = stops[world.isBuiltIn ? "builtIn" : "queueing"];
    for (const { stops: isStop, driving } of world.executed) {
      counted.done += Number(isStop);
      counted.whileDriving += Number(driving);
    }
  }
  return { failures, ends, again, received, confirmedToo, stale, executions, stops };
}

/** Says what came of runs in one line. */
export function tell({ ends, again, received, confirmedToo, stale, executions, stops }: Tally): string {
  const share = ({ done, whileDriving }: { done: number; whileDriving: number }) =>
    `${whileDriving} of ${done} that could stop it while it drove, within the bound`;
  return [
    `${executions} commands done, ${again} sent again, ${received} received and ${confirmedToo} of these confirmed, ${stale} waited for a fresh record`,
    `built-in broker: ${share(stops.builtIn)}`,
    `queueing broker: ${share(stops.queueing)}`,
    [...ends].map(([status, count]) => `${status} ${count}`).join(", "),
  ].join("; ");
}

function has(history: Command["history"], code: string): boolean {
  return history.some((entry) => entry.code === code);
}
