import { EVENT_TYPES, type TrackerEvent } from "../model/events";

import { labelIn } from "../model/label";

import { codeLabel } from "./iotm/events/find";

/**
 * What happened, for a person: by the device's own code where that says more than the type, else in the device's
 * words, else by the type; undefined where there is nothing but a code that nobody knows.
 */
export function eventLabel(
  { type, text, raw }: Pick<TrackerEvent, "type" | "text" | "raw">,
  language: string,
): string | undefined {
  const { function: called, code } = raw ?? {};
  const known = called === undefined || code === undefined ? undefined : codeLabel(called, code);
  if (known !== undefined) return labelIn(known, language);
  if (type !== "other") return labelIn(EVENT_TYPES[type].label, language);
  if (text !== undefined) return text;
  return called === undefined && code === undefined ? labelIn(EVENT_TYPES.other.label, language) : undefined;
}
