import type { HistoryRecord } from "../record";
import type { Pages } from "./geojson";

/** A place with a name and, where it is known, a time (epoch milliseconds). */
export interface PlaceMark {
  readonly name: string;
  readonly text: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly time: number;
}

/** Writes a part of a document as its records come. */
export interface Writer {
  begin(): string;
  page(records: readonly HistoryRecord[]): string;
  end(): string;
}

/** Records that come page by page as a document that goes out piece by piece. */
export async function* written(
  head: string,
  writer: Writer,
  pages: Pages,
  tail: string,
): AsyncGenerator<string> {
  yield head + writer.begin();
  for await (const records of pages) {
    const text = writer.page(records);
    if (text !== "") yield text;
  }
  yield writer.end() + tail;
}

/** Records that are all there. */
export function writtenAtOnce(writer: Writer, records: readonly HistoryRecord[]): string {
  return writer.begin() + writer.page(records) + writer.end();
}
