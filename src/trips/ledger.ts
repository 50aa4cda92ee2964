import { digest52 } from "../model/identity";
import type { DrivingEvent, Interval, IntervalChange } from "./interval";

/** From where something can still change: nothing that began or ended before. Epoch milliseconds. */
export interface Settled {
  /** No interval or event that began before it can change. */
  readonly start: number;
  /** No trip that ended until then. */
  readonly trips: number;
  /** Nothing else that ended before. */
  readonly others: number;
}

/** What was told of an interval or event. Plain JSON. */
export interface Told {
  readonly id: string;
  /** Kind of the interval or type of the event, as it was told last. */
  readonly name: string;
  /** Epoch milliseconds; no end as long as it lasts. */
  readonly start: number;
  readonly end?: number;
  /** 0: known, but not told. */
  readonly revision: number;
  readonly print: number;
}

/** An interval or event that can be told. */
export type Tellable =
  | { readonly what: "interval"; readonly content: Interval }
  | { readonly what: "event"; readonly content: DrivingEvent };

/** One that was told wrong, and is none, has no content. */
export type TripNews = {
  readonly id: string;
  readonly revision: number;
  readonly change: IntervalChange;
} & (
  | Tellable
  | {
      readonly what: "interval" | "event";
      readonly content: { readonly name: string; readonly start: number; readonly end?: number };
    }
);

interface Item {
  readonly tellable: Tellable;
  readonly group: string;
  readonly name: string;
  readonly start: number;
  readonly end?: number;
  readonly print: number;
}

const ANYTHING: Settled = {
  start: Number.NEGATIVE_INFINITY,
  trips: Number.NEGATIVE_INFINITY,
  others: Number.NEGATIVE_INFINITY,
};

/** Trips that turn out to be carried remain the same. Events have a group for each type. */
const groupOf = (what: Tellable["what"], name: string): string =>
  what === "event" ? `event ${name}` : name === "carried" ? "trip" : name;

/**
 * What was told of one device, so that each change of it is told, too. An interval keeps its id as long as it has anything
 * of what it was.
 */
export class Ledger {
  /** By group. */
  private readonly told = new Map<string, Told[]>();
  /** Something other than a stop was told that still lasts. */
  hasOpen = false;

  constructor(saved: Readonly<Record<string, readonly Told[]>> = {}) {
    for (const [group, list] of Object.entries(saved)) this.told.set(group, [...list]);
    this.look();
  }

  saved(): Record<string, readonly Told[]> {
    return Object.fromEntries(this.told);
  }

  /** Takes what there is as known, without telling it. */
  note(current: readonly Tellable[]): void {
    this.compare(current, ANYTHING);
    for (const [group, list] of this.told) {
      this.told.set(
        group,
        list.map((one) => ({ ...one, revision: 0 })),
      );
    }
  }

  /** Forgets what ended before a time: nothing can change it any more. Epoch milliseconds. */
  forget(before: number): void {
    for (const [group, list] of this.told) {
      this.told.set(
        group,
        list.filter(({ start, end }) => (end ?? start) >= before || end === undefined),
      );
    }
  }

  /** What is new against what was told, of all that can change. */
  compare(current: readonly Tellable[], settled: Settled): TripNews[] {
    const news: TripNews[] = [];
    const items = Map.groupBy(current.map(itemOf), ({ group }) => group);
    for (const group of new Set([...this.told.keys(), ...items.keys()])) {
      const list = this.told.get(group) ?? [];
      const until = group === "trip" ? settled.trips : settled.others - 1;
      const isSettled = ({ start, end }: Told) =>
        start < settled.start || (end !== undefined && end <= until);
      const kept = list.filter(isSettled);
      const open = list.filter((one) => !isSettled(one));
      const next = this.compareGroup(group, items.get(group) ?? [], open, kept, news);
      this.told.set(group, [...kept, ...next]);
    }
    this.look();
    return news.sort((a, b) => startOf(a) - startOf(b));
  }

  private look(): void {
    this.hasOpen = lasts(this.told);
  }

  private compareGroup(
    group: string,
    items: readonly Item[],
    told: readonly Told[],
    kept: readonly Told[],
    news: TripNews[],
  ): Told[] {
    const before = matched(items, told);
    const used = new Set([...before.values(), ...kept].map(({ id }) => id));
    // What is deleted now keeps its id, too: whoever hears both has to tell them apart.
    const taken = new Set([...kept, ...told].map(({ id }) => id));
    for (const one of told) {
      if (used.has(one.id) || one.revision === 0) continue;
      const { id, name, start, end } = one;
      const content = { name, start, ...(end !== undefined && { end }) };
      const what = group.startsWith("event ") ? "event" : "interval";
      news.push({ id, revision: one.revision + 1, change: "deleted", what, content });
    }
    return items.map((item) => {
      const old = before.get(item);
      const { name, start, end, print, tellable } = item;
      if (old?.print === print) return old;
      const id = old?.id ?? freshId(item, taken);
      taken.add(id);
      const revision = (old?.revision ?? 0) + 1;
      news.push({ id, revision, change: revision === 1 ? "created" : "updated", ...tellable });
      return { id, name, start, ...(end !== undefined && { end }), revision, print };
    });
  }
}

/** Whether something other than a stop was told that still lasts. */
export function lasts(told: Iterable<readonly [group: string, list: readonly Told[]]>): boolean {
  return [...told].some(([group, list]) => group !== "stop" && list.some(({ end }) => end === undefined));
}

function itemOf(tellable: Tellable): Item {
  const { what, content } = tellable;
  const name = content === undefined ? "" : "kind" in content ? content.kind : content.type;
  const start = content.start.time;
  const end = "end" in content ? content.end.time : start + content.seconds * 1000;
  // What still lasts changes with each record; it is told again when it is another one, or ends.
  const essence = content.open ? { name, start: content.start } : content;
  return {
    tellable,
    group: groupOf(what, name),
    name,
    start,
    ...(!content.open && { end }),
    print: digest52(JSON.stringify(essence)),
  };
}

/** Which of the told is which of the items: the one that begins at the same time, else the one with most in common. */
function matched(items: readonly Item[], told: readonly Told[]): Map<Item, Told> {
  const found = new Map<Item, Told>();
  const left = new Map(told.map((one) => [one.start, one]));
  for (const item of items) {
    const same = left.get(item.start);
    if (same === undefined) continue;
    found.set(item, same);
    left.delete(item.start);
  }
  const others = items.filter((item) => !found.has(item));
  const pairs = [...left.values()]
    .flatMap((one) => others.map((item) => ({ one, item, common: common(one, item) })))
    .filter(({ common }) => common > 0)
    .sort((a, b) => b.common - a.common);
  for (const { one, item } of pairs) {
    if (found.has(item) || !left.has(one.start)) continue;
    found.set(item, one);
    left.delete(one.start);
  }
  return found;
}

/** Milliseconds that both last. */
function common(a: { start: number; end?: number }, b: { start: number; end?: number }): number {
  const endOf = ({ end = Number.MAX_SAFE_INTEGER }) => end;
  return Math.min(endOf(a), endOf(b)) - Math.max(a.start, b.start) + 1;
}

/** Its name and when it began, in UTC, as `trip-20260303T070512Z`; with a number where that is taken. */
function freshId({ group, start }: Item, used: ReadonlySet<string>): string {
  const time = new Date(start).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const id = `${group.replace("event ", "")}-${time}`;
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? id : `${id}-${number}`;
    if (!used.has(numbered)) return numbered;
  }
}

function startOf({ content }: TripNews): number {
  return typeof content.start === "number" ? content.start : content.start.time;
}
