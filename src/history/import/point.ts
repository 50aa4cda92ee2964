import type { Problem } from "../../errors";
import type { Position, Scalar } from "../../model/message";

/** Where a vehicle was, by a file of old data. */
export interface ImportedPoint {
  /** Of the file, from 1. */
  readonly line: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly position?: Position;
  readonly attributes: Readonly<Record<string, Scalar>>;
}

/** A line of the file that gives no point, and why. */
export interface WrongLine extends Problem {
  readonly line: number;
}

export type ImportedLine = ImportedPoint | WrongLine;

export const isWrong = (line: ImportedLine): line is WrongLine => "code" in line;

export function wrongLine(line: number, path: string, message: string): WrongLine {
  return { line, code: "FIELD_VALUE", path, message };
}

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** A number written as text, with a point or, alone, a comma; undefined for anything else. */
export function numberIn(text: string | undefined): number | undefined {
  const plain = text?.trim().replace(/^([+-]?\d+),(\d+)$/, "$1.$2") ?? "";
  return NUMBER.test(plain) ? Number(plain) : undefined;
}

/** A number that may be left out, from `least` to `most`. */
interface Part {
  readonly least: number;
  readonly most: number;
}

/** What a position can have beside latitude and longitude, and how far it can be from what is possible. */
export const POSITION_LIMITS = {
  altitude: { least: -1000, most: 100_000 },
  speed: { least: 0, most: 2000 },
  course: { least: 0, most: 360 },
  hdop: { least: 0, most: 1000 },
  satellites: { least: 0, most: 1000 },
} as const satisfies Partial<Record<keyof Position, Part>>;

export type PartName = keyof typeof POSITION_LIMITS;

/** The position that texts say; what is wrong with it as a path. */
export function positionIn(
  texts: Readonly<Partial<Record<PartName | "latitude" | "longitude", string>>>,
  isValid = true,
): Position | { readonly wrong: string } {
  const latitude = numberIn(texts.latitude);
  const longitude = numberIn(texts.longitude);
  if (latitude === undefined || Math.abs(latitude) > 90) return { wrong: "latitude" };
  if (longitude === undefined || Math.abs(longitude) > 180) return { wrong: "longitude" };
  const parts: Partial<Record<PartName, number>> = {};
  for (const [name, { least, most }] of Object.entries(POSITION_LIMITS) as [PartName, Part][]) {
    const text = texts[name] ?? "";
    if (text.trim() === "") continue;
    const value = numberIn(text);
    if (value === undefined || value < least || value > most) return { wrong: name };
    parts[name] = value;
  }
  return { valid: isValid, latitude, longitude, ...parts };
}
