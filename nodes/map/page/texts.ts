import type { PageConfig } from "../../../src/map/wire";

type Values = Readonly<Record<string, string | number>>;

let texts: PageConfig["texts"] = {};
/** The user's own form of the page's language, as for dates: en-GB. */
let locale = "en";

/** Takes the texts that the server has given in the page's language. */
export function useTexts(config: Pick<PageConfig, "texts" | "language">): void {
  ({ texts } = config);
  const { language } = config;
  locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
  document.documentElement.lang = language;
}

export function pageLocale(): string {
  return locale;
}

export function pageText(key: string, values: Values = {}): string {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text for exactly this many: `<key>_one` or `<key>_other`. */
export function pageCounted(key: string, count: number): string {
  const form = new Intl.PluralRules(locale).select(count) === "one" ? "one" : "other";
  return pageText(`${key}_${form}`, { n: count.toLocaleString(locale) });
}
