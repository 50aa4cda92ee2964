import type { Socket } from "node:net";
import type { Directory } from "../fleet/directory";
import { checkImei } from "../model/imei";
import type { Refusal } from "../model/refusal";
import { commandTopic, type Denial, hasSession, type Identity } from "./access";
import type { Aedes, BrokerClient, Client } from "./aedes";
import { Authenticator, originOf } from "./authenticator";
import { boundSessions, type Granted, type SessionMemory, type Sessions } from "./bounded-sessions";
import {
  because,
  type ConnectionEvent,
  connectionEvent,
  Quiet,
  type REASONS,
  shortened,
  type Who,
  type Why,
} from "./events";
import { GuardedStream } from "./guarded-stream";
import { CONNECT_BYTES, GATEWAY_FACTOR, type Limits, MessageRate } from "./limits";
import { type Listening, PortListeners } from "./listeners";
import { LoginMemory } from "./login-memory";
import type { LoginSettings } from "./logins";
import { RegistryLink } from "./registry-link";
import { Roster } from "./roster";
import { type Incoming, screen, versionAnswer } from "./screening";
import { type ConnectionOrigin, Session } from "./session";
import { standing } from "./standing";
import { tlsProblem } from "./tls-problems";
import { isDeviceName, Traffic } from "./traffic";
import { Twins } from "./twins";
import { ClientRefused, createAedes, publish, wire } from "./wiring";

export interface BrokerSettings extends LoginSettings {
  readonly listening: Omit<Listening, "handshakeMs">;
  /** When a message of a device is acknowledged: once it is kept, or as soon as it has come. */
  readonly acknowledge: "stored" | "received";
  readonly limits: Limits;
  /** Path of the files of a {@link LoginMemory}; absent: right passwords are forgotten at the end. */
  readonly loginMemory?: string | undefined;
}

/** Who is told what happens. */
export interface BrokerObserver {
  event(event: ConnectionEvent): void;
  /** Something went wrong that no client is told of. */
  problem(error: Error): void;
}

const TCP_KEEPALIVE_MS = 60_000;
const QUIET_MS = 60_000;
/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). The same for all who may not, so that it tells nothing. */
const UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;
/** Refusals of a broker that could let the client in at another time. */
const LATER: ReadonlySet<string> = new Set<Refusal>(["NOT_READY", "CONNECTIONS"]);

/**
 * An MQTT 3.1.1 broker that asks a directory of devices who may do what. All of MQTT is aedes'; here is how
 * connections begin and end, and what is told of them.
 */
export class BrokerServer {
  private readonly door: Authenticator;
  private readonly link: RegistryLink;
  private readonly roster: Roster;
  private readonly traffic: Traffic;
  private readonly kept: Sessions;
  private readonly quiet = new Quiet(QUIET_MS);
  private readonly twins = new Twins((one, addresses) => this.twinsFound(one, addresses));
  private readonly sessions = new WeakMap<object, Session>();
  /** All connections, also of those who have not said yet who they are. */
  private readonly streams = new Set<GuardedStream>();
  private listeners: PortListeners | undefined;
  private stopping = false;

  private constructor(
    private readonly aedes: Aedes,
    private readonly settings: BrokerSettings,
    private readonly observer: BrokerObserver,
    private readonly memory: LoginMemory,
  ) {
    const problem = (error: Error) => observer.problem(error);
    this.kept = boundSessions((aedes as unknown as { persistence: SessionMemory }).persistence, (client) =>
      this.roster.keepsPackets(client),
    );
    const hasFull = settings.local === "full" || settings.services.some(({ role }) => role === "full");
    this.roster = new Roster(hasFull, (client) => void this.kept.forget(client).catch(problem));
    this.link = new RegistryLink({
      flow: this.roster,
      publish: (message) => publish(aedes, message),
      opened: (directory) => this.opened(directory),
      left: (directory) => this.left(directory),
      changed: (imei) => this.changed(imei),
      problem,
    });
    this.door = new Authenticator(settings, memory, {
      directory: (client) => this.link.open(client),
      owner: (client) => this.roster.owner(client),
      refused: (who, refusal) => this.refused(who, refusal),
      turnAway: (origin, why) => this.turnAway(origin, why),
    });
    this.traffic = new Traffic({
      link: this.link,
      acknowledge: settings.acknowledge,
      denied: (session, denial, topic) => this.denied(session, denial, topic),
      end: (session, code) => this.end(session, code),
      problem,
    });
    wire(aedes, {
      authenticate: (client, user, password) => this.authenticate(client, user, password),
      mayPublish: (client, packet) => {
        if (client === null || this.stopping) throw new ClientRefused("nobody");
        return this.traffic.mayPublish(this.sessionOf(client), packet);
      },
      maySubscribe: (client, filter) => this.traffic.maySubscribe(this.sessionOf(client), filter),
      mayForward: (client, packet) => this.traffic.mayForward(this.sessionOf(client), packet),
      connected: (client) => this.connected(client),
      resumed: (client) => this.heardBy(this.sessionOf(client), Object.keys(client.subscriptions)),
      subscribed: (client, granted) => this.subscribed(client, granted),
      unsubscribed: (client, filters) => this.unsubscribed(client, filters),
      failed: (client, code) => this.failed(client, code),
      strange: (client, code) => this.turnAway(this.sessionOf(client).origin, because(code)),
      disconnected: (client) => this.disconnected(client),
      problem,
    });
  }

  /**
   * Rejects where a port cannot be listened on, or a certificate cannot be read. Ports are listened on at once, before
   * aedes is loaded: a client that starts together with the broker would else be refused, and wait long to try again.
   */
  static async start(settings: BrokerSettings, observer: BrokerObserver): Promise<BrokerServer> {
    let server: BrokerServer | undefined;
    const early: Socket[] = [];
    const handshakeMs = settings.limits.connectSeconds * 1000;
    const opening = PortListeners.open(
      { ...settings.listening, handshakeMs },
      {
        admits: (socket) => server?.admits(socket) ?? true,
        connection: (socket) => (server === undefined ? early.push(socket) : server.accept(socket)),
        failed: (socket, error) => {
          const why = tlsProblem(error);
          if (why !== undefined) server?.turnAway(originOf(socket), why);
        },
        stale: (error) => observer.problem(error),
      },
    );
    const [aedes, listeners, memory] = await Promise.all([
      createAedes(handshakeMs),
      opening.catch((error) => error as Error),
      LoginMemory.open(settings.loginMemory, (error) => observer.problem(error)),
    ]);
    server = new BrokerServer(aedes, settings, observer, memory);
    if (listeners instanceof Error) {
      await server.close();
      throw listeners;
    }
    server.listeners = listeners;
    for (const socket of early) {
      if (server.admits(socket)) server.accept(socket);
      else socket.destroy();
    }
    return server;
  }

  /** Messages that were taken from anybody since the start. */
  get received(): number {
    return this.traffic.received;
  }
  get ports(): { readonly plain?: number; readonly tls?: number } {
    return this.listeners?.ports ?? {};
  }

  get clientCount(): number {
    return this.roster.size;
  }

  /** Messages that nobody in the flow hears yet. */
  get backlog(): number {
    return this.link.backlog;
  }

  /** Asks another directory from now on; none while there is none, as between two deploys. */
  use(directory: Directory | undefined): void {
    this.link.use(directory);
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.link.close();
    this.roster.close();
    await this.listeners?.close();
    for (const session of this.roster.all()) session.ending ??= because("STOPPED");
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
    // aedes knows only those that are logged in, and never answers who is being looked at.
    for (const stream of this.streams) stream.destroy();
    await this.memory.close();
  }

  private admits(socket: Socket): boolean {
    return !this.stopping && this.door.admits(socket);
  }

  private accept(socket: Socket): void {
    // Its TLS handshake may have been done after the broker was closed.
    if (this.stopping) socket.destroy();
    if (socket.destroyed) return;
    const session = new Session(originOf(socket));
    socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
    const { packetBytes } = this.settings.limits;
    const limit = () => (session.identity === undefined ? Math.min(CONNECT_BYTES, packetBytes) : packetBytes);
    const stream = new GuardedStream(socket, limit);
    this.streams.add(stream);
    stream.once("close", () => this.streams.delete(stream));
    const client = this.aedes.handle(stream) as BrokerClient;
    session.client = client;
    session.stream = stream;
    this.sessions.set(client, session);
    screen(client, (packet) => this.passes(session, packet));
  }

  private passes(session: Session, packet: Incoming): boolean {
    if (packet.cmd !== "connect") return this.traffic.passes(session, packet);
    session.isNamedAsDevice = isDeviceName(packet.clientId);
    if (packet.protocolVersion !== 5) return true;
    const { clientId: client, username: user = "" } = packet;
    const imei = checkImei(client) === undefined ? client : null;
    this.refused({ client, user, imei, address: session.origin.address }, "MQTT_VERSION");
    session.client?.conn.write(versionAnswer(because("MQTT_VERSION").reason));
    session.client?.close();
    return false;
  }

  private async authenticate(
    client: BrokerClient,
    user: string | undefined,
    password: Buffer | undefined,
  ): Promise<void> {
    const session = this.sessionOf(client);
    session.user = user ?? "";
    const given = { client: client.id, user, password, ...session.origin };
    const admission = await this.door.identify(client, session, given);
    if (typeof admission === "string") {
      const returnCode = LATER.has(admission) ? UNAVAILABLE : NOT_AUTHORIZED;
      throw Object.assign(new Error(admission), { returnCode });
    }
    session.identity = admission;
    const before = this.roster.get(client.id);
    if (before !== undefined) {
      before.successor = session;
      this.twins.watch(client.id, before, session);
    }
    const perSecond = this.settings.limits.messagesPerSecond;
    const factor = admission.kind === "gateway" ? GATEWAY_FACTOR : 1;
    if (admission.kind !== "service") session.rate = new MessageRate(perSecond * factor, performance.now());
  }

  private connected(client: BrokerClient): void {
    const session = this.sessionOf(client);
    const before = this.roster.get(client.id);
    if (before !== undefined) this.end(before, "REPLACED");
    this.roster.add(client.id, session, session.identity as Identity);
    this.tell("connected", session, because("CONNECTED"));
    if (session.imei === null) return;
    this.link.current?.connected(session.imei, session.origin.address);
    // It may have been changed since its password was looked at.
    this.recheck(session);
  }

  private twinsFound(one: Session, addresses: readonly string[]): void {
    const isNew = this.quiet.isNew(`CLIENT_ID_TWICE ${one.client?.id}`, performance.now());
    if (isNew) this.tell("denied", one, because("CLIENT_ID_TWICE"));
    if (one.imei !== null) this.link.current?.denied(one.imei, "CLIENT_ID_TWICE", addresses.join(", "));
  }

  private subscribed(client: Client, granted: readonly Granted[]): void {
    const session = this.sessionOf(client);
    if (!client.clean && hasSession(session.identity)) {
      this.kept.remember(client.id, granted).catch((error) => this.observer.problem(error));
    }
    const filters = granted.map(({ topic }) => topic);
    for (const filter of filters) {
      if (!session.quiet.isNew(filter, performance.now())) continue;
      this.tell("subscribed", session, because("SUBSCRIBED"), filter);
    }
    this.heardBy(session, filters);
  }

  private unsubscribed(client: Client, filters: readonly string[]): void {
    const session = this.sessionOf(client);
    for (const filter of filters) session.unask(filter);
    this.listensStill(session);
  }

  private heardBy(session: Session, filters: readonly string[]): void {
    const { identity } = session;
    if (filters.length === 0 || identity === undefined) return;
    if (identity.kind === "service") {
      session.hear(filters);
      this.link.heard();
    } else if (identity.kind === "device" && filters.includes(commandTopic(identity.account) ?? "")) {
      if (session.isListening) return;
      session.isListening = true;
      this.link.current?.listening(identity.account.imei);
    }
  }

  private failed(client: Client, code: keyof typeof REASONS): void {
    const session = this.sessionOf(client);
    session.ending ??= because(code);
    if (code === "KEEPALIVE") session.stream?.destroy();
  }

  private refused(who: Who, refusal: Refusal): void {
    this.observer.event(connectionEvent("refused", who, because(refusal)));
    if (who.imei !== null) this.link.current?.refused(who.imei, refusal, who.address);
  }

  /** Tells of one that has not said who it is, and will not be asked. */
  private turnAway({ address, key }: ConnectionOrigin, why: Why): void {
    if (!this.quiet.isNew(`${why.code} ${key}`, performance.now())) return;
    const who = { client: "", user: "", imei: null, address };
    this.observer.event(connectionEvent("refused", who, why));
  }

  private disconnected(client: Client): void {
    const session = this.sessionOf(client);
    // One that was closed while another of the same name stayed.
    if (!session.isIn) return;
    const isReplaced = this.roster.remove(client.id, session, !client.clean && hasSession(session.identity));
    const why = isReplaced ? because("REPLACED") : (session.ending ?? because("CLOSED"));
    this.tell("disconnected", session, why);
    if (session.imei !== null && !isReplaced) this.link.current?.disconnected(session.imei);
  }

  private denied(session: Session, denial: Denial, topic: string): void {
    this.tell("denied", session, denial, topic);
    if (session.imei !== null) this.link.current?.denied(session.imei, denial.code, shortened(topic));
  }

  private opened(directory: Directory): void {
    for (const session of this.roster.all()) {
      this.recheck(session);
      const { imei, isConnected, isListening, origin } = session;
      if (imei === null || !isConnected) continue;
      directory.connected(imei, origin.address);
      if (isListening) directory.listening(imei);
    }
  }

  /** Nobody would tell it of the end of connections any more: the next one is told of those that last. */
  private left(directory: Directory): void {
    for (const { imei } of this.roster.all()) if (imei !== null) directory.disconnected(imei);
  }

  private changed(imei: string): void {
    const device = this.roster.get(imei);
    for (const session of this.roster.gateways()) this.recheck(session);
    if (device?.imei === imei) this.recheck(device);
  }

  /** Ends a connection that would not be let in any more. */
  private recheck(session: Session): void {
    const directory = this.link.current;
    if (session.identity === undefined || directory === undefined) return;
    const { identity, out } = standing(session.identity, directory);
    if (out !== undefined) {
      this.end(session, out);
      return;
    }
    session.identity = identity;
    this.listensStill(session);
  }

  /** A device hears no commands any more that has unsubscribed, or whose commands now go to another topic. */
  private listensStill(session: Session): void {
    const { client, identity, isListening, isConnected, origin } = session;
    if (!isListening || !isConnected || identity?.kind !== "device") return;
    const topic = commandTopic(identity.account);
    session.isListening = topic !== undefined && client?.subscriptions[topic] !== undefined;
    if (!session.isListening) this.link.current?.connected(identity.account.imei, origin.address);
  }

  private end(session: Session, code: keyof typeof REASONS): void {
    session.ending ??= because(code);
    session.client?.close();
  }

  private sessionOf(client: object): Session {
    const session = this.sessions.get(client);
    if (session === undefined) throw new ClientRefused("a client without a connection");
    return session;
  }

  private tell(event: ConnectionEvent["event"], session: Session, why: Why, topic?: string): void {
    const { client, user, imei, origin } = session;
    const who = { client: client?.id ?? "", user, imei, address: origin.address };
    this.observer.event(connectionEvent(event, who, why, topic));
  }
}
