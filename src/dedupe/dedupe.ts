import type { Owner, Share } from "../owner";
import { fingerprintOf } from "./fingerprint";
import { type Judged, type Met, metBy, type Note, NoteBook, newNote, storedNote } from "./notes";
import type { AskedWhole, DedupePort } from "./port";
import { NewPrints } from "./prints";
import { RecentRecords } from "./recent";

/** Fingerprints of a device that wait for history at most; and that are kept where there is none. */
const MOST_NEW = 4096;
export const MOST_ALONE = 1024;

type Changes = DedupePort["changes"];

/** A record as memory looks for it. */
export interface Sought {
  readonly imei: string;
  readonly print: number;
  /** Epoch milliseconds; undefined where it does not say when the record was taken (a file, a wrong clock). */
  readonly time: number | undefined;
}

/** What dedupe needs of the registry. */
export interface SeenPort {
  /** Whether there is a history that has what came, for good, once it is committed. */
  hasHistory(): boolean;
  /** Time of the newest record of a device that came before this run; −∞ where there was none. */
  newest(imei: string): number;
  wasSeen(records: readonly AskedWhole[]): Promise<readonly boolean[]>;
  /** Milliseconds. */
  monotonic(): number;
}

/** Fingerprints of records that came before. */
export type Recalled = ReadonlySet<number>;

const NOTHING: Recalled = new Set();

/**
 * Which records of each device were seen, and by which nodes: several that share a registry get the same records, each
 * for its own flow, so each has its own "again".
 *
 * Memory has those that came since the commit of history before the last one, by their whole fingerprints; and the last of
 * each device in the order of their times, by so little that a match is only a suspicion ({@link RecentRecords}). What that
 * leaves open the history is asked before the record is taken. Where there is none, more are remembered whole.
 */
export class Dedupe implements Owner<DedupePort> {
  private readonly recent = new Map<string, RecentRecords>();
  /** Not committed to history yet. */
  private fresh = new NewPrints();
  /** Committed the last time; they stay until the next one, for all who have asked meanwhile. */
  private committed = new NewPrints();
  private readonly noteBook = new NoteBook();
  /** Nodes that receive records, each for its own flow, by the order in which they came up. */
  private readonly nodes = new Map<string, number>();
  /** The question that was not asked yet, for all who have one until then. */
  private next: { readonly records: AskedWhole[]; readonly answer: Promise<Recalled> } | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  /** When the questions began that are not answered yet, oldest first, on the monotonic clock. */
  private readonly open = new Set<{ readonly since: number }>();

  constructor(private readonly port: SeenPort) {}

  load(): void {}

  /** Whether a record came after all others by its time, and so for the first time. */
  isNewest(imei: string, time: number): boolean {
    return time > this.recentOf(imei).newest;
  }

  /** Whether a record of this time has surely not come before this run, nor before what memory has of the device. */
  reaches(imei: string, time: number): boolean {
    return this.recentOf(imei).reaches(time);
  }

  /** Whether memory can tell of a record. */
  knows({ imei, print, time }: Sought): boolean {
    if (this.noteOf(imei, print) !== undefined) return true;
    if (time === undefined) return false;
    const recent = this.recentOf(imei);
    return recent.reaches(time) && recent.find(time, print) === undefined;
  }

  /**
   * Asks the history; all that is asked while it answers goes with the next question. One that cannot answer knows
   * nothing: what comes twice is better than what is lost.
   */
  ask(records: readonly AskedWhole[]): Promise<Recalled> {
    this.next ??= this.question();
    this.next.records.push(...records);
    return this.next.answer;
  }

  /** Notes that a record has come to a node; undefined where it came for the first time to any. */
  meet(sought: Sought, node: string, isFuture: boolean, recalled = NOTHING): Met | undefined {
    const { imei, time } = sought;
    if (time !== undefined && this.isNewest(imei, time)) return undefined;
    const note = this.noteOf(imei, sought.print) ?? this.recalledNote(sought, isFuture, recalled);
    if (note === undefined) return undefined;
    const number = this.numberOf(node);
    this.renew(sought, note | newNote(number, {}));
    return metBy(note, number);
  }

  /** Remembers a new record, or anew how one is judged. */
  add(sought: Sought, node: string, judged: Judged): void {
    const { imei, print, time } = sought;
    const note = newNote(this.numberOf(node), judged);
    const isNew = time !== undefined && this.isNewest(imei, time);
    if (isNew || !this.renewNew(imei, print, note))
      this.fresh.add(imei, print, note, this.port.hasHistory() ? MOST_NEW : MOST_ALONE);
    if (time === undefined) return;
    const recent = this.recentOf(imei);
    const known = recent.find(time, print);
    if (known === undefined) recent.add(time, print, this.noteBook.numberOf(note));
    else recent.renew(time, print, this.noteBook.numberOf(note & this.noteBook.note(known)));
  }

  /** To be called when a commit of history begins, and what it returns when that has ended, with whether it has all. */
  committing(): (isDone: boolean) => void {
    if (!this.port.hasHistory()) return () => undefined;
    const taken = this.fresh;
    this.committed = taken;
    this.fresh = new NewPrints();
    return (isDone) => {
      if (isDone) return;
      // Not all of them, so that memory does not grow while nothing can be written.
      this.fresh = taken.with(this.fresh, MOST_ALONE);
      this.committed = new NewPrints();
    };
  }

  share(): Share<Changes> {
    return { changes: undefined };
  }

  everything(): Changes {
    return { forgotten: [] };
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return {
      changes: { forgotten: imeis },
      committed: () => {
        for (const imei of imeis) {
          for (const prints of [this.fresh, this.committed]) prints.forget(imei);
          this.recent.delete(imei);
        }
      },
    };
  }

  /** Since when records wait for an answer, on the monotonic clock; undefined while none do. */
  get waitingSince(): number | undefined {
    const [oldest] = this.open;
    return oldest?.since;
  }

  private question(): NonNullable<Dedupe["next"]> {
    const records: AskedWhole[] = [];
    const open = { since: this.port.monotonic() };
    this.open.add(open);
    const answer = this.turn.then(async (): Promise<Recalled> => {
      this.next = undefined;
      try {
        const answers = await this.port.wasSeen(records);
        return new Set(records.filter((_, at) => answers[at]).map(fingerprintOf));
      } catch {
        return NOTHING;
      } finally {
        this.open.delete(open);
      }
    });
    this.turn = answer;
    return { records, answer };
  }

  private noteOf(imei: string, print: number): Note | undefined {
    return this.fresh.note(imei, print) ?? this.committed.note(imei, print);
  }

  private recalledNote({ imei, print, time }: Sought, isFuture: boolean, recalled: Recalled) {
    if (!recalled.has(print)) return undefined;
    const number = time === undefined ? undefined : this.recentOf(imei).find(time, print);
    return number === undefined ? storedNote(isFuture) : this.noteBook.note(number);
  }

  private renew({ imei, print, time }: Sought, note: Note): void {
    this.renewNew(imei, print, note);
    if (time !== undefined) this.recentOf(imei).renew(time, print, this.noteBook.numberOf(note));
  }

  private renewNew(imei: string, print: number, note: Note): boolean {
    return this.fresh.renew(imei, print, note) || this.committed.renew(imei, print, note);
  }

  private recentOf(imei: string): RecentRecords {
    let recent = this.recent.get(imei);
    if (recent === undefined) {
      recent = new RecentRecords(this.port.newest(imei));
      this.recent.set(imei, recent);
    }
    return recent;
  }

  private numberOf(node: string): number {
    const known = this.nodes.get(node);
    if (known !== undefined) return known;
    this.nodes.set(node, this.nodes.size);
    return this.nodes.size - 1;
  }
}
