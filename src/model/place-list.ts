import { type Coordinates, wrapped } from "./earth";
import { type NearPlace, nearestOf, type Settlement } from "./near-place";

/** Cells are of one degree. */
const COLUMNS = 360;
const ROWS = 180;
const CELLS = COLUMNS * ROWS;
/** Degrees are kept as whole numbers: a metre is enough. */
const PER_DEGREE = 1e5;
const MAGIC = 0x31_43_4c_50;

/**
 * Places by where they are, as one block of bytes, little endian: magic, count; for each cell the number of its first
 * place, and the count once more; latitudes and longitudes in 1e-5 degrees; where each name begins, and all end; sizes;
 * names in UTF-8. All numbers but the sizes have four bytes.
 */
export class PlaceList {
  readonly count: number;
  private readonly cells: Uint32Array;
  private readonly latitudes: Int32Array;
  private readonly longitudes: Int32Array;
  private readonly starts: Uint32Array;
  private readonly sizes: Uint8Array;
  private readonly names: Uint8Array;
  private readonly decoder = new TextDecoder();

  /** Throws a RangeError where the block is none. */
  constructor(private readonly block: ArrayBuffer) {
    const [magic, count = 0] = new Uint32Array(block, 0, 2);
    if (magic !== MAGIC) throw new RangeError("this is no list of places");
    this.count = count;
    let at = 8;
    const next = (length: number) => {
      at += length;
      return at - length;
    };
    this.cells = new Uint32Array(block, next(4 * (CELLS + 1)), CELLS + 1);
    this.latitudes = new Int32Array(block, next(4 * count), count);
    this.longitudes = new Int32Array(block, next(4 * count), count);
    this.starts = new Uint32Array(block, next(4 * (count + 1)), count + 1);
    this.sizes = new Uint8Array(block, next(count), count);
    this.names = new Uint8Array(block, at);
  }

  /** What it takes of memory. */
  get bytes(): number {
    return this.block.byteLength;
  }

  /** Undefined where no place is within about a degree: at sea, in a desert. */
  nearest(here: Coordinates): NearPlace | undefined {
    return nearestOf(here, this.around(here));
  }

  private *around({ latitude, longitude }: Coordinates): Generator<Settlement> {
    const row = rowOf(latitude);
    // A degree of longitude is short near the poles.
    const wide = Math.min(COLUMNS / 2, Math.ceil(1 / Math.max(0.01, Math.cos((latitude * Math.PI) / 180))));
    const columns = Math.min(COLUMNS, 2 * wide + 1);
    const first = columnOf(longitude) - wide + COLUMNS;
    for (let y = Math.max(0, row - 1); y <= Math.min(ROWS - 1, row + 1); y++) {
      for (let x = 0; x < columns; x++) yield* this.inCell(y * COLUMNS + ((first + x) % COLUMNS));
    }
  }

  private *inCell(cell: number): Generator<Settlement> {
    for (let index = this.cells[cell] as number; index < (this.cells[cell + 1] as number); index++) {
      yield this.placeAt(index);
    }
  }

  private placeAt(index: number): Settlement {
    const { decoder, names, starts } = this;
    return {
      latitude: (this.latitudes[index] as number) / PER_DEGREE,
      longitude: (this.longitudes[index] as number) / PER_DEGREE,
      size: this.sizes[index] as number,
      // Names are read only of what is near enough to be named.
      get name() {
        return decoder.decode(names.subarray(starts[index], starts[index + 1]));
      },
    };
  }
}

/** The block of a {@link PlaceList}. */
export function placeBlock(places: readonly Settlement[]): Uint8Array {
  const sorted = places
    .map((place) => ({ place, cell: rowOf(place.latitude) * COLUMNS + columnOf(place.longitude) }))
    .sort((a, b) => a.cell - b.cell);
  const names = sorted.map(({ place }) => new TextEncoder().encode(place.name));
  const starts = [0];
  for (const name of names) starts.push((starts.at(-1) as number) + name.length);
  const cells = new Uint32Array(CELLS + 1);
  for (const { cell } of sorted) cells[cell + 1] = (cells[cell + 1] as number) + 1;
  for (let cell = 0; cell < CELLS; cell++) {
    cells[cell + 1] = (cells[cell + 1] as number) + (cells[cell] as number);
  }
  const degrees = (value: (place: Settlement) => number) =>
    Int32Array.from(sorted, ({ place }) => Math.round(value(place) * PER_DEGREE));
  const parts: (Uint32Array | Int32Array | Uint8Array)[] = [
    Uint32Array.of(MAGIC, sorted.length),
    cells,
    degrees(({ latitude }) => latitude),
    degrees(({ longitude }) => longitude),
    Uint32Array.from(starts),
    Uint8Array.from(sorted, ({ place }) => place.size),
    ...names,
  ];
  const block = new Uint8Array(parts.reduce((bytes, part) => bytes + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    block.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return block;
}

function rowOf(latitude: number): number {
  return Math.max(0, Math.min(ROWS - 1, Math.floor(latitude + 90)));
}

function columnOf(longitude: number): number {
  return Math.min(COLUMNS - 1, Math.floor(wrapped(longitude) + 180));
}
