import { randomUUID } from "node:crypto";
import type { Node } from "node-red";
import type { Command } from "../../src/commands/command";
import { Commander } from "../../src/commands/commander";
import type { Reason } from "../../src/commands/machine";
import type { OutgoingFrame } from "../../src/commands/port";
import type { DeployedConfigs } from "../../src/device-config/deployed";
import { type Problem, shownText, TrackerError } from "../../src/errors";
import { RegistryDirectory } from "../../src/fleet/broker-directory";
import { Registry, type RegistrySettings, type StatusChange } from "../../src/fleet/fleet";
import type { Found, Store } from "../../src/fleet/store";
import { describe, toProblem } from "./problems";

/** A store that could not be opened is tried again after this time. */
const RETRY_MS = 10_000;
const TICK_MS = 1000;
/** A day. */
const COPY_MS = 86_400_000;
/** Rows that a notice names. */
const NAMED_ROWS = 5;

const NO_SENDER: Reason = { code: "NO_SENDER", reason: "there is no node that could send it" };

/** A node that hands commands on to the devices, and hears what becomes of them. */
export interface CommandSender {
  /** Why what it is given would not be published; undefined where nothing is known against it. */
  obstacle(): Reason | undefined;
  send(command: Command, outgoing: OutgoingFrame): void;
  report(command: Command): void;
}

/**
 * A registry in a running Node-RED: opens its store (again and again where that fails), keeps its time, saves
 * what came, and knows what is wrong.
 */
export class RegistryHost {
  /** Another run of it has another one, because it counts its revisions anew. */
  readonly epoch = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  /** What keeps it from working or from saving; undefined when all is well. */
  problem: Problem | undefined;
  /** What a person should know, although it works. */
  notice: Problem | undefined;
  /** What the built-in broker sees of it. */
  readonly directory: RegistryDirectory;
  private registry: Registry | undefined;
  private commander: Commander | undefined;
  /** By the id of their node, in the order in which they came up. */
  private readonly senders = new Map<string, CommandSender>();
  private opening: Promise<void>;
  private retry: NodeJS.Timeout | undefined;
  private readonly timers: NodeJS.Timeout[];
  private closed = false;
  private saving = false;
  private readonly tickers = new Set<() => void>();
  private readonly followers = new Set<(change: StatusChange, registry: Registry) => void>();

  constructor(
    private readonly node: Node,
    private readonly make: () => Store,
    private readonly deviceConfigs: DeployedConfigs,
    private readonly settings: RegistrySettings,
    saveEveryMs: number,
  ) {
    this.directory = new RegistryDirectory(() => this.registry, this.deviceConfigs);
    this.opening = this.open();
    this.timers = [
      setInterval(() => this.tick(), TICK_MS),
      setInterval(() => void this.save(), saveEveryMs),
      setInterval(() => void this.copy(), COPY_MS),
    ];
  }

  /** The registry, once it is open. Rejects with what keeps it from opening. */
  async ready(): Promise<Registry> {
    if (this.registry === undefined) await this.opening;
    if (this.registry !== undefined) return this.registry;
    throw new TrackerError(
      this.problem ?? { code: "NOT_READY", message: "the registry is closed, or not open yet" },
    );
  }

  /** The commands to the registry's devices. Rejects as {@link ready}. */
  async commands(): Promise<Commander> {
    await this.ready();
    if (this.commander !== undefined) return this.commander;
    throw new TrackerError({ code: "NOT_READY", message: "the registry is closed" });
  }

  /** Whether there is a node that hands commands on. */
  get canSend(): boolean {
    return this.senders.size > 0;
  }

  /** Takes commands to a node; returns how to stop it. */
  addSender(node: string, sender: CommandSender): () => void {
    this.senders.set(node, sender);
    return () => {
      if (this.senders.get(node) === sender) this.senders.delete(node);
    };
  }

  /** The registry if it is open now. */
  get current(): Registry | undefined {
    return this.registry;
  }

  /** Calls back every second; returns how to stop it. */
  onTick(listener: () => void): () => void {
    this.tickers.add(listener);
    return () => this.tickers.delete(listener);
  }

  /** Tells of everything that becomes of devices; returns how to stop it. */
  onChange(listener: (change: StatusChange, registry: Registry) => void): () => void {
    this.followers.add(listener);
    return () => this.followers.delete(listener);
  }

  /** To be called when flows were deployed, which may have other device configs. */
  flowsDeployed(): void {
    this.guarded(() => this.directory.tellAll());
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.opening;
    this.timers.forEach(clearInterval);
    const { registry, commander } = this;
    this.registry = undefined;
    this.commander = undefined;
    try {
      await commander?.close();
      await registry?.close();
    } catch (error) {
      // Node-RED takes no notice of a node that cannot close.
      this.node.error(`what came last could not be saved: ${describe(toProblem(error))}`);
    }
  }

  private async open(): Promise<void> {
    const store = this.make();
    const clock = { wall: Date.now, monotonic: () => performance.now() };
    const registry = new Registry(store, this.deviceConfigs, this.settings, clock);
    try {
      await registry.open((found) => this.tellFound(found));
      this.setProblem(undefined);
      registry.onChange((change) => {
        for (const listener of this.followers) this.guarded(() => listener(change, registry));
      });
      registry.onEdit((imei) => this.guarded(() => this.directory.tell(imei)));
      this.registry = registry;
      this.commander = this.commanderOf(registry);
      void this.copy();
    } catch (error) {
      this.setProblem(toProblem(error));
      if (this.closed) return;
      this.retry = setTimeout(() => {
        this.opening = this.open();
      }, RETRY_MS);
    }
  }

  private tick(): void {
    this.registry?.tick();
    this.commander?.tick().catch((error) => this.setProblem(toProblem(error)));
    if (this.registry?.inbox.isCrowded) void this.save();
    for (const listener of this.tickers) this.guarded(listener);
  }

  /** Commands go out at the node that they were given to; the sidebar's, or those of a node that is gone, at the first. */
  private commanderOf(registry: Registry): Commander {
    const senderOf = ({ origin }: Command) => this.senders.get(origin) ?? [...this.senders.values()][0];
    return new Commander(registry, {
      newId: () => randomUUID(),
      noSender: (command) => {
        const sender = senderOf(command);
        return sender === undefined ? NO_SENDER : sender.obstacle();
      },
      send: (command, outgoing) => this.guarded(() => senderOf(command)?.send(command, outgoing)),
      report: (command) => this.guarded(() => senderOf(command)?.report(command)),
    });
  }

  /** What one listener throws is nobody else's business. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.node.error(describe(toProblem(error)));
    }
  }

  private async save(): Promise<void> {
    if (this.registry === undefined || this.saving) return;
    this.saving = true;
    try {
      await this.registry.flush();
      this.setProblem(undefined);
    } catch (error) {
      this.setProblem(toProblem(error));
    } finally {
      this.saving = false;
    }
  }

  /** Each problem is told once, until another or none takes its place. */
  private setProblem(problem: Problem | undefined): void {
    if (problem?.code === this.problem?.code) return;
    this.problem = problem;
    if (problem !== undefined) this.node.error(describe(problem));
    else this.node.log("the registry works");
  }

  private async copy(): Promise<void> {
    try {
      await this.registry?.copy();
    } catch (error) {
      if (!this.closed)
        this.node.warn(`no copy of the registry's file was made: ${describe(toProblem(error))}`);
    }
  }

  private tellFound(found: Found): void {
    const problem = foundProblem(found);
    this.notice = problem;
    this.node.error(describe(problem));
  }
}

/** What a person should know and can do about a store that was not as it was left. */
function foundProblem({ setAside, copy, inUse, unreadable = [] }: Found): Problem {
  if (setAside === undefined) {
    const named = unreadable.slice(0, NAMED_ROWS).map(({ table, key }) => `${table} ${shownText(key)}`);
    const more = unreadable.length > named.length ? ` and ${unreadable.length - named.length} more` : "";
    const message = `a part of the registry's file cannot be read and was left out: ${named.join(", ")}${more}`;
    return { code: "STORE_ROWS", message };
  }
  if (inUse) {
    const message = `the registry's file was written over while it was in use; what was there was kept as ${setAside}, and it was written anew`;
    return { code: "STORE_REPLACED", message };
  }
  const offer =
    copy === undefined
      ? "there is no copy of it"
      : `its last good copy is ${copy}: the request "restore" takes the devices back from it`;
  const message = `the registry's file was damaged; it was kept as ${setAside}, and a new, empty one was started; ${offer}`;
  return { code: "STORE_DAMAGED", message };
}
