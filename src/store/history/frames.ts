import type { RecordBatch } from "../../history/batch";
import { decode, encode } from "../../history/codec";
import { batchOfTable, tableOfBatches } from "../../history/hot";
import { inOrderOf } from "../../history/table";
import type { LogFrame } from "../log/commit-log";
import { pack, unpack } from "./pack";

/** Kinds of frames of the commit log. */
export const RECORDS = 2;
/** A device's records up to here are to be forgotten. */
export const FORGET = 3;

/** The column that says whose a record is; no other begins so. */
const IMEI = "imei";
/** Bounds of what a batch can hold; see batch.ts. */
const MOST_RECORDS = 20_000;
const MOST_NAMES = 8000;

/** Batches as frames of the commit log: as columns, by device, which takes a quarter of what came. */
export function framesOf(batches: readonly RecordBatch[]): LogFrame[] {
  const frames: LogFrame[] = [];
  let group: RecordBatch[] = [];
  let records = 0;
  let names = 0;
  for (const batch of batches) {
    if (
      group.length > 0 &&
      (records + batch.count > MOST_RECORDS || names + batch.names.length > MOST_NAMES)
    ) {
      frames.push(frameOf(group));
      group = [];
      records = 0;
      names = 0;
    }
    group.push(batch);
    records += batch.count;
    names += batch.names.length;
  }
  if (group.length > 0) frames.push(frameOf(group));
  return frames;
}

function frameOf(batches: readonly RecordBatch[]): LogFrame {
  const table = tableOfBatches(batches, IMEI);
  const { track, values, keys } = encode(table, inOrderOf(table, IMEI));
  const parts = [track, values, keys].map((part) => pack(part, 1));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(table.length, 0);
  head.writeUInt32LE(parts[0]?.length ?? 0, 4);
  head.writeUInt32LE(parts[1]?.length ?? 0, 8);
  return { kind: RECORDS, data: Buffer.concat([head, ...parts]) };
}

/** Throws `HISTORY_DAMAGED`. */
export function batchOf(data: Uint8Array): RecordBatch {
  const head = Buffer.from(data.buffer, data.byteOffset, 12);
  const valuesAt = 12 + head.readUInt32LE(4);
  const keysAt = valuesAt + head.readUInt32LE(8);
  const table = decode(head.readUInt32LE(0), unpack(data.subarray(12, valuesAt)), {
    values: unpack(data.subarray(valuesAt, keysAt)),
    keys: unpack(data.subarray(keysAt)),
  });
  return batchOfTable(table, { column: IMEI });
}
