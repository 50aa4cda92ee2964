import { toText } from "../bytes/text";
import { unknownDevice } from "../devices/devices";
import { isObject } from "../devices/fields";
import type { Tools } from "../devices/tools";
import { TrackerError } from "../errors";
import { HistoryColumns } from "../history/import/csv";
import { GpxPoints } from "../history/import/gpx";
import {
  type ImportedLine,
  type ImportedPoint,
  isWrong,
  type WrongLine,
  wrongLine,
} from "../history/import/point";
import { identityOf } from "../model/identity";
import type { OwnRecord } from "../model/message";
import { inSlices, nextTurn } from "../slices";
import type { Fleet } from "./fleet";
import { refuseOthers } from "./history-requests";
import { unknownPoints } from "./known-points";
import { choiceOf, readHeardImei } from "./read-request";
import type { RequestContext } from "./request-context";

/** What a file of old data may be at most. */
export const IMPORT_BYTES = 32 << 20;
const IMPORT_RECORDS = 500_000;
/** Wrong lines that are told. */
const MOST_WRONG = 100;
/** Records after which what came is written, so that it does not wait in memory. */
const COMMIT_AFTER = 20_000;
/** Points that are compared with the history at a time. */
const COMPARED = 5000;
/** Characters of CSV that are read in one go, and the longest line. */
const BLOCK = 65_536;
const LONGEST = 1 << 20;

/** What records of a file have as protocol: nobody takes them for what the device sent. */
export const IMPORTED = "import";

export interface HistoryImportReport {
  readonly imei: string;
  readonly added: number;
  /** Points that the history has, from the device or from a file before. */
  readonly repeated: number;
  readonly failed: number;
  /** Times of the first and last record that were added. */
  readonly first?: number;
  readonly last?: number;
  /** Columns that nothing reads. */
  readonly ignored: readonly string[];
  /** What is wrong with lines, of the first that are. */
  readonly lines: readonly WrongLine[];
}

/** How far the reading has come: from 0 to 1. */
type Progress = (share: number) => void;

/**
 * Puts old data into the history of a registered device: GPX or CSV, as text or bytes. It changes no state and is told
 * to nobody. The payload is `{imei, data, format}`.
 */
export async function importHistory(
  payload: unknown,
  { fleet, tools }: Pick<RequestContext, "fleet" | "tools">,
  progress: Progress = () => undefined,
): Promise<HistoryImportReport> {
  const { imei: given, data, format, ...others } = isObject(payload) ? payload : {};
  refuseOthers(others, "an import of history has imei, data, format");
  const imei = readHeardImei(given, fleet);
  if (fleet.devices.get(imei) === undefined) throw unknownDevice(imei);
  const text = readData(data);
  const wanted = choiceOf("format", format ?? (/^\s*</.test(text) ? "gpx" : "csv"), ["gpx", "csv"]);
  const adding = new Adding(fleet, imei);
  const ignored =
    wanted === "gpx"
      ? await readGpx(text, tools, adding, progress)
      : await readCsv(text, fleet, tools, adding, progress);
  return { ...(await adding.done()), ignored };
}

function readData(data: unknown): string {
  const length = typeof data === "string" ? data.length : data instanceof Uint8Array ? data.byteLength : -1;
  if (length > IMPORT_BYTES) throw tooLarge();
  if (typeof data === "string") return data.replace(/^\ufeff/, "");
  if (data instanceof Uint8Array) return toText(data);
  const message = "data is a file's content as text or bytes";
  throw new TrackerError({ code: "FIELD_VALUE", path: "data", message });
}

export function tooLarge(): TrackerError {
  const message = `the file has more than ${IMPORT_BYTES >> 20} MB; split it`;
  return new TrackerError({ code: "HISTORY_TOO_LARGE", path: "data", message });
}

/** Takes what a file has, a record after the other. */
class Adding {
  private points: ImportedPoint[] = [];
  private added = 0;
  private repeated = 0;
  private failed = 0;
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;
  private readonly wrong: WrongLine[] = [];
  private since = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly imei: string,
  ) {}

  add(line: ImportedLine): void {
    const problem = isWrong(line) ? line : this.obstacle(line);
    if (problem !== undefined) this.fail(problem);
    else this.points.push(line as ImportedPoint);
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    if (this.points.length >= COMPARED) await this.keepPoints();
    if (this.added - this.since < COMMIT_AFTER) return;
    this.since = this.added;
    await this.fleet.commitHistory();
  }

  /** Rejects where it could not be written: it is tried again with every commit. */
  async done(): Promise<Omit<HistoryImportReport, "ignored">> {
    await this.keepPoints();
    const { imei, added, repeated, failed, first, last, wrong, fleet } = this;
    await fleet.commitHistory();
    if (fleet.history.problem !== undefined) throw new TrackerError(fleet.history.problem);
    return { imei, added, repeated, failed, ...(added > 0 && { first, last }), lines: wrong };
  }

  private obstacle({ line, time }: ImportedPoint): WrongLine | undefined {
    const { history, clock, settings } = this.fleet;
    if (this.added + this.points.length >= IMPORT_RECORDS)
      return { line, code: "HISTORY_TOO_LARGE", message: `at most ${IMPORT_RECORDS} records at once` };
    if (time > clock.wall() + settings.clockTolerance)
      return wrongLine(line, "time", "time is in the future");
    if (time >= history.asked.cutoff) return undefined;
    const message = "history of this time is not kept any more";
    return { line, code: "HISTORY_EXPIRED", path: "time", message };
  }

  private fail(problem: WrongLine): void {
    this.failed++;
    if (this.wrong.length < MOST_WRONG) this.wrong.push(problem);
  }

  private async keepPoints(): Promise<void> {
    const points = this.points.splice(0);
    const news = await unknownPoints(this.fleet.history.asked, this.imei, points);
    this.repeated += points.length - news.length;
    for (const point of news) this.keep(point);
  }

  private keep({ line, time, position, attributes }: ImportedPoint): void {
    const { history, clock } = this.fleet;
    const record: OwnRecord = {
      ...{ schema: 1, kind: "telemetry", protocol: IMPORTED },
      ...{ imei: this.imei, time, receivedAt: clock.wall() },
      ...(position && { position }),
      ...{ attributes, sensors: {} },
    };
    if (!history.keep(record, identityOf(record))) {
      this.fail({ line, code: "HISTORY_FORMAT", message: "this record could not be kept" });
      return;
    }
    this.added++;
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
  }
}

async function readGpx(
  text: string,
  tools: Tools,
  adding: Adding,
  progress: Progress,
): Promise<readonly string[]> {
  const found: ImportedLine[] = [];
  const points = new GpxPoints((line) => found.push(line));
  let isAny = false;
  for (const at of tools.readXml(text, points)) {
    const lines = found.splice(0);
    isAny ||= lines.length > 0;
    for (const line of lines) adding.add(line);
    await adding.room();
    await nextTurn();
    progress(at / text.length);
  }
  if (isAny) return [];
  const message = "there is no track in the file";
  throw new TrackerError({ code: "HISTORY_EMPTY", path: "data", message });
}

async function readCsv(
  text: string,
  { days }: Fleet,
  tools: Tools,
  adding: Adding,
  progress: Progress,
): Promise<readonly string[]> {
  let columns: HistoryColumns | undefined;
  let header = "";
  let line = 1;
  for (const { block, end } of blocksOf(text)) {
    const isFirst = columns === undefined;
    // Each block is read with the header before it, so that all have the same delimiter.
    if (isFirst) header = block.slice(0, endOfLine(block, 0));
    const { rows, brokenRow } = tools.parseCsv(isFirst ? block : `${header}${block}`);
    columns ??= new HistoryColumns(rows[0] ?? []);
    const first = isFirst ? line : line - 1;
    const known = columns;
    await inSlices([...rows.keys()].slice(1), (row) => {
      if (brokenRow !== undefined && row >= brokenRow) return;
      const read = known.read(rows[row] as string[], first + row, days);
      if (read !== undefined) adding.add(read);
    });
    if (brokenRow !== undefined)
      adding.add({
        line: first + brokenRow,
        code: "HISTORY_FORMAT",
        message: "a quotation mark is not closed",
      });
    await adding.room();
    await nextTurn();
    line += block.split("\n").length - 1;
    progress(end / text.length);
  }
  if (columns !== undefined) return columns.ignored;
  throw new TrackerError({ code: "HISTORY_EMPTY", path: "data", message: "the file is empty" });
}

/** Whole lines of a CSV text, some at a time; a line break between quotation marks ends none. */
function* blocksOf(text: string): Generator<{ readonly block: string; readonly end: number }> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, endOfLine(text, start + BLOCK));
    while (end < text.length && end - start < LONGEST && !isBalanced(text.slice(start, end)))
      end = endOfLine(text, end);
    yield { block: text.slice(start, end), end };
    start = end;
  }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at + 1;
}

const isBalanced = (text: string): boolean => (text.split('"').length - 1) % 2 === 0;
