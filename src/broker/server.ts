import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TrackerError } from "../errors";
import {
  commandTopic,
  type Identity,
  isUplink,
  KEPT_TOPIC,
  mayHear,
  ownerOf,
  publishDenial,
  type Role,
  subscribeDenial,
} from "./access";
import type { Aedes, BrokerClient, Client, PublishPacket, Subscription } from "./aedes";
import { boundSessions, type SessionMemory } from "./bounded-sessions";
import type { DeviceAccount, Directory, Uplink } from "./directory";
import { Doorkeeper, originOf } from "./doorkeeper";
import { type ConnectionEvent, Quiet, REASONS, type ReasonCode, shortened } from "./events";
import { fits } from "./filters";
import { GuardedStream } from "./guarded-stream";
import { Handover } from "./handover";
import { CONNECT_BYTES, GATEWAY_FACTOR, type Limits, MessageRate } from "./limits";
import { Listeners, type Listening } from "./listeners";
import type { LoginSettings } from "./logins";
import { foreignImei } from "./sender-check";
import { Session } from "./session";
import { keepSuccessors } from "./takeover";

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

/** So long clients are kept waiting while the registry opens, as it does at every deploy. */
const READY_MS = 20_000;
const READY_POLL_MS = 100;
/** A session without its client is forgotten after this. */
const SESSION_MS = 24 * 3600_000;
const SWEEP_MS = 600_000;
const DRAIN_MS = 20_000;
const TCP_KEEPALIVE_MS = 60_000;
const QUIET_MS = 60_000;
/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). The same for all who may not, so that it tells nothing. */
const UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;
const NOT_GRANTED = 128;

/** Why a connection ends that would not be let in again. */
const SHUT_OUT: ReadonlySet<string> = new Set<ReasonCode>(["DEVICE_INACTIVE", "REMOVED", "LOGIN_CHANGED"]);
const NOTHING = Buffer.alloc(0);

interface Owner {
  readonly name: string;
  readonly isDevice: boolean;
  /** Since when its session is without a connection; undefined while it has one. */
  since: number | undefined;
}

/** Refused by us; aedes ends the connection, and a publish that was refused is not acknowledged. */
class Refused extends Error {}

/**
 * An MQTT 3.1.1 broker that asks a directory of devices who may do what. All of MQTT is aedes'; here is who gets in,
 * what they may do, and how messages of devices are kept before they are acknowledged.
 */
export class BrokerServer {
  /** Messages that were taken from anybody since the start. */
  received = 0;
  observer: BrokerObserver;
  private readonly door: Doorkeeper;
  private readonly quiet = new Quiet(QUIET_MS);
  private readonly sessions = new WeakMap<object, Session>();
  /** Those that are logged in, by client id. */
  private readonly live = new Map<string, Session>();
  private readonly services = new Set<Session>();
  private readonly clouds = new Set<Session>();
  /** All connections, also of those who have not said yet who they are. */
  private readonly streams = new Set<GuardedStream>();
  /** Whose a client id is: nobody takes over what belongs to somebody else. */
  private readonly owners = new Map<string, Owner>();
  private listeners: Listeners | undefined;
  private directory: Directory | undefined;
  private handover: Handover | undefined;
  private unfollow: (() => void) | undefined;
  /** Whether there are users that may do everything. */
  private readonly hasFull: boolean;
  private readonly sweeper: NodeJS.Timeout;
  private readonly forget: (client: string) => Promise<void>;
  private stopping = false;

  private constructor(
    private readonly aedes: Aedes,
    private readonly settings: BrokerSettings,
    observer: BrokerObserver,
  ) {
    this.observer = observer;
    this.hasFull = settings.local === "full" || settings.services.some(({ role }) => role === "full");
    this.door = new Doorkeeper(settings, {
      directory: (client) => this.openDirectory(client),
      owner: (client) => this.owners.get(client)?.name,
      refused: (who, refusal) => {
        this.tell("refused", who, refusal);
        if (who.imei !== null && this.directory?.ready) {
          this.directory.refused(who.imei, refusal, who.address);
        }
      },
    });
    this.forget = boundSessions(
      (aedes as unknown as { persistence: SessionMemory }).persistence,
      (client, filter) => this.mayStore(client, filter),
      (client) => this.mayQueue(client),
    );
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.hook();
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
        stale: (error) => server?.observer.problem(error),
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
    return this.live.size;
  }

  /** Messages that nobody in the flow hears yet. */
  get backlog(): number {
    return this.handover?.backlog ?? 0;
  }

  /** Asks another directory from now on; none while there is none, as between two deploys. */
  use(directory: Directory | undefined): void {
    this.unfollow?.();
    this.unfollow = undefined;
    this.handover?.close();
    this.handover = undefined;
    this.directory = directory;
    if (directory !== undefined) {
      this.follow(directory).catch((error) => this.observer.problem(error));
    }
  }

  async close(): Promise<void> {
    this.stopping = true;
    this.use(undefined);
    clearInterval(this.sweeper);
    await this.listeners?.close();
    for (const session of this.live.values()) session.ending ??= ending("STOPPED");
    await new Promise<void>((resolve) => this.aedes.close(() => resolve()));
    // aedes knows only those that are logged in, and never answers who is being looked at.
    for (const stream of this.streams) stream.destroy();
  }

  private hook(): void {
    const { aedes } = this;
    aedes.authenticate = (client, user, password, done) => {
      this.authenticate(client as BrokerClient, user, password).then(
        () => this.safely(client, () => done(null, true)),
        (error) => this.safely(client, () => done(error, false)),
      );
    };
    aedes.authorizePublish = (client, packet, done) => {
      this.guarded(client, done, () => this.mayPublish(client, packet));
    };
    aedes.authorizeSubscribe = (client, subscription, done) => {
      const refuse = (error?: Error | null) =>
        error instanceof Refused ? done(null, null) : error ? done(error) : done(null, subscription);
      this.guarded(client, refuse, () => this.maySubscribe(client, subscription.topic));
    };
    aedes.authorizeForward = (client, packet) => (this.mayForward(client, packet) ? packet : null);
    aedes.on("client", (client) => this.safely(client, () => this.connected(client as BrokerClient)));
    aedes.on("clientReady", (client) => this.safely(client, () => this.resumed(client as BrokerClient)));
    aedes.on("clientDisconnect", (client) => this.safely(client, () => this.disconnected(client)));
    aedes.on("subscribe", (subscriptions, client) =>
      this.safely(client, () => this.subscribed(subscriptions, client)),
    );
    aedes.on("unsubscribe", (filters, client) => {
      const session = this.sessions.get(client);
      for (const filter of filters) session?.filters.delete(filter);
      this.safely(client, () => session && this.listensStill(session));
    });
    aedes.on("keepaliveTimeout", (client) => this.endsAs(client, "KEEPALIVE"));
    aedes.on("clientError", (client, error) => {
      const { code } = error as NodeJS.ErrnoException;
      this.endsAs(client, code === "PACKET_SIZE" ? code : "PROTOCOL");
    });
    // Without a listener, what goes wrong within aedes would end Node-RED.
    (aedes as NodeJS.EventEmitter).on("error", (error: Error) => this.observer.problem(error));
  }

  private admits(socket: Socket): boolean {
    return !this.stopping && this.door.admits(socket);
  }

  private accept(socket: Socket): void {
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

  /** Rejects with an error that has the return code of the CONNACK. */
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
      const returnCode =
        admission === "NOT_READY" || admission === "CONNECTIONS" ? UNAVAILABLE : NOT_AUTHORIZED;
      throw Object.assign(new Error(admission), { returnCode });
    }
    session.identity = admission;
    const before = this.live.get(client.id);
    if (before !== undefined) before.successor = session;
    const perSecond = this.settings.limits.messagesPerSecond;
    const factor = admission.kind === "gateway" ? GATEWAY_FACTOR : 1;
    if (admission.kind !== "service") session.rate = new MessageRate(perSecond * factor, performance.now());
  }

  private connected(client: BrokerClient): void {
    const session = this.sessionOf(client);
    const identity = session.identity as Identity;
    const before = this.live.get(client.id);
    if (before !== undefined) this.end(before, "REPLACED");
    session.isIn = true;
    this.live.set(client.id, session);
    this.owners.set(client.id, {
      name: ownerOf(identity),
      isDevice: identity.kind === "device",
      since: undefined,
    });
    if (identity.kind === "service") this.services.add(session);
    if (identity.kind === "gateway") this.clouds.add(session);
    this.tellOf("connected", session, "CONNECTED");
    if (session.imei === null) return;
    this.directory?.connected(session.imei, session.origin.address);
    // It may have been changed since its password was looked at.
    this.recheck(session.imei);
  }

  /** A session that goes on has its subscriptions already. */
  private resumed(client: BrokerClient): void {
    this.heardBy(this.sessionOf(client), Object.keys(client.subscriptions));
  }

  private subscribed(subscriptions: readonly Subscription[], client: Client): void {
    const session = this.sessionOf(client);
    const granted = subscriptions
      .filter(({ qos }) => (qos as number) !== NOT_GRANTED)
      .map(({ topic }) => topic);
    for (const topic of granted) this.tellOf("subscribed", session, "SUBSCRIBED", topic);
    this.heardBy(session, granted);
  }

  private heardBy(session: Session, filters: readonly string[]): void {
    const { identity } = session;
    if (filters.length === 0 || identity === undefined) return;
    if (identity.kind === "service") {
      for (const filter of filters) session.filters.add(filter);
      this.handover?.heard();
    } else if (identity.kind === "device" && filters.includes(commandTopic(identity.account) ?? "")) {
      session.isListening = true;
      this.directory?.listening(identity.account.imei);
    }
  }

  private disconnected(client: Client): void {
    const session = this.sessionOf(client);
    // One that was closed while another of the same name stayed.
    if (!session.isIn) return;
    this.services.delete(session);
    this.clouds.delete(session);
    const isReplaced = session.successor?.isConnected === true;
    if (this.live.get(client.id) === session && !isReplaced) this.live.delete(client.id);
    const owner = this.owners.get(client.id);
    if (owner !== undefined && !isReplaced) {
      const hasSession = !client.clean && isKnown(session.identity);
      if (hasSession) owner.since = Date.now();
      else {
        this.owners.delete(client.id);
        this.forget(client.id).catch((error) => this.observer.problem(error));
      }
    }
    this.tellOf("disconnected", session, isReplaced ? "REPLACED" : (session.ending ?? "CLOSED"));
    if (session.imei !== null && !isReplaced) this.directory?.disconnected(session.imei);
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
        this.tellOf("denied", session, denial, filter);
      }
      throw new Refused(denial.code);
    };
    return turn === undefined ? refuse() : turn.then(refuse);
  }

  /** Called for a will, too, when its client has gone. Undefined where it may at once. */
  private mayPublish(client: Client | null, packet: PublishPacket): Promise<unknown> | undefined {
    const session = client === null ? undefined : this.sessions.get(client);
    const identity = session?.identity;
    if (session === undefined || identity === undefined || this.stopping) throw new Refused("nobody");
    // The will of one that was shut out.
    if (session.ending !== undefined && SHUT_OUT.has(session.ending.code))
      throw new Refused(session.ending.code);
    const payload = Buffer.from(packet.payload);
    const denial = publishDenial(identity, packet.topic) ?? spoofing(identity, payload);
    if (denial !== undefined) {
      if (session.isConnected) session.ending = denial;
      this.tellOf("denied", session, denial, packet.topic);
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
    const kept =
      turn === undefined ? this.keep(session, uplink) : turn.then(() => this.keep(session, uplink));
    if (this.settings.acknowledge === "stored") return kept;
    kept.catch((error) => this.observer.problem(error));
    return turn;
  }

  private async keep(session: Session, message: Omit<Uplink, "id" | "receivedAt">): Promise<void> {
    const directory = await this.openDirectory(session.client);
    try {
      if (directory === undefined) throw new Refused(REASONS.NOT_READY);
      const uplink = await directory.keep({ ...message, receivedAt: Date.now() });
      if (directory === this.directory) this.handover?.add(uplink);
    } catch (error) {
      session.ending ??= ending("NOT_STORED");
      throw error;
    }
  }

  /** Rights are looked at again for each message: what was granted once may have come to an end. */
  private mayForward(client: Client, packet: PublishPacket): boolean {
    const identity = this.sessions.get(client)?.identity;
    if (identity === undefined || !mayHear(identity, packet.topic)) return false;
    if (identity.kind !== "device") return true;
    const from = (packet as { clientId?: string }).clientId;
    const sender = from === undefined ? undefined : this.live.get(from)?.identity;
    return sender === undefined || sender.kind === "service";
  }

  private mayStore(client: string, filter: string): boolean {
    const identity = this.live.get(client)?.identity;
    return isKnown(identity) && subscribeDenial(identity as Identity, filter) === undefined;
  }

  /** Nothing waits here for a device that is away: its commands do so in the registry, which looks anew at each. */
  private mayQueue(client: string): boolean {
    return this.live.has(client) || this.owners.get(client)?.isDevice === false;
  }

  private async follow(directory: Directory): Promise<void> {
    while (this.directory === directory && !directory.ready)
      await sleep(READY_POLL_MS, undefined, { ref: false });
    if (this.directory !== directory) return;
    this.unfollow = directory.onChange((imei) => this.recheck(imei));
    this.handover = new Handover(directory, {
      hearers: (topic) => this.hearers(topic),
      publish: (uplink) => this.publish(uplink),
      gaveUp: (topic) => this.observer.problem(unheard(topic)),
    });
    for (const session of [...this.live.values()]) {
      const { imei, origin } = session;
      if (imei === null) {
        this.recheckGateway(session);
        continue;
      }
      this.recheck(imei);
      if (!session.isConnected) continue;
      directory.connected(imei, origin.address);
      if (session.isListening) directory.listening(imei);
    }
  }

  /** The directory as soon as it is open; undefined where that takes too long, or the client has gone. */
  private async openDirectory(client: Client | undefined): Promise<Directory | undefined> {
    const until = performance.now() + READY_MS;
    while (!this.directory?.ready) {
      if (performance.now() > until || this.stopping || client?.closed) return undefined;
      await sleep(READY_POLL_MS, undefined, { ref: false });
    }
    return this.directory;
  }

  /** Ends the connection of a device that would not get in any more. */
  private recheck(imei: string): void {
    for (const session of [...this.clouds]) this.recheckGateway(session);
    const session = this.live.get(imei);
    if (session?.identity?.kind !== "device" || !this.directory?.ready) return;
    const account = this.directory.device(imei);
    const code =
      account === undefined
        ? "REMOVED"
        : account.state !== "active"
          ? "DEVICE_INACTIVE"
          : loginOf(account) !== loginOf(session.identity.account)
            ? "LOGIN_CHANGED"
            : undefined;
    if (code !== undefined || account === undefined) this.end(session, code ?? "REMOVED");
    else {
      session.identity = { kind: "device", account };
      this.listensStill(session);
    }
  }

  /** A device hears no commands any more that has unsubscribed, or whose commands now go to another topic. */
  private listensStill(session: Session): void {
    const { client, identity, isListening, isConnected, origin } = session;
    if (!isListening || !isConnected || identity?.kind !== "device") return;
    const topic = commandTopic(identity.account);
    session.isListening = topic !== undefined && client?.subscriptions[topic] !== undefined;
    if (!session.isListening) this.directory?.connected(identity.account.imei, origin.address);
  }

  private recheckGateway(session: Session): void {
    const { identity } = session;
    if (identity?.kind !== "gateway" || !this.directory?.ready) return;
    const { profile, login } = identity.account;
    const account = this.directory.gateways().find((one) => one.profile === profile);
    if (account?.login.user !== login.user || account.login.password !== login.password) {
      this.end(session, "LOGIN_CHANGED");
    } else session.identity = { kind: "gateway", account };
  }

  private end(session: Session, code: keyof typeof REASONS): void {
    session.ending ??= ending(code);
    session.client?.close();
  }

  private hearers(topic: string): readonly Session[] {
    return [...this.services].filter(
      ({ identity, isConnected, filters }) =>
        isConnected &&
        identity?.kind === "service" &&
        this.isFlow(identity.role) &&
        [...filters].some((filter) => fits(filter, topic)),
    );
  }

  /** Who counts as the flow: users that may do everything, and others only where there is none of these. */
  private isFlow(role: Role): boolean {
    return role === "full" || !this.hasFull;
  }

  private publish({ topic, payload }: Uplink): Promise<void> {
    const packet: PublishPacket = {
      cmd: "publish",
      topic,
      payload: Buffer.from(payload),
      qos: 1,
      retain: false,
      dup: false,
    };
    return new Promise((resolve, reject) =>
      this.aedes.publish(packet, (error) => (error ? reject(error) : resolve())),
    );
  }

  private sweep(): void {
    const now = Date.now();
    for (const [client, { since }] of this.owners) {
      if (since === undefined || Math.abs(now - since) < SESSION_MS) continue;
      this.owners.delete(client);
      this.forget(client).catch((error) => this.observer.problem(error));
    }
  }

  private sessionOf(client: object): Session {
    const session = this.sessions.get(client);
    if (session === undefined) throw new Refused("a client without a connection");
    return session;
  }

  private endsAs(client: Client, code: keyof typeof REASONS): void {
    const session = this.sessions.get(client);
    if (session !== undefined) session.ending ??= ending(code);
  }

  private tellOf(
    event: ConnectionEvent["event"],
    session: Session,
    why: keyof typeof REASONS | { readonly code: ReasonCode; readonly reason: string },
    topic?: string,
  ): void {
    const { client, user, imei, origin } = session;
    this.tell(event, { client: client?.id ?? "", user, imei, address: origin.address }, why, topic);
  }

  private tell(
    event: ConnectionEvent["event"],
    who: Pick<ConnectionEvent, "client" | "user" | "imei" | "address">,
    why: keyof typeof REASONS | { readonly code: ReasonCode; readonly reason: string },
    topic?: string,
  ): void {
    const { code, reason } = typeof why === "string" ? ending(why) : why;
    const { client, user, imei, address } = who;
    this.observer.event({
      event,
      client: shortened(client),
      imei,
      user: shortened(user),
      address,
      ...(topic === undefined ? {} : { topic: shortened(topic) }),
      code,
      reason,
      time: Date.now(),
    });
  }

  /** Answers a question of aedes with what came of it; nothing that goes wrong gets past here. */
  private guarded(
    client: Client | null,
    done: (error?: Error | null) => void,
    work: () => Promise<unknown> | undefined,
  ): void {
    let wait: Promise<unknown> | undefined;
    try {
      wait = work();
    } catch (error) {
      this.safely(client, () => done(error as Error));
      return;
    }
    if (wait === undefined) {
      this.safely(client, () => done());
      return;
    }
    wait.then(
      () => this.safely(client, () => done()),
      (error) => this.safely(client, () => done(error as Error)),
    );
  }

  private safely(client: Client | null, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.observer.problem(error as Error);
      client?.conn.destroy();
    }
  }
}

async function createAedes(connectTimeout: number): Promise<Aedes> {
  const { Aedes } = await import("aedes");
  // Without a bound on messages under way, one client that does not read would keep those of all others waiting.
  const aedes = await Aedes.createBroker({ connectTimeout, drainTimeout: DRAIN_MS, concurrency: 0 });
  keepSuccessors(aedes);
  return aedes;
}

/** Whether it is one of few, with a session that may wait for it: others can have any number of client ids. */
function isKnown(identity: Identity | undefined): boolean {
  return identity?.kind === "service" || identity?.kind === "device";
}

function ending(code: keyof typeof REASONS): { readonly code: ReasonCode; readonly reason: string } {
  return { code, reason: REASONS[code] };
}

function spoofing(
  identity: Identity,
  payload: Uint8Array,
): { code: "IMEI_OTHER"; reason: string } | undefined {
  if (identity.kind !== "device") return undefined;
  const foreign = foreignImei(payload, identity.account.imei);
  return foreign === undefined
    ? undefined
    : { code: "IMEI_OTHER", reason: `${REASONS.IMEI_OTHER}: of ${foreign}` };
}

function unheard(topic: string): TrackerError {
  const message = `nothing in the flow subscribes to ${topic}, and too much waits for it: the oldest is given up`;
  return new TrackerError({ code: "UPLINK_UNHEARD", message });
}

/** What a device logs in with, for comparison. */
function loginOf({ ownPassword, shared }: DeviceAccount): string {
  return ownPassword === "" ? JSON.stringify([shared?.user, shared?.password]) : ownPassword;
}
