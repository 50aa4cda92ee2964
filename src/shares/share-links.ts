import { shown, TrackerError } from "../errors";
import { Listeners } from "../listeners";
import { applyChanges, type Owner, type Share } from "../owner";
import type { ShareLinksPort } from "./port";
import { SHARE_LIMITS, type ShareLink } from "./share-link";

type Changes = ShareLinksPort["changes"];

/** The links to share of a registry. */
export class ShareLinks implements Owner<ShareLinksPort> {
  /** A link was made, changed or taken back. */
  readonly onChange = new Listeners<[]>();
  private readonly byId = new Map<string, ShareLink>();

  load(stored: ShareLinksPort["stored"]): void {
    for (const link of stored) this.byId.set(link.id, link);
  }

  get(id: string): ShareLink | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<ShareLink> {
    return this.byId.values();
  }

  /** The link whose secret has a digest. */
  find(digest: string): ShareLink | undefined {
    return [...this.byId.values()].find((link) => link.digest === digest);
  }

  /** What people change is written before it is so. */
  share(): Share<Changes> {
    return { changes: undefined };
  }

  /** How links are from now on; null removes. Throws `SHARE_LIMIT` where that would be too many. */
  write(changes: Changes): Share<Changes> {
    const after = new Map([...this.byId, ...changes]);
    const count = [...after.values()].filter((link) => link !== null).length;
    if (count > SHARE_LIMITS.links) {
      const message = `there would be ${count} links; a registry has at most ${SHARE_LIMITS.links}`;
      throw new TrackerError({ code: "SHARE_LIMIT", path: "shares", message });
    }
    return { changes, committed: () => this.take(changes) };
  }

  everything(): Changes {
    return this.byId;
  }

  /** A device that is removed is in no link any more, also when it is registered again. */
  forget(imeis: readonly string[]): Share<Changes> {
    const gone = new Set(imeis);
    const changes = new Map<string, ShareLink | null>();
    for (const link of this.byId.values()) {
      const left = link.imeis.filter((imei) => !gone.has(imei));
      if (left.length === link.imeis.length) continue;
      changes.set(link.id, left.length + link.groups.length === 0 ? null : { ...link, imeis: left });
    }
    return changes.size === 0 ? { changes: undefined } : { changes, committed: () => this.take(changes) };
  }

  private take(changes: Changes): void {
    applyChanges(this.byId, changes);
    this.onChange.tell();
  }
}

export function unknownShare(id: string): TrackerError {
  return new TrackerError({ code: "SHARE_UNKNOWN", path: "id", message: `there is no link ${shown(id)}` });
}
