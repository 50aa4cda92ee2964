/** More than this does not fit below a node without lying over its neighbour. */
export const MAX_STATUS = 50;

/** What stands between the parts of a status. */
const PARTS = " · ";

/**
 * A status as it fits below a node, in one line: what is too long ends in dots, after a whole part or word where one
 * ends in the last third.
 */
export function cutStatus(text: string): string {
  const line = [...text.replace(/\s+/gu, " ").trim()];
  if (line.length <= MAX_STATUS) return line.join("");
  const kept = line.slice(0, MAX_STATUS - 1).join("");
  const end = kept.lastIndexOf(" ");
  return `${withoutEnd(end > (MAX_STATUS * 2) / 3 ? kept.slice(0, end) : kept)}…`;
}

/** Without what stands between parts and sentences at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (" ·,;:.".includes(text[end - 1] ?? "x")) end--;
  return text.slice(0, end);
}

/** Keys of the catalogue's `nodeStatus`, in the order in which they are tried: a sentence before what it may end in. */
export const STATUS_KEYS = [
  "starting",
  "opening",
  "stopped",
  "listening",
  "client",
  "clients",
  "waitingCount",
  "online",
  "pending",
  "devices",
  "connected",
  "slow",
  "perMinute",
  "historyHour",
  "thisMachine",
  "pagesOpen",
  "reason",
  "command",
  "accepted",
  "waiting",
  "sent",
  "received",
  "confirmed",
  "refused",
  "expired",
  "superseded",
  "unconfirmed",
  "cancelled",
  "offlineReason",
  "driving",
  "ignition",
  "noSender",
  "onFor",
  "offFor",
  "on",
  "off",
] as const;

/** A text of a catalogue as a pattern: `__name__` stands for any text without the mark between parts. */
export interface StatusTemplate {
  readonly english: string;
  readonly translated: string;
}

/**
 * A status in another language, part by part; a part that no template fits stays. Nodes say their status in English,
 * so that a status node hears the same wherever the editor is opened.
 */
export function translateStatus(text: string, templates: readonly StatusTemplate[]): string {
  const translated = text.split(PARTS).map((part) => translatePart(part, templates));
  return cutStatus(translated.join(PARTS));
}

function translatePart(part: string, templates: readonly StatusTemplate[]): string {
  for (const { english, translated } of templates) {
    const values = match(part, english);
    if (values !== undefined) {
      return translated.replace(/__(\w+?)__/g, (whole, name) => {
        const value = values.get(name);
        return value === undefined ? whole : translatePart(value, templates);
      });
    }
  }
  return part;
}

/** The values of a template's names in a text; undefined where it does not fit. Linear: each mark is found once. */
function match(text: string, template: string): ReadonlyMap<string, string> | undefined {
  const [head = "", ...rest] = template.split(/__(\w+?)__/);
  if (!text.startsWith(head)) return undefined;
  const values = new Map<string, string>();
  let at = head.length;
  for (let index = 0; index < rest.length; index += 2) {
    const after = rest[index + 1] as string;
    const isLast = index + 2 >= rest.length;
    const end = after === "" ? text.length : isLast ? text.length - after.length : text.indexOf(after, at);
    if (end <= at || !text.startsWith(after, end)) return undefined;
    values.set(rest[index] as string, text.slice(at, end));
    at = end + after.length;
  }
  return at === text.length ? values : undefined;
}
