import { EVENT_TYPES, type TrackerEvent } from "../model/events";
import type { Label } from "../model/label";
import { codeLabel } from "./iotm/events/find";

/** Languages that labels are in. */
export type LabelLanguage = keyof Label;

/** The language of labels for a user's language such as `de-AT`: English where there is none. */
export function labelLanguage(language: string): LabelLanguage {
  return language.toLowerCase().startsWith("de") ? "de" : "en";
}

/**
 * What happened, for a person: by the device's own code where that says more than the type, else in the device's
 * words, else by the type; undefined where there is nothing but a code that nobody knows.
 */
export function eventLabel(
  { type, text, raw }: Pick<TrackerEvent, "type" | "text" | "raw">,
  language: LabelLanguage,
): string | undefined {
  const { function: called, code } = raw ?? {};
  const known = called === undefined || code === undefined ? undefined : codeLabel(called, code);
  if (known !== undefined) return known[language];
  if (type !== "other") return EVENT_TYPES[type].label[language];
  if (text !== undefined) return text;
  return called === undefined && code === undefined ? EVENT_TYPES.other.label[language] : undefined;
}
