/** What a person calls a thing, in each language of the package. */
export interface Label {
  readonly en: string;
  readonly de: string;
}

/** A label in the language of a tag such as `de` or `de-AT`; in English where there is none in that language. */
export function labelIn(label: Label, language: string): string {
  return /^de\b/i.test(language) ? label.de : label.en;
}
