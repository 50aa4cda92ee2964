import type { DeviceEvent, Position, Scalar, Telemetry } from "../model/message";
import { ShapeCache } from "../model/shape-cache";
import { recordKindOf } from "./identity";
import type { Cell, Column, RecordTable } from "./table";

type NotKept = "receivedAt" | "warnings";

/** A record as history gives it back: without when it was received and what was wrong with it. */
export type HistoryRecord = (Omit<Telemetry, NotKept> | Omit<DeviceEvent, NotKept>) & {
  readonly imei: string;
};

/** Parts of a position, each a column of the same name. */
export const POSITION_PARTS = [
  "valid",
  "latitude",
  "longitude",
  "altitude",
  "speed",
  "course",
  "hdop",
  "satellites",
] as const satisfies readonly (keyof Position)[];

/** Other columns of a record: an event is JSON. */
export const OWN_PARTS = ["protocol", "timeUnknown", "unread", "event", "cause"] as const;

/** How names of columns begin, by where their values are in a record; positions among the sensors are JSON. */
export const PREFIXES = { attributes: "a.", sensors: "s.", units: "u.", objects: "j." } as const;

const isPositionPart = (name: string): boolean => (POSITION_PARTS as readonly string[]).includes(name);

/** The column of a value by its path in a record: `position.speed`, `attributes.ignition`, `sensors.0x3008`, `event`. */
export function columnOf(path: string): string {
  const [part = "", name] = splitOnce(path);
  if (name === undefined) return path;
  if (part === "position" && isPositionPart(name)) return name;
  if (part === "attributes" || part === "sensors" || part === "units") return PREFIXES[part] + name;
  return path;
}

function splitOnce(path: string): [string, string?] {
  const at = path.indexOf(".");
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)];
}

const attributeShapes = new ShapeCache();
const sensorShapes = new ShapeCache();

/** Gives back the records of a table of one device. */
export class RecordReader {
  private readonly own = new Map<string, Column>();
  private readonly position: [keyof Position, Column][] = [];
  private readonly attributes: [string, Column][] = [];
  private readonly sensors: [string, Column, boolean][] = [];
  private readonly units: [string, Column][] = [];

  constructor(
    private readonly table: RecordTable,
    private readonly imei: string,
  ) {
    for (const [name, column] of table.columns) this.sort(name, column);
  }

  private sort(name: string, column: Column): void {
    const rest = name.slice(2);
    if (isPositionPart(name)) this.position.push([name as keyof Position, column]);
    else if (name.startsWith(PREFIXES.attributes)) this.attributes.push([rest, column]);
    else if (name.startsWith(PREFIXES.sensors)) this.sensors.push([rest, column, false]);
    else if (name.startsWith(PREFIXES.objects)) this.sensors.push([rest, column, true]);
    else if (name.startsWith(PREFIXES.units)) this.units.push([rest, column]);
    else this.own.set(name, column);
  }

  record(row: number): HistoryRecord {
    const isTelemetry = recordKindOf(this.table.keys[row] as number) === "telemetry";
    const position = this.values(this.position, row);
    const attributes = this.values(this.attributes, row);
    const sensors = this.sensorsOf(row);
    const units = this.values(this.units, row);
    return {
      schema: 1,
      kind: isTelemetry ? "telemetry" : "event",
      protocol: this.ownCell("protocol", row),
      imei: this.imei,
      time: this.table.times[row],
      ...(position.size > 0 && { position: Object.fromEntries(position) }),
      // An event that measures nothing has none of these; a reading always has them.
      ...((isTelemetry || attributes.size > 0) && { attributes: attributeShapes.build(attributes) }),
      ...((isTelemetry || sensors.size > 0) && { sensors: sensorShapes.build(sensors) }),
      ...(units.size > 0 && { units: Object.fromEntries(units) }),
      ...this.rare(row, isTelemetry),
    } as unknown as HistoryRecord;
  }

  private rare(row: number, isTelemetry: boolean): object {
    const unread = this.ownCell("unread", row);
    const cause = this.ownCell("cause", row);
    return {
      ...(!isTelemetry && { event: JSON.parse(String(this.ownCell("event", row) ?? "{}")) }),
      ...(this.ownCell("timeUnknown", row) === true && { timeUnknown: true }),
      ...(unread !== undefined && { unread }),
      ...(cause !== undefined && { cause }),
    };
  }

  private ownCell(name: (typeof OWN_PARTS)[number], row: number): Cell {
    const column = this.own.get(name);
    return column && this.table.cell(column, row);
  }

  private sensorsOf(row: number): Map<string, Scalar | Position> {
    const sensors = new Map<string, Scalar | Position>();
    for (const [name, column, isObject] of this.sensors) {
      const value = this.table.cell(column, row);
      if (value !== undefined) sensors.set(name, isObject ? JSON.parse(String(value)) : value);
    }
    return sensors;
  }

  private values(columns: readonly (readonly [string, Column])[], row: number): Map<string, Scalar> {
    const values = new Map<string, Scalar>();
    for (const [name, column] of columns) {
      const value = this.table.cell(column, row);
      if (value !== undefined) values.set(name, value);
    }
    return values;
  }
}
