/** One part of JSON text: a text, a sign, space, or what stands between them. No two can take the same character. */
const PART = /"(?:[^"\\]|\\[\s\S])*"?|[{}[\]:,]|\s+|[^"{}[\]:,\s]+/g;
const VALUE = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/**
 * JSON text in which each value that is none (`nan`, `-Infinity`, `.5`) is a text, and one that is missing is null;
 * without commas before the end of an object or a list. Whatever else is wrong stays so.
 */
export function mendValues(text: string): string {
  const mended: string[] = [];
  const around: string[] = [];
  // The last part that is no space, and its place in `mended`.
  let [last, at] = ["", -1];
  for (const [part] of text.matchAll(PART)) {
    if (part.trim() !== "") {
      if (ENDS.has(part) && last === ",") mended[at] = "";
      mended.push(mendPart(part, last, around.at(-1)));
      if (part === "{" || part === "[") around.push(part);
      else if (ENDS.has(part)) around.pop();
      [last, at] = [part, mended.length - 1];
    } else mended.push(part);
  }
  return mended.join("");
}

const ENDS: ReadonlySet<string> = new Set(["}", "]"]);
const SIGNS = /^["{}[\]:,]/;

/** A part as JSON has it, by the part before it and the object or list around it. */
function mendPart(part: string, last: string, around: string | undefined): string {
  if (last === ":" && (part === "," || ENDS.has(part))) return `null${part}`;
  const isValue = last === ":" || (around === "[" && (last === "," || last === "["));
  return isValue && !SIGNS.test(part) && !VALUE.test(part) ? JSON.stringify(part) : part;
}
