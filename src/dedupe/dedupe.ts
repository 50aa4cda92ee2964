import type { Owner, Share } from "../owner";
import { fingerprintOf } from "./fingerprint";
import { type Judged, type Met, metBy, type Note, NoteBook, newNote, storedNote } from "./notes";
import type { AskedRecord, AskSeen, DedupePort } from "./port";
import { NewPrints } from "./prints";
import { RECENT, RecentRecords } from "./recent";

/** Fingerprints of a device that a store keeps at least, and that wait for it at most. */
export const SEEN_LENGTH = 4096;

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
  /** Time of the newest record of a device that came before this run; −∞ where there was none. */
  newest(imei: string): number;
  readonly wasSeen: AskSeen;
  /** Milliseconds. */
  monotonic(): number;
}

/** Fingerprints of records that the store has. */
export type Recalled = ReadonlySet<number>;

const NOTHING: Recalled = new Set();

/**
 * Which records of each device were seen, and by which nodes: several that share a registry get the same records, each
 * for its own flow, so each has its own "again".
 *
 * Memory has those that came since the save before the last one, by their whole fingerprints; and the last of each device
 * in the order of their times, by so little that a match is only a suspicion ({@link RecentRecords}). What that leaves open
 * the store is asked before the record is taken.
 */
export class Dedupe implements Owner<DedupePort> {
  private readonly recent = new Map<string, RecentRecords>();
  /** Not handed over to the store yet. */
  private unsaved = new NewPrints();
  /** Handed over with the last save; they stay until the next one, for all who have asked the store meanwhile. */
  private saved = new NewPrints();
  private readonly noteBook = new NoteBook();
  /** Nodes that receive records, each for its own flow, by the order in which they came up. */
  private readonly nodes = new Map<string, number>();
  /** The question that the store was not asked yet, for all who have one until then. */
  private next: { readonly records: AskedRecord[]; readonly answer: Promise<Recalled> } | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  /** When the questions began that the store has not answered yet, oldest first, on the monotonic clock. */
  private readonly open = new Set<{ readonly since: number }>();

  constructor(private readonly port: SeenPort) {}

  load(): void {}

  /** Whether a record came after all others by its time, and so for the first time. */
  isNewest(imei: string, time: number): boolean {
    return time > this.recentOf(imei).newest;
  }

  /** Whether memory can tell of a record. */
  knows({ imei, print, time }: Sought): boolean {
    if (this.noteOf(imei, print) !== undefined) return true;
    if (time === undefined) return false;
    const recent = this.recentOf(imei);
    return recent.reaches(time) && recent.find(time, print) === undefined;
  }

  /**
   * Asks the store; all that is asked while it answers goes with the next question. A store that cannot answer knows
   * nothing: what comes twice is better than what is lost.
   */
  ask(records: readonly AskedRecord[]): Promise<Recalled> {
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
    if (isNew || !this.renewNew(imei, print, note)) this.unsaved.add(imei, print, note, SEEN_LENGTH);
    if (time === undefined) return;
    const recent = this.recentOf(imei);
    const known = recent.find(time, print);
    if (known === undefined) recent.add(time, print, this.noteBook.numberOf(note));
    else recent.renew(time, print, this.noteBook.numberOf(note & this.noteBook.note(known)));
  }

  share(): Share<Changes> {
    const taken = this.unsaved;
    this.saved = taken;
    this.unsaved = new NewPrints();
    return {
      changes: taken.isEmpty ? undefined : { added: taken.forStore(SEEN_LENGTH), forgotten: [] },
      takeBack: () => {
        // Not all of them, so that memory does not grow while nothing can be saved.
        this.unsaved = taken.with(this.unsaved, RECENT);
        this.saved = new NewPrints();
      },
    };
  }

  /** A store that has lost everything keeps what memory has whole. */
  everything(): Changes {
    return { added: this.saved.with(this.unsaved, SEEN_LENGTH).forStore(SEEN_LENGTH), forgotten: [] };
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return {
      changes: { added: new Map(), forgotten: imeis },
      committed: () => {
        for (const imei of imeis) {
          for (const prints of [this.unsaved, this.saved]) prints.forget(imei);
          this.recent.delete(imei);
        }
      },
    };
  }

  /** Since when records wait for the store's answer, on the monotonic clock; undefined while none do. */
  get waitingSince(): number | undefined {
    const [oldest] = this.open;
    return oldest?.since;
  }

  private question(): NonNullable<Dedupe["next"]> {
    const records: AskedRecord[] = [];
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
    return this.unsaved.note(imei, print) ?? this.saved.note(imei, print);
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
    return this.unsaved.renew(imei, print, note) || this.saved.renew(imei, print, note);
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
