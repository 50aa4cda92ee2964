import type { Node } from "node-red";
import type { Problem } from "../../src/errors";
import { describe } from "./problems";

const QUIET_MS = 60_000;

/** Tells of each kind of problem at once, and then at most once a minute with how many there were since. */
export class QuietWarnings {
  private readonly node: Node;
  private readonly seen = new Map<string, { at: number; since: number }>();

  constructor(node: Node) {
    this.node = node;
  }

  /** Codes come from a fixed list, so memory is bounded. */
  report(problems: readonly Problem[], topic: unknown): void {
    // The wall clock can be set back, this one cannot.
    const now = performance.now();
    for (const problem of problems) {
      const last = this.seen.get(problem.code);
      if (last !== undefined && now - last.at < QUIET_MS) {
        last.since++;
        continue;
      }
      const more = last?.since ? ` [${last.since} more like it before]` : "";
      this.seen.set(problem.code, { at: now, since: 0 });
      this.node.warn(`${describe(problem, topic)}${more}`);
    }
  }
}
