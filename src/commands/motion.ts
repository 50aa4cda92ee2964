import type { NormalizedRecord } from "../model/message";
import type { Marks } from "../state/live";

/** Two clocks in milliseconds: of the wall, which may be set, and one that only goes forward. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** Something that a device has said, with the time of its reading (its clock), and when it came (monotonic clock). */
export interface Said<T> {
  readonly value: T;
  readonly time: number;
  readonly at: number;
}

/** What a device has said of its motion. Absent is what it has not said. */
export interface Motion {
  readonly protocol: NormalizedRecord["protocol"];
  /** Its newest record of all. */
  readonly newest: Said<undefined>;
  /** km/h with its last valid position: undefined where it said none, NaN where what it said cannot be. */
  readonly position?: Said<number | undefined>;
  /** km/h; NaN where what it said cannot be. */
  readonly vehicleSpeed?: Said<number>;
  /** True unless it surely said that it is off. */
  readonly ignition?: Said<boolean>;
}

/** No road vehicle is faster (km/h). */
const MAX_SPEED = 500;

/** The device's clock now, as its newest record has it; it is surely not earlier. */
export function deviceClock({ newest }: Motion, { monotonic }: Pick<Moment, "monotonic">): number {
  return newest.time + monotonic - newest.at;
}

/**
 * What the devices have said of their motion since this runs. Nothing of it is stored: after a restart nobody knows
 * how long ago something came, and what is not known is not safe.
 */
export class Motions {
  private readonly byDevice = new Map<string, Motion>();

  get(imei: string): Motion | undefined {
    return this.byDevice.get(imei);
  }

  /** Takes in a record. One that came before is not newer for having come again. */
  hear(record: NormalizedRecord & { readonly imei: string }, marks: Marks, monotonic: number): void {
    if (record.kind === "file" || marks.duplicate || marks.future) return;
    const { imei, protocol, time, position, attributes, sensors } = record;
    const known = this.byDevice.get(imei);
    const before = known?.protocol === protocol ? known : undefined;
    const vehicleSpeed = fastestOf(attributes, sensors);
    const ignition = attributes?.ignition ?? sensors?.ignition ?? undefined;
    const said = <T>(value: T): Said<T> => ({ value, time, at: monotonic });
    const next = {
      newest: newer(before?.newest, said(undefined), () => undefined),
      position: isPlace(position)
        ? newer(before?.position, said(speedOf(position.speed)), faster)
        : before?.position,
      vehicleSpeed:
        vehicleSpeed === undefined
          ? before?.vehicleSpeed
          : newer(before?.vehicleSpeed, said(vehicleSpeed), Math.max),
      ignition:
        ignition === undefined
          ? before?.ignition
          : newer(before?.ignition, said(ignition !== false), (one, other) => one || other),
    };
    this.byDevice.set(imei, { protocol, ...defined(next) });
  }

  forget(imei: string): void {
    this.byDevice.delete(imei);
  }
}

/** Of two readings of one second nobody knows which came later, so the worse one counts. */
function newer<T>(known: Said<T> | undefined, said: Said<T>, worse: (one: T, other: T) => T): Said<T> {
  if (known === undefined || said.time > known.time) return said;
  return said.time < known.time ? known : { ...known, value: worse(known.value, said.value) };
}

function faster(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

/** km/h; the faster of what the vehicle says and of what GNSS says beside the position. */
function fastestOf(...said: readonly (Readonly<Record<string, unknown>> | undefined)[]): number | undefined {
  const speeds = ["vehicleSpeed", "gnssSpeed"].map((key) =>
    speedOf(said.find((one) => one?.[key] != null)?.[key]),
  );
  return speeds.reduce(faster);
}

function speedOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" && value >= 0 && value <= MAX_SPEED ? value : Number.NaN;
}

/** Whether it is a position where a vehicle can be: 0, 0 is what devices say that know none. */
function isPlace(position: unknown): position is { readonly speed?: unknown } {
  const { valid, latitude, longitude } = (position ?? {}) as Readonly<Record<string, unknown>>;
  const isOn = (degrees: unknown, most: number) => typeof degrees === "number" && Math.abs(degrees) <= most;
  return valid === true && isOn(latitude, 90) && isOn(longitude, 180) && !(latitude === 0 && longitude === 0);
}

/** Without the parts that are undefined. */
function defined<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as never;
}
