import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Uplink } from "../../fleet/directory";
import type { Unreadable } from "../../fleet/store";

/** The table of messages that were kept before they were acknowledged. */
export class UplinkRows {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(database: DatabaseSync) {
    // Node.js 22 takes an empty array for NULL.
    this.putOne = database.prepare(
      `INSERT INTO uplink (id, client, topic, payload, received_at) VALUES (?, ?, ?, coalesce(?, x''), ?)
       ON CONFLICT (id) DO UPDATE SET client = excluded.client, topic = excluded.topic,
         payload = excluded.payload, received_at = excluded.received_at`,
    );
    this.removeOne = database.prepare("DELETE FROM uplink WHERE id = ?");
    this.readAll = database.prepare("SELECT id, client, topic, payload, received_at FROM uplink ORDER BY id");
  }

  write(changes: ReadonlyMap<number, Uplink | null> = new Map()): void {
    for (const [id, uplink] of changes) {
      if (uplink === null) this.removeOne.run(id);
      else this.putOne.run(id, uplink.client, uplink.topic, uplink.payload, uplink.receivedAt);
    }
  }

  /** All that can be read; the others are told of in `unreadable`. */
  all(unreadable: Unreadable[]): Uplink[] {
    return this.readAll.all().flatMap(({ id, client, topic, payload, received_at }): Uplink[] => {
      if (!(payload instanceof Uint8Array)) {
        unreadable.push({ table: "uplink", key: String(id) });
        return [];
      }
      return [
        {
          id: Number(id),
          client: String(client),
          topic: String(topic),
          payload,
          receivedAt: Number(received_at),
        },
      ];
    });
  }
}
