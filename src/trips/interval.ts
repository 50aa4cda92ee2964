import type { Coordinates } from "../model/earth";
import type { EventTypeName } from "../model/events";

/** `carried`: a trip with the ignition off, as on a ferry or a tow truck. */
export type IntervalKind = "trip" | "carried" | "stop" | "idling";

/** Epoch milliseconds; where it was, if that is known. */
export interface TripMoment extends Partial<Coordinates> {
  readonly time: number;
  /** What the place is called, and the names of the fences that it lies in, where it is told. */
  readonly place?: string;
  readonly fences?: readonly string[];
}

/** A driving event; its end is absent as long as it lasts. */
export interface DrivingEvent {
  readonly type: EventTypeName;
  readonly source: "device" | "derived";
  readonly start: TripMoment;
  /** Seconds that it lasted; until now where it still lasts. */
  readonly seconds: number;
  readonly open: boolean;
  /** g: the most there was. */
  readonly value?: number;
  /** km/h: the most there was, and the limit. */
  readonly speed?: number;
  readonly limit?: number;
}

export interface TripFacts {
  /** Kilometres, and what they are from. */
  readonly distance: number;
  readonly distanceBy: "odometer" | "positions";
  /** Seconds that it moved, and that it stood with its engine running. */
  readonly movingTime: number;
  readonly idleTime: number;
  /** km/h. */
  readonly topSpeed: number;
  readonly meanSpeed: number;
  /** Litres, and what they are from; absent where nothing says it. */
  readonly fuelUsed?: number;
  readonly fuelBy?: "counter" | "rate";
  /** As the device read it; absent where it read none. */
  readonly driver?: string;
  readonly events: readonly DrivingEvent[];
}

/** A trip, a stop or idling of one device. */
export interface Interval extends Partial<TripFacts> {
  readonly kind: IntervalKind;
  /** It still lasts; its end is what is known so far. */
  readonly open: boolean;
  /** It ended because nothing was heard any more. */
  readonly silent?: true;
  readonly start: TripMoment;
  readonly end: TripMoment;
  /** Seconds. */
  readonly duration: number;
}

/** What became of an interval or event that is told. */
export type IntervalChange = "created" | "updated" | "deleted";
