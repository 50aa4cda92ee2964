import { DRIVING, type FleetEvent, IDLE, LABELS_AT, type MapRow, STANDING } from "../../../src/map/wire";
import { mercatorX, mercatorY } from "./mercator";

/** Metres of Web Mercator; what jumps further is not moved there in small steps. */
const LONGEST_SLIDE = 4000;
const SLIDE_MS = 1000;
const FIRST_ROOM = 256;

/** How a vehicle is called, and what it belongs to. */
export interface ShownVehicle {
  readonly name: string;
  readonly plate: string;
  readonly group: string;
  readonly imei: string;
  /** All of it in lower case, for the search. */
  readonly words: string;
}

/**
 * All vehicles as columns by their number, so that thousands cost little while they move. Places are metres of Web
 * Mercator; NaN where there has been none.
 */
export class ShownFleet {
  readonly vehicles: (ShownVehicle | undefined)[] = [];
  readonly moving = new Set<number>();
  x = new Float64Array(FIRST_ROOM);
  y = new Float64Array(FIRST_ROOM);
  private fromX = new Float64Array(FIRST_ROOM);
  private fromY = new Float64Array(FIRST_ROOM);
  toX = new Float64Array(FIRST_ROOM);
  toY = new Float64Array(FIRST_ROOM);
  private movedAt = new Float64Array(FIRST_ROOM);
  private states = new Uint8Array(FIRST_ROOM);
  private until = new Float64Array(FIRST_ROOM);
  /** km/h, and degrees; NaN where not known. */
  speed = new Float32Array(FIRST_ROOM);
  course = new Float32Array(FIRST_ROOM);
  /** Epoch ms; NaN where there has been none. */
  lastSeen = new Float64Array(FIRST_ROOM);
  time = new Float64Array(FIRST_ROOM);
  /** Milliseconds that the server's clock is ahead of the browser's. */
  private ahead = 0;
  /** Rises when a vehicle comes, goes or is called otherwise. */
  version = 0;
  count = 0;

  /** Takes in what the server sent. Vehicles slide to their new places where `slide` says so. */
  take(event: FleetEvent, slide: boolean): void {
    this.ahead = event.now - Date.now();
    const before = event.full ? new Set(this.ids()) : new Set(event.removed);
    if (event.full) for (const [id] of event.rows) before.delete(id);
    for (const id of before) this.remove(id);
    for (const row of event.rows) this.put(row, slide && !event.full);
  }

  /** The server's clock, epoch ms. */
  now(): number {
    return Date.now() + this.ahead;
  }

  *ids(): Generator<number> {
    for (let id = 0; id < this.vehicles.length; id++) if (this.vehicles[id] !== undefined) yield id;
  }

  has(id: number): boolean {
    return this.vehicles[id] !== undefined;
  }

  hasPlace(id: number): boolean {
    return this.has(id) && !Number.isNaN(this.x[id]);
  }

  /** The state now: one that has driven stands when nothing else was heard for long. */
  state(id: number): number {
    const state = this.states[id] as number;
    const isOver = (state === DRIVING || state === IDLE) && this.now() > (this.until[id] as number);
    return isOver ? STANDING : state;
  }

  /** Moves what is on its way; returns the longest step in metres. */
  step(time: number): number {
    let longest = 0;
    for (const id of this.moving) {
      const part = Math.min(1, (time - (this.movedAt[id] as number)) / SLIDE_MS);
      const between = (from: Float64Array, to: Float64Array) =>
        (from[id] as number) + ((to[id] as number) - (from[id] as number)) * part;
      const [x, y] = [between(this.fromX, this.toX), between(this.fromY, this.toY)];
      longest = Math.max(longest, Math.abs(x - (this.x[id] as number)), Math.abs(y - (this.y[id] as number)));
      this.x[id] = x;
      this.y[id] = y;
      if (part === 1) this.moving.delete(id);
    }
    return longest;
  }

  private put(row: MapRow, slide: boolean): void {
    const [id, state, until, lastSeen, longitude, latitude, speed, course, time] = row;
    if (id >= this.x.length) this.grow(Math.max(id + 1, this.x.length * 2));
    const isNew = !this.has(id);
    const labels = row.slice(LABELS_AT) as string[];
    if (labels.length > 0) this.label(id, labels);
    if (isNew) this.count++;
    this.states[id] = state;
    this.until[id] = until ?? Number.POSITIVE_INFINITY;
    this.lastSeen[id] = lastSeen ?? Number.NaN;
    this.speed[id] = speed ?? Number.NaN;
    this.course[id] = course ?? Number.NaN;
    this.time[id] = time ?? Number.NaN;
    if (longitude === null || latitude === null) this.place(id, Number.NaN, Number.NaN, false);
    else this.place(id, mercatorX(longitude), mercatorY(latitude), slide && !isNew);
  }

  private label(id: number, [name = "", plate = "", group = "", imei = ""]: readonly string[]): void {
    const words = [name, plate, group, imei].join(" ").toLowerCase();
    this.vehicles[id] = { name: name || plate || imei || `#${id + 1}`, plate, group, imei, words };
    this.version++;
  }

  private place(id: number, x: number, y: number, slide: boolean): void {
    const distance = Math.abs(x - (this.x[id] as number)) + Math.abs(y - (this.y[id] as number));
    this.toX[id] = x;
    this.toY[id] = y;
    if (slide && distance > 0 && distance < LONGEST_SLIDE) {
      this.fromX[id] = this.x[id] as number;
      this.fromY[id] = this.y[id] as number;
      this.movedAt[id] = performance.now();
      this.moving.add(id);
    } else {
      this.x[id] = x;
      this.y[id] = y;
      this.moving.delete(id);
    }
  }

  private remove(id: number): void {
    if (!this.has(id)) return;
    this.vehicles[id] = undefined;
    this.moving.delete(id);
    this.count--;
    this.version++;
  }

  private grow(room: number): void {
    const larger = <T extends Float64Array | Float32Array | Uint8Array>(column: T): T => {
      const grown = new (column.constructor as new (length: number) => T)(room);
      grown.set(column);
      return grown;
    };
    for (const name of [
      "x",
      "y",
      "fromX",
      "fromY",
      "toX",
      "toY",
      "movedAt",
      "until",
      "lastSeen",
      "time",
    ] as const)
      this[name] = larger(this[name]);
    this.speed = larger(this.speed);
    this.course = larger(this.course);
    this.states = larger(this.states);
  }
}
