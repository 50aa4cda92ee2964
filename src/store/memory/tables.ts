import type { DeviceAlarms } from "../../alarms/alarm";
import type { AlarmsPort } from "../../alarms/port";
import type { Command } from "../../commands/command";
import type { CommandsPort } from "../../commands/port";
import type { DedupePort } from "../../dedupe/port";
import type { DevicesPort } from "../../devices/port";
import type { FencesPort } from "../../fences/port";
import type { OwnerName, Ports } from "../../fleet/store";
import type { InboxMessage, InboxPort } from "../../inbox/port";
import type { JournalEntry } from "../../journal/entry";
import { JOURNAL_LENGTH, type JournalPort } from "../../journal/port";
import type { Port } from "../../owner";
import type { ShareLinksPort } from "../../shares/port";
import type { StatePort } from "../../state/port";
import type { TripDocument, TripsPort } from "../../trips/port";
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
    state: new MemoryStates(),
    dedupe: new MemoryDedupe(),
    inbox: new MemoryInbox(),
    commands: new MemoryCommands(),
    journal: new MemoryJournal(),
    fences: new MemoryFences(),
    shareLinks: new MemoryShareLinks(),
    trips: new MemoryTrips(),
    alarms: new MemoryAlarms(),
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

class MemoryStates implements MemoryTables<StatePort> {
  private readonly states = new Texts<StatePort["stored"][number][1]>();

  all(): StatePort["stored"] {
    return this.states.entries();
  }

  prepare(changes: StatePort["changes"]): () => void {
    return this.states.prepare(changes);
  }
}

/** Nothing came before there was a history. */
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

class MemoryFences implements MemoryTables<FencesPort> {
  private readonly fences = new Texts<FencesPort["stored"][number]>();

  all(): FencesPort["stored"] {
    return this.fences.values();
  }

  prepare(changes: FencesPort["changes"]): () => void {
    return this.fences.prepare(changes);
  }
}

class MemoryShareLinks implements MemoryTables<ShareLinksPort> {
  private readonly links = new Texts<ShareLinksPort["stored"][number]>();

  all(): ShareLinksPort["stored"] {
    return this.links.values();
  }

  prepare(changes: ShareLinksPort["changes"]): () => void {
    return this.links.prepare(changes);
  }
}

class MemoryTrips implements MemoryTables<TripsPort> {
  private readonly trips = new Texts<TripDocument>();

  all(): TripsPort["stored"] {
    return this.trips.entries();
  }

  prepare(changes: TripsPort["changes"]): () => void {
    return this.trips.prepare(changes);
  }
}

class MemoryAlarms implements MemoryTables<AlarmsPort> {
  private readonly alarms = new Texts<DeviceAlarms>();

  all(): AlarmsPort["stored"] {
    return this.alarms.values();
  }

  prepare(changes: AlarmsPort["changes"]): () => void {
    return this.alarms.prepare(changes);
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
