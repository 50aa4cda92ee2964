import { isAttributeName, TERM_GROUPS, VOCABULARY } from "../../../src/model/vocabulary";
import { unitsOf } from "../../../src/protocols/json/convert";
import { namesOf } from "../../../src/protocols/json/recognise";
import { findTarget, TARGETS } from "../../../src/protocols/json/targets";

/** Signals that are no names of the vocabulary, or the position's own, in groups of their own. */
const OWN_GROUPS: Readonly<Record<string, readonly string[]>> = {
  identity: keys("imei time"),
  position: keys(
    "latitude longitude latLon altitude speed heading hdop fixSatellites fix latitudeHemisphere longitudeHemisphere",
  ),
  special: keys("event ignore"),
};
const OWN = new Set(Object.values(OWN_GROUPS).flat());

/** The signals of the list in groups, in the order in which a person maps them. Every target is in one of them. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ...OWN_GROUPS,
  ...Object.fromEntries(Object.keys(TERM_GROUPS).map((group) => [group, termsOf(group)])),
};

function termsOf(group: string): string[] {
  return VOCABULARY.filter((term) => term.group === group && !OWN.has(term.key)).map(({ key }) => key);
}

function keys(text: string): string[] {
  return text.split(" ");
}

function series(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index + 1}`);
}

/** One line of the list. */
export interface TargetOption {
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  /** Name of its group; `own` for a name of the user's own. */
  readonly group: string;
}

/** Words by which people look for a signal, beside the usual names of it. */
const WORDS: Readonly<Record<string, string>> = {
  imei: "serial number who",
  heading: "direction",
  latLon: "coordinates both",
  latitudeHemisphere: "north south",
  longitudeHemisphere: "east west",
  event: "alarm alert",
  ignore: "skip drop leave out",
  coolantTemperature: "water engine",
  externalVoltage: "supply board vehicle battery",
  odometer: "distance total",
  ...Object.fromEntries(series("input", 8).map((key) => [key, "digital"])),
  ...Object.fromEntries(series("output", 4).map((key) => [key, "digital relay"])),
};

/**
 * The signals whose key, label, usual name or unit has every word of what was typed, an exact one first. The last is what
 * was typed itself, as a name of the user's own, where it can be one.
 */
export function search(typed: string, labelOf: (key: string) => string): TargetOption[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = Object.entries(GROUPS).flatMap(([group, members]) =>
    members
      .map((key) => ({ key, label: labelOf(key), unit: findTarget(key)?.unit ?? "", group }))
      .filter((option) => words.every((word) => isAbout(option, word))),
  );
  const sought = words.join("");
  const isExact = ({ key }: TargetOption) => key.toLowerCase() === sought || namesOf(key).includes(sought);
  found.sort((one, other) => Number(isExact(other)) - Number(isExact(one)));
  const name = typed.trim();
  const isOwn = name !== "" && isAttributeName(name) && !TARGETS.some(({ key }) => key === name);
  return isOwn ? [...found, { key: name, label: name, unit: "", group: "own" }] : found;
}

/** Whether a word stands in what is shown of a signal, or begins one of the other names that it goes by. */
function isAbout({ key, label, unit }: TargetOption, word: string): boolean {
  const units = unitsOf(findTarget(key) ?? { type: "text", unit });
  const shown = [key, label, ...units].join(" ").toLowerCase();
  const others = [...namesOf(key), ...(WORDS[key] ?? "").split(" ")];
  return shown.includes(word) || others.some((name) => name.startsWith(word));
}
