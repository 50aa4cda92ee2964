/**
 * Number `n` brings a file from version n to n + 1, its `PRAGMA user_version`. What is released is never changed again.
 *
 * The id of a chunk is (day · 2^17 + device) · 2^12 + slot, that of a body day · 2^30 + its number: a device's day, a
 * time of all devices and a day that is deleted are one range each. Bodies lie in the order of writing: those that are
 * written together share pages, and a query that needs only heads reads none.
 */
export const HISTORY_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE device (id INTEGER PRIMARY KEY, imei TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    body INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    count INTEGER NOT NULL,
    south INTEGER,
    west INTEGER,
    north INTEGER,
    east INTEGER,
    sketch BLOB NOT NULL
  ) STRICT;
  CREATE TABLE body (id INTEGER PRIMARY KEY, track BLOB NOT NULL, vals BLOB NOT NULL, keys BLOB NOT NULL) STRICT;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  `,
  // No other tables, but bodies with a dictionary, and rows that were thinned out with a digest: version 1 cannot read them.
  "",
];

/** Tables that a file has after all migrations. */
export const HISTORY_TABLES: readonly string[] = ["device", "chunk", "body", "meta"];

/** "TRKH": a file's `PRAGMA application_id`, by which it is known as one of ours. */
export const HISTORY_APPLICATION_ID = 0x54524b48;

export const MOST_DEVICES = 2 ** 17;
const SLOTS = 2 ** 12;
const BODIES_A_DAY = 2 ** 30;

export const chunkId = (day: number, device: number, slot = 0): number =>
  (day * MOST_DEVICES + device) * SLOTS + slot;
export const dayOfChunk = (id: number): number => Math.floor(id / SLOTS / MOST_DEVICES);
export const deviceOfChunk = (id: number): number => Math.floor(id / SLOTS) % MOST_DEVICES;
export const slotOfChunk = (id: number): number => id % SLOTS;
export const firstBody = (day: number): number => day * BODIES_A_DAY;
export { SLOTS };
