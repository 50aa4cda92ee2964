import { addressKey } from "../address";
import { MAX_TEXT } from "../model/limits";
import type { NormalizedRecord } from "../model/message";
import type { Refusal } from "../model/refusal";
import { withRefusal } from "../model/refusal";
import type { Pending } from "./device";

/** Unknown senders listed at most, because anybody who reaches the broker can make some up. */
export const MAX_PENDING = 1000;
/** Ignored ones among them at most, so that there is always room for new ones. */
const MAX_IGNORED = 500;

/** The unknown senders, and which of them are not saved yet. */
export class PendingList {
  /** In the order in which they were heard, the longest silent one first. */
  private readonly senders = new Map<string, Pending>();
  private readonly stored = new Set<string>();
  private readonly changed = new Set<string>();
  private ignored = 0;

  load(stored: readonly Pending[]): void {
    for (const one of stored.toSorted((a, b) => a.lastSeen - b.lastSeen)) {
      this.put(one);
      this.stored.add(one.imei);
    }
  }

  all(): Iterable<Pending> {
    return this.senders.values();
  }

  get notIgnored(): number {
    return this.senders.size - this.ignored;
  }

  has(imei: string): boolean {
    return this.senders.has(imei);
  }

  get(imei: string): Pending | undefined {
    return this.senders.get(imei);
  }

  /** Notes one more record of a sender. Returns who had to give way for it, if somebody had. */
  note(record: NormalizedRecord & { readonly imei: string }, topic: string, now: number): string | undefined {
    const before = this.senders.get(record.imei);
    const forgotten = before === undefined && this.isFull ? this.lowest() : undefined;
    if (forgotten !== undefined) this.drop(forgotten.imei);
    this.put(withRecord(before, record, topic, now));
    this.changed.add(record.imei);
    return forgotten?.imei;
  }

  /**
   * Notes that a sender was not let in. Where there is no room it takes that of another one that has only tried, from
   * the address that most of these come from, or is not listed. Returns who had to give way: another one or itself. Not saved for this alone: it will try again.
   */
  refuse(imei: string, reason: Refusal, address: string, now: number): string | undefined {
    const before = this.senders.get(imei);
    const forgotten = before === undefined && this.isFull ? this.lowest() : undefined;
    if (forgotten !== undefined && forgotten.count > 0) return imei;
    if (forgotten !== undefined) this.drop(forgotten.imei);
    const refused = withRefusal(before?.refused, reason, address, now);
    this.put({ ...(before ?? newPending(imei, now)), lastSeen: now, refused });
    return forgotten?.imei;
  }

  setIgnored(imei: string, ignored: boolean): void {
    const pending = this.senders.get(imei);
    if (pending === undefined) return;
    this.put({ ...pending, ignored });
    this.stored.add(imei);
  }

  /** Takes out a sender of which the store knows that it is gone. */
  remove(imei: string): void {
    this.take(imei);
    this.stored.delete(imei);
    this.changed.delete(imei);
  }

  /** What is to be saved; null for those that are gone. */
  takeChanges(): Map<string, Pending | null> {
    const changes = new Map([...this.changed].map((imei) => [imei, this.senders.get(imei) ?? null]));
    this.changed.clear();
    return changes;
  }

  saved(changes: ReadonlyMap<string, Pending | null>): void {
    for (const [imei, pending] of changes) {
      if (pending === null) {
        this.stored.delete(imei);
        continue;
      }
      this.stored.add(imei);
      // It had to give way while it was being saved.
      if (!this.senders.has(imei)) this.changed.add(imei);
    }
  }

  giveBack(changes: ReadonlyMap<string, Pending | null>): void {
    for (const imei of changes.keys()) {
      if (this.senders.has(imei) || this.stored.has(imei)) this.changed.add(imei);
    }
  }

  private put(pending: Pending): void {
    this.take(pending.imei);
    this.senders.set(pending.imei, pending);
    if (pending.ignored) this.ignored++;
  }

  private take(imei: string): void {
    if (this.senders.get(imei)?.ignored) this.ignored--;
    this.senders.delete(imei);
  }

  /** Forgets a sender; one that was never saved needs not be taken out of the store either. */
  private drop(imei: string): void {
    this.take(imei);
    if (this.stored.has(imei)) this.changed.add(imei);
    else this.changed.delete(imei);
  }

  private get isFull(): boolean {
    return this.senders.size >= MAX_PENDING;
  }

  /**
   * Who gives way first: who has only tried to connect, from the address that most of these come from, since one can
   * make up as many as it likes; else who is silent longest.
   */
  private lowest(): Pending | undefined {
    const ignoredGo = this.ignored > MAX_IGNORED || this.notIgnored === 0;
    const able = [...this.senders.values()].filter(({ ignored }) => ignored === ignoredGo);
    const tried = Map.groupBy(
      able.filter(({ count }) => count === 0),
      ({ refused }) => addressKey(refused?.address ?? ""),
    );
    const [first = able, ...others] = tried.values();
    return others.reduce((most, one) => (one.length > most.length ? one : most), first)[0];
  }
}

function newPending(imei: string, now: number): Pending {
  const nothing = { count: 0, topic: "", protocol: "", position: null, ignored: false };
  return { imei, firstSeen: now, lastSeen: now, ...nothing };
}

/** The unknown sender with one more record; `before` is what was known of it. */
function withRecord(
  before: Pending | undefined,
  record: NormalizedRecord & { readonly imei: string },
  topic: string,
  now: number,
): Pending {
  const position = record.kind !== "file" && record.position?.valid ? record.position : undefined;
  const { latitude, longitude } = position ?? {};
  const known = before ?? newPending(record.imei, now);
  return {
    ...known,
    lastSeen: now,
    count: known.count + 1,
    topic: topic.slice(0, MAX_TEXT),
    protocol: String(record.protocol).slice(0, MAX_TEXT),
    position:
      record.kind !== "file" && typeof latitude === "number" && typeof longitude === "number"
        ? { latitude, longitude, time: record.time }
        : known.position,
  };
}
