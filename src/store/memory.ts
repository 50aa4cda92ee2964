import type { Command, DeviceSendings } from "../commands/command";
import { SEEN_CHUNKS } from "../dedupe/seen";
import type { Device, JournalEntry, LiveState, Pending } from "../devices/device";
import { TrackerError } from "../errors";
import type { InboxMessage } from "../fleet/directory";
import {
  type Changes,
  type Copy,
  JOURNAL_LENGTH,
  type SeenChunk,
  type Store,
  type Stored,
} from "../fleet/store";

/**
 * Keeps what it is given as long as the process runs, and no longer. Documents are kept as text, as a file has
 * them: nobody else's changes get in, and both kinds of store give back the same.
 */
export class MemoryStore implements Store {
  readonly kind = "memory";
  private isOpen = false;
  private readonly devices = new Map<string, string>();
  private readonly states = new Map<string, string>();
  private readonly pending = new Map<string, string>();
  /** By device, then by slot. */
  private readonly seen = new Map<string, Map<number, SeenChunk>>();
  private readonly histories = new Map<string, JournalEntry[]>();
  /** By id. */
  private readonly commands = new Map<string, string>();
  private readonly sendings = new Map<string, string>();
  private readonly inbox = new Map<number, InboxMessage>();

  async open(): Promise<Stored> {
    this.isOpen = true;
    return {
      devices: [...this.devices.values()].map((text): Device => JSON.parse(text)),
      states: [...this.states].map(([imei, text]): [string, LiveState] => [imei, JSON.parse(text)]),
      pending: [...this.pending.values()].map((text): Pending => JSON.parse(text)),
      seen: [...this.seen.values()].flatMap((slots) => [...slots.values()].map(copyOf)),
      commands: [...this.commands.values()].map((text): Command => JSON.parse(text)),
      sendings: [...this.sendings].map(([imei, text]): [string, DeviceSendings] => [imei, JSON.parse(text)]),
      inbox: [...this.inbox.values()].map(withOwnPayload),
    };
  }

  async commit(changes: Changes): Promise<void> {
    this.checkOpen();
    const { seen = [], journal = [], inbox = [] } = changes;
    // Everything that can fail is done before anything is changed.
    const devices = textsOf(changes.devices);
    const others = [
      [this.states, textsOf(changes.states)],
      [this.pending, textsOf(changes.pending)],
      [this.commands, textsOf(changes.commands)],
      [this.sendings, textsOf(changes.sendings)],
    ] as const;
    put(this.devices, devices);
    for (const [kept, texts] of others) put(kept, texts);
    for (const chunk of seen) {
      const slots = this.seen.get(chunk.imei) ?? new Map<number, SeenChunk>();
      this.seen.set(chunk.imei, slots.set(chunk.number % SEEN_CHUNKS, copyOf(chunk)));
    }
    for (const entry of journal) {
      const entries = [{ ...entry }, ...(this.histories.get(entry.imei) ?? [])];
      this.histories.set(entry.imei, entries.slice(0, JOURNAL_LENGTH));
    }
    for (const [id, message] of inbox) {
      if (message === null) this.inbox.delete(id);
      else this.inbox.set(id, withOwnPayload(message));
    }
    for (const [imei, text] of devices) if (text === null) this.forget(imei);
  }

  async journal(imei: string): Promise<JournalEntry[]> {
    this.checkOpen();
    return (this.histories.get(imei) ?? []).map((entry) => ({ ...entry }));
  }

  /** What is gone with the process needs no copy. */
  async copy(): Promise<void> {}

  async readCopy(): Promise<Copy> {
    const message = "the registry is in memory only, of which there is no copy";
    throw new TrackerError({ code: "COPY_UNKNOWN", path: "copy", message });
  }

  async close(): Promise<void> {
    this.isOpen = false;
  }

  private checkOpen(): void {
    if (!this.isOpen) throw new TrackerError({ code: "STORE_FAILED", message: "the registry is not open" });
  }

  private forget(imei: string): void {
    for (const kept of [this.states, this.seen, this.histories, this.sendings]) kept.delete(imei);
    for (const [id, text] of this.commands) {
      if ((JSON.parse(text) as Command).imei === imei) this.commands.delete(id);
    }
  }
}

type Texts = readonly (readonly [key: string, text: string | null])[];

function textsOf(documents: ReadonlyMap<string, object | null> = new Map()): Texts {
  try {
    return [...documents].map(([key, value]) => [key, value === null ? null : JSON.stringify(value)]);
  } catch (error) {
    const message = `the registry could not keep a change (${error instanceof Error ? error.message : error})`;
    throw new TrackerError({ code: "STORE_FAILED", message });
  }
}

function put(kept: Map<string, string>, texts: Texts): void {
  for (const [key, text] of texts) {
    if (text === null) kept.delete(key);
    else kept.set(key, text);
  }
}

function withOwnPayload(message: InboxMessage): InboxMessage {
  return { ...message, payload: new Uint8Array(message.payload) };
}

function copyOf({ imei, number, prints }: SeenChunk): SeenChunk {
  return { imei, number, prints: prints.slice() };
}
