import { Random as Numbers } from "../../../src/simulator/random";

/** Numbers that come again with the same seed, and choices made with them. */
export class Random extends Numbers {
  constructor(seed: number) {
    super(String(seed));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T;
  }
}
