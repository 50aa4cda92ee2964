import type { MapFeed, MapValue } from "../../src/map/feed";
import type { DeviceAnswer, ValueAnswer } from "../../src/map/wire";
import { labelIn } from "../../src/model/label";
import { isSwitched } from "../../src/model/switched";
import { findTerm, VOCABULARY } from "../../src/model/vocabulary";
import de from "./page/texts/de.json";
import en from "./page/texts/en.json";

export type Language = "en" | "de";

/** The page's texts; both languages have the same. */
export const PAGE_TEXTS: Readonly<Record<Language, typeof en>> = { en, de };

const ORDER: ReadonlyMap<string, number> = new Map(VOCABULARY.map(({ key }, index) => [key, index]));

/** The last values of a device: those that have a name first, in the vocabulary's order. */
export function deviceAnswer(feed: MapFeed, imei: string, language: Language): DeviceAnswer {
  const place = ({ key }: MapValue) => ORDER.get(key) ?? ORDER.size;
  const values = [...feed.values(imei)].sort((a, b) => place(a) - place(b) || (a.key < b.key ? -1 : 1));
  return { values: values.map((value) => valueAnswer(value, language)) };
}

function valueAnswer({ key, value, time, wired }: MapValue, language: Language): ValueAnswer {
  const term = findTerm(key);
  const label = term === undefined ? key : labelIn(term.label, language);
  return {
    key,
    label: wired === "" ? label : `${wired} (${label})`,
    value,
    unit: term?.unit ?? "",
    switched: isSwitched(key),
    time,
  };
}
