import type { InboxMessage } from "../inbox/port";
import {
  type Denial,
  type FleetTopics,
  type Identity,
  isCommandTopic,
  isKept,
  KEPT_TOPIC,
  mayHear,
  publishDenial,
  subscribeDenial,
} from "./access";
import type { Client, PublishPacket } from "./aedes";
import { Quiet, REASONS, type ReasonCode, shortened } from "./events";
import { filterProblem, topicProblem } from "./filters";
import type { RegistryLink } from "./registry-link";
import type { Incoming } from "./screening";
import { foreignImei } from "./sender-check";
import type { Session } from "./session";
import { ClientRefused, mark, markOf } from "./wiring";

/** What the traffic needs of the broker. */
export interface TrafficSurroundings {
  readonly link: RegistryLink;
  readonly acknowledge: "stored" | "received";
  denied(session: Session, denial: Denial, topic: string): void;
  end(session: Session, code: keyof typeof REASONS): void;
  problem(error: Error): void;
}

const QUIET_MS = 60_000;
/** So long after a message could not be stored, none is acknowledged before it is: on a full disk, small ones may still fit. */
const DISTRUST_MS = 60_000;
/** Why a connection ends that would not be let in again. */
const SHUT_OUT: ReadonlySet<string> = new Set<ReasonCode>(["DEVICE_INACTIVE", "REMOVED", "LOGIN_CHANGED"]);
const NOTHING = Buffer.alloc(0);

const commandLate: Denial = {
  code: "COMMAND_LATE",
  reason: "a command is for now: none is retained, sent again or left as a will",
};

/** What clients publish, what they subscribe to, and what they are handed. */
export class Traffic {
  /** Messages that were taken from anybody since the start. */
  received = 0;
  private readonly quiet = new Quiet(QUIET_MS);
  /** A message could not be stored: until then, none is acknowledged before it is. */
  private distrustUntil = 0;

  constructor(private readonly around: TrafficSurroundings) {}

  /**
   * Looks at a packet before aedes does; false keeps it from aedes, which would end the connection for a filter that
   * is none, and would release a message that a device has held back since its last connection.
   */
  passes(session: Session, packet: Incoming): boolean {
    switch (packet.cmd) {
      case "publish": {
        if (session.identity === undefined || topicProblem(packet.topic) === undefined) return true;
        const denial = publishDenial(session.identity, packet.topic, this.fleet);
        if (denial !== undefined) this.denyPublish(session, denial, packet.topic);
        session.client?.close();
        return false;
      }
      case "subscribe":
        for (const asked of packet.subscriptions) {
          // One that is sent with QoS 2 waits in the device for its release, which may come at any time.
          if (session.isNamedAsDevice) asked.qos = Math.min(asked.qos, 1);
          if (filterProblem(asked.topic) !== undefined) asked.topic = session.standIn(asked.topic);
        }
        return true;
      case "pubrec":
        return !session.isNamedAsDevice;
      default:
        return true;
    }
  }

  maySubscribe(session: Session, asked: string): Promise<unknown> | undefined {
    const filter = session.takeStandIn(asked) ?? asked;
    // Also for what is refused: one packet can ask for thousands.
    const turn = session.turn(performance.now());
    const denial = subscribeDenial(session.identity as Identity, filter, this.fleet) ?? session.ask(filter);
    if (denial === undefined) return turn;
    const refuse = () => {
      const what = `${denial.code} ${shortened(session.client?.id ?? "")} ${shortened(filter)}`;
      if (session.isConnected && this.quiet.isNew(what, performance.now())) {
        this.around.denied(session, denial, filter);
      }
      throw new ClientRefused(denial.code);
    };
    return turn === undefined ? refuse() : turn.then(refuse);
  }

  /** Called for a will, too, when its client has gone. */
  mayPublish(session: Session, packet: PublishPacket): Promise<unknown> | undefined {
    const { identity } = session;
    if (identity === undefined) throw new ClientRefused("nobody");
    // The will of one that was shut out.
    if (session.ending !== undefined && SHUT_OUT.has(session.ending.code))
      throw new ClientRefused(session.ending.code);
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const denial = publishDenial(identity, packet.topic, this.fleet) ?? this.spoofing(identity, payload);
    if (denial !== undefined) {
      this.denyPublish(session, denial, packet.topic);
      throw new ClientRefused(denial.code);
    }
    if (isCommandTopic(packet.topic, this.fleet)) this.onlyNow(session, packet);
    this.received++;
    if (!isKept(identity)) return undefined;
    mark(packet, "device's");
    packet.retain = false;
    const turn = session.turn(performance.now());
    if (packet.qos === 0) return turn;
    const message = { client: session.client?.id ?? "", topic: packet.topic, payload };
    // aedes is to acknowledge it, but the hand-over publishes it.
    packet.topic = KEPT_TOPIC;
    // With QoS 2 it holds what it has until the client releases it, which it may never do.
    packet.payload = NOTHING;
    const isDoubtful = performance.now() < this.distrustUntil;
    const isWaiting = this.around.acknowledge === "stored" || isDoubtful;
    // One that has its answer already may go, while the registry opens.
    const keep = () => this.keep(session, message, isWaiting ? session.client : undefined, isDoubtful);
    const kept = turn === undefined ? keep() : turn.then(keep);
    if (isWaiting) return kept;
    kept.catch((error) => {
      this.around.problem(error);
      this.around.end(session, "NOT_STORED");
    });
    return turn;
  }

  /**
   * Whether a client is handed a message. Rights are looked at again for each one: what was granted once may have come
   * to an end. What devices say is for services alone.
   */
  mayForward(session: Session, packet: PublishPacket): boolean {
    const { identity, isListening } = session;
    if (identity === undefined || !mayHear(identity, packet.topic, this.fleet)) return false;
    if (identity.kind === "service") return true;
    const marked = markOf(packet);
    if (marked === "device's") return false;
    // Until the registry knows that it listens, nobody has looked whether it may be sent anything.
    if (identity.kind === "device") return isListening && marked !== "will" && !packet.retain && !packet.dup;
    // Without a registry, nobody knows which topics are those of devices.
    return this.around.link.current !== undefined;
  }

  private get fleet(): FleetTopics {
    return this.around.link.current?.topics() ?? [];
  }

  private spoofing(identity: Identity, payload: Uint8Array): Denial | undefined {
    if (identity.kind !== "device") return undefined;
    const isRegistered = (imei: string) => this.around.link.current?.device(imei) !== undefined;
    const foreign = foreignImei(payload, identity.account.imei, isRegistered);
    return foreign === undefined
      ? undefined
      : { code: "IMEI_OTHER", reason: `${REASONS.IMEI_OTHER}: of ${foreign}` };
  }

  /** A connection that publishes what it may not ends for that. */
  private denyPublish(session: Session, denial: Denial, topic: string): void {
    if (session.isConnected) session.ending = denial;
    this.around.denied(session, denial, topic);
  }

  /**
   * On a command topic, nothing is for later than whoever sends it thinks: what was to be retained goes out once, and
   * no device is handed a will, or what was sent before.
   */
  private onlyNow(session: Session, packet: PublishPacket): void {
    const isWill = packet === session.client?.will;
    if (!isWill && !packet.dup && !packet.retain) return;
    const what = `${commandLate.code} ${shortened(session.client?.id ?? "")} ${shortened(packet.topic)}`;
    if (this.quiet.isNew(what, performance.now())) this.around.denied(session, commandLate, packet.topic);
    if (isWill) mark(packet, "will");
    packet.retain = false;
  }

  private async keep(
    session: Session,
    message: Omit<InboxMessage, "id" | "receivedAt">,
    asker: Client | undefined,
    isDoubtful: boolean,
  ): Promise<void> {
    try {
      await this.around.link.keep(asker, message, isDoubtful);
    } catch (error) {
      this.distrustUntil = performance.now() + DISTRUST_MS;
      const reason = `${REASONS.NOT_STORED}: ${(error as Error).message}`;
      session.ending ??= { code: "NOT_STORED", reason };
      throw error;
    }
  }
}

/** Whether a client id is one that no service has: 15 digits. */
export function isDeviceName(client: string): boolean {
  return /^\d{15}$/.test(client);
}
