import type { NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import type { NormalizedRecord } from "../../src/model/message";

/** Output of each kind of record; the kind is also the last part of its topic. */
const OUTPUTS = ["telemetry", "event", "file"] as const;

/** One message for each record, or one with an array for each frame. */
export type EmitMode = "record" | "frame";

type Send = (messages: (NodeMessage | null)[]) => void;

/**
 * Sends records on, each kind to its output. Messages keep the properties of the one they come from, but for
 * `location` and `parts`, which are theirs. They go out one by one: of a list, Node-RED clones all but the first.
 */
export function emitRecords(
  RED: NodeAPI,
  msg: NodeMessageInFlow,
  records: readonly NormalizedRecord[],
  mode: EmitMode,
  send: Send,
): void {
  const { location: _, parts, payload: __, ...kept } = msg as NodeMessageInFlow & { location?: unknown };
  const copyOfKept = copier(RED, kept);
  OUTPUTS.forEach((kind, output) => {
    const ofKind = records.filter((record) => record.kind === kind).map(withBuffer);
    const sendOne = (message: object): void => {
      const outputs: (NodeMessage | null)[] = OUTPUTS.map(() => null);
      outputs[output] = { ...copyOfKept(), ...message };
      send(outputs);
    };
    if (mode === "frame") {
      for (const payload of Map.groupBy(ofKind, topicOf).values()) {
        sendOne({ topic: topicOf(payload[0] as NormalizedRecord), payload });
      }
      return;
    }
    const id = RED.util.generateId();
    const outer = parts === undefined ? {} : { parts };
    ofKind.forEach((payload, index) => {
      const own = { id, index, count: ofKind.length, ...outer };
      sendOne({ topic: topicOf(payload), payload, parts: own, ...locationOf(payload) });
    });
  });
}

/** Copies of what messages have in common: shallow while that is enough, so that no message changes another. */
export function copier(RED: NodeAPI, common: NodeMessage): () => NodeMessage {
  const nested = Object.values(common).some((value) => typeof value === "object" && value !== null);
  let first = true;
  return () => {
    const copy = first || !nested ? common : RED.util.cloneMessage(common);
    first = false;
    return copy;
  };
}

function topicOf(record: NormalizedRecord): string {
  return `trackers/${record.imei ?? "unknown"}/${record.kind}`;
}

/** Not of a reading whose time could not be read: nobody knows whether the device is there now. */
function locationOf(record: NormalizedRecord): { location?: { lat: number; lon: number } } {
  const position = record.kind === "file" || record.timeUnknown ? undefined : record.position;
  return position?.valid && position.latitude !== null && position.longitude !== null
    ? { location: { lat: position.latitude, lon: position.longitude } }
    : {};
}

/** Node-RED's users expect a Buffer, and one that nothing else writes into. */
function withBuffer(record: NormalizedRecord): NormalizedRecord {
  return record.kind === "file" ? { ...record, data: Buffer.from(record.data) } : record;
}
