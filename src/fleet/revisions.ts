/** Removals remembered; whoever is further behind has to read everything anew. */
const MAX_REMOVED = 10_000;

/** Counts the changes of devices, so that somebody who looks again is given only what is new. */
export class Revisions {
  private readonly changed = new Map<string, number>();
  private readonly removed = new Map<string, number>();
  private completeSince = 0;
  current = 0;

  touch(imei: string): void {
    this.removed.delete(imei);
    this.changed.set(imei, ++this.current);
  }

  remove(imei: string): void {
    this.changed.delete(imei);
    if (this.removed.size >= MAX_REMOVED) {
      this.removed.clear();
      this.completeSince = this.current;
    }
    this.removed.set(imei, ++this.current);
  }

  /** What changed after a revision; undefined where that is not known any more. */
  since(revision: number): { changed: string[]; removed: string[] } | undefined {
    if (revision < this.completeSince || revision > this.current) return undefined;
    const after = (map: ReadonlyMap<string, number>) =>
      [...map].filter(([, at]) => at > revision).map(([imei]) => imei);
    return { changed: after(this.changed), removed: after(this.removed) };
  }
}
