import { TrackerError } from "../../errors";
import { endedProblem, lockedProblem, problemOf } from "./problems";
import { StoreThread } from "./thread";

/** The thread of one store: there from its start until it is let go, or ends by itself. */
export class ThreadOwner {
  private thread: StoreThread | undefined;
  /** The thread has ended by itself. */
  private isLost = false;

  /** `taken`: files that stores of this process own or ask for. Of two stores the first gets the file, not the faster. */
  constructor(
    private path: string,
    private readonly taken: Set<string>,
    private readonly script?: string,
  ) {}

  /** Starts a thread for its file, or the one that it is now, and takes that. Throws `STORE_LOCKED` where a store has it. */
  start(path = this.path): StoreThread {
    if (this.thread !== undefined || this.taken.has(path)) throw new TrackerError(lockedProblem(path));
    const thread = this.made(path);
    this.path = path;
    this.thread = thread;
    this.isLost = false;
    this.taken.add(path);
    thread.ended.then(() => {
      if (this.thread !== thread) return;
      this.thread = undefined;
      this.isLost = true;
      this.taken.delete(path);
    });
    return thread;
  }

  /** Asks the thread. Rejects with `STORE_LOST` where it has ended by itself, with `STORE_FAILED` where there is none. */
  async ask(method: string, argument?: unknown, transfer?: readonly ArrayBuffer[]): Promise<unknown> {
    if (this.thread !== undefined) return this.thread.request(method, argument, transfer);
    if (this.isLost) throw new TrackerError(endedProblem(this.path, "its thread has ended"));
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }

  /** From here on there is no thread; the caller ends it and gives its file back. */
  letGo(): StoreThread | undefined {
    const { thread } = this;
    this.thread = undefined;
    return thread;
  }

  /** The same, and that it had ended by itself no longer counts. */
  close(): StoreThread | undefined {
    this.isLost = false;
    return this.letGo();
  }

  private made(path: string): StoreThread {
    try {
      return new StoreThread(path, this.script);
    } catch (error) {
      throw new TrackerError(problemOf(error, path));
    }
  }
}
