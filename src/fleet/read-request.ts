import { readImei } from "../devices/imei-input";
import { shown, TrackerError } from "../errors";
import type { Fleet } from "./fleet";

/** A device that reports with an IMEI has it, whatever the check digit says. */
export function readHeardImei(value: unknown, fleet: Fleet): string {
  return readImei(value, (imei) => isHeard(imei, fleet));
}

export function isHeard(imei: string, fleet: Fleet): boolean {
  return fleet.devices.get(imei) !== undefined || fleet.devices.pending.get(imei) !== undefined;
}

/** A value of a list; the first of them where nothing is given. Throws `FIELD_VALUE`. */
export function choiceOf<T extends string>(path: string, value: unknown, known: readonly [T, ...T[]]): T {
  const found = value === undefined ? known[0] : known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new TrackerError({ code: "FIELD_VALUE", path, message: `${path} is one of ${known.join(", ")}` });
}

const ZONED = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/;

/** A moment as milliseconds or as ISO 8601 with its zone; undefined where nothing is given. Throws `FIELD_VALUE`. */
export function readMoment(path: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === "string" && ZONED.test(value) ? Date.parse(value) : value;
  if (typeof time === "number" && Number.isFinite(time)) return time;
  const message = `${path} is a number of milliseconds since 1970, or a time like 2026-01-15T12:00:00Z, not ${shown(value)}`;
  throw new TrackerError({ code: "FIELD_VALUE", path, message });
}

/** True or false; false where nothing is given. Throws `FIELD_VALUE`. */
export function yesOrNo(path: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value === true;
  throw new TrackerError({ code: "FIELD_VALUE", path, message: `${path} is true or false` });
}

/** A whole number from 1 to `most`; `usual` where nothing is given. Throws `FIELD_VALUE`. */
export function wholeNumber(path: string, value: unknown, usual: number, most: number): number {
  if (value === undefined) return usual;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  const message = `${path} is a whole number from 1 to ${most}, not ${shown(value)}`;
  throw new TrackerError({ code: "FIELD_VALUE", path, message });
}
