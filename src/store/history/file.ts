import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type Problem, TrackerError } from "../../errors";
import type { RecordBatch } from "../../history/batch";
import { overviewOf, seriesOf, visitsOf } from "../../history/charts";
import { DAY_MS } from "../../history/chunks";
import { Hot } from "../../history/hot";
import type {
  AreaQuery,
  Extent,
  HistoryFound,
  HistoryStatus,
  LastQuery,
  Overview,
  OverviewQuery,
  Page,
  RecordsQuery,
  Retention,
  Series,
  SeriesQuery,
  Visit,
  WasSeen,
} from "../../history/port";
import { HistoryReading } from "../../history/reading";
import type { PlainTable } from "../../history/table";
import { CommitLog, type LogFrame } from "../log/commit-log";
import { undo } from "../sqlite/file";
import { endedProblem, isDamage, problemOf } from "../sqlite/problems";
import { setAside } from "../sqlite/set-aside";
import { openDatabase } from "./database";
import { batchOf, FORGET, framesOf, RECORDS } from "./frames";
import { Retaining } from "./retaining";
import { ChunkRows } from "./rows";
import { Sealing } from "./sealing";

/** Hot records after which they are put into chunks; more in a large fleet, so that a device has some at a time. */
const HOT_RECORDS = 25_000;
const HOT_OF_A_DEVICE = 50;

interface Parts {
  readonly database: DatabaseSync;
  readonly rows: ChunkRows;
  readonly log: CommitLog;
  readonly reading: HistoryReading;
  readonly retaining: Retaining;
  /** Which files these are. */
  readonly places: string;
}

/** The files of a history, by this connection alone from open to close. Blocks: for a worker only. */
export class HistoryFile {
  private parts: Parts | undefined;
  /** In no chunk yet. */
  private hot = new Hot();
  private sealing: Sealing | undefined;
  /** In {@link hot}, but not in the commit log yet. */
  private pending: RecordBatch[] = [];
  private setAside: string | undefined;
  /** Why records could not be put into chunks the last time. */
  private problem: Problem | undefined;
  private isReplaced = false;
  /** Parts that could not be read, of files that are closed by now. */
  private damaged = 0;
  /** How often a file of the log is still to be wiped, because records that somebody has deleted are in it. */
  private wipes = 0;

  constructor(private readonly path: string) {}

  open(): HistoryFound {
    try {
      this.openParts();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.setAside = setAside(this.path);
      this.openParts();
    }
    return this.found();
  }

  append(batch: RecordBatch): void {
    this.opened();
    this.hot.add(batch);
    this.pending.push(batch);
  }

  commit(): void {
    if (placesOf([this.path, ...this.opened().log.paths]) !== this.opened().places) {
      this.isReplaced = true;
      this.begin(false);
    }
    this.write([]);
    const isMuch = this.hot.records >= Math.max(HOT_RECORDS, HOT_OF_A_DEVICE * this.hot.deviceCount);
    if (isMuch && this.sealing === undefined) this.startSealing();
  }

  /** Puts some of the hot records into chunks; returns whether there is more to do. Called between other work. */
  step(): boolean {
    const { sealing } = this;
    if (sealing === undefined) return false;
    const isDone = this.tryStep(sealing);
    if (sealing !== this.sealing) return false;
    if (!isDone) return true;
    this.sealing = undefined;
    this.opened().log.giveUp(this.wipes > 0);
    if (this.wipes === 0) return false;
    this.wipes--;
    if (this.wipes > 0) this.startSealing();
    return this.wipes > 0;
  }

  records(query: RecordsQuery): Page {
    return this.guarded(({ reading }) => reading.page(this.kept(query)));
  }

  last(query: LastQuery): PlainTable {
    return this.guarded(({ reading }) => reading.last(query));
  }

  overview(query: OverviewQuery): Overview {
    return this.guarded(({ rows, reading }) => overviewOf(rows, reading, this.kept(query)));
  }

  series(query: SeriesQuery): Series {
    return this.guarded(({ reading }) => seriesOf(reading, this.kept(query)));
  }

  area(query: AreaQuery): Visit[] {
    const kept = this.kept(query);
    return this.guarded(({ rows, reading }) => {
      const recent = this.allHot.flatMap((hot) => [...hot.devicesWithin(kept)]);
      return visitsOf(rows, reading, kept, recent);
    });
  }

  extent(imei: string): Extent | undefined {
    return this.guarded(({ reading }) => reading.extent(imei));
  }

  wasSeen(batch: RecordBatch): WasSeen[] {
    return this.guarded(({ reading, retaining }) => reading.wasSeen(batch, retaining.horizon));
  }

  remove(imei: string): void {
    this.write([{ kind: FORGET, data: Buffer.from(imei) }]);
    this.hot.forget(imei);
    this.sealing?.forget(imei);
    this.guarded(({ database, rows }) => erase(database, rows, imei));
    // Its records are still in both files of the log, which are wiped as soon as all others are in chunks.
    this.wipes = 2;
    if (this.sealing === undefined) this.startSealing();
  }

  retain({ retention, now }: { retention: Retention; now: number }): boolean {
    return this.guarded(({ retaining }) => retaining.step(retention, now, this.bytes));
  }

  status(): HistoryStatus {
    const { rows, retaining } = this.opened();
    const day = rows.span()?.first;
    const oldest = Math.min(
      day === undefined ? Infinity : day * DAY_MS,
      ...this.allHot.map((hot) => hot.oldest),
    );
    return {
      ...this.found(),
      bytes: this.bytes,
      hot: this.allHot.reduce((sum, { records }) => sum + records, 0),
      horizon: retaining.horizon,
      ...(oldest < Infinity && { oldest }),
      ...(this.problem && { problem: this.problem }),
    };
  }

  close(): void {
    const { parts } = this;
    try {
      if (parts !== undefined) this.write([]);
    } finally {
      this.letGo();
      this.pending = [];
    }
  }

  private openParts(): void {
    const database = openDatabase(this.path);
    let log: CommitLog | undefined;
    try {
      const rows = new ChunkRows(database);
      log = new CommitLog(this.path, (frame) => this.replay(frame, database, rows));
      for (const batch of this.pending) this.hot.add(batch);
      this.parts = {
        database,
        rows,
        log,
        reading: new HistoryReading(rows, () => this.allHot),
        retaining: new Retaining(database, rows),
        places: placesOf([this.path, ...log.paths]),
      };
    } catch (error) {
      this.hot = new Hot();
      log?.close();
      database.close();
      throw error;
    }
  }

  private tryStep(sealing: Sealing): boolean {
    try {
      const isDone = this.guarded(() => sealing === this.sealing && sealing.step());
      this.problem = undefined;
      return isDone;
    } catch (error) {
      this.problem = problemOf(error, this.path);
      throw error;
    }
  }

  private get allHot(): readonly Hot[] {
    return this.sealing === undefined ? [this.hot] : [this.sealing.hot, this.hot];
  }

  private get bytes(): number {
    const { retaining, log } = this.opened();
    return retaining.bytes + log.bytes;
  }

  private found(): HistoryFound {
    const { rows, log } = this.opened();
    return {
      ...(this.setAside !== undefined && { setAside: this.setAside }),
      ...(this.isReplaced && { inUse: true as const }),
      damaged: this.damaged + rows.damaged + log.damaged,
    };
  }

  private write(frames: readonly LogFrame[]): void {
    const all = [...framesOf(this.pending), ...frames];
    if (all.length > 0) this.opened().log.append(all);
    this.pending = [];
  }

  private startSealing(): void {
    const { database, rows, log, retaining } = this.opened();
    log.turn();
    this.sealing = new Sealing(this.hot, database, rows, retaining.horizon);
    this.hot = new Hot();
  }

  private replay({ kind, data }: LogFrame, database: DatabaseSync, rows: ChunkRows): void {
    if (kind === RECORDS) {
      try {
        this.hot.add(batchOf(data));
      } catch {
        this.damaged++;
      }
    } else if (kind === FORGET) {
      const imei = Buffer.from(data).toString();
      this.hot.forget(imei);
      erase(database, rows, imei);
    }
  }

  /** A query of what is kept. */
  private kept<Q extends { readonly from: number }>(query: Q): Q {
    return { ...query, from: Math.max(query.from, this.opened().retaining.horizon) };
  }

  /** Does some work on the database; where that finds it damaged, puts it aside, begins a new one, and works on that. */
  private guarded<T>(work: (parts: Parts) => T): T {
    try {
      return work(this.opened());
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.begin(true);
      return work(this.opened());
    }
  }

  /** Opens the files anew; what is in no chunk goes with it. */
  private begin(isDamaged: boolean): void {
    const batches = this.allHot.flatMap((hot) => hot.batches());
    this.letGo();
    this.pending = batches;
    try {
      if (isDamaged) this.setAside = setAside(this.path);
      this.open();
    } catch (error) {
      // It is not open any more; whoever asks next is to open it.
      throw new TrackerError(endedProblem(this.path, problemOf(error, this.path).message));
    }
  }

  private letGo(): void {
    const { parts } = this;
    this.parts = undefined;
    this.sealing = undefined;
    this.hot = new Hot();
    if (parts === undefined) return;
    this.damaged += parts.rows.damaged + parts.log.damaged;
    parts.log.close();
    parts.database.close();
  }

  private opened(): Parts {
    if (this.parts !== undefined) return this.parts;
    throw new TrackerError({ code: "STORE_FAILED", message: `${this.path} is not open` });
  }
}

/** Nothing of it is left in the database's free pages, nor in its own log. */
function erase(database: DatabaseSync, rows: ChunkRows, imei: string): void {
  database.exec("PRAGMA secure_delete = ON; BEGIN");
  try {
    rows.remove(imei);
    database.exec("COMMIT");
  } catch (error) {
    undo(database);
    throw error;
  } finally {
    database.exec("PRAGMA secure_delete = OFF");
  }
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

function placesOf(paths: readonly string[]): string {
  const stats = paths.map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return stats.map((stat) => (stat === undefined ? "" : `${stat.dev} ${stat.ino}`)).join("\n");
}
