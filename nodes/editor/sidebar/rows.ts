import { isRingingAlarm } from "../../../src/alarms/alarm";
import type { Row, RowsAnswer, Status } from "../../../src/fleet/views";

/** What the list can be narrowed to; `inactive` is registered or deactivated. */
export const STATUS_FILTERS = [
  "all",
  "online",
  "shutOut",
  "offline",
  "waiting",
  "inactive",
  "pending",
  "ignored",
] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export const SORTS = ["name", "status", "lastSeen", "speed"] as const;
export type Sort = (typeof SORTS)[number];

export interface View {
  readonly search: string;
  readonly status: StatusFilter;
  /** Undefined for all groups; empty for devices without one. */
  readonly group: string | undefined;
  readonly sort: Sort;
}

const FILTER_OF: Readonly<Record<Status, StatusFilter>> = {
  online: "online",
  shutOut: "shutOut",
  offline: "offline",
  waiting: "waiting",
  registered: "inactive",
  deactivated: "inactive",
  pending: "pending",
  ignored: "ignored",
};

/** Those that want something of a person come first. */
const STATUS_ORDER: readonly Status[] = [
  "pending",
  "shutOut",
  "offline",
  "waiting",
  "online",
  "registered",
  "deactivated",
  "ignored",
];

/** What a row is called: its name, else its number plate, else its IMEI. */
export function titleOf({ name, plate, imei }: Pick<Row, "name" | "plate" | "imei">): string {
  return name || plate || imei;
}

/** The speed of a device that is online, as long as it is not older than the device's own timeout; else null. */
export function currentSpeed({ status, speed, speedUntil = 0 }: Row, now: number): number | null {
  return status === "online" && now < speedUntil ? speed : null;
}

/** As {@link currentSpeed}, of the ignition. */
export function currentIgnition({ status, ignition, ignitionUntil = 0 }: Row, now: number): boolean | null {
  return status === "online" && now < ignitionUntil ? ignition : null;
}

/** A row as it was before an answer, undefined where it is new, and as it is now. */
export type RowListener = (before: Row | undefined, row: Row) => void;

/** The rows of one registry, kept by IMEI, and what a person sees of them. */
export class DeviceRows {
  private readonly rows = new Map<string, Row>();
  private readonly searched = new Map<string, string>();
  /** Place of each row by name; made anew when a name has changed. */
  private ranks: Map<string, number> | undefined;
  private known: { epoch: string; revision: number } | undefined;
  private readonly collator: Intl.Collator;

  constructor(
    language: string,
    private readonly now: () => number = Date.now,
  ) {
    this.collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  }

  /** What to ask for next: the changes after this, or everything where it is undefined. */
  get since(): { epoch: string; revision: number } | undefined {
    return this.known;
  }

  get size(): number {
    return this.rows.size;
  }

  get(imei: string): Row | undefined {
    return this.rows.get(imei);
  }

  all(): Row[] {
    return [...this.rows.values()];
  }

  /** Takes an answer in, and tells of its rows; returns whether it has anything about this IMEI. */
  apply(
    { epoch, revision, full, rows, removed }: RowsAnswer,
    tell: RowListener = () => {},
  ): (imei: string) => boolean {
    for (const row of rows) tell(this.rows.get(row.imei), row);
    if (full) this.clear();
    this.known = { epoch, revision };
    for (const imei of removed) this.delete(imei);
    for (const row of rows) this.set(row);
    return (imei) => full || removed.includes(imei) || rows.some((row) => row.imei === imei);
  }

  clear(): void {
    this.rows.clear();
    this.searched.clear();
    this.ranks = undefined;
    this.known = undefined;
  }

  /** How many there are of each, and of all but the ignored. */
  counts(): Readonly<Record<StatusFilter, number>> {
    const counts = {
      all: 0,
      online: 0,
      shutOut: 0,
      offline: 0,
      waiting: 0,
      inactive: 0,
      pending: 0,
      ignored: 0,
    };
    for (const { status } of this.rows.values()) {
      counts[FILTER_OF[status]]++;
      if (status !== "ignored") counts.all++;
    }
    return counts;
  }

  /** The names of all groups, in order. */
  groups(): string[] {
    const names = new Set<string>();
    for (const { group } of this.rows.values()) if (group !== "") names.add(group);
    return [...names].sort(this.collator.compare);
  }

  /**
   * The rows to show, in order. With `held` (the order in which they are shown now) nothing changes its place,
   * so that what a person points at stays there; new rows come last.
   */
  list(view: View, held?: readonly Row[]): Row[] {
    const words = fold(view.search).split(/\s+/).filter(Boolean);
    const shown: Row[] = [];
    for (const row of this.rows.values()) if (this.fits(row, view, words)) shown.push(row);
    const ranks = this.nameRanks();
    const byName = (a: Row, b: Row) => (ranks.get(a.imei) as number) - (ranks.get(b.imei) as number);
    if (held === undefined || view.sort === "name")
      return shown.sort(comparison(view.sort, byName, this.now()));
    const places = new Map(held.map(({ imei }, index) => [imei, index]));
    const place = ({ imei }: Row) => places.get(imei) ?? held.length;
    return shown.sort((a, b) => place(a) - place(b) || byName(a, b));
  }

  private fits(row: Row, { status, group }: View, words: readonly string[]): boolean {
    if (status === "all" ? row.status === "ignored" : FILTER_OF[row.status] !== status) return false;
    if (group !== undefined && row.group !== group) return false;
    if (words.length === 0) return true;
    const searched = this.searchedText(row);
    return words.every((word) => searched.includes(word));
  }

  private searchedText(row: Row): string {
    let found = this.searched.get(row.imei);
    if (found === undefined) {
      const { name, plate, imei, group } = row;
      // A number plate is found with and without its spaces and dashes.
      found = fold([name, plate, plate.replace(/[\s-]/g, ""), imei, group].join("\n"));
      this.searched.set(imei, found);
    }
    return found;
  }

  private nameRanks(): Map<string, number> {
    if (this.ranks === undefined) {
      const named = [...this.rows.values()].map((row) => ({ imei: row.imei, title: titleOf(row) }));
      named.sort((a, b) => this.collator.compare(a.title, b.title) || (a.imei < b.imei ? -1 : 1));
      this.ranks = new Map(named.map(({ imei }, index) => [imei, index]));
    }
    return this.ranks;
  }

  private set(row: Row): void {
    const before = this.rows.get(row.imei);
    if (before === undefined || titleOf(before) !== titleOf(row)) this.ranks = undefined;
    this.searched.delete(row.imei);
    this.rows.set(row.imei, row);
  }

  private delete(imei: string): void {
    if (!this.rows.delete(imei)) return;
    this.searched.delete(imei);
    this.ranks = undefined;
  }
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const ringing = ({ alarms }: Row): number => Number(alarms?.some(isRingingAlarm) === true);

type Comparison = (a: Row, b: Row) => number;

function comparison(sort: Sort, byName: Comparison, now: number): Comparison {
  const highest = (value: (row: Row) => number | null): Comparison => {
    const number = (row: Row) => value(row) ?? Number.NEGATIVE_INFINITY;
    return (a, b) => Math.sign(number(b) - number(a)) || byName(a, b);
  };
  const sorts: Readonly<Record<Sort, Comparison>> = {
    name: byName,
    status: (a, b) =>
      ringing(b) - ringing(a) ||
      STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
      byName(a, b),
    lastSeen: highest(({ lastSeen }) => lastSeen),
    speed: highest((row) => currentSpeed(row, now)),
  };
  return sorts[sort];
}
