import { TrackerError } from "../../errors";
import type { Days } from "../../model/days";
import type { Scalar } from "../../model/message";
import { type ImportedLine, numberIn, type PartName, POSITION_LIMITS, positionIn, wrongLine } from "./point";

type Field = "time" | "kind" | "valid" | "latitude" | "longitude" | PartName;

/** What columns are called in files of others; those of our own are `position.latitude` and so on. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  time: ["time", "timestamp", "datetime", "date", "zeit", "zeitpunkt", "datum"],
  kind: ["kind"],
  valid: ["valid"],
  latitude: ["latitude", "lat", "breite", "breitengrad"],
  longitude: ["longitude", "lon", "lng", "long", "länge", "längengrad"],
  altitude: ["altitude", "alt", "ele", "elevation", "höhe"],
  speed: ["speed", "kmh", "speedkmh", "geschwindigkeit"],
  course: ["course", "heading", "bearing", "direction", "kurs", "richtung"],
  hdop: ["hdop"],
  satellites: ["satellites", "sat", "sats", "satelliten"],
};

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  (Object.entries(NAMES) as [Field, readonly string[]][]).flatMap(([field, names]) =>
    names.map((name) => [name, field] as const),
  ),
);

/** From here on a number is milliseconds, below seconds. */
const MILLISECONDS = 1e11;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ][\d:.]+\s?(?:Z|[+-]\d{2}:?\d{2})$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/;

/** Which column is what, by the header of a file. */
export class HistoryColumns {
  private readonly fields = new Map<Field, number>();
  private readonly attributes: (readonly [key: string, column: number])[] = [];
  /** Columns that nothing reads. */
  readonly ignored: string[] = [];

  /** Throws `HISTORY_FORMAT` where a column is missing that has to be there. */
  constructor(header: readonly string[]) {
    header.forEach((cell, column) => {
      const name = cell.trim().replace(/^position\./, "");
      const field = BY_NAME.get(name.toLowerCase().replace(/[^\p{L}]/gu, ""));
      const [, key] = /^attributes\.(.+)$/.exec(name) ?? [];
      if (key !== undefined) this.attributes.push([key, column]);
      else if (field !== undefined && !this.fields.has(field)) this.fields.set(field, column);
      else if (name !== "") this.ignored.push(name);
    });
    if (this.fields.has("time") && this.fields.has("latitude") && this.fields.has("longitude")) return;
    const message = "the first line has to name the columns, among them time, latitude and longitude";
    throw new TrackerError({ code: "HISTORY_FORMAT", path: "data", message });
  }

  /** Undefined for a row that is no reading: an empty one, or an event, of which a file has not all. */
  read(cells: readonly string[], line: number, days: Days): ImportedLine | undefined {
    const cell = (field: Field) => cells[this.fields.get(field) ?? -1]?.trim() ?? "";
    if (cells.every((text) => text.trim() === "") || cell("kind") === "event") return undefined;
    const time = timeIn(cell("time"), days);
    if (time === undefined) return wrongLine(line, "time", "time is one such as 2026-01-15T12:00:00Z");
    const attributes = this.attributesOf(cells);
    const hasPlace = cell("latitude") !== "" || cell("longitude") !== "";
    if (!hasPlace && Object.keys(attributes).length > 0) return { line, time, attributes };
    const parts = Object.fromEntries(
      (Object.keys(POSITION_LIMITS) as PartName[]).map((name) => [name, cell(name)]),
    );
    const texts = { ...parts, latitude: cell("latitude"), longitude: cell("longitude") };
    const position = positionIn(texts, cell("valid").toLowerCase() !== "false");
    return "wrong" in position
      ? wrongLine(line, position.wrong, `${position.wrong} is no number that it can be`)
      : { line, time, position, attributes };
  }

  private attributesOf(cells: readonly string[]): Record<string, Scalar> {
    const found = this.attributes.flatMap(([key, column]) => {
      const text = cells[column]?.trim() ?? "";
      return text === "" ? [] : [[key, scalarIn(text)] as const];
    });
    return Object.fromEntries(found);
  }
}

/** The value that a cell of this text is read as. */
export function scalarIn(text: string): Scalar {
  if (text === "true" || text === "false") return text === "true";
  // An export has an apostrophe before a text that a spreadsheet would run.
  return numberIn(text) ?? text.replace(/^'(?=[=+\-@\t\r\n'])/, "");
}

/** A time with its zone, one as the clocks of the registry's zone showed it, or seconds or milliseconds since 1970. */
function timeIn(text: string, days: Days): number | undefined {
  const number = /^\d{9,14}(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (number !== undefined) return Math.round(number < MILLISECONDS ? number * 1000 : number);
  const [, day, clock] = LOCAL.exec(text) ?? [];
  const shown = ZONED.test(text)
    ? Date.parse(text.replace(" ", "T").replace(" ", ""))
    : Date.parse(`${day}T${clock}Z`);
  if (Number.isNaN(shown)) return undefined;
  return day === undefined ? shown : days.at(shown);
}
