import { shown, TrackerError } from "../errors";
import { applyChanges, type Owner, type Share } from "../owner";
import { FENCE_LIMITS, type Fence, pointsOfFence } from "./fence";
import { FenceIndex } from "./fence-index";
import type { FencesPort } from "./port";

type Changes = FencesPort["changes"];

/** The fences of a registry. They belong to no device, so that none goes with one. */
export class Fences implements Owner<FencesPort> {
  private readonly byId = new Map<string, Fence>();
  private built: FenceIndex | undefined;
  /** Rises with every change, in this run. */
  revision = 0;

  load(stored: FencesPort["stored"]): void {
    for (const fence of stored) this.byId.set(fence.id, fence);
  }

  get(id: string): Fence | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Fence> {
    return this.byId.values();
  }

  /** Where they are; another one after every change. */
  get index(): FenceIndex {
    this.built ??= new FenceIndex(this.byId.values());
    return this.built;
  }

  /** What people change is written before it is so. */
  share(): Share<Changes> {
    return { changes: undefined };
  }

  /** How fences are from now on; null removes. Throws `FENCE_LIMIT` where that would be too many. */
  write(changes: Changes): Share<Changes> {
    const after = new Map([...this.byId, ...changes]);
    const fences = [...after.values()].filter((fence) => fence !== null);
    checkLimit(fences.length, FENCE_LIMITS.fences, "fences");
    const points = fences.reduce((sum, fence) => sum + pointsOfFence(fence), 0);
    checkLimit(points, FENCE_LIMITS.allPoints, "points of fences");
    return {
      changes,
      committed: () => {
        applyChanges(this.byId, changes);
        this.built = undefined;
        this.revision++;
      },
    };
  }

  everything(): Changes {
    return this.byId;
  }

  forget(): Share<Changes> {
    return { changes: undefined };
  }
}

export function unknownFence(id: string): TrackerError {
  return new TrackerError({ code: "FENCE_UNKNOWN", path: "id", message: `there is no fence ${shown(id)}` });
}

export function fenceExists({ id, name }: Fence): TrackerError {
  const message = `there is a fence with the id ${shown(id)} already: ${shown(name)}`;
  return new TrackerError({ code: "FENCE_EXISTS", path: "id", message });
}

function checkLimit(count: number, most: number, what: string): void {
  if (count <= most) return;
  const message = `there would be ${count} ${what}; a registry has at most ${most}`;
  throw new TrackerError({ code: "FENCE_LIMIT", path: "fences", message });
}
