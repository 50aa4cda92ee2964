import { LIMITS } from "./limits";

/** One part of JSON text: a text, a sign, space, or what stands between them. No two can take the same character. */
const PART = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|[{}[\]:,]|\s+|[^"{}[\]:,\s]+/g;
const VALUE = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** Parts of the largest message that is read: each value with its key and two signs. */
const MAX_PARTS = 4 * LIMITS.values;

/**
 * JSON text in which each value that is none (`nan`, `-Infinity`, `.5`) is a text, and one that is missing is null;
 * without commas before the end of an object or a list. Undefined where something else is wrong, too; that is found at once.
 */
export function mendValues(text: string): string | undefined {
  const mended = new Mended();
  for (const [part] of text.matchAll(PART)) {
    if (part.trim() === "") mended.parts.push(part);
    else if (!mended.take(part)) return undefined;
  }
  return mended.parts.join("");
}

class Mended {
  readonly parts: string[] = [];
  private readonly around: string[] = [];
  /** The last part that is no space, and its place. */
  private last = "";
  private at = -1;

  /** Adds a part that is no space; false where none such can stand there. */
  take(part: string): boolean {
    if (!mayFollow(part, this.last) || this.around.length > LIMITS.depth || this.parts.length > MAX_PARTS) {
      return false;
    }
    if (ENDS.has(part) && this.last === ",") this.parts[this.at] = "";
    this.at = this.parts.push(mendPart(part, this.last, this.around.at(-1))) - 1;
    if (part === "{" || part === "[") this.around.push(part);
    else if (ENDS.has(part)) this.around.pop();
    this.last = part;
    return true;
  }
}

const ENDS: ReadonlySet<string> = new Set(["}", "]"]);
const SIGNS = /^["{}[\]:,]/;
/** What a value can stand behind. */
const BEFORE_VALUE: ReadonlySet<string> = new Set(["", ":", ",", "[", "{"]);

/** Whether JSON can have a part behind another, but for what is mended. */
function mayFollow(part: string, last: string): boolean {
  if (ENDS.has(part)) return true;
  if (part === ",") return last === ":" || !BEFORE_VALUE.has(last);
  return part === ":" ? last.startsWith('"') : BEFORE_VALUE.has(last);
}

/** A part as JSON has it, by the part before it and the object or list around it. */
function mendPart(part: string, last: string, around: string | undefined): string {
  if (last === ":" && (part === "," || ENDS.has(part))) return `null${part}`;
  const isValue = last === ":" || (around === "[" && (last === "," || last === "["));
  return isValue && !SIGNS.test(part) && !VALUE.test(part) ? JSON.stringify(part) : part;
}
