/** Part of what is remembered to recognise repeated records; see seen.ts. */
export interface SeenChunk {
  readonly imei: string;
  /** Counts up from 0; a new chunk replaces the one with the same `number % SEEN_CHUNKS`. */
  readonly number: number;
  /** At most SEEN_CHUNK_LENGTH fingerprints, oldest first. */
  readonly prints: Float64Array;
}

/** What a store keeps to recognise repeated records. */
export interface DedupePort {
  readonly stored: readonly SeenChunk[];
  readonly changes: {
    readonly chunks: readonly SeenChunk[];
    /** Devices whose chunks go, also those of the same changes. */
    readonly forgotten: readonly string[];
  };
}
