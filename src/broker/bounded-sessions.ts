import type { Readable } from "node:stream";
import { Room } from "../room";

interface Client {
  readonly id: string;
}

/** A subscription as it was granted. */
export interface Granted {
  readonly topic: string;
  readonly qos: number;
}

/** The parts of aedes' own memory of sessions that are bounded here. */
export interface SessionMemory {
  addSubscriptions(client: Client, subs: readonly Granted[]): Promise<void>;
  cleanSubscriptions(client: Client): Promise<void>;
  cleanIncoming(client: Client): Promise<void>;
  outgoingEnqueueCombi(
    subs: readonly { clientId: string }[],
    packet: { readonly payload: { readonly length: number } },
  ): Promise<void>;
  outgoingUpdate(client: Client, packet: object): Promise<void>;
  outgoingClearMessageId(client: Client, packet: object): Promise<object | undefined>;
  outgoingStream(client: Client): Readable;
  putWill(client: Client, packet: object): Promise<void>;
}

export interface Sessions {
  /** Keeps granted subscriptions in a client's session. */
  remember(client: string, granted: readonly Granted[]): Promise<void>;
  /** Ends a client's session. */
  forget(client: string): Promise<void>;
}

/** Messages that are kept for one client that is away or does not acknowledge. */
const MAX_QUEUED = 1000;
/** What is kept so for all clients together. */
const MAX_QUEUED_IN_ALL = 100_000;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * Keeps aedes' memory of sessions within bounds: it stores every filter of a SUBSCRIBE of which one was granted, and
 * queues without end for a client that never comes back.
 *
 * `keepsPackets` says for whom messages are kept until it has acknowledged them. Of others nothing is ever sent
 * again, neither on a new connection nor on this one: a command that waits in a queue has been looked at by nobody
 * when it arrives at last (MQTT 3.1.1, 4.4, has it otherwise).
 */
export function boundSessions(memory: SessionMemory, keepsPackets: (client: string) => boolean): Sessions {
  /** Sizes of what is kept for each client, oldest first. */
  const queued = new Map<string, number[]>();
  const room = new Room(MAX_QUEUED_BYTES, MAX_QUEUED_IN_ALL);
  const { addSubscriptions, outgoingEnqueueCombi, outgoingUpdate, outgoingClearMessageId } = memory;

  // It would store the whole packet again for each filter of it, also those that are refused.
  memory.addSubscriptions = async () => undefined;
  // A will is published by the connection it belongs to. What is stored is for other brokers, and for those that
  // seem to have died: also this one, to itself, where the computer has slept or its clock was set.
  memory.putWill = async () => undefined;
  memory.outgoingUpdate = async (client, packet) => {
    if (!keepsPackets(client.id)) return;
    // What is asked of it for a client that it knows nothing of makes it remember that client for ever.
    if (!queued.has(client.id)) throw new Error("nothing waits for this client");
    return outgoingUpdate.call(memory, client, packet);
  };
  memory.outgoingEnqueueCombi = (subs, packet) => {
    const size = packet.payload.length;
    const taken = subs.filter(({ clientId }) => {
      const sizes = queued.get(clientId) ?? [];
      if (!keepsPackets(clientId) || sizes.length >= MAX_QUEUED || !room.admits(clientId, size)) return false;
      sizes.push(size);
      queued.set(clientId, sizes);
      room.take(clientId, size);
      return true;
    });
    return outgoingEnqueueCombi.call(memory, taken, packet);
  };
  memory.outgoingClearMessageId = async (client, packet) => {
    const sizes = queued.get(client.id);
    if (sizes === undefined) return undefined;
    const cleared = await outgoingClearMessageId.call(memory, client, packet);
    if (cleared === undefined) return undefined;
    // Of a message of QoS 2 that the client has received, aedes has only the number left: acknowledgements come in
    // the order of messages.
    room.release(client.id, sizes.shift() ?? 0);
    if (sizes.length === 0) queued.delete(client.id);
    return cleared;
  };
  return {
    remember: (id, granted) => addSubscriptions.call(memory, { id }, granted),
    async forget(id) {
      await memory.cleanSubscriptions({ id });
      await memory.cleanIncoming({ id });
      for await (const packet of memory.outgoingStream({ id }))
        await memory.outgoingClearMessageId({ id }, packet);
    },
  };
}
