/** Of 23 to 25 hours, where clocks are changed; that is why days are not counted in milliseconds. */
const ABOUT_A_DAY = 86_400_000;
const SECOND = 1000;
const DAY_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The time zone of this computer by its name in the IANA database; UTC where it is not known. */
export function systemTimeZone(): string {
  return readTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? "UTC";
}

/** Whether a time zone's name is known here; also an offset such as `+01:00` is. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A name of the IANA time zone database, such as `Europe/Berlin`; undefined for anything else, also for `+01:00`. */
export function readTimeZone(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^\s*[A-Za-z]/.test(value)) return undefined;
  const name = value.trim();
  return isTimeZone(name) ? name : undefined;
}

/** A day of the calendar such as `2026-03-29`; undefined for anything else, also for the 30th of February. */
export function readDay(value: unknown): string | undefined {
  if (typeof value !== "string" || !DAY_TEXT.test(value)) return undefined;
  return textOf(midnightOf(value)) === value ? value : undefined;
}

/** The day so many days after another one; before it for a negative number. */
export function dayAfter(day: string, days = 1): string {
  return textOf(midnightOf(day) + days * ABOUT_A_DAY);
}

/**
 * Days of the calendar in a time zone, as texts like `2026-03-29`. They follow each other without a gap and do not
 * overlap, also where clocks are changed at midnight; a day that a zone has left out has no time.
 */
export class Days {
  private readonly format: Intl.DateTimeFormat;

  /** Throws a `RangeError` for a name that {@link readTimeZone} does not take. */
  constructor(readonly timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  }

  /** The day that a time is of. */
  of(time: number): string {
    const day = textOf(this.local(time));
    const next = dayAfter(day);
    // Where clocks go back over midnight, the last hour comes again after the next day has begun.
    return this.start(next) <= time ? next : day;
  }

  /** Its first millisecond: midnight, or what comes in its place. */
  start(day: string): number {
    return this.at(midnightOf(day));
  }

  /**
   * When clocks show a time (given as if it were UTC): the first time where they show it twice, and when they were put
   * forward where they never do. Epoch milliseconds.
   */
  at(shown: number): number {
    const rest = shown - Math.floor(shown / SECOND) * SECOND;
    const wanted = shown - rest;
    const before = this.offset(wanted - ABOUT_A_DAY);
    const after = this.offset(wanted + ABOUT_A_DAY);
    const [early, late] = [wanted - before, wanted - after].sort((a, b) => a - b) as [number, number];
    if (this.local(early) === wanted) return early + rest;
    return this.local(late) === wanted ? late + rest : this.change(early, late);
  }

  /** From its first to its last millisecond; `to` is before `from` for a day that was left out. */
  span(day: string): { readonly from: number; readonly to: number } {
    return { from: this.start(day), to: this.start(dayAfter(day)) - 1 };
  }

  /** When clocks were put forward between two times. */
  private change(before: number, after: number): number {
    const offset = this.offset(before);
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offset(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  /** What clocks are ahead of UTC. Milliseconds. */
  private offset(time: number): number {
    return this.local(time) - Math.floor(time / SECOND) * SECOND;
  }

  /** What clocks show, as if it were UTC; whole seconds. */
  private local(time: number): number {
    const parts = new Map(this.format.formatToParts(time).map(({ type, value }) => [type, value]));
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
    const year = parts.get("era") === "BC" ? 1 - number("year") : number("year");
    const date = new Date(0);
    date.setUTCFullYear(year, number("month") - 1, number("day"));
    return date.setUTCHours(number("hour"), number("minute"), number("second"));
  }
}

function midnightOf(day: string): number {
  const [, year, month, date] = DAY_TEXT.exec(day) ?? [];
  return new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(date));
}

function textOf(midnight: number): string {
  return new Date(midnight).toISOString().slice(0, 10);
}
