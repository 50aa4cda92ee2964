import type { DatabaseSync } from "node:sqlite";
import type { Unreadable } from "../../fleet/store";
import { Documents, type DocumentTableName } from "./documents";
import type { OwnerTables } from "./owner-tables";

/** What a store keeps of an owner that has nothing but documents, each of which says its own key. */
interface DocumentsPort<T> {
  readonly stored: readonly T[];
  readonly changes: ReadonlyMap<string, T | null>;
}

/** The table of such an owner. */
export class DocumentTable<T extends object> implements OwnerTables<DocumentsPort<T>> {
  private readonly documents: Documents<T>;

  constructor(database: DatabaseSync, table: DocumentTableName) {
    this.documents = new Documents(database, table, "id");
  }

  all(unreadable: Unreadable[]): readonly T[] {
    return this.documents.all(unreadable).map(([, document]) => document);
  }

  write(changes: DocumentsPort<T>["changes"]): void {
    this.documents.write(changes);
  }
}
