import { TrackerError } from "../errors";
import type { Share } from "../owner";
import type { Changes, Found, OwnerName, Ports, Store, Stored, TakePage } from "./store";

/** What the owners have to write together. */
export type Shares = { readonly [Name in OwnerName]?: Share<Ports[Name]["changes"]> };

/**
 * The store as its users have it: they take turns, what the owners changed is committed at once or taken back
 * whole, and a store that is lost is written anew from memory: a file that is gone or damaged costs nothing but
 * old entries of the journal.
 */
export class UnitOfWork {
  /** Writes wait for each other, so that each is planned on what is in the store. */
  private turn: Promise<unknown> = Promise.resolve();
  private lost = false;
  private onFound: (found: Found) => void = () => undefined;

  /** `everything` is what a new store has to be given. */
  constructor(
    private readonly store: Store,
    private readonly everything: () => Changes,
  ) {}

  /** `take` as in {@link Store.open}. `onFound` is told what was wrong with the store, now or whenever it has to be opened again. */
  async open(onFound: (found: Found) => void, take: TakePage): Promise<Stored> {
    this.onFound = onFound;
    const { stored, ...found } = await this.store.open(take);
    this.tell(found);
    return stored;
  }

  private tell(found: Found): void {
    if (found.setAside !== undefined || found.unreadable !== undefined) this.onFound(found);
  }

  /** Does some work while nobody else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Writes the shares of the owners; only inside {@link exclusively}. */
  async commit(shares: Shares): Promise<void> {
    const all = Object.entries(shares) as [OwnerName, Share<object>][];
    const written = all.flatMap(([name, { changes }]) => (changes === undefined ? [] : [[name, changes]]));
    try {
      if (written.length > 0) {
        const changes = Object.fromEntries(written) as Changes;
        await this.use((store) => store.commit(changes));
      }
    } catch (error) {
      for (const [, share] of all) share.takeBack?.();
      throw error;
    }
    for (const [, share] of all) share.committed?.();
  }

  /** Asks the store for something; only inside {@link exclusively}. */
  async use<T>(work: (store: Store) => Promise<T>): Promise<T> {
    if (this.lost) await this.restore();
    try {
      return await work(this.store);
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.lost = true;
      await this.restore();
      return work(this.store);
    }
  }

  close(): Promise<void> {
    return this.exclusively(() => this.store.close());
  }

  private async restore(): Promise<void> {
    await this.store.close().catch(() => undefined);
    const { stored: _, ...found } = await this.store.open(() => undefined);
    await this.store.commit(this.everything());
    this.lost = false;
    this.tell(found.setAside === undefined ? found : { ...found, inUse: true });
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof TrackerError && error.code === "STORE_LOST";
}
