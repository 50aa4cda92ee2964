import type { Timed } from "./identity";
import { OWN_PARTS, POSITION_PARTS, PREFIXES } from "./record";
import { FALSE, NULL, NUMBER, TEXT, TRUE } from "./table";

/**
 * Records as they came, of any devices, as flat arrays that go to another thread without being copied.
 *
 * `cells` has of each record: number of the device, count of cells, and each cell as number of the name · 8 + tag.
 * `numbers` has of each record: time, key, and the number of each cell that has one; a text's is its place in `texts`.
 */
export interface RecordBatch {
  readonly count: number;
  readonly cells: Uint16Array;
  readonly numbers: Float64Array;
  readonly texts: readonly string[];
  readonly names: readonly string[];
  readonly imeis: readonly string[];
}

/** Names that a batch can have: 13 bits beside the 3 of the tag. */
const MOST_NAMES = 8191;
/** Records and cells after which a batch is full, as far as one record more can still be added. */
const MOST_RECORDS = 1000;
/** Cells that a record can have; no decoder gives as many. */
const MOST_CELLS = 4000;
/** The epoch day of a time takes 24 bits in the key of a chunk. */
const LAST_TIME = 2 ** 24 * 86_400_000;

const OWN_COLUMNS = [...POSITION_PARTS, ...OWN_PARTS];
const numberOfPart = new Map<string, number>(OWN_COLUMNS.map((name, number) => [name, number]));
const PART_NUMBERS = POSITION_PARTS.map((part) => [part, numberOfPart.get(part) as number] as const);
const [PROTOCOL, TIME_UNKNOWN, UNREAD, EVENT, CAUSE] = OWN_PARTS.map(
  (part) => numberOfPart.get(part) as number,
) as [number, number, number, number, number];

/** Takes records and makes batches of them. Costs about a microsecond a record. */
export class Packer {
  private cells = new Uint16Array(4096);
  private numbers = new Float64Array(2048);
  private cellCount = 0;
  private numberCount = 0;
  count = 0;
  private texts: string[] = [];
  private readonly textNumbers = new Map<string, number>();
  private names: string[] = [...OWN_COLUMNS];
  private readonly byPrefix: Readonly<Record<keyof typeof PREFIXES, Map<string, number>>> = {
    attributes: new Map(),
    sensors: new Map(),
    units: new Map(),
    objects: new Map(),
  };
  private imeis: string[] = [];
  private readonly deviceNumbers = new Map<string, number>();

  /** The batch should be taken before another record is added. */
  get isFull(): boolean {
    return this.count >= MOST_RECORDS || this.names.length + MOST_CELLS > MOST_NAMES;
  }

  /** False where history cannot have such a record: its time is no time of an epoch, or it has too many values. */
  add(record: Timed, key: number): boolean {
    const time = Math.round(record.time);
    if (!(time >= 0 && time < LAST_TIME) || sizeOf(record) > MOST_CELLS) return false;
    this.makeRoom();
    this.numbers[this.numberCount++] = time;
    this.numbers[this.numberCount++] = key;
    this.cells[this.cellCount++] = this.deviceNumber(record.imei);
    const countAt = this.cellCount++;
    this.addOwn(record);
    const { attributes, sensors, units } = record;
    if (attributes !== undefined) this.addValues("attributes", attributes);
    if (sensors !== undefined) this.addValues("sensors", sensors);
    if (units !== undefined) this.addValues("units", units);
    this.cells[countAt] = this.cellCount - countAt - 1;
    this.count++;
    return true;
  }

  /** The batch, after which another one begins; undefined where there is nothing. */
  take(): RecordBatch | undefined {
    if (this.count === 0) return undefined;
    const batch: RecordBatch = {
      count: this.count,
      cells: this.cells.slice(0, this.cellCount),
      numbers: this.numbers.slice(0, this.numberCount),
      texts: this.texts,
      names: this.names,
      imeis: this.imeis,
    };
    this.cellCount = 0;
    this.numberCount = 0;
    this.count = 0;
    this.texts = [];
    this.names = [...OWN_COLUMNS];
    this.imeis = [];
    for (const known of [this.textNumbers, this.deviceNumbers, ...Object.values(this.byPrefix)])
      known.clear();
    return batch;
  }

  private addOwn(record: Timed): void {
    const { position } = record;
    if (position !== undefined) {
      for (const [part, number] of PART_NUMBERS) this.addCell(number, position[part]);
    }
    this.addCell(PROTOCOL, record.protocol);
    if (record.timeUnknown) this.addCell(TIME_UNKNOWN, true);
    if (record.unread !== undefined) this.addCell(UNREAD, record.unread);
    if (record.kind === "event") this.addCell(EVENT, JSON.stringify(record.event));
    else if (record.cause !== undefined) this.addCell(CAUSE, record.cause);
  }

  private addValues(
    where: "attributes" | "sensors" | "units",
    values: Readonly<Record<string, unknown>>,
  ): void {
    const known = this.byPrefix[where];
    for (const name in values) {
      const value = values[name];
      if (typeof value === "object" && value !== null) {
        this.addCell(this.nameNumber("objects", name), JSON.stringify(value));
      } else this.addCell(known.get(name) ?? this.nameNumber(where, name), value);
    }
  }

  private addCell(name: number, value: unknown): void {
    const cell = name << 3;
    if (typeof value === "number") {
      if (Number.isFinite(value)) {
        this.cells[this.cellCount++] = cell | NUMBER;
        // Zero has no sign, as in JSON.
        this.numbers[this.numberCount++] = value + 0;
      } else this.cells[this.cellCount++] = cell | NULL;
    } else if (typeof value === "boolean") this.cells[this.cellCount++] = cell | (value ? TRUE : FALSE);
    else if (typeof value === "string") {
      this.cells[this.cellCount++] = cell | TEXT;
      this.numbers[this.numberCount++] = this.textNumber(value);
    } else if (value === null) this.cells[this.cellCount++] = cell | NULL;
  }

  private nameNumber(where: keyof typeof PREFIXES, name: string): number {
    const known = this.byPrefix[where];
    let number = known.get(name);
    if (number === undefined) {
      number = this.names.push(PREFIXES[where] + name) - 1;
      known.set(name, number);
    }
    return number;
  }

  private textNumber(text: string): number {
    let number = this.textNumbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.textNumbers.set(text, number);
    }
    return number;
  }

  private deviceNumber(imei: string): number {
    let number = this.deviceNumbers.get(imei);
    if (number === undefined) {
      number = this.imeis.push(imei) - 1;
      this.deviceNumbers.set(imei, number);
    }
    return number;
  }

  /** For the largest record that there can be. */
  private makeRoom(): void {
    if (this.cellCount + MOST_CELLS + 32 > this.cells.length) {
      const grown = new Uint16Array(this.cells.length * 2 + MOST_CELLS);
      grown.set(this.cells);
      this.cells = grown;
    }
    if (this.numberCount + MOST_CELLS + 32 > this.numbers.length) {
      const grown = new Float64Array(this.numbers.length * 2 + MOST_CELLS);
      grown.set(this.numbers);
      this.numbers = grown;
    }
  }
}

/** Values that a record has under names, at least. */
function sizeOf({ attributes, sensors, units }: Timed): number {
  let size = 0;
  for (const values of [attributes, sensors, units]) for (const _ in values) size++;
  return size;
}
