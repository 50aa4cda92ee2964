import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Problem } from "../../src/errors";
import type { Decoded } from "../../src/model/message";
import { GLOBALMATIX } from "../../src/protocols/globalmatix/index";
import type { Missing } from "../../src/protocols/json/decode";
import { compileMap, type FieldMap } from "../../src/protocols/json/field-map";

/** A payload with what it has to decode to; see test/vectors/README.md. */
export interface GlobalmatixVector extends Partial<Missing> {
  readonly name: string;
  readonly about: string;
  readonly text?: string;
  readonly base64?: string;
  readonly map?: FieldMap;
  readonly records: Record<string, unknown>[];
  readonly error?: { readonly code: string; readonly path?: string; readonly message?: string };
}

export const GLOBALMATIX_VECTORS: readonly GlobalmatixVector[] = JSON.parse(
  readFileSync(join(process.cwd(), "test", "vectors", "globalmatix.json"), "utf8"),
);

/** The payload of a vector as it would come. */
export function vectorBytes({ text, base64 }: GlobalmatixVector): Buffer {
  return text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text, "utf8");
}

/** When the vectors were received. */
export const RECEIVED_AT = 1_800_000_000_000;

/** What the core makes of bytes, also where it throws. */
export function decodeBytes(
  payload: Uint8Array,
  map: FieldMap = {},
  missing: Partial<Missing> = {},
  receivedAt = RECEIVED_AT,
): Omit<Decoded, "error"> & { error: Problem | undefined } {
  const bytes = payload[0] === 0x1f ? gunzipSync(payload) : payload;
  const { noTime = "received", noImei = "error" } = missing;
  const received = { receivedAt, map: compileMap(map), noTime, noImei };
  const { error, ...decoded } = GLOBALMATIX.decode(bytes, received);
  return { ...decoded, error };
}

/** A record as the vector files write it: without what all have in common, and warnings without their sentences. */
export function toVectorRecord(record: object): Record<string, unknown> {
  const { schema, protocol, identity, receivedAt, recordType, data, warnings, ...rest } = record as Record<
    string,
    unknown
  >;
  const problems = warnings as readonly Problem[] | undefined;
  return {
    ...rest,
    ...(data === undefined ? {} : { text: Buffer.from(data as Uint8Array).toString("utf8") }),
    ...(problems === undefined
      ? {}
      : { warnings: problems.map(({ code, path }) => (path === undefined ? { code } : { code, path })) }),
  };
}
