import type { Socket } from "node:net";
import {
  commandTopic,
  type Denial,
  type Identity,
  isUplink,
  KEPT_TOPIC,
  mayHear,
  publishDenial,
  subscribeDenial,
} from "./access";
import type { Aedes, BrokerClient, Client, PublishPacket } from "./aedes";
import { boundSessions, type SessionMemory } from "./bounded-sessions";
import type { Directory, Refusal, Uplink } from "./directory";
import { Doorkeeper, originOf } from "./doorkeeper";
import {
  because,
  type ConnectionEvent,
  connectionEvent,
  Quiet,
  REASONS,
  type ReasonCode,
  shortened,
  type Why,
} from "./events";
import { GuardedStream } from "./guarded-stream";
import { CONNECT_BYTES, GATEWAY_FACTOR, type Limits, MessageRate } from "./limits";
import { Listeners, type Listening } from "./listeners";
import type { LoginSettings } from "./logins";
import { RegistryLink } from "./registry-link";
import { Roster } from "./roster";
import { foreignImei } from "./sender-check";
import { type Origin, Session } from "./session";
import { standing } from "./standing";
import { tlsProblem } from "./tls-problems";
import { createAedes, publish, Refused, wire } from "./wiring";

export interface BrokerSettings extends LoginSettings {
  readonly listening: Omit<Listening, "handshakeMs">;
  /** When a message of a device is acknowledged: once it is kept, or as soon as it has come. */
  readonly acknowledge: "stored" | "received";
  readonly limits: Limits;
}

/** Who is told what happens. */
export interface BrokerObserver {
  event(event: ConnectionEvent): void;
  /** Something went wrong that no client is told of. */
  problem(error: Error): void;
}

const TCP_KEEPALIVE_MS = 60_000;
const QUIET_MS = 60_000;
/** So long after a message could not be stored, none is acknowledged before it is: on a full disk, small ones may still fit. */
const DISTRUST_MS = 60_000;
/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). The same for all who may not, so that it tells nothing. */
const UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;
/** Refusals of a broker that could let the client in at another time. */
const LATER: ReadonlySet<string> = new Set<Refusal>(["NOT_READY", "CONNECTIONS"]);
/** Why a connection ends that would not be let in again. */
const SHUT_OUT: ReadonlySet<string> = new Set<ReasonCode>(["DEVICE_INACTIVE", "REMOVED", "LOGIN_CHANGED"]);
const NOTHING = Buffer.alloc(0);

/**
 * An MQTT 3.1.1 broker that asks a directory of devices who may do what. All of MQTT is aedes'; here is who gets in,
 * what they may do, and how messages of devices are kept before they are acknowledged.
 */
export class BrokerServer {
  /** Messages that were taken from anybody since the start. */
  received = 0;
  private readonly door: Doorkeeper;
  private readonly link: RegistryLink;
  private readonly roster: Roster;
  private readonly quiet = new Quiet(QUIET_MS);
  private readonly sessions = new WeakMap<object, Session>();
  /** All connections, also of those who have not said yet who they are. */
  private readonly streams = new Set<GuardedStream>();
  private listeners: Listeners | undefined;
  /** A message could not be stored: until then, none is acknowledged before it is. */
  private distrustUntil = 0;
  private stopping = false;

  private constructor(
    private readonly aedes: Aedes,
    private readonly settings: BrokerSettings,
    private readonly observer: BrokerObserver,
  ) {
    const problem = (error: Error) => observer.problem(error);
    const forget = boundSessions(
      (aedes as unknown as { persistence: SessionMemory }).persistence,
      (client, filter) => this.mayStore(client, filter),
      (client) => this.roster.mayQueue(client),
    );
    const hasFull = settings.local === "full" || settings.services.some(({ role }) => role === "full");
    this.roster = new Roster(hasFull, (client) => void forget(client).catch(problem));
    this.link = new RegistryLink({
      hearers: (topic) => this.roster.hearers(topic),
      publish: (uplink) => publish(aedes, uplink),
      opened: (directory) => this.opened(directory),
      left: (directory) => this.left(directory),
      changed: (imei) => this.changed(imei),
      problem,
    });
    this.door = new Doorkeeper(settings, {
      directory: (client) => this.link.open(client),
      owner: (client) => this.roster.owner(client),
      refused: (who, refusal) => {
        observer.event(connectionEvent("refused", who, because(refusal)));
        if (who.imei !== null) this.link.current?.refused(who.imei, refusal, who.address);
      },
      turnAway: (origin, why) => this.turnAway(origin, why),
    });
    wire(aedes, {
      authenticate: (client, user, password) => this.authenticate(client, user, password),
      mayPublish: (client, packet) => this.mayPublish(client, packet),
      maySubscribe: (client, filter) => this.maySubscribe(client, filter),
      mayForward: (client, packet) => this.mayForward(client, packet),
      connected: (client) => this.connected(client),
      resumed: (client) => this.heardBy(this.sessionOf(client), Object.keys(client.subscriptions)),
      subscribed: (client, filters) => this.subscribed(client, filters),
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
    const opening = Listeners.open(
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
    const [aedes, listeners] = await Promise.all([
      createAedes(handshakeMs),
      opening.catch((error) => error as Error),
    ]);
    server = new BrokerServer(aedes, settings, observer);
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
    if (before !== undefined) before.successor = session;
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

  private subscribed(client: Client, filters: readonly string[]): void {
    const session = this.sessionOf(client);
    for (const filter of filters) this.tell("subscribed", session, because("SUBSCRIBED"), filter);
    this.heardBy(session, filters);
  }

  private unsubscribed(client: Client, filters: readonly string[]): void {
    const session = this.sessions.get(client);
    if (session === undefined) return;
    for (const filter of filters) session.filters.delete(filter);
    this.listensStill(session);
  }

  private heardBy(session: Session, filters: readonly string[]): void {
    const { identity } = session;
    if (filters.length === 0 || identity === undefined) return;
    if (identity.kind === "service") {
      for (const filter of filters) session.filters.add(filter);
      this.link.heard();
    } else if (identity.kind === "device" && filters.includes(commandTopic(identity.account) ?? "")) {
      session.isListening = true;
      this.link.current?.listening(identity.account.imei);
    }
  }

  private failed(client: Client, code: keyof typeof REASONS): void {
    const session = this.sessions.get(client);
    if (session !== undefined) session.ending ??= because(code);
  }

  /** Tells of one that has not said who it is, and will not be asked. */
  private turnAway({ address, key }: Origin, why: Why): void {
    if (!this.quiet.isNew(`${why.code} ${key}`, performance.now())) return;
    const who = { client: "", user: "", imei: null, address };
    this.observer.event(connectionEvent("refused", who, why));
  }

  private disconnected(client: Client): void {
    const session = this.sessionOf(client);
    // One that was closed while another of the same name stayed.
    if (!session.isIn) return;
    const isReplaced = this.roster.remove(client.id, session, !client.clean && isKnown(session.identity));
    const why = isReplaced ? because("REPLACED") : (session.ending ?? because("CLOSED"));
    this.tell("disconnected", session, why);
    if (session.imei !== null && !isReplaced) this.link.current?.disconnected(session.imei);
  }

  private maySubscribe(client: Client, filter: string): Promise<unknown> | undefined {
    const session = this.sessionOf(client);
    // Also for what is refused: one packet can ask for thousands.
    const turn = session.turn(performance.now());
    const denial = subscribeDenial(session.identity as Identity, filter);
    if (denial === undefined) return turn;
    const refuse = () => {
      const what = `${denial.code} ${shortened(client.id)} ${shortened(filter)}`;
      if (session.isConnected && this.quiet.isNew(what, performance.now())) {
        this.deny(session, denial, filter);
      }
      throw new Refused(denial.code);
    };
    return turn === undefined ? refuse() : turn.then(refuse);
  }

  private deny(session: Session, denial: Denial, topic: string): void {
    this.tell("denied", session, denial, topic);
    if (session.imei !== null) this.link.current?.denied(session.imei, denial.code, shortened(topic));
  }

  /** Called for a will, too, when its client has gone. */
  private mayPublish(client: Client | null, packet: PublishPacket): Promise<unknown> | undefined {
    const session = client === null ? undefined : this.sessions.get(client);
    const identity = session?.identity;
    if (session === undefined || identity === undefined || this.stopping) throw new Refused("nobody");
    // The will of one that was shut out.
    if (session.ending !== undefined && SHUT_OUT.has(session.ending.code))
      throw new Refused(session.ending.code);
    const payload = Buffer.from(packet.payload);
    const denial = publishDenial(identity, packet.topic) ?? this.spoofing(identity, payload);
    if (denial !== undefined) {
      if (session.isConnected) session.ending = denial;
      this.deny(session, denial, packet.topic);
      throw new Refused(denial.code);
    }
    this.received++;
    if (!isUplink(identity)) return undefined;
    packet.retain = false;
    const turn = session.turn(performance.now());
    if (packet.qos === 0) return turn;
    const uplink = { client: (client as Client).id, topic: packet.topic, payload };
    // aedes is to acknowledge it, but the hand-over publishes it.
    packet.topic = KEPT_TOPIC;
    // With QoS 2 it holds what it has until the client releases it, which it may never do.
    packet.payload = NOTHING;
    const isWaiting = this.settings.acknowledge === "stored" || performance.now() < this.distrustUntil;
    // One that has its answer already may go, while the registry opens.
    const keep = () => this.keep(session, uplink, isWaiting ? session.client : undefined);
    const kept = turn === undefined ? keep() : turn.then(keep);
    if (isWaiting) return kept;
    kept.catch((error) => {
      this.observer.problem(error);
      this.end(session, "NOT_STORED");
    });
    return turn;
  }

  private async keep(
    session: Session,
    message: Omit<Uplink, "id" | "receivedAt">,
    asker: Client | undefined,
  ): Promise<void> {
    try {
      await this.link.keep(asker, message);
    } catch (error) {
      this.distrustUntil = performance.now() + DISTRUST_MS;
      const reason = `${REASONS.NOT_STORED}: ${(error as Error).message}`;
      session.ending ??= { code: "NOT_STORED", reason };
      throw error;
    }
  }

  /** Rights are looked at again for each message: what was granted once may have come to an end. */
  private mayForward(client: Client, packet: PublishPacket): boolean {
    const identity = this.sessions.get(client)?.identity;
    if (identity === undefined || !mayHear(identity, packet.topic)) return false;
    if (identity.kind !== "device") return true;
    const from = (packet as { clientId?: string }).clientId;
    const sender = from === undefined ? undefined : this.roster.get(from)?.identity;
    return sender === undefined || sender.kind === "service";
  }

  private mayStore(client: string, filter: string): boolean {
    const identity = this.roster.get(client)?.identity;
    return isKnown(identity) && subscribeDenial(identity as Identity, filter) === undefined;
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

  private spoofing(identity: Identity, payload: Uint8Array): Denial | undefined {
    if (identity.kind !== "device") return undefined;
    const isRegistered = (imei: string) => this.link.current?.device(imei) !== undefined;
    const foreign = foreignImei(payload, identity.account.imei, isRegistered);
    return foreign === undefined
      ? undefined
      : { code: "IMEI_OTHER", reason: `${REASONS.IMEI_OTHER}: of ${foreign}` };
  }

  private sessionOf(client: object): Session {
    const session = this.sessions.get(client);
    if (session === undefined) throw new Refused("a client without a connection");
    return session;
  }

  private tell(event: ConnectionEvent["event"], session: Session, why: Why, topic?: string): void {
    const { client, user, imei, origin } = session;
    const who = { client: client?.id ?? "", user, imei, address: origin.address };
    this.observer.event(connectionEvent(event, who, why, topic));
  }
}

/** Whether it is one of few, with a session that may wait for it: others can have any number of client ids. */
function isKnown(identity: Identity | undefined): boolean {
  return identity?.kind === "service" || identity?.kind === "device";
}
