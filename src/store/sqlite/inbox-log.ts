import type { InboxMessage } from "../../inbox/port";
import { CommitLog, type LogFrame } from "../log/commit-log";
import { cutMessages, messageOf } from "./inbox-bytes";

/** Kinds of frames. */
const KEPT = 2;
const GONE = 3;
/** A file is written on into this size, however little of it is still kept. */
const ROUND = 1 << 20;
const NUMBER = 8;

/**
 * Messages that are on the disk before they are acknowledged, in a commit log beside the registry's file: a block of the
 * disk for all that come in a second, where rows in the database would take several. That some are gone is written with
 * what comes next: where it is missing after a power cut, they are handed over again. Blocks: for a worker only.
 */
export class InboxLog {
  /** The bytes of each, by number, in the order in which they came. */
  private readonly kept = new Map<number, Uint8Array>();
  private bytes = 0;
  private gone: number[] = [];
  private log: CommitLog | undefined;
  /** Parts that could not be read. */
  readonly damaged: number;

  /** There are no files of it where nothing is kept. */
  constructor(private readonly path: string) {
    if (CommitLog.exists(path)) this.log = this.open();
    this.damaged = this.log?.damaged ?? 0;
  }

  get messages(): InboxMessage[] {
    return [...this.kept].map(([id, bytes]) => messageOf({ id, bytes }));
  }

  has(id: number): boolean {
    return this.kept.has(id);
  }

  hasAll(ids: Iterable<number>): boolean {
    return [...ids].every((id) => this.has(id));
  }

  /** Takes messages, as `bytesOfMessages` writes them; they are on the disk when it returns. */
  keep(messages: Uint8Array): void {
    if (this.log?.isInPlace === false) this.begin();
    this.log ??= this.open();
    if (this.log.length > ROUND + 2 * this.bytes) this.turn(this.log);
    const gone = Buffer.from(Float64Array.from(this.gone).buffer);
    const frames = [{ kind: KEPT, data: messages }];
    this.log.append(gone.length === 0 ? frames : [{ kind: GONE, data: gone }, ...frames]);
    this.gone = [];
    this.take(messages);
  }

  /** Messages that need not be kept any more. */
  forget(id: number): void {
    const bytes = this.kept.get(id);
    if (bytes === undefined) return;
    this.kept.delete(id);
    this.bytes -= bytes.length;
    this.gone.push(id);
  }

  /** Deletes its files: all that was in them is elsewhere. */
  remove(): void {
    this.log?.remove();
    this.log = undefined;
    this.kept.clear();
    this.bytes = 0;
    this.gone = [];
  }

  close(): void {
    this.log?.close();
    this.log = undefined;
  }

  private open(): CommitLog {
    return new CommitLog(this.path, (frame) => this.replay(frame));
  }

  private replay({ kind, data }: LogFrame): void {
    if (kind === KEPT) this.take(data);
    if (kind !== GONE) return;
    for (let at = 0; at + NUMBER <= data.length; at += NUMBER)
      this.forget(Buffer.from(data).readDoubleLE(at));
    this.gone = [];
  }

  private take(messages: Uint8Array): void {
    for (const { id, bytes } of cutMessages(messages)) {
      this.bytes += bytes.length - (this.kept.get(id)?.length ?? 0);
      this.kept.set(id, bytes);
    }
  }

  /** Goes on in the other file, with what is still kept. */
  private turn(log: CommitLog): void {
    log.turn();
    this.writeAll(log);
    log.giveUp(false);
  }

  /** Somebody has removed or replaced the files. */
  private begin(): void {
    this.log?.close();
    this.log = new CommitLog(this.path, () => undefined);
    this.writeAll(this.log);
  }

  private writeAll(log: CommitLog): void {
    log.append([{ kind: KEPT, data: Buffer.concat([...this.kept.values()]) }]);
    this.gone = [];
  }
}
