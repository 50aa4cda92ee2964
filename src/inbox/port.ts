/** A message of a device, as it is kept until the flow has it. */
export interface InboxMessage {
  /** Greater than that of every message that came before and is still kept. */
  readonly id: number;
  /** Client id of who sent it. */
  readonly client: string;
  readonly topic: string;
  /** The registry's own: a flow, which may change what it is given, needs a copy. */
  readonly payload: Uint8Array;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** What a store keeps of messages that may not be with the flow yet. */
export interface InboxPort {
  readonly stored: readonly InboxMessage[];
  /** By id; null removes. */
  readonly changes: ReadonlyMap<number, InboxMessage | null>;
}
