/** Nodes that are told apart; further ones count as one. The rest of a note's 32 bits are the record's marks. */
const NODES = 29;
const LATE = 1 << NODES;
const FUTURE = 1 << (NODES + 1);
/** A record that nobody remembers coming has been to every node. */
const EVERY_NODE = LATE - 1;

/** How a record was judged when it came first. */
export interface Judged {
  readonly late?: boolean;
  readonly future?: boolean;
}

/** What is remembered of a record that came before. */
export interface Met {
  /** It came to this node before; else only to others. */
  readonly here: boolean;
  readonly late: boolean;
  readonly future: boolean;
}

/** Which nodes had a record, by number, and how it was marked. */
export type Note = number;

export function bitOf(node: number): Note {
  return 1 << Math.min(node, NODES - 1);
}

export function newNote(node: number, { late, future }: Judged): Note {
  return bitOf(node) | (late ? LATE : 0) | (future ? FUTURE : 0);
}

/** The note of a record that only the store knows. */
export function storedNote(isFuture: boolean): Note {
  return EVERY_NODE | (isFuture ? FUTURE : 0);
}

/** How a note is understood by a node, before the record comes to it. */
export function metBy(note: Note, node: number): Met {
  return { here: (note & bitOf(node)) !== 0, late: (note & LATE) !== 0, future: (note & FUTURE) !== 0 };
}

/** Different notes that have a number of their own; fleets have a few dozen. */
const MAX_NOTES = 256;

/** Notes as numbers of one byte, of which each device keeps hundreds. */
export class NoteBook {
  /** The first says nothing, so that what has no number of its own passes again rather than not at all. */
  private readonly notes: Note[] = [0];
  private readonly numbers = new Map<Note, number>([[0, 0]]);

  numberOf(note: Note): number {
    const known = this.numbers.get(note);
    if (known !== undefined) return known;
    if (this.notes.length >= MAX_NOTES) return 0;
    this.numbers.set(note, this.notes.length);
    return this.notes.push(note) - 1;
  }

  note(number: number): Note {
    return this.notes[number] ?? 0;
  }
}
