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

/**
 * A write to the disk takes a block of it, however little there is to write. So messages wait for others to share one
 * with, so many bytes or so many milliseconds: an SD card lives by it.
 */
const BLOCK = 4096;
export const GROUP_MS = 1000;
/** Who sends so soon after an answer has waited for it, and has more to send: a second for each would be long (ms). */
const EAGER_MS = 250;

/** Part of the room from which on those that can go should go soon. */
const CROWDED = 0.25;

interface Waiting {
  readonly message: InboxMessage;
  /** On the monotonic clock. */
  readonly since: number;
  resolve(message: InboxMessage): void;
  reject(error: unknown): void;
}

type Changes = InboxPort["changes"];

/**
 * Messages of devices that are stored before they are acknowledged, and given to the flow again where it is not
 * sure that the registry has what came of them.
 *
 * They are written in groups, so that the store waits for the disk once for all that have come: when they fill a block, or
 * one has waited for {@link GROUP_MS}, or its sender waits for the answer to send more.
 * A message is settled by a save of the registry that began {@link SETTLE_MS} after the flow was handed it, secured by the
 * next commit of history that begins after that, and deleted with the next save. So deleting may lag, but never runs ahead.
 */
export class Inbox implements Owner<InboxPort> {
  /** What the store has, by id, oldest first. */
  private readonly stored = new Map<number, InboxMessage>();
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** One of {@link waiting} is of a sender that has waited for the answer. */
  private isEager = false;
  /** By id, until the store has them. */
  private readonly coming = new Set<number>();
  private writing = false;
  private timer: NodeJS.Timeout | undefined;
  /** Whom a message was stored of lately, and when, on the monotonic clock; oldest first. */
  private readonly answered = new Map<string, number>();
  /** When the flow was handed them, on the monotonic clock. */
  private readonly delivered = new Map<number, number>();
  /** What came of them is in the registry's file. */
  private readonly settled = new Set<number>();
  /** What came of them is in the history, too, as far as it can be written. */
  private readonly secured = new Map<number, null>();
  private lastId = 0;
  private count = 0;
  private readonly room = new Room(MAX_BYTES, MAX_MESSAGES);

  /**
   * `write` resolves when the store has the changes, which it asks for when it is their turn. A message waits for others for
   * `groupMs` at most. `waitingSince` says since when the registry has records that it could not take in yet, on the monotonic
   * clock.
   */
  constructor(
    private readonly write: (changes: () => Changes) => Promise<void>,
    private readonly monotonic: () => number,
    private readonly groupMs: number,
    private readonly waitingSince: () => number | undefined = () => undefined,
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
   * Resolves when the store has the message; `taken` is given it at once, where it is taken. Rejects with `INBOX_FULL` where
   * its client has more than its part of the room, or as the store does. What is kept stays, whoever sends more.
   */
  keep(
    { client, topic, payload, receivedAt }: Omit<InboxMessage, "id">,
    taken?: (message: InboxMessage) => void,
  ): Promise<InboxMessage> {
    // A copy, because what comes from a socket is part of a larger buffer that is used again.
    const message = { id: this.lastId + 1, client, topic, payload: new Uint8Array(payload), receivedAt };
    const size = sizeOf(message);
    if (!this.room.admits(client, size)) {
      return Promise.reject(new TrackerError(fullProblem(client, this.count)));
    }
    this.lastId++;
    this.count++;
    this.room.take(client, size);
    this.coming.add(message.id);
    this.waitingBytes += size;
    this.isEager ||= this.monotonic() - (this.answered.get(client) ?? -Infinity) < EAGER_MS;
    const kept = new Promise<InboxMessage>((resolve, reject) => {
      this.waiting.push({ message, since: this.monotonic(), resolve, reject });
    });
    taken?.(message);
    this.writeSoon();
    return kept;
  }

  /** Writes what waits for others to be written with. */
  writeNow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.writing || this.waiting.length === 0) return;
    this.writing = true;
    void this.writeGroup().then(() => {
      this.writing = false;
      this.writeSoon();
    });
  }

  /** Those that the flow was not handed yet, oldest first. */
  kept(): InboxMessage[] {
    return [...this.stored.values()].filter(({ id }) => !this.delivered.has(id) && !this.isSettled(id));
  }

  deliver({ id }: InboxMessage): void {
    const isKnown = this.stored.has(id) || this.coming.has(id);
    if (isKnown && !this.isSettled(id)) this.delivered.set(id, this.monotonic());
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
    // What waits may be of messages that the flow was handed before.
    const settledBefore = (this.waitingSince() ?? this.monotonic()) - SETTLE_MS;
    return {
      changes: forgotten.size === 0 ? undefined : forgotten,
      committed: () => {
        for (const id of forgotten.keys()) this.remove(id);
        for (const [id, at] of this.delivered) {
          if (at > settledBefore || !this.stored.has(id)) continue;
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

  /** Writes at once where that is worth a block of the disk, or somebody waits for it; else in a while. */
  private writeSoon(): void {
    const [first] = this.waiting;
    if (first === undefined) return;
    const wait = first.since + this.groupMs - this.monotonic();
    if (wait <= 0 || this.isEager || this.waitingBytes >= BLOCK) this.writeNow();
    else this.timer ??= setTimeout(() => this.writeNow(), wait);
  }

  private async writeGroup(): Promise<void> {
    let group: Waiting[] = [];
    try {
      // Taken when it is its turn, so that all that come until then are in it.
      await this.write(() => {
        group = this.waiting;
        this.waiting = [];
        this.waitingBytes = 0;
        this.isEager = false;
        return new Map(group.map(({ message }) => [message.id, message]));
      });
      const now = this.monotonic();
      for (const { message } of group) {
        this.coming.delete(message.id);
        this.stored.set(message.id, message);
        this.answered.delete(message.client);
        this.answered.set(message.client, now);
      }
      for (const [client, at] of this.answered) {
        if (now - at < EAGER_MS) break;
        this.answered.delete(client);
      }
      for (const { message, resolve } of group) resolve(message);
    } catch (error) {
      for (const { message, reject } of group) {
        this.coming.delete(message.id);
        this.delivered.delete(message.id);
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
