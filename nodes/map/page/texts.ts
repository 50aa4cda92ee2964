import type { PageConfig } from "../../../src/map/wire";

type Values = Readonly<Record<string, string | number>>;

let texts: PageConfig["texts"] = {};
let language: PageConfig["language"] = "en";

/** Takes the texts that the server has given in the page's language. */
export function useTexts(config: Pick<PageConfig, "texts" | "language">): void {
  ({ texts, language } = config);
  document.documentElement.lang = language;
}

export function pageLanguage(): string {
  return language;
}

export function text(key: string, values: Values = {}): string {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text for exactly this many: `<key>_one` or `<key>_other`. */
export function counted(key: string, count: number): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  return text(`${key}_${form}`, { n: count.toLocaleString(language) });
}
