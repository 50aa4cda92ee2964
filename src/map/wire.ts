import type { Fence, FenceShape } from "../fences/fence";
import type { Severity } from "../model/events";
import type { OnlineTiles } from "./online-tiles";

/** What the page is sent: shared by the server and the page. */

/** How a vehicle is shown, by its index. */
export const VEHICLE_STATES = ["driving", "idle", "standing", "offline", "alarm"] as const;
export type VehicleState = (typeof VEHICLE_STATES)[number];
export const DRIVING = 0;
export const IDLE = 1;
export const STANDING = 2;
export const OFFLINE = 3;
/** It has an alarm that goes on, and that nobody has acknowledged. Goes before all others. */
export const ALARM = 4;

/** km/h; slower is standing, as Navixy has it. */
export const DRIVING_FROM = 3;

/** What changes rarely of a device; sent with its first row and when it has changed. */
export type Labels = readonly [name: string, plate: string, group: string, imei: string];

/** A device as the stream has it; `id` is a number of this stream. Times are epoch milliseconds. */
export type MapRow = readonly [
  id: number,
  state: number,
  /** Until when it drives or idles where nothing else comes; then it stands. Null otherwise. */
  until: number | null,
  lastSeen: number | null,
  /** Degrees; null where there has been no position. */
  longitude: number | null,
  latitude: number | null,
  /** km/h. */
  speed: number | null,
  /** Degrees clockwise from north. */
  course: number | null,
  /** Of the position. */
  time: number | null,
  ...labels: Labels | [],
];
export const LABELS_AT = 9;

export interface FleetEvent {
  readonly epoch: string;
  readonly revision: number;
  /** The server's clock. */
  readonly now: number;
  /** True where `rows` are all there are. */
  readonly full: boolean;
  readonly rows: readonly MapRow[];
  readonly removed: readonly number[];
}

/** How a stop is sent: times, and degrees. */
export type StopRow = readonly [from: number, to: number, latitude: number, longitude: number];

export interface EventAnswer {
  readonly time: number;
  readonly label: string;
  readonly severity: Severity;
}

export interface TrailAnswer {
  /** The time that was looked at: what was asked for, as far as the map may tell. */
  readonly from: number;
  readonly to: number;
  readonly time: readonly number[];
  readonly latitude: readonly number[];
  readonly longitude: readonly number[];
  /** km/h. */
  readonly speed: readonly (number | null)[];
  /** Degrees clockwise from north. */
  readonly course: readonly (number | null)[];
  readonly stops: readonly StopRow[];
  readonly events: readonly EventAnswer[];
}

/** How a value went, where it has one: the least and the largest of each piece of time. */
export interface DeviceSeries {
  readonly unit: string;
  readonly time: readonly number[];
  readonly least: readonly number[];
  readonly most: readonly number[];
}

export interface ValueAnswer {
  /** A name of the vocabulary, or the device's own id. */
  readonly key: string;
  readonly label: string;
  readonly value: string | number | boolean | null;
  readonly unit: string;
  /** Whether a truth is on or off; otherwise it is yes or no. */
  readonly switched: boolean;
  readonly time: number;
}

export interface DeviceAnswer {
  readonly values: readonly ValueAnswer[];
}

/** Tiles of streets that the user has put into the folder `maps`. */
export interface StreetMap {
  readonly file: string;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Degrees: west, south, east, north. */
  readonly bounds: readonly [number, number, number, number];
}

/** A fence as everybody sees it; behind the editor's door the page is given all of it. */
export type MapFence = FenceShape & Pick<Fence, "id" | "name" | "colour">;

export interface PageConfig {
  readonly language: "en" | "de";
  readonly title: string;
  readonly units: "metric" | "imperial";
  /** Whether a vehicle's values can be asked for. */
  readonly values: boolean;
  /** Days that the map can look back; 0 where it has no trails. */
  readonly days: number;
  /** Formats of files that a vehicle's way can be saved in. */
  readonly formats: readonly string[];
  /** Whether the page has fences, and whether they can be changed there. */
  readonly fences: "none" | "shown" | "drawn";
  /** Whether alarms are listed, and can be acknowledged by who may. */
  readonly alarms: boolean;
  readonly texts: Readonly<Record<string, string>>;
  readonly maps: readonly StreetMap[];
  /** Tiles of another host; null where none are asked for. */
  readonly tiles: OnlineTiles | null;
}
