import { TrackerError } from "../../errors";
import type { Decoded } from "../../model/message";
import type { Protocol, Received } from "../protocol";
import { decodeReadings, type Missing, readPayload } from "./decode";
import { type CompiledMap, compileMap } from "./field-map";
import { jsonSender } from "./sender";

/** What JSON protocols differ in. */
type JsonFacts = Omit<Protocol, "meaning" | "decode" | "sender">;

/** How JSON is read; by default by the usual names alone. */
export interface JsonReceived extends Received, Partial<Missing> {
  readonly map?: CompiledMap;
}

const USUAL_NAMES = compileMap();

/** A protocol whose payloads are JSON, read by a field map. */
export function jsonProtocol<const Facts extends JsonFacts>(facts: Facts) {
  const decode = (bytes: Uint8Array, received: JsonReceived): Decoded => {
    const context = { map: USUAL_NAMES, noTime: "received", noImei: "error", ...received } as const;
    try {
      const payload = readPayload(bytes, context.map);
      return decodeReadings(payload, { ...context, protocol: facts.id }, () => bytes);
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      return { records: [], warnings: [], error };
    }
  };
  return { ...facts, meaning: "fieldMap", decode, sender: jsonSender } as const;
}
