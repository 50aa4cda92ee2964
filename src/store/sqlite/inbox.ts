import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import type { InboxMessage, InboxPort } from "../../inbox/port";
import type { OwnerTables } from "./owner-tables";

/** The table of messages that were kept before they were acknowledged. */
export class InboxTable implements OwnerTables<InboxPort> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(database: DatabaseSync) {
    // Node.js 22 takes an empty array for NULL.
    this.putOne = database.prepare(
      `INSERT INTO inbox (id, client, topic, payload, received_at) VALUES (?, ?, ?, coalesce(?, x''), ?)
       ON CONFLICT (id) DO UPDATE SET client = excluded.client, topic = excluded.topic,
         payload = excluded.payload, received_at = excluded.received_at`,
    );
    this.removeOne = database.prepare("DELETE FROM inbox WHERE id = ?");
    this.readAll = database.prepare("SELECT id, client, topic, payload, received_at FROM inbox ORDER BY id");
  }

  write(changes: InboxPort["changes"]): void {
    for (const [id, message] of changes) {
      if (message === null) this.removeOne.run(id);
      else this.putOne.run(id, message.client, message.topic, message.payload, message.receivedAt);
    }
  }

  all(unreadable: Unreadable[]): InboxMessage[] {
    return this.readAll.all().flatMap(({ id, client, topic, payload, received_at }): InboxMessage[] => {
      if (!(payload instanceof Uint8Array)) {
        unreadable.push({ table: "inbox", key: String(id) });
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
