import type { DeviceAlarms } from "../../alarms/alarm";
import type { Command } from "../../commands/command";
import type { CommandsPort } from "../../commands/port";
import type { DedupePort } from "../../dedupe/port";
import type { DevicesPort } from "../../devices/port";
import type { Fence } from "../../fences/fence";
import type { OwnerName, Ports } from "../../fleet/store";
import type { InboxMessage, InboxPort } from "../../inbox/port";
import type { JournalEntry } from "../../journal/entry";
import { JOURNAL_LENGTH, type JournalPort } from "../../journal/port";
import type { Port } from "../../owner";
import type { ShareLink } from "../../shares/share-link";
import type { LiveState } from "../../state/live-state";
import type { TripDocument } from "../../trips/port";
import { Texts } from "./texts";

/** What is kept for one owner. */
interface MemoryTables<P extends Port> {
  all(): P["stored"];
  /** Does everything that can fail, and returns how to write it. */
  prepare(changes: P["changes"]): () => void;
}

type TablesByName = { readonly [Name in OwnerName]: MemoryTables<Ports[Name]> };

/** What is kept for all owners. A new owner is one more line. */
export function memoryTables(): TablesByName & {
  readonly journal: MemoryJournal;
} {
  return {
    devices: new MemoryDevices(),
    state: new MemoryEntries<LiveState>(),
    dedupe: new MemoryDedupe(),
    inbox: new MemoryInbox(),
    commands: new MemoryCommands(),
    journal: new MemoryJournal(),
    fences: new MemoryDocuments<Fence>(),
    shareLinks: new MemoryDocuments<ShareLink>(),
    trips: new MemoryEntries<TripDocument>(),
    alarms: new MemoryDocuments<DeviceAlarms>(),
  };
}

class MemoryDevices implements MemoryTables<DevicesPort> {
  private readonly devices = new Texts<DevicesPort["stored"]["devices"][number]>();
  private readonly pending = new Texts<DevicesPort["stored"]["pending"][number]>();

  all(): DevicesPort["stored"] {
    return { devices: this.devices.values(), pending: this.pending.values() };
  }

  prepare({ devices, pending }: DevicesPort["changes"]): () => void {
    const writes = [this.devices.prepare(devices), this.pending.prepare(pending)];
    return () => {
      for (const write of writes) write();
    };
  }
}

/** Documents of which each says its own key. */
class MemoryDocuments<T extends object>
  implements MemoryTables<{ stored: readonly T[]; changes: ReadonlyMap<string, T | null> }>
{
  private readonly texts = new Texts<T>();

  all(): T[] {
    return this.texts.values();
  }

  prepare(changes: ReadonlyMap<string, T | null>): () => void {
    return this.texts.prepare(changes);
  }
}

/** Documents by IMEI. */
class MemoryEntries<T extends object>
  implements
    MemoryTables<{
      stored: readonly (readonly [string, T])[];
      changes: ReadonlyMap<string, T | null>;
    }>
{
  private readonly texts = new Texts<T>();

  all(): [key: string, value: T][] {
    return this.texts.entries();
  }

  prepare(changes: ReadonlyMap<string, T | null>): () => void {
    return this.texts.prepare(changes);
  }
}

class MemoryDedupe implements MemoryTables<DedupePort> {
  all(): undefined {
    return undefined;
  }

  prepare(): () => void {
    return () => undefined;
  }
}

class MemoryInbox implements MemoryTables<InboxPort> {
  private readonly messages = new Map<number, InboxMessage>();

  all(): InboxPort["stored"] {
    return [...this.messages.values()].map(withOwnPayload);
  }

  prepare(changes: InboxPort["changes"]): () => void {
    const copies = [...changes].map(([id, message]) => [id, message && withOwnPayload(message)] as const);
    return () => {
      for (const [id, message] of copies) {
        if (message === null) this.messages.delete(id);
        else this.messages.set(id, message);
      }
    };
  }
}

class MemoryCommands implements MemoryTables<CommandsPort> {
  private readonly commands = new Texts<Command>();
  private readonly sendings = new Texts<CommandsPort["stored"]["sendings"][number][1]>();

  all(): CommandsPort["stored"] {
    return { commands: this.commands.values(), sendings: this.sendings.entries() };
  }

  prepare({ commands, sendings, forgotten = [] }: CommandsPort["changes"]): () => void {
    const writes = [this.commands.prepare(commands), this.sendings.prepare(sendings)];
    return () => {
      for (const write of writes) write();
      const gone = new Set(forgotten);
      if (gone.size === 0) return;
      for (const { id, imei } of this.commands.values()) if (gone.has(imei)) this.commands.delete(id);
      for (const imei of gone) this.sendings.delete(imei);
    };
  }
}

class MemoryJournal implements MemoryTables<JournalPort> {
  /** Newest first. */
  private readonly entries = new Map<string, JournalEntry[]>();

  all(): undefined {
    return undefined;
  }

  of(imei: string): JournalEntry[] {
    return (this.entries.get(imei) ?? []).map((entry) => ({ ...entry }));
  }

  prepare({ entries, forgotten }: JournalPort["changes"]): () => void {
    const copies = entries.map((entry) => ({ ...entry }));
    return () => {
      for (const entry of copies) {
        const ofDevice = [entry, ...(this.entries.get(entry.imei) ?? [])];
        this.entries.set(entry.imei, ofDevice.slice(0, JOURNAL_LENGTH));
      }
      for (const imei of forgotten) this.entries.delete(imei);
    };
  }
}

function withOwnPayload(message: InboxMessage): InboxMessage {
  return { ...message, payload: new Uint8Array(message.payload) };
}
