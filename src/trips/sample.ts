import { type EventTypeName, isEventType } from "../model/events";
import type { Scalar } from "../model/message";
import { isNullIsland } from "../model/position";

/** Of a record, what trips are made of. What the record did not say is absent. */
export interface TripSample {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Degrees; only with a fix. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** km/h. */
  readonly speed?: number;
  /** Degrees clockwise from north. */
  readonly course?: number;
  readonly satellites?: number;
  readonly hdop?: number;
  readonly ignition?: boolean;
  /** The engine runs, as far as anything says so: engine before ignition. */
  readonly engine?: boolean;
  /** Kilometres. */
  readonly odometer?: number;
  /** Litres, litres an hour. */
  readonly fuelUsed?: number;
  readonly fuelRate?: number;
  readonly driver?: string;
  /** km/h, of the road. */
  readonly speedLimit?: number;
  /** g. */
  readonly acceleration?: number;
  readonly cornering?: number;
  readonly event?: EventTypeName;
  /** Of the event, in its unit. */
  readonly value?: number;
}

/** As far as trips are concerned, a record as it comes and as history gives it back. */
export interface SampledRecord {
  readonly kind: string;
  readonly time: number;
  readonly position?: object | undefined;
  readonly attributes?: Readonly<Record<string, Scalar>> | undefined;
  readonly event?: { readonly type?: unknown; readonly value?: unknown } | undefined;
}

type Values = Readonly<Record<string, unknown>>;

const finite = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
const yesNo = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;

/** What of a record counts for trips; `time` where that of the record is known to be wrong. */
export function sampleOf(record: SampledRecord, time = record.time): TripSample {
  const position = (record.position ?? {}) as Values;
  const attributes = (record.attributes ?? {}) as Values;
  const ignition = yesNo(attributes.ignition);
  return defined({
    time,
    ...fixOf(position),
    speed: finite(position.valid === false ? undefined : position.speed) ?? finite(attributes.vehicleSpeed),
    satellites: finite(position.satellites),
    hdop: finite(position.hdop),
    ignition,
    engine: engineOf(attributes, ignition),
    odometer: finite(attributes.odometer) ?? finite(attributes.gnssOdometer),
    fuelUsed: finite(attributes.fuelUsed),
    fuelRate: finite(attributes.fuelRate),
    driver: text(attributes.driverId) ?? text(attributes.driverCard1),
    speedLimit: finite(attributes.speedLimit),
    acceleration: finite(attributes.acceleration),
    cornering: finite(attributes.cornering),
    ...eventOf(record),
  });
}

/** Without what is undefined. A property that is deleted would cost ten times the memory. */
function defined(values: Readonly<Record<string, unknown>>): TripSample {
  const sample: Record<string, unknown> = {};
  for (const name in values) if (values[name] !== undefined) sample[name] = values[name];
  return sample as unknown as TripSample;
}

function engineOf(attributes: Values, ignition: boolean | undefined): boolean | undefined {
  const revolutions = finite(attributes.engineSpeed);
  if (ignition === false) return false;
  return yesNo(attributes.engineRunning) ?? (revolutions === undefined ? ignition : revolutions > 0);
}

function fixOf({ valid, latitude, longitude, course }: Values): object {
  const [north, east] = [finite(latitude), finite(longitude)];
  if (valid === false || north === undefined || east === undefined) return {};
  if (Math.abs(north) > 90 || Math.abs(east) > 180 || isNullIsland(north, east)) return {};
  return { latitude: north, longitude: east, course: finite(course) };
}

function eventOf({ kind, event }: SampledRecord): object {
  if (kind !== "event" || !isEventType(event?.type)) return {};
  return { event: event.type, value: finite(event.value) };
}

/** By time; of one time in an order that does not depend on which came first. 0: the same. */
export function compareSamples(a: TripSample, b: TripSample): number {
  if (a.time !== b.time) return a.time - b.time;
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Puts a sample where it belongs; returns its place, or −1 where it is there already. */
export function insertSample(samples: TripSample[], sample: TripSample): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareSamples(samples[middle] as TripSample, sample);
    if (order === 0) return -1;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  samples.splice(low, 0, sample);
  return low;
}
