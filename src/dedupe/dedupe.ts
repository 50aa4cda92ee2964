import type { Owner, Share } from "../owner";
import type { DedupePort, SeenChunk } from "./port";
import { type Met, SeenRecords } from "./seen";

type Changes = DedupePort["changes"];

/** How a record was judged when it came; see {@link SeenRecords.add}. */
type Noted = Parameters<SeenRecords["add"]>[2];

/** Which records of each device were seen, and by which nodes. */
export class Dedupe implements Owner<DedupePort> {
  private readonly seen = new Map<string, SeenRecords>();
  private readonly changed = new Set<string>();
  /** Nodes that receive records, each for its own flow, by the order in which they came up. */
  private readonly nodes = new Map<string, number>();

  load(stored: DedupePort["stored"]): void {
    const chunks = Map.groupBy(stored, ({ imei }) => imei);
    for (const [imei, ofDevice] of chunks) this.seen.set(imei, SeenRecords.from(ofDevice));
  }

  /** Notes that a record has come to a node (its id); undefined where it came for the first time to any. */
  meet(imei: string, print: number, node: string): Met | undefined {
    return this.seen.get(imei)?.meet(print, this.numberOf(node));
  }

  /** Remembers a new record, or anew how one is judged. */
  add(imei: string, print: number, node: string, noted: Noted): void {
    let seen = this.seen.get(imei);
    if (seen === undefined) {
      seen = new SeenRecords();
      this.seen.set(imei, seen);
    }
    seen.add(print, this.numberOf(node), noted);
    this.changed.add(imei);
  }

  share(): Share<Changes> {
    const chunks = this.takeChunks(this.changed);
    this.changed.clear();
    return {
      changes: chunks.length === 0 ? undefined : { chunks, forgotten: [] },
      takeBack: () => {
        for (const [imei, ofDevice] of Map.groupBy(chunks, (chunk) => chunk.imei)) {
          this.seen.get(imei)?.giveBack(ofDevice);
          if (this.seen.has(imei)) this.changed.add(imei);
        }
      },
    };
  }

  everything(): Changes {
    for (const seen of this.seen.values()) seen.giveBack();
    return { chunks: this.takeChunks(this.seen.keys()), forgotten: [] };
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return {
      changes: { chunks: [], forgotten: imeis },
      committed: () => {
        for (const imei of imeis) {
          this.seen.delete(imei);
          this.changed.delete(imei);
        }
      },
    };
  }

  private takeChunks(imeis: Iterable<string>): SeenChunk[] {
    return [...imeis].flatMap((imei) => this.seen.get(imei)?.takeChanged(imei) ?? []);
  }

  private numberOf(node: string): number {
    const known = this.nodes.get(node) ?? this.nodes.size;
    this.nodes.set(node, known);
    return known;
  }
}
