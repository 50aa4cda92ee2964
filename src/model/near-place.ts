import { type Coordinates, earthPointOf, metresBetween } from "./earth";

/** A town or village. */
export interface Settlement extends Coordinates {
  /** As GeoNames has it. */
  readonly name: string;
  /** 2 to 6, by how many live there. */
  readonly size: number;
}

/** A place, and where one is as seen from it. */
export interface NearPlace {
  readonly name: string;
  /** Metres; 0 where one is in the place. */
  readonly distance: number;
  /** Degrees, 0 is north. */
  readonly course: number;
}

/** Metres; nearer is in the place. */
const INSIDE = 950;
/** How much further a place may be for each step of its size. */
const SIZE_COUNTS = 0.25;

/** The place by which one would say where something is: of two, the larger one may be somewhat further away. */
export function nearestOf(here: Coordinates, places: Iterable<Settlement>): NearPlace | undefined {
  const point = earthPointOf(here);
  let nearest: { place: Settlement; distance: number; weighed: number } | undefined;
  for (const place of places) {
    const distance = metresBetween(point, earthPointOf(place));
    const weighed = distance / (1 + SIZE_COUNTS * (place.size - 2));
    if (weighed < (nearest?.weighed ?? Number.POSITIVE_INFINITY)) nearest = { place, distance, weighed };
  }
  if (nearest === undefined) return undefined;
  const { place, distance } = nearest;
  return {
    name: place.name,
    distance: distance < INSIDE ? 0 : distance,
    course: courseBetween(place, here),
  };
}

/** Degrees from 0 to 360, of a way that is not long. */
function courseBetween(from: Coordinates, to: Coordinates): number {
  const across = ((to.longitude - from.longitude + 540) % 360) - 180;
  const east = across * Math.cos((to.latitude * Math.PI) / 180);
  return ((Math.atan2(east, to.latitude - from.latitude) * 180) / Math.PI + 360) % 360;
}

/** Which of the eight winds of a list that begins with north a course is. */
export function windOf(course: number, winds: readonly string[]): string {
  return winds[((Math.round(course / 45) % 8) + 8) % 8] as string;
}

const WORDS = {
  en: { of: "of", winds: ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] },
  de: { of: "von", winds: ["N", "NO", "O", "SO", "S", "SW", "W", "NW"] },
} as const;
export type PlaceLanguage = keyof typeof WORDS;

/** "Panevėžys", "5.7 km E of Panevėžys". */
export function placeText({ name, distance, course }: NearPlace, language: PlaceLanguage): string {
  if (distance === 0) return name;
  const { of, winds } = WORDS[language];
  const kilometres = (distance / 1000).toFixed(distance < 9950 ? 1 : 0);
  return `${language === "de" ? kilometres.replace(".", ",") : kilometres} km ${windOf(course, winds)} ${of} ${name}`;
}
