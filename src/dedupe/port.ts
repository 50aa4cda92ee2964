import type { NormalizedRecord } from "../model/message";

/** What a store keeps to recognise repeated records. It is asked, and gives nothing back at opening. */
export interface DedupePort {
  readonly stored: undefined;
  readonly changes: {
    /** By IMEI: fingerprints of new records in the order they came. Of each device the store keeps the last SEEN_LENGTH. */
    readonly added: ReadonlyMap<string, Float64Array>;
    /** Devices whose fingerprints go, also those of the same changes. */
    readonly forgotten: readonly string[];
  };
}

/** A record of which memory cannot tell whether it came before. */
export interface AskedRecord {
  readonly imei: string;
  readonly kind: NormalizedRecord["kind"];
  /** Epoch milliseconds by the device's clock; a file has none. */
  readonly time: number | undefined;
  /** What tells it from all others of its device: 64 bits as hex text. */
  readonly digest: string;
}

/**
 * Says of each record whether it came before: by at least 52 bits of its digest, or by what is in it. False also where
 * nothing is kept of its time any more.
 */
export type AskSeen = (records: readonly AskedRecord[]) => Promise<readonly boolean[]>;
