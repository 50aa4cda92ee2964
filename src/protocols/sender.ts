/** An IMEI in a payload, and whether the payload says that it is the sender's. */
export interface SenderClaim {
  readonly imei: string;
  /** False where only a field map could take it for the sender's. */
  readonly isNamed: boolean;
}

/** Told of each claim; true ends the search. */
export type OnClaim = (claim: SenderClaim) => boolean;

/** A payload, or a text that stands in one. */
export interface SenderSource {
  /** Absent where it is a text in a payload. */
  readonly bytes?: Uint8Array;
  readonly text: string;
}

/**
 * Whose is this? Tells of every IMEI that a decoder could take for the sender's, in every form that the decoder reads,
 * and reads nothing but what says so: it never decodes. `inside` is to be told of texts that may be a payload of their
 * own; true ends the search. Returns whether the search was ended, or there was too much to look at. Never throws.
 */
export type Sender = (source: SenderSource, found: OnClaim, inside: (text: string) => boolean) => boolean;
