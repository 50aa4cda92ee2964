import type { Problem } from "../errors";
import type { History } from "../history/history";
import { identityNumber, type Timed } from "../history/identity";
import type { HistoryFound } from "../history/port";
import type { OwnRecord } from "../model/message";

/** What the history of a fleet tells. */
export interface HistoryPort {
  /** What went wrong as a problem, whatever was thrown. */
  toProblem(error: unknown): Problem;
  /** Something is wrong now; undefined: nothing any more. Each is told once. */
  state(problem: Problem | undefined): void;
  /** What was found wrong with its files. */
  found(found: HistoryFound): void;
}

/**
 * The history beside the registry: whatever becomes of it, nothing here throws or rejects but questions. What cannot be
 * written waits, and is tried again with the next commit.
 */
export class FleetHistory {
  /** What keeps it from being written; undefined when all is well. */
  problem: Problem | undefined;
  private turn: Promise<void> = Promise.resolve();
  /** The commit that has not begun yet, for all who ask until it does. */
  private next: Promise<void> | undefined;
  /** Devices whose history is still to be deleted. */
  private readonly leaving = new Set<string>();

  constructor(
    readonly asked: History,
    private readonly port: HistoryPort,
  ) {}

  async open(): Promise<void> {
    await this.attempt(async () => {
      const found = await this.asked.open();
      if (found.setAside !== undefined || found.damaged > 0) this.port.found(found);
    });
  }

  /**
   * `identity` is that of the record, as hex text. A record that comes again is kept again, and falls away: it may have
   * been lost with what was not committed. False where it could not be kept.
   */
  keep(record: OwnRecord, identity: string): boolean {
    if (record.kind === "file") return false;
    try {
      return this.asked.keep(record, identityNumber(identity));
    } catch (error) {
      this.setProblem(this.port.toProblem(error));
      return false;
    }
  }

  /** Whether it has what is committed for good, and can be written. */
  get isLasting(): boolean {
    return !this.asked.isBrief && this.problem === undefined;
  }

  /** Of each record, whether it came before and is kept; `digest` as in {@link keep}. Rejects where nobody can say. */
  async wasSeen(
    records: readonly { readonly record: Timed; readonly digest: string }[],
  ): Promise<readonly boolean[]> {
    const sought = records.map(({ record, digest }) => ({ record, identity: identityNumber(digest) }));
    return (await this.asked.wasSeen(sought)).map((seen) => seen === "yes");
  }

  /** Resolves when a commit has ended, well or not, that began after this call; with it go devices that were removed. */
  commit(): Promise<void> {
    this.next ??= this.inTurn(async () => {
      this.next = undefined;
      await this.asked.commit();
      for (const imei of this.leaving) {
        await this.asked.remove(imei);
        this.leaving.delete(imei);
      }
    });
    return this.next;
  }

  /** Deletes what there is of devices; where that fails, it is tried again. Resolves with whether it is done. */
  async remove(imeis: readonly string[]): Promise<boolean> {
    if (imeis.length === 0) return true;
    for (const imei of imeis) this.leaving.add(imei);
    await this.commit();
    return !imeis.some((imei) => this.leaving.has(imei));
  }

  /** Deletes and thins what is not to be kept any more. */
  retain(): Promise<void> {
    return this.attempt(() => this.asked.retain());
  }

  async close(): Promise<void> {
    await this.commit();
    await this.attempt(() => this.asked.close());
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(() => this.attempt(work));
    return this.turn;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.setProblem(undefined);
    } catch (error) {
      this.setProblem(this.port.toProblem(error));
    }
  }

  private setProblem(problem: Problem | undefined): void {
    if (problem?.code === this.problem?.code) return;
    this.problem = problem && {
      code: problem.code,
      message: `history cannot be written: ${problem.message}`,
    };
    this.port.state(this.problem);
  }
}
