import type { Readable } from "node:stream";

/** The parts of aedes' own memory of sessions that are bounded here. */
export interface SessionMemory {
  addSubscriptions(client: { readonly id: string }, subs: readonly { topic: string }[]): Promise<void>;
  cleanSubscriptions(client: { readonly id: string }): Promise<void>;
  cleanIncoming(client: { readonly id: string }): Promise<void>;
  outgoingEnqueueCombi(subs: readonly { clientId: string }[], packet: object): Promise<void>;
  outgoingUpdate(client: { readonly id: string }, packet: object): Promise<void>;
  outgoingClearMessageId(client: { readonly id: string }, packet: object): Promise<object | undefined>;
  outgoingStream(client: { readonly id: string }): Readable;
}

/** Messages that are kept for one client that is away or does not acknowledge. */
const MAX_QUEUED = 1000;

/**
 * Keeps aedes' memory of sessions within bounds: it stores every filter of a SUBSCRIBE of which one was granted, and
 * queues without end for a client that never comes back. `mayStore` says which filters of a client may be stored,
 * `mayQueue` whether messages wait for it. Returns how to forget a client's session.
 */
export function boundSessions(
  memory: SessionMemory,
  mayStore: (client: string, filter: string) => boolean,
  mayQueue: (client: string) => boolean,
): (client: string) => Promise<void> {
  const queued = new Map<string, number>();
  const { addSubscriptions, outgoingEnqueueCombi, outgoingUpdate, outgoingClearMessageId } = memory;

  // What is asked of it for a client that it knows nothing of makes it remember that client for ever.
  memory.addSubscriptions = async (client, subs) => {
    const taken = subs.filter(({ topic }) => mayStore(client.id, topic));
    if (taken.length > 0) await addSubscriptions.call(memory, client, taken);
  };
  memory.outgoingUpdate = async (client, packet) => {
    if (!queued.has(client.id)) throw new Error("nothing waits for this client");
    return outgoingUpdate.call(memory, client, packet);
  };
  memory.outgoingEnqueueCombi = (subs, packet) => {
    const taken = subs.filter(
      ({ clientId }) => mayQueue(clientId) && (queued.get(clientId) ?? 0) < MAX_QUEUED,
    );
    for (const { clientId } of taken) queued.set(clientId, (queued.get(clientId) ?? 0) + 1);
    return outgoingEnqueueCombi.call(memory, taken, packet);
  };
  memory.outgoingClearMessageId = async (client, packet) => {
    if (!queued.has(client.id)) return undefined;
    const cleared = await outgoingClearMessageId.call(memory, client, packet);
    const left = (queued.get(client.id) ?? 0) - (cleared === undefined ? 0 : 1);
    if (left > 0) queued.set(client.id, left);
    else queued.delete(client.id);
    return cleared;
  };
  return async (id) => {
    await memory.cleanSubscriptions({ id });
    await memory.cleanIncoming({ id });
    for await (const packet of memory.outgoingStream({ id }))
      await memory.outgoingClearMessageId({ id }, packet);
  };
}
