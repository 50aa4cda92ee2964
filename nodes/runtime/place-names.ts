import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isFor } from "../../src/fences/fence";
import type { Fleet } from "../../src/fleet/fleet";
import type { Coordinates } from "../../src/model/earth";
import { type PlaceLanguage, placeText } from "../../src/model/near-place";
import { PlaceList } from "../../src/model/place-list";

/** What the build makes of the places of the base map. */
export const PLACES_FILE = join(__dirname, "..", "..", "..", "resources", "map", "places.bin");

/** What a place is called, and the names of the fences of a device that it lies in. */
export interface NamedPlace {
  readonly place?: string;
  readonly fences?: readonly string[];
}

/** Null where the file cannot be read: then places have no names, and all else goes on. */
let list: PlaceList | null | undefined;

/** Read when it is asked for first. */
export function placeList(): PlaceList | null {
  if (list === undefined) list = read();
  return list;
}

function read(): PlaceList | null {
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(PLACES_FILE);
    return new PlaceList(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
  } catch {
    return null;
  }
}

/** "Panevėžys", "5.7 km E of Panevėžys"; undefined where no place is anywhere near. */
export function placeNameOf(here: Coordinates, language: PlaceLanguage): string | undefined {
  const near = placeList()?.nearest(here);
  return near && placeText(near, language);
}

/** How the places of a device are named. */
export function placeNamer(fleet: Fleet, imei: string, language: PlaceLanguage) {
  const group = fleet.devices.get(imei)?.group ?? "";
  return ({ latitude, longitude }: Partial<Coordinates>): NamedPlace => {
    if (latitude === undefined || longitude === undefined) return {};
    const here = { latitude, longitude };
    const place = placeNameOf(here, language);
    const inside = fleet.fences.index.at(here).filter((fence) => isFor(fence, imei, group));
    return {
      ...(place !== undefined && { place }),
      ...(inside.length > 0 && { fences: inside.map(({ name }) => name) }),
    };
  };
}
