import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** Degrees: west, south, east, north. */
export type Bounds = readonly [west: number, south: number, east: number, north: number];

export interface TileSet {
  /** Vector tiles (MVT, not compressed) by `zoom/x/y`. */
  readonly tiles: ReadonlyMap<string, Uint8Array>;
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly bounds: Bounds;
  readonly metadata: object;
}

interface Entry {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
  run: number;
}

const HEADER_BYTES = 127;
/** A reader takes header and root directory with its first request of this size. */
const FIRST_REQUEST_BYTES = 16_384;
const ENTRIES_PER_LEAF = 2048;
const GZIP = 2;
const MVT = 1;

/**
 * A PMTiles archive, version 3 of the format
 * (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md), with tiles of the same content kept once.
 */
export function writePmtiles({ tiles, minZoom, maxZoom, bounds, metadata }: TileSet): Buffer {
  const { entries, data, contents } = placeTiles(tiles);
  const { root, leaves } = directories(entries);
  const meta = gzipSync(JSON.stringify(metadata));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("PMTiles", 0, "latin1");
  header[7] = 3;
  let at = HEADER_BYTES;
  const sections = [root, meta, leaves, data];
  sections.forEach((section, index) => {
    header.writeBigUInt64LE(BigInt(at), 8 + 16 * index);
    header.writeBigUInt64LE(BigInt(section.length), 16 + 16 * index);
    at += section.length;
  });
  [tiles.size, entries.length, contents].forEach((count, index) => {
    header.writeBigUInt64LE(BigInt(count), 72 + 8 * index);
  });
  header.set([1, GZIP, GZIP, MVT, minZoom, maxZoom], 96);
  const [west, south, east, north] = bounds;
  const places = [west, south, east, north].map((degrees) => Math.round(degrees * 1e7));
  places.forEach((place, index) => {
    header.writeInt32LE(place, 102 + 4 * index);
  });
  header[118] = minZoom;
  header.writeInt32LE(Math.round(((west + east) / 2) * 1e7), 119);
  header.writeInt32LE(Math.round(((south + north) / 2) * 1e7), 123);
  return Buffer.concat([header, ...sections]);
}

function placeTiles(tiles: TileSet["tiles"]): { entries: Entry[]; data: Buffer; contents: number } {
  const sorted = [...tiles].map(([key, tile]) => ({ id: tileId(key), tile })).sort((a, b) => a.id - b.id);
  const known = new Map<string, { offset: number; length: number }>();
  const parts: Buffer[] = [];
  const entries: Entry[] = [];
  let size = 0;
  for (const { id, tile } of sorted) {
    const packed = gzipSync(tile, { level: 9 });
    const hash = createHash("sha256").update(packed).digest("base64");
    let place = known.get(hash);
    if (place === undefined) {
      place = { offset: size, length: packed.length };
      known.set(hash, place);
      parts.push(packed);
      size += packed.length;
    }
    const last = entries.at(-1);
    if (last?.offset === place.offset && last.id + last.run === id) last.run++;
    else entries.push({ id, ...place, run: 1 });
  }
  return { entries, data: Buffer.concat(parts), contents: known.size };
}

/** The id of a tile: its place on a Hilbert curve, after all tiles of the zooms before. */
function tileId(key: string): number {
  let [zoom = 0, x = 0, y = 0] = key.split("/").map(Number);
  let id = (4 ** zoom - 1) / 3;
  for (let side = 2 ** zoom / 2; side >= 1; side /= 2) {
    const right = (x & side) > 0 ? 1 : 0;
    const down = (y & side) > 0 ? 1 : 0;
    id += side * side * ((3 * right) ^ down);
    x &= side - 1;
    y &= side - 1;
    if (down === 1) continue;
    if (right === 1) [x, y] = [side - 1 - x, side - 1 - y];
    [x, y] = [y, x];
  }
  return id;
}

function directories(entries: readonly Entry[]): { root: Buffer; leaves: Buffer } {
  const whole = directory(entries);
  if (whole.length <= FIRST_REQUEST_BYTES - HEADER_BYTES) return { root: whole, leaves: Buffer.alloc(0) };
  const leaves: Buffer[] = [];
  const pointers: Entry[] = [];
  let offset = 0;
  for (let from = 0; from < entries.length; from += ENTRIES_PER_LEAF) {
    const part = entries.slice(from, from + ENTRIES_PER_LEAF);
    const leaf = directory(part);
    pointers.push({ id: (part[0] as Entry).id, offset, length: leaf.length, run: 0 });
    leaves.push(leaf);
    offset += leaf.length;
  }
  return { root: directory(pointers), leaves: Buffer.concat(leaves) };
}

function directory(entries: readonly Entry[]): Buffer {
  const bytes: number[] = [];
  const put = (value: number) => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  };
  put(entries.length);
  entries.forEach(({ id }, index) => {
    put(id - (entries[index - 1]?.id ?? 0));
  });
  for (const { run } of entries) put(run);
  for (const { length } of entries) put(length);
  entries.forEach(({ offset }, index) => {
    const before = entries[index - 1];
    put(before !== undefined && offset === before.offset + before.length ? 0 : offset + 1);
  });
  return gzipSync(Buffer.from(bytes), { level: 9 });
}
