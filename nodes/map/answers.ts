import type { MapFeed, MapValue } from "../../src/map/feed";
import type { DeviceAnswer, ValueAnswer } from "../../src/map/wire";
import { labelIn } from "../../src/model/label";
import { isSwitched } from "../../src/model/switched";
import { findTerm, VOCABULARY } from "../../src/model/vocabulary";
import type { ShareLink } from "../../src/shares/share-link";
import de from "./page/texts/de.json";
import en from "./page/texts/en.json";

import { type MapOptions, showsValue } from "./settings";

export type Language = "en" | "de";

/** The page's texts; both languages have the same. */
export const PAGE_TEXTS: Readonly<Record<Language, typeof en>> = { en, de };

const ORDER: ReadonlyMap<string, number> = new Map(VOCABULARY.map(({ key }, index) => [key, index]));

/** Whether a value may be seen with a link: of what has a name, numbers and states, and nothing of a driver. */
export function isForEverybody(key: string): boolean {
  const term = findTerm(key);
  return term !== undefined && term.type !== "text" && term.type !== "id64" && term.group !== "driver";
}

/** The last values of a device: those that have a name first, in the vocabulary's order. */
export function deviceAnswer(
  feed: MapFeed,
  imei: string,
  language: Language,
  options: Pick<MapOptions, "values" | "popup">,
  link: ShareLink | undefined,
): DeviceAnswer {
  const place = ({ key }: MapValue) => ORDER.get(key) ?? ORDER.size;
  const values = feed
    .values(imei)
    .filter(({ key }) => showsValue(options, key))
    .filter(({ key, time }) => link === undefined || (isForEverybody(key) && time >= link.begins))
    .sort((a, b) => place(a) - place(b) || (a.key < b.key ? -1 : 1));
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
