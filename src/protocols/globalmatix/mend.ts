/** One part of JSON text: a text, a sign, space, or what stands between them. No two can take the same character. */
const PART = /"(?:[^"\\]|\\[^])*"?|[{}[\]:,]|\s+|[^"{}[\]:,\s]+/g;
const VALUE = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/**
 * JSON text in which each value that is none (`nan`, `-Infinity`, `.5`) is a text, and one that is missing is null;
 * without commas before the end of an object or a list. Whatever else is wrong stays so.
 */
export function mendValues(text: string): string {
  const mended: string[] = [];
  const around: string[] = [];
  // Where the last part that is no space stands in `mended`, and what it is.
  let last = { at: -1, part: "" };
  for (const [part] of text.matchAll(PART)) {
    const isEnd = part === "}" || part === "]";
    if (isEnd && last.part === ",") mended[last.at] = "";
    if ((isEnd || part === ",") && last.part === ":") mended.push("null");
    const isFirst = last.part === ":" || ((last.part === "," || last.part === "[") && around.at(-1) === "[");
    if (part === "{" || part === "[") around.push(part);
    else if (isEnd) around.pop();
    mended.push(isFirst && isOdd(part) ? JSON.stringify(part) : part);
    if (part.trim() !== "") last = { at: mended.length - 1, part };
  }
  return mended.join("");
}

function isOdd(part: string): boolean {
  return !/^["{}[\]:,\s]/.test(part) && !VALUE.test(part);
}
