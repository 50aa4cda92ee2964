import { type Problem, TrackerError } from "../errors";
import type { Owner, Share } from "../owner";
import { Room } from "../room";
import type { InboxMessage, InboxPort } from "./port";

/**
 * Messages kept at most, and what they may take together: more than a flow is ever behind while it works. One client
 * alone has three quarters of it.
 */
export const MAX_MESSAGES = 50_000;
export const MAX_BYTES = 32 * 1024 * 1024;

/** So long after the flow was handed a message, the registry surely has what came of it (milliseconds). */
export const SETTLE_MS = 3000;

/** Part of the room from which on those that can go should go soon. */
const CROWDED = 0.25;

interface Waiting {
  readonly message: InboxMessage;
  resolve(message: InboxMessage): void;
  reject(error: unknown): void;
}

type Changes = InboxPort["changes"];

/**
 * Messages of devices that are stored before they are acknowledged, and given to the flow again where it is not
 * sure that the registry has what came of them.
 *
 * All that come while the store writes are written together, so that it waits for the disk once for all of them.
 * A message is settled by a save of the registry that began {@link SETTLE_MS} after the flow was handed it, secured by the
 * next commit of history that begins after that, and deleted with the next save. So deleting may lag, but never runs ahead.
 */
export class Inbox implements Owner<InboxPort> {
  /** What the store has, by id, oldest first. */
  private readonly stored = new Map<number, InboxMessage>();
  private waiting: Waiting[] = [];
  private writing = false;
  /** When the flow was handed them, on the monotonic clock. */
  private readonly delivered = new Map<number, number>();
  /** What came of them is in the registry's file. */
  private readonly settled = new Set<number>();
  /** What came of them is in the history, too, as far as it can be written. */
  private readonly secured = new Map<number, null>();
  private lastId = 0;
  private count = 0;
  private readonly room = new Room(MAX_BYTES, MAX_MESSAGES);

  /** `write` resolves when the store has the changes, which it asks for when it is their turn. */
  constructor(
    private readonly write: (changes: () => Changes) => Promise<void>,
    private readonly monotonic: () => number,
  ) {}

  load(stored: readonly InboxMessage[]): void {
    for (const message of stored.toSorted((a, b) => a.id - b.id)) {
      this.stored.set(message.id, message);
      this.lastId = message.id;
      this.count++;
      this.room.take(message.client, sizeOf(message));
    }
  }

  /**
   * Resolves when the store has the message. Rejects with `INBOX_FULL` where its client has more than its part of
   * the room, or as the store does. What is kept stays, whoever sends more.
   */
  keep({ client, topic, payload, receivedAt }: Omit<InboxMessage, "id">): Promise<InboxMessage> {
    // A copy, because what comes from a socket is part of a larger buffer that is used again.
    const message = { id: this.lastId + 1, client, topic, payload: new Uint8Array(payload), receivedAt };
    const size = sizeOf(message);
    if (!this.room.admits(client, size)) {
      return Promise.reject(new TrackerError(fullProblem(client, this.count)));
    }
    this.lastId++;
    this.count++;
    this.room.take(client, size);
    return new Promise((resolve, reject) => {
      this.waiting.push({ message, resolve, reject });
      if (!this.writing) void this.writeAll();
    });
  }

  /** Those that the flow was not handed yet, oldest first. */
  kept(): InboxMessage[] {
    return [...this.stored.values()].filter(({ id }) => !this.delivered.has(id) && !this.isSettled(id));
  }

  deliver({ id }: InboxMessage): void {
    if (this.stored.has(id) && !this.isSettled(id)) this.delivered.set(id, this.monotonic());
  }

  /** To be called when a commit of history begins, and what it returns when that has ended, well or not. */
  securing(): () => void {
    const settled = [...this.settled];
    return () => {
      for (const id of settled) if (this.settled.delete(id)) this.secured.set(id, null);
    };
  }

  everything(): Changes {
    return this.stored;
  }

  /** Whether room gets scarce that a save would make. */
  get isCrowded(): boolean {
    return this.room.isFuller(CROWDED) && this.delivered.size + this.settled.size + this.secured.size > 0;
  }

  share(): Share<Changes> {
    const forgotten = new Map(this.secured);
    const settledBefore = this.monotonic() - SETTLE_MS;
    return {
      changes: forgotten.size === 0 ? undefined : forgotten,
      committed: () => {
        for (const id of forgotten.keys()) this.remove(id);
        for (const [id, at] of this.delivered) {
          if (at > settledBefore) continue;
          this.delivered.delete(id);
          this.settled.add(id);
        }
      },
    };
  }

  /** What a removed device has sent may be on its way to the flow. */
  forget(): Share<Changes> {
    return { changes: undefined };
  }

  private isSettled(id: number): boolean {
    return this.settled.has(id) || this.secured.has(id);
  }

  private remove(id: number): void {
    const message = this.stored.get(id);
    this.stored.delete(id);
    this.secured.delete(id);
    if (message !== undefined) this.release(message);
  }

  private release(message: InboxMessage): void {
    this.count--;
    this.room.release(message.client, sizeOf(message));
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) await this.writeGroup();
    this.writing = false;
  }

  private async writeGroup(): Promise<void> {
    let group: Waiting[] = [];
    try {
      // Taken when it is its turn, so that all that come until then are in it.
      await this.write(() => {
        group = this.waiting;
        this.waiting = [];
        return new Map(group.map(({ message }) => [message.id, message]));
      });
      for (const { message } of group) this.stored.set(message.id, message);
      for (const { message, resolve } of group) resolve(message);
    } catch (error) {
      for (const { message, reject } of group) {
        this.release(message);
        reject(error);
      }
    }
  }
}

function sizeOf({ topic, payload }: InboxMessage): number {
  return topic.length + payload.length;
}

function fullProblem(client: string, count: number): Problem {
  const message = `${count} messages wait for the flow, so no more are taken of ${client}, which has its part of the room: the flow is too slow, or the registry cannot save`;
  return { code: "INBOX_FULL", message };
}
