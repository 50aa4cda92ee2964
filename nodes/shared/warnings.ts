import type { Node } from "node-red";
import type { Problem } from "../../src/errors";

const QUIET_MS = 60_000;

/** Tells of each kind of problem at once, and then at most once a minute with how many there were since. */
export class QuietWarnings {
  private readonly node: Node;
  private readonly seen = new Map<string, { at: number; since: number }>();

  constructor(node: Node) {
    this.node = node;
  }

  /** `where` ends the sentence, such as the topic. Codes come from a fixed list, so memory is bounded. */
  report(problems: readonly Problem[], where: string, now: number): void {
    for (const problem of problems) {
      const last = this.seen.get(problem.code);
      if (last !== undefined && now - last.at < QUIET_MS) {
        last.since++;
        continue;
      }
      const more = last?.since ? ` [${last.since} more like it before]` : "";
      this.seen.set(problem.code, { at: now, since: 0 });
      this.node.warn(`${describe(problem, where)}${more}`);
    }
  }
}

/** `IOTM_CHECKSUM: checksum 3 instead of 4 (byte 57, topic BCE/D)` */
export function describe(problem: Problem, where: string): string {
  return `${problem.code}: ${withPlace(problem, where)}`;
}

/** The sentence of a problem with the place it speaks of. */
export function withPlace(problem: Problem, where: string): string {
  const place = [
    problem.offset === undefined ? "" : `byte ${problem.offset}`,
    problem.path ?? "",
    where,
  ].filter(Boolean);
  return place.length === 0 ? problem.message : `${problem.message} (${place.join(", ")})`;
}
