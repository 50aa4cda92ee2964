import type { Problem } from "../../../src/errors";
import { red } from "./red";

type Values = Readonly<Record<string, string | number>>;

export const NAMESPACE = "@mqtt-trackers/node-red-trackers/trackers-sidebar";

/** A text of the sidebar's catalogue in the user's language. */
export function text(key: string, values: Values = {}): string {
  return red._(`${NAMESPACE}:sidebar.${key}`, values);
}

/** The text for exactly this many: `<key>_one` or `<key>_other`. */
export function counted(key: string, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language()).select(count) === "one" ? "one" : "other";
  return text(`${key}_${form}`, { ...values, n: numberText(count) });
}

/**
 * What went wrong in the user's language where it is known, else the server's own sentence. A field with rules of
 * its own has a text of its own.
 */
export function problemText({ code, message, path = "" }: Problem, values: Values = {}): string {
  const keys = /^\w+$/.test(path) ? [`problem.${code}_${path}`, `problem.${code}`] : [`problem.${code}`];
  for (const key of keys) {
    const known = text(key, { ...values, path });
    if (!known.endsWith(key)) return known;
  }
  return message || text("problem.INTERNAL");
}

/** The editor's language, as Intl takes it. */
export function language(): string {
  return red.i18n.lang();
}

export function numberText(value: number, digits = 6): string {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}

/** A point in time in full. */
export function timeText(time: number): string {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "medium" }).format(time);
}
