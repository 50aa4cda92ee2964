import type { OwnRecord } from "../model/message";

/** What a store has of repeated records: those that came before there was a history, by their fingerprints, for a while. */
export interface DedupePort {
  readonly stored: undefined;
  readonly changes: {
    /** Devices whose fingerprints go. */
    readonly forgotten: readonly string[];
  };
}

/** A record of which memory cannot tell whether it came before. */
export interface AskedRecord {
  readonly imei: string;
  readonly kind: OwnRecord["kind"];
  /** Epoch milliseconds by the device's clock; a file has none. */
  readonly time: number | undefined;
  /** What tells it from all others of its device: 64 bits as hex text. */
  readonly digest: string;
}

/** The same with the record itself, which history compares. A file is in no history, and nobody is asked for it. */
export interface AskedWhole extends AskedRecord {
  readonly record: Exclude<OwnRecord, { readonly kind: "file" }>;
}

/**
 * Says of each record whether it came before: by at least 52 bits of its digest, or by what is in it. False also where
 * nothing is kept of its time any more.
 */
export type AskSeen = (records: readonly AskedRecord[]) => Promise<readonly boolean[]>;
