import { randomInt } from "node:crypto";
import * as fc from "fast-check";
import { Random } from "../../src/simulator/random";

/**
 * What all random tests of a run start from; the end of the run says it. Processes that this one starts have it too,
 * and so do all test files of a run, wherever they run.
 */
process.env.TEST_SEED ??= String(randomInt(2 ** 31));
export const SEED = process.env.TEST_SEED;

/** Random numbers of one test, from 0 up to, but not including, 1: the same in each run with the same seed. */
export function randomOf(test: string): () => number {
  const numbers = new Random(`${SEED} ${test}`);
  return () => numbers.next();
}

/** A whole number for a test that starts its own random numbers from one. */
export const seedOf = (test: string): number => Math.floor(randomOf(test)() * 2 ** 31);

fc.configureGlobal({ seed: seedOf("fast-check") });
