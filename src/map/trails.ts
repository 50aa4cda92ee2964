/** Where a device was. */
export interface Fix {
  /** By the device's clock, epoch milliseconds. */
  readonly time: number;
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
  /** km/h; null where the device said none. */
  readonly speed: number | null;
  /** Degrees clockwise from north; null where the device said none. */
  readonly course: number | null;
}

/** Where devices were over time. */
export interface Trails {
  /** A device's fixes from a time to another (epoch ms, both included), oldest first. */
  read(imei: string, from: number, to: number): Promise<readonly Fix[]>;
}

export interface TrailLimits {
  /** Fixes that are kept of one device, at least 2. */
  readonly perDevice: number;
  /** Bytes that all of them take. */
  readonly bytes: number;
}

/** Time, latitude, longitude, speed, course. */
const COLUMNS = 5;
const BYTES_PER_FIX = COLUMNS * Float64Array.BYTES_PER_ELEMENT;
const FIRST_FIXES = 16;
/** Degrees; what is nearer than some 5 m is the same place of a vehicle that stands. */
const SAME_PLACE = 5e-5;
/** km/h; slower is standing, as Navixy has it. */
const STANDING_BELOW = 3;

/** The fixes of one device, oldest first. */
class Trail {
  private columns = new Float64Array(FIRST_FIXES * COLUMNS);
  count = 0;

  get bytes(): number {
    return this.columns.byteLength;
  }

  at(index: number): Fix {
    const [time, latitude, longitude, speed, course] = this.columns.subarray(
      index * COLUMNS,
    ) as unknown as number[];
    const known = (value: number | undefined) => (Number.isNaN(value) ? null : (value as number));
    return {
      time: time as number,
      latitude: latitude as number,
      longitude: longitude as number,
      speed: known(speed),
      course: known(course),
    };
  }

  timeAt(index: number): number {
    return this.columns[index * COLUMNS] as number;
  }

  /** The index of the first fix at or after a time. */
  indexOf(time: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  insert(index: number, fix: Fix): void {
    if ((this.count + 1) * COLUMNS > this.columns.length) this.resize(this.columns.length * 2);
    this.columns.copyWithin((index + 1) * COLUMNS, index * COLUMNS, this.count * COLUMNS);
    this.count++;
    this.set(index, fix);
  }

  set(index: number, { time, latitude, longitude, speed, course }: Fix): void {
    this.columns.set([time, latitude, longitude, speed ?? Number.NaN, course ?? Number.NaN], index * COLUMNS);
  }

  /** Forgets the oldest ones. */
  drop(count: number): void {
    this.columns.copyWithin(0, count * COLUMNS, this.count * COLUMNS);
    this.count -= count;
  }

  /** Gives back what is not needed. */
  shrink(): void {
    this.resize(this.count * COLUMNS);
  }

  private resize(length: number): void {
    const columns = new Float64Array(length);
    columns.set(this.columns.subarray(0, this.count * COLUMNS));
    this.columns = columns;
  }
}

/** The last fixes of each device that came in this run, within limits: a stand-in until a history is kept. */
export class MemoryTrails implements Trails {
  /** The device that was heard last comes last. */
  private readonly byDevice = new Map<string, Trail>();
  private held = 0;

  constructor(private readonly limits: TrailLimits) {}

  /** Bytes that the fixes take. */
  get bytes(): number {
    return this.held;
  }

  add(imei: string, fix: Fix): void {
    const trail = this.byDevice.get(imei) ?? new Trail();
    this.byDevice.delete(imei);
    this.held -= trail.count === 0 ? 0 : trail.bytes;
    this.put(trail, fix);
    if (trail.count > this.limits.perDevice) trail.drop(1);
    this.byDevice.set(imei, trail);
    this.held += trail.bytes;
    this.makeRoom();
  }

  forget(imei: string): void {
    this.held -= this.byDevice.get(imei)?.bytes ?? 0;
    this.byDevice.delete(imei);
  }

  async read(imei: string, from: number, to: number): Promise<readonly Fix[]> {
    const trail = this.byDevice.get(imei);
    if (trail === undefined) return [];
    const fixes: Fix[] = [];
    for (let index = trail.indexOf(from); index < trail.count && trail.timeAt(index) <= to; index++) {
      fixes.push(trail.at(index));
    }
    return fixes;
  }

  private put(trail: Trail, fix: Fix): void {
    const index = trail.indexOf(fix.time);
    if (index < trail.count && trail.timeAt(index) === fix.time) {
      trail.set(index, fix);
      return;
    }
    // Of a stay the first and the last moment are enough.
    const isLast = index === trail.count && index >= 2;
    if (
      isLast &&
      isSameStay(trail.at(index - 2), trail.at(index - 1)) &&
      isSameStay(trail.at(index - 1), fix)
    ) {
      trail.set(index - 1, fix);
    } else trail.insert(index, fix);
  }

  /** Halves the trail of who was silent longest, until all fit. */
  private makeRoom(): void {
    while (this.held > this.limits.bytes && this.byDevice.size > 0) {
      const [imei, trail] = this.byDevice.entries().next().value as [string, Trail];
      if (trail.count * BYTES_PER_FIX <= FIRST_FIXES * BYTES_PER_FIX) {
        this.forget(imei);
        continue;
      }
      this.held -= trail.bytes;
      trail.drop(Math.ceil(trail.count / 2));
      trail.shrink();
      this.held += trail.bytes;
    }
  }
}

function isSameStay(one: Fix, other: Fix): boolean {
  return (
    (one.speed ?? 0) < STANDING_BELOW &&
    (other.speed ?? 0) < STANDING_BELOW &&
    Math.abs(one.latitude - other.latitude) < SAME_PLACE &&
    Math.abs(one.longitude - other.longitude) < SAME_PLACE
  );
}
