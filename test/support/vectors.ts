import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A frame with what it has to decode to; see test/vectors/README.md. */
export interface Vector {
  readonly name: string;
  readonly source: string;
  readonly topic: string;
  readonly hex: string;
  readonly decoded: Record<string, unknown>;
  readonly normalized: Record<string, unknown>[];
}

const load = (file: string): Vector[] =>
  JSON.parse(readFileSync(join(process.cwd(), "test", "vectors", file), "utf8"));

export const CAPTURES = load("captures.json");
export const VECTORS: readonly Vector[] = [...CAPTURES, ...load("invented.json")];

/** A decoded value as the vector files write it: 64-bit integers as text, text and bytes marked as such. */
export function toVectorForm(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(toVectorForm);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toVectorForm(inner)]));
  }
  return value;
}

/** A record without its identity, which no protocol sheet has; test/dedupe/identity.test.ts is about it. */
export function withoutIdentity<R extends { readonly identity?: unknown }>(record: R): Omit<R, "identity"> {
  const { identity, ...others } = record;
  assert.match(String(identity), /^[0-9a-f]{16}$/);
  return others;
}
