import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { DeviceSendings } from "../../commands/command";
import { SEEN_CHUNKS } from "../../dedupe/seen";
import type { Device, HistoryEntry, LiveState, Pending } from "../../devices/device";
import {
  type Changes,
  HISTORY_LENGTH,
  type SeenChunk,
  type Stored,
  type Unreadable,
} from "../../fleet/store";
import { CommandRows } from "./command-rows";
import { Documents } from "./documents";
import { UplinkRows } from "./inbox-rows";
import { bytesOf, PrintsBuffer } from "./prints-buffer";

/** What goes with a device that is removed. */
const WITH_DEVICE = ["state", "seen", "history", "command", "sending"];

/** Rows of fingerprints read at a time; each is an object and a buffer. */
const PAGE = 1000;

/** The content of an open file; transactions are the caller's. */
export class Rows {
  private readonly devices: Documents<Device>;
  private readonly states: Documents<LiveState>;
  private readonly pending: Documents<Pending>;
  private readonly commands: CommandRows;
  private readonly sendings: Documents<DeviceSendings>;
  private readonly uplinks: UplinkRows;
  private readonly withDevice: readonly StatementSync[];
  private readonly putChunk: StatementSync;
  private readonly countPrints: StatementSync;
  private readonly readChunks: StatementSync;
  private readonly addEntry: StatementSync;
  private readonly trimHistory: StatementSync;
  private readonly readHistory: StatementSync;

  constructor(database: DatabaseSync) {
    this.devices = new Documents(database, "device");
    this.states = new Documents(database, "state");
    this.pending = new Documents(database, "pending");
    this.commands = new CommandRows(database);
    this.sendings = new Documents(database, "sending");
    this.uplinks = new UplinkRows(database);
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
    this.addEntry = database.prepare(`INSERT INTO history (imei, time, change, "by") VALUES (?, ?, ?, ?)`);
    this.trimHistory = database.prepare(
      `DELETE FROM history WHERE imei = ?1 AND id <=
       (SELECT id FROM history WHERE imei = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${HISTORY_LENGTH})`,
    );
    this.readHistory = database.prepare(
      `SELECT imei, time, change, "by" FROM history WHERE imei = ? ORDER BY id DESC`,
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
      uplinks: this.uplinks.all(unreadable),
    };
    return unreadable.length === 0 ? stored : { ...stored, unreadable };
  }

  write(changes: Changes): void {
    const { devices = new Map<string, Device | null>(), seen = [], history = [] } = changes;
    this.devices.write(devices);
    this.states.write(changes.states);
    this.pending.write(changes.pending);
    this.commands.write(changes.commands);
    this.sendings.write(changes.sendings);
    this.uplinks.write(changes.uplinks);
    for (const { imei, number, prints } of seen) {
      this.putChunk.run(imei, number % SEEN_CHUNKS, number, bytesOf(prints));
    }
    for (const { imei, time, change, by } of history) this.addEntry.run(imei, time, change, by);
    for (const imei of new Set(history.map((entry) => entry.imei))) this.trimHistory.run(imei);
    // Last, so that also what the same changes say of a removed device goes with it.
    for (const [imei, device] of devices) if (device === null) this.forget(imei);
  }

  history(imei: string): HistoryEntry[] {
    return this.readHistory.all(imei).map((row) => ({ ...row }) as unknown as HistoryEntry);
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
