import type { Coordinates } from "../model/earth";

/** A corner, a centre, or a place that is asked for. WGS 84, degrees. */
export type FencePoint = Coordinates;

export const FENCE_KINDS = ["circle", "polygon", "corridor"] as const;
export type FenceKind = (typeof FENCE_KINDS)[number];

/** When a fence counts. Outside of these hours it is as if it were not there. */
export interface FenceSchedule {
  /** 1 is Monday, 7 Sunday; the day on which the hours begin. */
  readonly days: readonly number[];
  /** "08:00". With a `to` that is not later they go on into the next day. */
  readonly from: string;
  readonly to: string;
  /** IANA name: "Europe/Berlin". */
  readonly timeZone: string;
}

export type FenceShape =
  | {
      readonly kind: "circle";
      readonly center: FencePoint;
      /** Metres. */
      readonly radius: number;
    }
  | {
      readonly kind: "polygon";
      /** The first is not repeated at the end. */
      readonly points: readonly FencePoint[];
    }
  | {
      readonly kind: "corridor";
      readonly points: readonly FencePoint[];
      /** Metres from one edge to the other. */
      readonly width: number;
    };

export interface FenceRules {
  readonly name: string;
  /** "#rrggbb". */
  readonly colour: string;
  /** Groups and IMEIs of the devices it is for; where both are empty, it is for all. */
  readonly groups: readonly string[];
  readonly devices: readonly string[];
  /** km/h; null for none. */
  readonly speedLimit: number | null;
  /** Seconds that a device has to be on the other side before that counts. */
  readonly dwell: number;
  /** Seconds after which a device is in it for too long; null for never. */
  readonly maxStay: number | null;
  /** Metres inside of the edge from which on a device is in, and outside of it from which on it has left. */
  readonly innerEdge: number;
  readonly outerEdge: number;
  /** Null: always. */
  readonly schedule: FenceSchedule | null;
}

/** What is said of a fence. */
export type FenceInput = FenceShape & FenceRules;

/** Times are epoch milliseconds. */
export type Fence = FenceInput & {
  readonly id: string;
  readonly createdAt: number;
  readonly changedAt: number;
};

export const FENCE_LIMITS = {
  /** Fences of a registry, and points of all of them together. */
  fences: 5000,
  allPoints: 200_000,
  /** Points of one fence. */
  points: 1000,
  /** Characters of a GeoJSON text. */
  text: 20_000_000,
} as const;

/** How many points a fence has. */
export function pointsOfFence(fence: FenceShape): number {
  return fence.kind === "circle" ? 1 : fence.points.length;
}

/** Whether a fence is for a device. */
export function isFor({ groups, devices }: Pick<Fence, "groups" | "devices">, imei: string, group: string) {
  return (groups.length === 0 && devices.length === 0) || devices.includes(imei) || groups.includes(group);
}
