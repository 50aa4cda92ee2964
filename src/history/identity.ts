import type { NormalizedRecord } from "../model/message";

/** What history keeps: a record with a time, of a device. */
export type Timed = Extract<NormalizedRecord, { kind: "telemetry" | "event" }> & { readonly imei: string };
export type RecordKind = Timed["kind"];

/**
 * An identity is a number from 0 up to here: the same for the same record, whatever it is called here, and another one
 * for any other, as far as chance allows.
 */
export const IDENTITIES = 2 ** 48;
/** Of hex text: as many bits. */
const IDENTITY_DIGITS = 12;
/** So many different identities are kept of telemetry: 2 bytes a record. */
const TELEMETRY_KEYS = 2 ** 16;

/**
 * What is kept of an identity, and the kind with it. A reading's takes 2 bytes: of two different ones of one device and
 * one millisecond, one in 65,536 is taken for the other. Events, of which a second has several and an alarm may be one,
 * keep all of it.
 */
export function keyOf(kind: RecordKind, identity: number): number {
  return kind === "telemetry" ? identity % TELEMETRY_KEYS : TELEMETRY_KEYS + (identity % IDENTITIES);
}

export function recordKindOf(key: number): RecordKind {
  return key < TELEMETRY_KEYS ? "telemetry" : "event";
}

/** The number of an identity that is hex text, as decoders make it. */
export function identityNumber(identity: string): number {
  return Number.parseInt(identity.slice(0, IDENTITY_DIGITS), 16);
}
