import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Chunks, type DayChunks, dayOf, type Head, type LoadOptions } from "../../history/chunks";
import { decode, encode } from "../../history/codec";
import type { Extent } from "../../history/port";
import { type Box, summaryOf } from "../../history/summary";
import type { RecordTable } from "../../history/table";
import { pack, unpack } from "./pack";
import { chunkId, dayOfChunk, deviceOfChunk, firstBody, MOST_DEVICES, SLOTS, slotOfChunk } from "./schema";

/** As much as so many records. */
const WORK_OF_A_CHUNK = 8;

/** The chunks of a database. */
export class ChunkRows implements Chunks {
  private readonly ids = new Map<string, number>();
  private readonly imeis: string[] = [];
  /** Number of the next body of a day. */
  private readonly nextBodies = new Map<number, number>();
  private readonly statements = new Map<string, StatementSync>();
  /** Chunks that could not be read. */
  damaged = 0;
  /** Records that were read and written, and what a chunk costs beside them, by which work is cut into slices. */
  work = 0;

  constructor(private readonly database: DatabaseSync) {
    for (const { id, imei } of this.prepare("SELECT id, imei FROM device").all())
      this.know(String(imei), Number(id));
  }

  headsOf(imei: string, from: number, to: number): Head[] {
    const device = this.ids.get(imei);
    const span = this.span();
    const heads: Head[] = [];
    if (device === undefined || span === undefined) return heads;
    const last = Math.min(dayOf(to), span.last);
    for (let day = Math.max(dayOf(from), span.first); day <= last; day++) {
      const ofDay = this.headsOfDay(device, day).filter(({ start, end }) => end >= from && start <= to);
      heads.push(...ofDay);
    }
    return heads;
  }

  headsIn({ south, west, north, east }: Box, from: number, to: number): Head[] {
    const sql = `SELECT * FROM chunk WHERE id >= ? AND id < ? AND start <= ? AND "end" >= ? AND south <= ? AND north >= ?
      AND (? OR (west <= ? AND east >= ?))`;
    const first = chunkId(Math.max(0, dayOf(from)), 0);
    const last = chunkId(Math.min(dayOf(to), this.span()?.last ?? 0) + 1, 0);
    const isAround = west > east ? 1 : 0;
    return this.prepare(sql)
      .all(first, last, to, from, north, south, isAround, east, west)
      .map((row) => this.headOf(row));
  }

  load(head: Head, { columns, values = true, keys = true }: LoadOptions = {}): RecordTable | undefined {
    const names = ["track", ...(values ? ["vals"] : []), ...(keys ? ["keys"] : [])];
    try {
      const row = this.prepare(`SELECT ${names} FROM body WHERE id = ?`).get(head.body) ?? {};
      const part = (name: string) => unpack(row[name] as Uint8Array);
      this.work += head.count + WORK_OF_A_CHUNK;
      return decode(head.count, part("track"), {
        columns,
        ...(values && { values: part("vals") }),
        ...(keys && { keys: part("keys") }),
      });
    } catch (error) {
      // What SQLite says concerns the whole file.
      if ((error as { errcode?: number }).errcode !== undefined) throw error;
      this.damaged++;
      return undefined;
    }
  }

  endsOf(imei: string): Extent | undefined {
    const device = this.ids.get(imei);
    const span = this.span();
    if (device === undefined || span === undefined) return undefined;
    const find = (day: number, step: 1 | -1): Head[] => {
      for (; day >= span.first && day <= span.last; day += step) {
        const heads = this.headsOfDay(device, day);
        if (heads.length > 0) return heads;
      }
      return [];
    };
    const first = find(span.first, 1)[0];
    const last = find(span.last, -1).at(-1);
    return first && last && { first: first.start, last: last.end };
  }

  /** Days of the oldest and the newest chunk; undefined where there are none. */
  span(): { readonly first: number; readonly last: number } | undefined {
    const first = this.prepare("SELECT min(id) AS id FROM chunk").get()?.id;
    const last = this.prepare("SELECT max(id) AS id FROM chunk").get()?.id;
    if (typeof first !== "number" || typeof last !== "number") return undefined;
    return { first: dayOfChunk(first), last: dayOfChunk(last) };
  }

  /** A number of the device, which is given one where it has none. */
  deviceOf(imei: string): number {
    let device = this.ids.get(imei);
    if (device === undefined) {
      device = Number(this.prepare("SELECT coalesce(max(id), -1) + 1 AS id FROM device").get()?.id);
      if (device >= MOST_DEVICES)
        throw new Error(`history has no room for more than ${MOST_DEVICES} devices`);
      this.prepare("INSERT INTO device VALUES (?, ?)").run(device, imei);
      this.know(imei, device);
    }
    return device;
  }

  /** Devices that were given a number in a transaction that was taken back. */
  reload(): void {
    this.ids.clear();
    this.imeis.length = 0;
    for (const { id, imei } of this.prepare("SELECT id, imei FROM device").all())
      this.know(String(imei), Number(id));
  }

  day(imei: string, day: number): DayChunks {
    const device = this.deviceOf(imei);
    const heads = this.headsOfDay(device, day);
    const taken = new Set(heads.map(({ id }) => slotOfChunk(id)));
    return {
      heads,
      load: (head) => this.load(head),
      put: (table, rows) => this.put(day, device, freeSlot(taken), table, rows),
      drop: (head) => {
        this.drop(head);
        taken.delete(slotOfChunk(head.id));
      },
    };
  }

  /** Writes a chunk in the place of another one. */
  replace(head: Head, table: RecordTable, rows: readonly number[]): void {
    this.drop(head);
    this.put(dayOfChunk(head.id), deviceOfChunk(head.id), slotOfChunk(head.id), table, rows);
  }

  /** Heads from a chunk's id on, of days before another one. */
  headsFrom(id: number, beforeDay: number, count: number): Head[] {
    return this.prepare("SELECT * FROM chunk WHERE id >= ? AND id < ? ORDER BY id LIMIT ?")
      .all(id, chunkId(beforeDay, 0), count)
      .map((row) => this.headOf(row));
  }

  /** Deletes all before a day. */
  expire(day: number): void {
    this.prepare("DELETE FROM chunk WHERE id < ?").run(chunkId(day, 0));
    this.prepare("DELETE FROM body WHERE id < ?").run(firstBody(day));
  }

  /** Deletes all of a device. */
  remove(imei: string): void {
    const device = this.ids.get(imei);
    const span = this.span();
    if (device === undefined) return;
    for (let day = span?.first ?? 0; span !== undefined && day <= span.last; day++) {
      for (const head of this.headsOfDay(device, day)) this.drop(head);
    }
    this.prepare("DELETE FROM device WHERE id = ?").run(device);
    this.ids.delete(imei);
    delete this.imeis[device];
  }

  meta(name: string): number {
    return Number(this.prepare("SELECT value FROM meta WHERE name = ?").get(name)?.value ?? 0);
  }

  setMeta(name: string, value: number): void {
    this.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(name, value);
  }

  private headsOfDay(device: number, day: number): Head[] {
    return this.prepare("SELECT * FROM chunk WHERE id >= ? AND id < ?")
      .all(chunkId(day, device), chunkId(day, device + 1))
      .map((row) => this.headOf(row))
      .sort((a, b) => a.start - b.start);
  }

  private put(day: number, device: number, slot: number, table: RecordTable, rows: readonly number[]): void {
    const body = this.nextBody(day);
    const { track, values, keys } = encode(table, rows);
    const { box, sketch } = summaryOf(table, rows);
    const timeOf = (row: number | undefined) => table.times[row as number] as number;
    this.work += rows.length + WORK_OF_A_CHUNK;
    this.prepare("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
      chunkId(day, device, slot),
      body,
      timeOf(rows[0]),
      timeOf(rows.at(-1)),
      rows.length,
      box?.south ?? null,
      box?.west ?? null,
      box?.north ?? null,
      box?.east ?? null,
      new Uint8Array(sketch.buffer),
    );
    this.prepare("INSERT INTO body VALUES (?, ?, ?, ?)").run(body, pack(track), pack(values), pack(keys));
  }

  private drop({ id, body }: Head): void {
    this.prepare("DELETE FROM chunk WHERE id = ?").run(id);
    this.prepare("DELETE FROM body WHERE id = ?").run(body);
  }

  private nextBody(day: number): number {
    let next = this.nextBodies.get(day);
    if (next === undefined) {
      const sql = "SELECT max(id) AS id FROM body WHERE id >= ? AND id < ?";
      next = Number(this.prepare(sql).get(firstBody(day), firstBody(day + 1))?.id ?? firstBody(day)) + 1;
    }
    this.nextBodies.set(day, next + 1);
    return next;
  }

  private headOf(row: Readonly<Record<string, unknown>>): Head {
    const { id, body, start, end, count, south, west, north, east, sketch } = row as Record<string, number>;
    const bytes = Uint8Array.from(sketch as unknown as Uint8Array);
    return {
      id: id as number,
      imei: this.imeis[deviceOfChunk(id as number)] ?? "",
      body: body as number,
      start: start as number,
      end: end as number,
      count: count as number,
      box: south === null ? undefined : ({ south, west, north, east } as unknown as Box),
      sketch: new Int32Array(bytes.buffer, 0, bytes.length >> 2),
    };
  }

  private know(imei: string, device: number): void {
    this.ids.set(imei, device);
    this.imeis[device] = imei;
  }

  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

function freeSlot(taken: Set<number>): number {
  let slot = 0;
  while (taken.has(slot)) slot++;
  if (slot >= SLOTS) throw new Error(`history has no room for more than ${SLOTS} chunks of a device and day`);
  taken.add(slot);
  return slot;
}
