import { digest52, identityOf } from "../model/identity";
import type { NormalizedRecord } from "../model/message";
import type { AskedRecord } from "./port";

/**
 * A number that is the same for the same record and, but for one chance in 2^52, another one for any other. Beside its
 * identity count kind and time, so that what a flow makes of a record (an event of a reading, a reading at another time) is
 * not taken for that record. Throws where the record has something that JSON has not.
 */
export function fingerprint(record: NormalizedRecord): number {
  return fingerprintOf(asked({ ...record, imei: "" }, identityOf(record)));
}

/** The same of a record that is asked for. */
export function fingerprintOf({ kind, time, digest }: Omit<AskedRecord, "imei">): number {
  return digest52(`${kind} ${time ?? ""} ${digest}`);
}

/** What is asked of a record. */
export function asked(record: NormalizedRecord & { readonly imei: string }, identity: string): AskedRecord {
  const { imei, kind } = record;
  return { imei, kind, time: record.kind === "file" ? undefined : record.time, digest: identity };
}
