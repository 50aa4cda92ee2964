import { TrackerError } from "../errors";
import type { Changes, Found, Store, Stored } from "./store";

/**
 * A store whose users take turns, and that is written anew from memory where it is lost: a file that is gone or
 * damaged costs nothing but old journal.
 */
export class StoreAccess {
  /** Writes wait for each other, so that each is planned on what is in the store. */
  private turn: Promise<unknown> = Promise.resolve();
  private lost = false;
  private onFound: (found: Found) => void = () => undefined;

  /** `everything` is what a new store has to be given. */
  constructor(
    private readonly store: Store,
    private readonly everything: () => Changes,
  ) {}

  /** `onFound` is told what was wrong with the store, now or whenever it has to be opened again. */
  async open(onFound: (found: Found) => void): Promise<Stored> {
    this.onFound = onFound;
    const stored = await this.store.open();
    this.tell(stored);
    return stored;
  }

  private tell({ setAside, copy, inUse, unreadable }: Found): void {
    if (setAside === undefined && unreadable === undefined) return;
    this.onFound({
      ...(setAside === undefined ? {} : { setAside }),
      ...(copy === undefined ? {} : { copy }),
      ...(inUse === undefined ? {} : { inUse }),
      ...(unreadable === undefined ? {} : { unreadable }),
    });
  }

  /** Does some work while nobody else writes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Writes; only inside {@link exclusively}. */
  commit(changes: Changes): Promise<void> {
    return this.use((store) => store.commit(changes));
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
    const found = await this.store.open();
    await this.store.commit(this.everything());
    this.lost = false;
    this.tell(found.setAside === undefined ? found : { ...found, inUse: true });
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof TrackerError && error.code === "STORE_LOST";
}
