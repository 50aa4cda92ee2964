import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import type { InboxMessage, InboxPort } from "../../inbox/port";
import type { InboxLog } from "./inbox-log";
import type { OwnerTables } from "./owner-tables";

/**
 * Messages that were kept before they were acknowledged: in a log while the file is open, in a table of it once it is
 * closed, so that it is one file that can be copied.
 */
export class InboxTable implements OwnerTables<InboxPort> {
  private readonly putOne: StatementSync;
  private readonly removeOne: StatementSync;
  private readonly readAll: StatementSync;

  constructor(
    database: DatabaseSync,
    private readonly log: InboxLog,
  ) {
    // Node.js 22 takes an empty array for NULL.
    this.putOne = database.prepare(
      `INSERT INTO inbox (id, client, topic, payload, received_at) VALUES (?, ?, ?, coalesce(?, x''), ?)
       ON CONFLICT (id) DO UPDATE SET client = excluded.client, topic = excluded.topic,
         payload = excluded.payload, received_at = excluded.received_at`,
    );
    this.removeOne = database.prepare("DELETE FROM inbox WHERE id = ?");
    this.readAll = database.prepare("SELECT id, client, topic, payload, received_at FROM inbox ORDER BY id");
  }

  /** What goes from the log goes with {@link committed}. */
  write(changes: InboxPort["changes"]): void {
    for (const [id, message] of changes) {
      if (message !== null) this.put(message);
      else if (!this.log.has(id)) this.removeOne.run(id);
    }
  }

  /** The transaction of {@link write} has come to its end. */
  committed(changes: InboxPort["changes"]): void {
    for (const id of changes.keys()) this.log.forget(id);
  }

  /** Takes over what is in the log. */
  takeOver(): void {
    for (const message of this.log.messages) this.put(message);
  }

  all(unreadable: Unreadable[]): InboxMessage[] {
    const inTable = this.readAll
      .all()
      .flatMap(({ id, client, topic, payload, received_at }): InboxMessage[] => {
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
    // It was killed after it had taken them over.
    for (const { id } of inTable) this.log.forget(id);
    if (this.log.damaged > 0) unreadable.push({ table: "inbox", key: "log" });
    return [...inTable, ...this.log.messages];
  }

  private put({ id, client, topic, payload, receivedAt }: InboxMessage): void {
    this.putOne.run(id, client, topic, payload, receivedAt);
  }
}
