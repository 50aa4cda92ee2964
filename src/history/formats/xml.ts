const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML 1.0 has it; characters that it cannot have are left out. */
export function escaped(text: string): string {
  const possible = [...text].filter((character) =>
    /[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(character),
  );
  return possible.map((character) => ENTITIES[character] ?? character).join("");
}

/** As xsd:decimal has it, which knows no exponent. */
export function decimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(12) : text;
}

/** Degrees east from -180 up to, but not including, 180. */
export function eastOf(longitude: number): string {
  return decimal(longitude === 180 ? -180 : longitude);
}
