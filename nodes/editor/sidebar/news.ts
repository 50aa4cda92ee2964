import type { Row } from "../../../src/fleet/views";
import type { LastEvent } from "../../../src/state/live-state";
import { ringingOf } from "./alarms";

/** What is new about a device: an unknown sender that came up, an alarm, or an event. */
export type NewsKind = "pending" | "alarm" | "event";

export interface NewsItem {
  readonly kind: NewsKind;
  readonly row: Row;
}

/** What came since somebody looked: the badge counts it, the rows are marked until each was looked at. */
export class News {
  private readonly marked = new Map<string, NewsKind>();
  private readonly unseen = new Set<string>();

  /** Compares a row with the one before it; `first` is the first answer, of which only unknown senders are news. */
  take(before: Row | undefined, row: Row, first: boolean): NewsItem | undefined {
    const kind = kindOf(before, row, first);
    if (kind === undefined) {
      // It was activated or ignored.
      if (this.marked.get(row.imei) === "pending" && row.status !== "pending") this.lookedAt(row.imei);
      return undefined;
    }
    this.marked.set(row.imei, kind);
    this.unseen.add(row.imei);
    return { kind, row };
  }

  isMarked(imei: string): boolean {
    return this.marked.has(imei);
  }

  /** How many devices have something that the list was not looked at for. */
  get count(): number {
    return this.unseen.size;
  }

  /** The list was looked at. */
  listSeen(): void {
    this.unseen.clear();
  }

  /** One device was looked at. */
  lookedAt(imei: string): void {
    this.marked.delete(imei);
    this.unseen.delete(imei);
  }

  clear(): void {
    this.marked.clear();
    this.unseen.clear();
  }
}

function kindOf(before: Row | undefined, row: Row, first: boolean): NewsKind | undefined {
  if (row.status === "pending")
    return before?.status === "pending" || before?.status === "ignored" ? undefined : "pending";
  const { event } = row;
  if (first || before === undefined) return undefined;
  const alarm = ringingOf(row);
  if (alarm !== undefined && !before.alarms?.some(({ id }) => id === alarm.id)) return "alarm";
  if (event === undefined) return undefined;
  return isSameEvent(before.event, event) ? undefined : "event";
}

function isSameEvent(one: LastEvent | undefined, other: LastEvent): boolean {
  return (
    one?.time === other.time &&
    one.type === other.type &&
    one.raw?.function === other.raw?.function &&
    one.raw?.code === other.raw?.code &&
    one.raw?.text === other.raw?.text
  );
}
