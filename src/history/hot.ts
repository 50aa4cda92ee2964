import type { RecordBatch } from "./batch";
import type { Span } from "./port";
import { type Column, NUMBER, RecordTable, TEXT } from "./table";

/** Bytes of a record beside its cells: where it is. */
const OF_A_PLACE = 32;

/** Of each record of a device: the number of its batch, and where it begins in `cells` and in `numbers`. */
type Places = number[];

/**
 * Records that are in no chunk yet, in the batches that they came in; of each device is known where. A table is made
 * of them only when somebody asks.
 */
export class Hot {
  private readonly byNumber = new Map<number, RecordBatch>();
  private next = 0;
  private readonly places = new Map<string, Places>();
  records = 0;
  bytes = 0;
  /** No record is older. Epoch milliseconds. */
  oldest = Number.POSITIVE_INFINITY;

  add(batch: RecordBatch): number {
    const number = this.next++;
    this.byNumber.set(number, batch);
    const { cells, numbers } = batch;
    for (let cell = 0, value = 0; cell < cells.length; ) {
      this.placesOf(batch.imeis[cells[cell] as number] as string).push(number, cell, value);
      this.oldest = Math.min(this.oldest, numbers[value] as number);
      value += 2;
      const end = cell + 2 + (cells[cell + 1] as number);
      for (cell += 2; cell < end; cell++) if (isValue(cells[cell] as number)) value++;
    }
    this.records += batch.count;
    this.bytes += batchBytes(batch);
    return number;
  }

  get devices(): IterableIterator<string> {
    return this.places.keys();
  }

  /** Devices with a record of a time. */
  *devicesWithin({ from, to }: Span): Generator<string> {
    for (const [imei, places] of this.places) {
      for (let at = 0; at < places.length; at += 3) {
        const batch = this.byNumber.get(places[at] as number) as RecordBatch;
        const time = batch.numbers[places[at + 2] as number] as number;
        if (time < from || time > to) continue;
        yield imei;
        break;
      }
    }
  }

  /** All that is here, in batches of its own. */
  batches(): RecordBatch[] {
    return [...this.places.keys()].flatMap((imei) => {
      const table = this.tableOf(imei);
      return table === undefined ? [] : [batchOfTable(table, imei)];
    });
  }

  get deviceCount(): number {
    return this.places.size;
  }

  /** A device's records of a time and key, each as a table of one row. */
  *withKey(imei: string, time: number, key: number): Generator<RecordTable> {
    const places = this.places.get(imei) ?? [];
    // The newest first: a record that comes again mostly comes soon.
    for (let at = places.length - 3; at >= 0; at -= 3) {
      const { numbers } = this.byNumber.get(places[at] as number) as RecordBatch;
      const number = places[at + 2] as number;
      if (numbers[number] !== time || numbers[number + 1] !== key) continue;
      const table = this.tableOf(imei, Uint32Array.of(at / 3));
      if (table !== undefined) yield table;
    }
  }

  /** The times of a device's records, in the order in which they came. */
  timesOf(imei: string): Float64Array {
    const places = this.places.get(imei) ?? [];
    const times = new Float64Array(places.length / 3);
    for (let record = 0; record < times.length; record++) {
      const { numbers } = this.byNumber.get(places[3 * record] as number) as RecordBatch;
      times[record] = numbers[places[3 * record + 2] as number] as number;
    }
    return times;
  }

  /** A device's records, those of these numbers or all, in the order in which they came; undefined where it has none. */
  tableOf(imei: string, records?: Uint32Array): RecordTable | undefined {
    const places = this.places.get(imei);
    if (places === undefined || places.length === 0) return undefined;
    const count = records?.length ?? places.length / 3;
    const table = new RecordTable(count);
    let batch: RecordBatch | undefined;
    let columns: Column[] = [];
    for (let record = 0; record < count; record++) {
      const at = 3 * (records === undefined ? record : (records[record] as number));
      const of = this.byNumber.get(places[at] as number) as RecordBatch;
      if (of !== batch) {
        batch = of;
        columns = [];
      }
      addRecord(table, batch, places[at + 1] as number, places[at + 2] as number, columns);
    }
    return table;
  }

  /** Forgets a device, or what is in chunks by now. Returns how many records that were. */
  forget(imei: string): number {
    const count = (this.places.get(imei)?.length ?? 0) / 3;
    this.places.delete(imei);
    this.records -= count;
    if (this.places.size === 0) this.clear();
    return count;
  }

  /** Forgets all of a batch. */
  drop(number: number): void {
    const batch = this.byNumber.get(number);
    if (batch === undefined) return;
    this.byNumber.delete(number);
    this.bytes -= batchBytes(batch);
    for (const imei of batch.imeis) {
      const places = this.places.get(imei);
      if (places === undefined) continue;
      const kept = places.filter((_, at) => places[at - (at % 3)] !== number);
      this.records -= (places.length - kept.length) / 3;
      if (kept.length === 0) this.places.delete(imei);
      else this.places.set(imei, kept);
    }
  }

  clear(): void {
    this.byNumber.clear();
    this.places.clear();
    this.records = 0;
    this.bytes = 0;
    this.oldest = Number.POSITIVE_INFINITY;
  }

  private placesOf(imei: string): Places {
    let places = this.places.get(imei);
    if (places === undefined) {
      places = [];
      this.places.set(imei, places);
    }
    return places;
  }
}

function isValue(cell: number): boolean {
  const tag = cell & 7;
  return tag === NUMBER || tag === TEXT;
}

export function batchBytes({ cells, numbers, texts, count }: RecordBatch): number {
  const ofTexts = texts.reduce((sum, text) => sum + text.length * 2, 0);
  return cells.byteLength + numbers.byteLength + ofTexts + count * OF_A_PLACE;
}

/** Adds a record of a batch as a row; `columns` remembers those of the batch's names. */
function addRecord(
  table: RecordTable,
  batch: RecordBatch,
  cellAt: number,
  numberAt: number,
  columns: Column[],
): void {
  const { cells, numbers } = batch;
  let value = numberAt;
  const row = table.addRow(numbers[value++] as number, numbers[value++] as number);
  const end = cellAt + 2 + (cells[cellAt + 1] as number);
  for (let at = cellAt + 2; at < end; at++) {
    const cell = cells[at] as number;
    const name = cell >> 3;
    let column = columns[name];
    if (column === undefined) {
      column = table.column(batch.names[name] as string);
      columns[name] = column;
    }
    const tag = cell & 7;
    column.tags[row] = tag;
    if (tag === NUMBER) column.values[row] = numbers[value++] as number;
    else if (tag === TEXT) {
      column.values[row] = table.textNumber(batch.texts[numbers[value++] as number] as string);
    }
  }
}

/** All records of some batches as one table, whose column of this name says whose each is; in their order. */
export function tableOfBatches(batches: readonly RecordBatch[], imeiColumn: string): RecordTable {
  const table = new RecordTable(batches.reduce((sum, { count }) => sum + count, 0));
  for (const batch of batches) {
    const columns: Column[] = [];
    const { cells } = batch;
    for (let cell = 0, value = 0; cell < cells.length; ) {
      addRecord(table, batch, cell, value, columns);
      table.put(table.length - 1, imeiColumn, batch.imeis[cells[cell] as number]);
      value += 2;
      const end = cell + 2 + (cells[cell + 1] as number);
      for (cell += 2; cell < end; cell++) if (isValue(cells[cell] as number)) value++;
    }
  }
  return table;
}

/** The records of a table as a batch: of one device, or of those that a column says. */
export function batchOfTable(table: RecordTable, whose: string | { readonly column: string }): RecordBatch {
  const imeis = typeof whose === "string" ? undefined : table.columns.get(whose.column);
  const columns = [...table.columns].filter(([, column]) => column !== imeis);
  const devices = new Map<string, number>();
  const cells: number[] = [];
  const numbers: number[] = [];
  for (let row = 0; row < table.length; row++) {
    const imei = imeis === undefined ? String(whose) : String(table.cell(imeis, row));
    const device = devices.get(imei) ?? devices.size;
    devices.set(imei, device);
    cells.push(device);
    const countAt = cells.push(0) - 1;
    numbers.push(table.times[row] as number, table.keys[row] as number);
    columns.forEach(([, { tags, values }], name) => {
      const tag = tags[row] as number;
      if (tag === 0) return;
      cells.push((name << 3) | tag);
      if (isValue(tag)) numbers.push(values[row] as number);
    });
    cells[countAt] = cells.length - countAt - 1;
  }
  return {
    count: table.length,
    cells: Uint16Array.from(cells),
    numbers: Float64Array.from(numbers),
    texts: table.texts,
    names: columns.map(([name]) => name),
    imeis: [...devices.keys()],
  };
}
