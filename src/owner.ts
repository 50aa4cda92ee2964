/** What a store keeps for one owner. Types only: each owner declares its own in `port.ts`. */
export interface Port {
  /** What the store gives back when it is opened. */
  readonly stored: unknown;
  /** What the store is told to write. */
  readonly changes: object;
}

/** An owner's share of one unit of work. */
export interface Share<Changes> {
  /** Undefined where there is nothing to write. */
  readonly changes: Changes | undefined;
  /** Called when the store has the whole unit of work. */
  committed?(): void;
  /** Called when the store has nothing of it: what was taken for it has to come with the next one. */
  takeBack?(): void;
}

/** Who has one kind of memory of the devices, and its tables. It knows no other owner. */
export interface Owner<P extends Port> {
  /** Takes over what the store has, or a part of it; called before anything else. */
  load(stored: P["stored"]): void;
  /** Takes what came since the last time. */
  share(): Share<P["changes"]>;
  /** All there is in memory, for a store that has lost it. */
  everything(): P["changes"];
  /** What has to be written and done when devices are removed. */
  forget(imeis: readonly string[]): Share<P["changes"]>;
}
