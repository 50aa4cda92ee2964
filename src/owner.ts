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

/**
 * The share of an owner whose documents change often: those that have changed since the last time. `changed` has their keys,
 * and is empty afterwards.
 */
export function shareOfChanged<T>(
  documents: ReadonlyMap<string, T>,
  changed: Set<string>,
): Required<Pick<Share<ReadonlyMap<string, T>>, "changes" | "takeBack">> {
  const keys = [...changed];
  changed.clear();
  const taken = keys.flatMap((key) => {
    const document = documents.get(key);
    return document === undefined ? [] : [[key, document] as const];
  });
  return {
    changes: taken.length === 0 ? undefined : new Map(taken),
    takeBack: () => {
      for (const key of keys) if (documents.has(key)) changed.add(key);
    },
  };
}

/** Takes over how documents are from now on, by key; null removes. */
export function applyChanges<T>(documents: Map<string, T>, changes: ReadonlyMap<string, T | null>): void {
  for (const [key, document] of changes) {
    if (document === null) documents.delete(key);
    else documents.set(key, document);
  }
}
