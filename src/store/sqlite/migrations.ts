/**
 * Number `n` brings a file from version n to n + 1, its `PRAGMA user_version`. What is released is never
 * changed again; test/vectors/registry/ has a file of every version.
 *
 * `seen` is no WITHOUT ROWID table: its rows are longer than a quarter of a page, of which such a table puts
 * the rest on a page of its own. That made the file 3.4 times as long and every write two pages instead of one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE device (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE state (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE pending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  CREATE TABLE seen (
    imei TEXT NOT NULL,
    slot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    prints BLOB NOT NULL,
    PRIMARY KEY (imei, slot)
  ) STRICT;
  CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    imei TEXT NOT NULL,
    time INTEGER NOT NULL,
    change TEXT NOT NULL,
    "by" TEXT NOT NULL
  ) STRICT;
  CREATE INDEX history_of_device ON history (imei, id);
  `,
  `
  CREATE TABLE command (id TEXT NOT NULL PRIMARY KEY, imei TEXT NOT NULL, data TEXT NOT NULL) STRICT;
  CREATE INDEX command_of_device ON command (imei);
  CREATE TABLE sending (imei TEXT NOT NULL PRIMARY KEY, data TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE uplink (
    id INTEGER PRIMARY KEY,
    client TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE uplink RENAME TO inbox;
  ALTER TABLE history RENAME TO journal;
  DROP INDEX history_of_device;
  CREATE INDEX journal_of_device ON journal (imei, id);
  UPDATE device SET data = json_remove(json_set(data, '$.deviceConfig', json_extract(data, '$.profile')), '$.profile')
    WHERE json_valid(data);
  `,
];

/** Tables that a file has after all migrations. */
export const TABLES: readonly string[] = [
  "device",
  "state",
  "pending",
  "seen",
  "journal",
  "command",
  "sending",
  "inbox",
];

/** "TRKR": a file's `PRAGMA application_id`, by which it is known as one of ours. */
export const APPLICATION_ID = 0x54524b52;
