import type { NodeAPI } from "node-red";
import type { ConnectionEvent } from "../../src/broker/events";
import { BrokerServer, type BrokerSettings } from "../../src/broker/server";
import { type Problem, TrackerError } from "../../src/errors";
import type { Directory } from "../../src/fleet/directory";

/** A port that is taken, or a certificate that cannot be read, is tried again after this time. */
const RETRY_MS = 5000;
/** A broker whose node has gone, and that nothing says more of, is closed after this time. */
const ABANDONED_MS = 20_000;
const MAX_PENDING = 1000;

/** A node that a broker works for. */
export interface BrokerNode {
  event(event: ConnectionEvent): void;
  /** Told once of what keeps it from listening, and of what goes wrong without that. */
  problem(problem: Problem): void;
}

/** Why a server does not listen, in plain words, by the error's code. */
const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens on this port already: perhaps Mosquitto, or another tracker broker",
  EACCES: "this port may not be listened on: take one above 1023",
  EADDRNOTAVAIL: "this computer does not have the address to listen on",
  ENOENT: "the file of a key or certificate is missing",
};

/**
 * A broker in a running Node-RED. It outlives its node for the moment between the two halves of a deploy: a node
 * that comes up with the same id and the same settings takes it over, with all clients connected.
 */
export class BrokerHost {
  /** By the id of their node. */
  private static readonly all = new Map<string, BrokerHost>();
  /** Runtimes that are listened to already: a node's file is loaded anew where its module is enabled again. */
  private static readonly watched = new WeakSet<object>();
  /** What keeps it from listening. */
  listenProblem: Problem | undefined;
  private server: BrokerServer | undefined;
  private node: BrokerNode | undefined;
  /** Whether the nodes that come after it are up, so that what it sends arrives. */
  private flowing = false;
  /** Until then, what is for them. */
  private readonly pending: ConnectionEvent[] = [];
  private directory: Directory | undefined;
  private starting: Promise<void>;
  /** Tells the node of the clients that this one disconnects when it ends. */
  private heir: BrokerHost | undefined;
  private retry: NodeJS.Timeout | undefined;
  private abandoned: NodeJS.Timeout | undefined;
  private closed = false;

  private constructor(
    private readonly id: string,
    private readonly key: string,
    private readonly settings: BrokerSettings,
    after: Promise<void>,
  ) {
    this.starting = after.then(() => this.start());
  }

  /** The broker of a node: the one that runs already where the settings are the same, else a new one. */
  static of(id: string, settings: BrokerSettings): BrokerHost {
    const key = JSON.stringify(settings);
    const before = BrokerHost.all.get(id);
    if (before !== undefined && before.key === key && !before.closed) {
      clearTimeout(before.abandoned);
      return before;
    }
    const host = new BrokerHost(id, key, settings, before?.close() ?? Promise.resolve());
    if (before !== undefined) before.heir = host;
    BrokerHost.all.set(id, host);
    return host;
  }

  /**
   * Brokers begin to listen before any node is up: a client that comes up first would else be refused, and wait for long
   * before it tries again. Once all nodes of a deploy are up, brokers whose nodes have not come are closed, and the others
   * send on what has happened. Called once for a runtime; `settingsOf` says what a saved node will want, as far as it can.
   */
  static watch(RED: NodeAPI, settingsOf: (node: SavedNode) => BrokerSettings | undefined): void {
    if (BrokerHost.watched.has(RED.events)) return;
    BrokerHost.watched.add(RED.events);
    RED.events.on("flows:starting", ({ config }: { config: { flows: readonly SavedNode[] } }) => {
      const off = new Set(config.flows.filter(({ disabled }) => disabled).map(({ id }) => id));
      for (const node of config.flows) {
        if (node.type !== "tracker-broker" || node.d || off.has(node.z ?? "")) continue;
        const isUp = BrokerHost.all.get(node.id)?.node !== undefined;
        const settings = isUp ? undefined : settingsOf(node);
        if (settings !== undefined) BrokerHost.of(node.id, settings);
      }
    });
    RED.events.on("runtime-event", ({ id, payload }: { id: string; payload?: RuntimeState }) => {
      if (id !== "runtime-state" || (payload?.state !== "start" && payload?.deploy)) return;
      for (const host of BrokerHost.all.values()) {
        if (host.node === undefined) void host.close();
        else host.flow();
      }
    });
  }

  attach(node: BrokerNode, directory: Directory): void {
    this.node = node;
    this.directory = directory;
    if (this.listenProblem !== undefined) node.problem(this.listenProblem);
    this.server?.use(directory);
  }

  /** Its node is gone, perhaps to come back at once. */
  detach(): void {
    this.node = undefined;
    this.flowing = false;
    this.directory = undefined;
    this.server?.use(undefined);
    this.abandoned = setTimeout(() => void this.close(), ABANDONED_MS).unref();
  }

  /** What there is to see of it; undefined while it does not listen. */
  get state(): Pick<BrokerServer, "ports" | "clientCount" | "received" | "backlog"> | undefined {
    return this.server;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    clearTimeout(this.abandoned);
    if (BrokerHost.all.get(this.id) === this) BrokerHost.all.delete(this.id);
    await this.starting;
    await this.server?.close();
    this.server = undefined;
  }

  private async start(): Promise<void> {
    if (this.closed) return;
    try {
      this.server = await BrokerServer.start(this.settings, {
        event: (event) => this.tell(event),
        problem: (error) =>
          this.node?.problem(
            error instanceof TrackerError ? error : { code: "BROKER", message: error.message },
          ),
      });
      this.listenProblem = undefined;
      if (this.directory !== undefined) this.server.use(this.directory);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      const problem = { code: code || "TLS", message: LISTEN_PROBLEMS[code] ?? message };
      if (this.listenProblem?.message !== problem.message) this.node?.problem(problem);
      this.listenProblem = problem;
      if (this.closed) return;
      this.retry = setTimeout(() => {
        this.starting = this.start();
      }, RETRY_MS);
    }
  }

  private flow(): void {
    this.flowing = true;
    for (const event of this.pending.splice(0)) this.node?.event(event);
  }

  private tell(event: ConnectionEvent): void {
    if (this.heir !== undefined) this.heir.tell(event);
    else if (this.flowing) this.node?.event(event);
    else if (this.pending.length < MAX_PENDING) this.pending.push(event);
  }
}

/** A node or a tab of the saved flows. */
export interface SavedNode {
  readonly id: string;
  readonly type: string;
  /** The tab that it is on. */
  readonly z?: string;
  /** A node that is disabled, or a tab. */
  readonly d?: boolean;
  readonly disabled?: boolean;
}

interface RuntimeState {
  readonly state: string;
  readonly deploy?: boolean;
}
