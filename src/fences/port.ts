import type { Fence } from "./fence";

/** What a store keeps of fences. */
export interface FencesPort {
  readonly stored: readonly Fence[];
  /** By id; null removes. */
  readonly changes: ReadonlyMap<string, Fence | null>;
}
