import type { ShareLink } from "./share-link";

/** What a store keeps of links to share. */
export interface ShareLinksPort {
  readonly stored: readonly ShareLink[];
  /** By id; null removes. */
  readonly changes: ReadonlyMap<string, ShareLink | null>;
}
