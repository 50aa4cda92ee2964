import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DeviceSendings } from "../../commands/command";
import { SEEN_CHUNKS } from "../../dedupe/seen";
import type { Device, JournalEntry, LiveState, Pending } from "../../devices/device";
import {
  type Changes,
  JOURNAL_LENGTH,
  type SeenChunk,
  type Stored,
  type Unreadable,
} from "../../fleet/store";
import { CommandRows } from "./command-rows";
import { Documents } from "./documents";
import { InboxRows } from "./inbox-rows";
import { bytesOf, PrintsBuffer } from "./prints-buffer";

/** What goes with a device that is removed. */
const WITH_DEVICE = ["state", "seen", "journal", "command", "sending"];

/** Rows of fingerprints read at a time; each is an object and a buffer. */
const PAGE = 1000;

/** The content of an open file; transactions are the caller's. */
export class Rows {
  private readonly devices: Documents<Device>;
  private readonly states: Documents<LiveState>;
  private readonly pending: Documents<Pending>;
  private readonly commands: CommandRows;
  private readonly sendings: Documents<DeviceSendings>;
  private readonly inbox: InboxRows;
  private readonly withDevice: readonly StatementSync[];
  private readonly putChunk: StatementSync;
  private readonly countPrints: StatementSync;
  private readonly readChunks: StatementSync;
  private readonly addEntry: StatementSync;
  private readonly trimJournal: StatementSync;
  private readonly readJournal: StatementSync;

  constructor(database: DatabaseSync) {
    this.devices = new Documents(database, "device");
    this.states = new Documents(database, "state");
    this.pending = new Documents(database, "pending");
    this.commands = new CommandRows(database);
    this.sendings = new Documents(database, "sending");
    this.inbox = new InboxRows(database);
    this.withDevice = WITH_DEVICE.map((table) => database.prepare(`DELETE FROM ${table} WHERE imei = ?`));
    // Node.js 22 takes an empty array for NULL.
    this.putChunk = database.prepare(
      `INSERT INTO seen (imei, slot, number, prints) VALUES (?, ?, ?, coalesce(?, x''))
       ON CONFLICT (imei, slot) DO UPDATE SET number = excluded.number, prints = excluded.prints`,
    );
    this.countPrints = database.prepare("SELECT total(length(prints)) AS bytes FROM seen");
    this.readChunks = database.prepare(
      `SELECT rowid AS id, imei, number, prints FROM seen WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`,
    );
    this.addEntry = database.prepare(`INSERT INTO journal (imei, time, change, "by") VALUES (?, ?, ?, ?)`);
    this.trimJournal = database.prepare(
      `DELETE FROM journal WHERE imei = ?1 AND id <=
       (SELECT id FROM journal WHERE imei = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${JOURNAL_LENGTH})`,
    );
    this.readJournal = database.prepare(
      `SELECT imei, time, change, "by" FROM journal WHERE imei = ? ORDER BY id DESC`,
    );
  }

  all(): Stored {
    const unreadable: Unreadable[] = [];
    const stored: Stored = {
      devices: this.devices.all(unreadable).map(([, device]) => device),
      states: this.states.all(unreadable),
      pending: this.pending.all(unreadable).map(([, pending]) => pending),
      seen: this.chunks(unreadable),
      commands: this.commands.all(unreadable),
      sendings: this.sendings.all(unreadable),
      inbox: this.inbox.all(unreadable),
    };
    return unreadable.length === 0 ? stored : { ...stored, unreadable };
  }

  write(changes: Changes): void {
    const { devices = new Map<string, Device | null>(), seen = [], journal = [] } = changes;
    this.devices.write(devices);
    this.states.write(changes.states);
    this.pending.write(changes.pending);
    this.commands.write(changes.commands);
    this.sendings.write(changes.sendings);
    this.inbox.write(changes.inbox);
    for (const { imei, number, prints } of seen) {
      this.putChunk.run(imei, number % SEEN_CHUNKS, number, bytesOf(prints));
    }
    for (const { imei, time, change, by } of journal) this.addEntry.run(imei, time, change, by);
    for (const imei of new Set(journal.map((entry) => entry.imei))) this.trimJournal.run(imei);
    // Last, so that also what the same changes say of a removed device goes with it.
    for (const [imei, device] of devices) if (device === null) this.forget(imei);
  }

  journal(imei: string): JournalEntry[] {
    return this.readJournal.all(imei).map((row) => ({ ...row }) as unknown as JournalEntry);
  }

  private chunks(unreadable: Unreadable[]): SeenChunk[] {
    const buffer = new PrintsBuffer(Number(this.countPrints.get()?.bytes));
    const read: SeenChunk[] = [];
    for (let page = this.readChunks.all(0); page.length > 0; ) {
      for (const { imei, number, prints } of page) {
        const taken = buffer.take(prints);
        if (taken === undefined) unreadable.push({ table: "seen", key: String(imei) });
        else read.push({ imei: String(imei), number: Number(number), prints: taken });
      }
      page = this.readChunks.all(page.at(-1)?.id ?? 0);
    }
    return read;
  }

  private forget(imei: string): void {
    for (const remove of this.withDevice) remove.run(imei);
  }
}
