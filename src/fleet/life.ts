import { Commander } from "../commands/commander";
import { CommandSenders } from "../commands/senders";
import type { DeployedConfigs } from "../device-config/deployed";
import { type Problem, TrackerError } from "../errors";
import { History } from "../history/history";
import type { HistoryFound, HistoryStore, Retention } from "../history/port";
import { Listeners } from "../listeners";
import { RegistryDirectory } from "./broker-directory";
import { Fleet } from "./fleet";
import { FleetHistory } from "./fleet-history";
import { foundProblem } from "./found-problem";
import type { RegistrySettings, StatusChange } from "./owners";
import type { Found, Store } from "./store";

/** A store that could not be opened is tried again after this time. */
const RETRY_MS = 10_000;
const TICK_MS = 1000;
/** An hour. */
const RETAIN_MS = 3_600_000;
/** A day. */
const COPY_MS = 86_400_000;

/** Where the history of a fleet is kept, and how long. */
export interface HistoryLife {
  make(): HistoryStore;
  readonly retention: Retention;
  readonly commitEveryMs: number;
}

/** What the life of a fleet needs from outside the core. */
export interface LifePort {
  newId(): string;
  /** What went wrong as a problem, whatever was thrown. */
  toProblem(error: unknown): Problem;
  /** Something is wrong now; undefined: nothing any more. Each is told once. */
  state(problem: Problem | undefined): void;
  /** Something that a person should know of, and that does not last. */
  tell(problem: Problem): void;
  /** The same, of less weight. */
  warn(problem: Problem): void;
}

/** A fleet from its start to its end: opened (again and again where that fails), kept in time, saved. */
export class FleetLife {
  /** Another run of it has another one, because it counts its revisions anew. */
  readonly epoch = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  /** What keeps it from working or from saving; undefined when all is well. */
  problem: Problem | undefined;
  private noted: Problem | undefined;
  /** What the built-in broker sees of it. */
  readonly directory: RegistryDirectory;
  readonly senders = new CommandSenders();
  readonly onTick = new Listeners<[]>();
  /** Something became of a device. */
  readonly onStatus = new Listeners<[change: StatusChange, fleet: Fleet]>();
  private fleet: Fleet | undefined;
  private commander: Commander | undefined;
  private opening: Promise<void>;
  private retry: NodeJS.Timeout | undefined;
  private readonly timers: NodeJS.Timeout[];
  private closed = false;
  private saving = false;

  constructor(
    private readonly make: () => Store,
    private readonly historyLife: HistoryLife,
    private readonly deviceConfigs: DeployedConfigs,
    private readonly settings: RegistrySettings,
    saveEveryMs: number,
    private readonly port: LifePort,
  ) {
    this.directory = new RegistryDirectory(() => this.fleet, this.deviceConfigs);
    this.opening = this.open();
    this.timers = [
      setInterval(() => this.tick(), TICK_MS),
      setInterval(() => void this.save(), saveEveryMs),
      setInterval(() => void this.fleet?.commitHistory(), historyLife.commitEveryMs),
      setInterval(() => void this.fleet?.history.retain(), RETAIN_MS),
      setInterval(() => void this.copy(), COPY_MS),
    ];
  }

  /** What a person should know, although it works. */
  get notice(): Problem | undefined {
    return this.noted ?? this.fleet?.history.problem;
  }

  set notice(notice: Problem | undefined) {
    this.noted = notice;
  }

  /** The fleet if it is open now. */
  get current(): Fleet | undefined {
    return this.fleet;
  }

  /** The fleet, once it is open. Rejects with what keeps it from opening. */
  async ready(): Promise<Fleet> {
    if (this.fleet === undefined) await this.opening;
    if (this.fleet !== undefined) return this.fleet;
    throw new TrackerError(
      this.problem ?? { code: "NOT_READY", message: "the registry is closed, or not open yet" },
    );
  }

  /** The commands to the fleet's devices. Rejects as {@link ready}. */
  async commands(): Promise<Commander> {
    await this.ready();
    if (this.commander !== undefined) return this.commander;
    throw new TrackerError({ code: "NOT_READY", message: "the registry is closed" });
  }

  /** To be called when flows were deployed, which may have other device configs. */
  deployed(): void {
    this.guarded(() => this.directory.tellAll());
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.opening;
    this.timers.forEach(clearInterval);
    const { fleet, commander } = this;
    this.fleet = undefined;
    this.commander = undefined;
    try {
      await commander?.close();
      await fleet?.close();
    } catch (error) {
      const { code, message } = this.port.toProblem(error);
      this.port.tell({ code, message: `what came last could not be saved: ${message}` });
    }
  }

  private async open(): Promise<void> {
    const clock = { wall: Date.now, monotonic: () => performance.now() };
    const fleet = new Fleet(this.make(), this.deviceConfigs, this.settings, clock, this.history(clock.wall));
    try {
      await fleet.open((found) => this.tellFound(found));
      this.setProblem(undefined);
      fleet.onStatus.add((change) => this.guarded(() => this.onStatus.tell(change, fleet)));
      fleet.onEdit.add((imei) => this.guarded(() => this.directory.tell(imei)));
      this.fleet = fleet;
      this.commander = this.commanderOf(fleet);
      void this.copy();
      void fleet.history.retain();
    } catch (error) {
      this.setProblem(this.port.toProblem(error));
      if (this.closed) return;
      this.retry = setTimeout(() => {
        this.opening = this.open();
      }, RETRY_MS);
    }
  }

  private tick(): void {
    this.fleet?.tick();
    this.commander?.tick().catch((error) => this.setProblem(this.port.toProblem(error)));
    if (this.fleet?.inbox.isCrowded) {
      void this.fleet.commitHistory();
      void this.save();
    }
    this.guarded(() => this.onTick.tell());
  }

  private commanderOf(fleet: Fleet): Commander {
    const { senders, port } = this;
    return new Commander(fleet, {
      newId: () => port.newId(),
      noSender: (command) => senders.obstacle(command),
      send: (command, outgoing) => this.guarded(() => senders.of(command)?.send(command, outgoing)),
      report: (command) => this.guarded(() => senders.of(command)?.report(command)),
    });
  }

  /** What one listener throws is nobody else's business. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.port.tell(this.port.toProblem(error));
    }
  }

  private async save(): Promise<void> {
    if (this.fleet === undefined || this.saving) return;
    this.saving = true;
    try {
      await this.fleet.flush();
      this.setProblem(undefined);
    } catch (error) {
      this.setProblem(this.port.toProblem(error));
    } finally {
      this.saving = false;
    }
  }

  private setProblem(problem: Problem | undefined): void {
    if (problem?.code === this.problem?.code) return;
    this.problem = problem;
    this.port.state(problem);
  }

  private async copy(): Promise<void> {
    try {
      await this.fleet?.copy();
    } catch (error) {
      if (this.closed) return;
      const { code, message } = this.port.toProblem(error);
      this.port.warn({ code, message: `no copy of the registry's file was made: ${message}` });
    }
  }

  private tellFound(found: Found): void {
    const problem = foundProblem(found);
    this.notice = problem;
    this.port.tell(problem);
  }

  private history(wall: () => number): FleetHistory {
    const { port, historyLife } = this;
    return new FleetHistory(new History(historyLife.make(), historyLife, wall), {
      toProblem: (error) => port.toProblem(error),
      state: (problem) => {
        if (problem !== undefined) port.warn(problem);
      },
      found: (found) => port.warn(historyFoundProblem(found)),
    });
  }
}

function historyFoundProblem({ setAside, damaged }: HistoryFound): Problem {
  const message =
    setAside === undefined
      ? `${damaged} parts of the history could not be read and were left out`
      : `the file of the history was damaged and was renamed to ${setAside}; a new one was begun`;
  return { code: "HISTORY_DAMAGED", message };
}
