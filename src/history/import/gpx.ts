import type { XmlListener } from "../../model/xml-listener";
import { type ImportedLine, numberIn, type PartName, positionIn, wrongLine } from "./point";

/** What a point has, and how its text is called here. Sources: GPX 1.0 and 1.1, Garmin's TrackPointExtension. */
const ELEMENTS: ReadonlyMap<string, PartName | "time"> = new Map([
  ["time", "time"],
  ["ele", "altitude"],
  ["speed", "speed"],
  ["course", "course"],
  ["hdop", "hdop"],
  ["sat", "satellites"],
]);

/** GPX has metres a second. */
const KMH_PER_MS = 3.6;
const ZONED = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/;

/** Takes the points of all tracks of a GPX file one after the other. */
export class GpxPoints implements XmlListener {
  private point: { readonly line: number; readonly texts: Map<string, string> } | undefined;
  private isGpx = false;

  constructor(private readonly told: (line: ImportedLine) => void) {}

  begin(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (name === "gpx") this.isGpx = true;
    if (!this.isGpx || name !== "trkpt") return;
    const texts = new Map<string, string>();
    if (attributes.lat !== undefined) texts.set("latitude", attributes.lat);
    if (attributes.lon !== undefined) texts.set("longitude", attributes.lon);
    this.point = { line, texts };
  }

  end(name: string, content: string): void {
    const { point } = this;
    if (point === undefined) return;
    if (name === "trkpt") {
      this.point = undefined;
      this.told(pointOf(point.line, Object.fromEntries(point.texts)));
      return;
    }
    const part = ELEMENTS.get(name);
    if (part !== undefined) point.texts.set(part, content.trim());
  }

  broken(line: number, message: string): void {
    this.told({ line, code: "HISTORY_FORMAT", message: `this is no GPX from here on: ${message}` });
  }
}

function pointOf(line: number, { time = "", ...texts }: Record<string, string>): ImportedLine {
  const read = ZONED.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(read)) return wrongLine(line, "time", "a point has a time such as 2026-01-15T12:00:00Z");
  const speed = numberIn(texts.speed);
  const kmh = speed === undefined ? {} : { speed: String(Math.round(speed * KMH_PER_MS * 100) / 100) };
  const position = positionIn({ ...texts, ...kmh });
  return "wrong" in position
    ? wrongLine(line, position.wrong, `${position.wrong} is no number that it can be`)
    : { line, time: read, position, attributes: {} };
}
