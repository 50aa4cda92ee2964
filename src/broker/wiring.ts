import type { InboxMessage } from "../inbox/port";
import { KEPT_TOPIC } from "./access";
import type { Aedes, BrokerClient, Client, PublishPacket, Subscription } from "./aedes";
import type { Granted } from "./bounded-sessions";
import type { REASONS } from "./events";
import type { PacketProblem } from "./packet-sizes";
import { keepSuccessors } from "./takeover";

/** Refused by us; aedes ends the connection, and a publish that was refused is not acknowledged. */
export class ClientRefused extends Error {}

/** What aedes asks and tells. What is thrown ends the connection of the client that it is about. */
export interface Handlers {
  /** Rejects with an error that has the return code of the CONNACK. */
  authenticate(client: BrokerClient, user: string | undefined, password: Buffer | undefined): Promise<void>;
  /** Done when a message is to be acknowledged; undefined where that is at once. A will's client may be gone: null. */
  mayPublish(client: Client | null, packet: PublishPacket): Promise<unknown> | undefined;
  maySubscribe(client: Client, filter: string): Promise<unknown> | undefined;
  mayForward(client: Client, packet: PublishPacket): boolean;
  connected(client: BrokerClient): void;
  /** It has what it had subscribed to in a session that goes on. */
  resumed(client: BrokerClient): void;
  subscribed(client: Client, granted: readonly Granted[]): void;
  unsubscribed(client: Client, filters: readonly string[]): void;
  /** Its connection is about to end, and why. */
  failed(client: Client, code: keyof typeof REASONS): void;
  /** The same of one that has not even begun to say who it is. */
  strange(client: Client, code: keyof typeof REASONS): void;
  disconnected(client: Client): void;
  problem(error: Error): void;
}

/** What a message is, beyond what it says. */
export type Mark = "device's" | "will";
/** aedes hands these on with a message, and never writes them: MQTT 3.1.1 has no properties. */
type Marked = PublishPacket & { properties?: { readonly mark?: Mark } };

const DRAIN_MS = 20_000;
/** In a SUBACK (MQTT 3.1.1, 3.9.3). */
const NOT_GRANTED = 128;
/** What aedes says of a connection without a CONNECT. */
const TOO_LATE = "connect did not arrive in time";

export async function createAedes(connectTimeout: number): Promise<Aedes> {
  const { Aedes } = await import("aedes");
  // Without a bound on messages under way, one client that does not read would keep those of all others waiting.
  const aedes = await Aedes.createBroker({ connectTimeout, drainTimeout: DRAIN_MS, concurrency: 0 });
  keepSuccessors(aedes);
  leaveKept(aedes);
  return aedes;
}

/** Has aedes publish nothing in the place of what was kept: looking who hears that costs as much as a message. */
function leaveKept(aedes: Aedes): void {
  const all = aedes.publish.bind(aedes);
  aedes.publish = (...given: [packet: PublishPacket, ...unknown[]]) => {
    const done = given.at(-1);
    if (given[0].topic !== KEPT_TOPIC) all(...(given as Parameters<typeof all>));
    else if (typeof done === "function") done(null);
  };
}

/** Has the handlers called; nothing that goes wrong in them, or in aedes, ends Node-RED. */
export function wire(aedes: Aedes, handlers: Handlers): void {
  const safely = (client: Client | null, work: () => void): void => {
    try {
      work();
    } catch (error) {
      handlers.problem(error as Error);
      client?.conn.destroy();
    }
  };
  /** Answers a question with what came of it. */
  const answer = (
    client: Client | null,
    done: (error?: Error | null) => void,
    work: () => Promise<unknown> | undefined,
  ): void => {
    let wait: Promise<unknown> | undefined;
    try {
      wait = work();
    } catch (error) {
      safely(client, () => done(error as Error));
      return;
    }
    if (wait === undefined) safely(client, done);
    else
      wait.then(
        () => safely(client, done),
        (error) => safely(client, () => done(error as Error)),
      );
  };

  aedes.authenticate = (client, user, password, done) => {
    answer(
      client,
      (error) => (error ? done(error as Parameters<typeof done>[0], false) : done(null, true)),
      () => handlers.authenticate(client as BrokerClient, user, password),
    );
  };
  aedes.authorizePublish = (client, packet, done) => {
    answer(client, done, () => handlers.mayPublish(client, packet));
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    const refuse = (error?: Error | null) =>
      error instanceof ClientRefused ? done(null, null) : error ? done(error) : done(null, subscription);
    answer(client, refuse, () => handlers.maySubscribe(client, subscription.topic));
  };
  aedes.authorizeForward = (client, packet) => {
    let may = false;
    safely(client, () => {
      may = handlers.mayForward(client, packet);
    });
    return may ? packet : null;
  };
  aedes.on("client", (client) => safely(client, () => handlers.connected(client as BrokerClient)));
  aedes.on("clientReady", (client) => safely(client, () => handlers.resumed(client as BrokerClient)));
  aedes.on("clientDisconnect", (client) => safely(client, () => handlers.disconnected(client)));
  aedes.on("subscribe", (subscriptions, client) =>
    safely(client, () => handlers.subscribed(client, subscriptions.filter(isGranted))),
  );
  aedes.on("unsubscribe", (filters, client) => safely(client, () => handlers.unsubscribed(client, filters)));
  aedes.on("keepaliveTimeout", (client) => safely(client, () => handlers.failed(client, "KEEPALIVE")));
  aedes.on("clientError", (client, error) => safely(client, () => handlers.failed(client, codeOf(error))));
  aedes.on("connectionError", (client, error) => {
    const isBroken = (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!isBroken) safely(client, () => handlers.strange(client, codeOf(error)));
  });
  // Without a listener, what goes wrong within aedes would end Node-RED.
  (aedes as NodeJS.EventEmitter).on("error", (error: Error) => handlers.problem(error));
}

/** Marks a message for {@link markOf}, wherever aedes copies it to; one that is retained loses it. */
export function mark(packet: PublishPacket, as: Mark): void {
  (packet as Marked).properties = { mark: as };
}

export function markOf(packet: PublishPacket): Mark | undefined {
  return (packet as Marked).properties?.mark;
}

/** Sends a message to all that have subscribed; done once it is written to their connections. */
export function publish(aedes: Aedes, { topic, payload }: InboxMessage): Promise<void> {
  const packet: PublishPacket = {
    cmd: "publish",
    topic,
    // The same memory: it is only written to connections.
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.length),
    qos: 1,
    retain: false,
    dup: false,
  };
  mark(packet, "device's");
  return new Promise((resolve, reject) =>
    aedes.publish(packet, (error) => (error ? reject(error) : resolve())),
  );
}

function codeOf(error: Error): PacketProblem | "NO_LOGIN" {
  const { code, message } = error as NodeJS.ErrnoException;
  if (message === TOO_LATE) return "NO_LOGIN";
  return code === "PACKET_SIZE" || code === "TLS" ? code : "PROTOCOL";
}

function isGranted({ qos }: Subscription): boolean {
  return (qos as number) !== NOT_GRANTED;
}
