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
    const ofKind = recordsOf(kind, records);
    if (ofKind.length === 0) return;
    const sendOne = (message: object): void => {
      const outputs: (NodeMessage | null)[] = [null, null, null];
      outputs[output] = Object.assign({}, copyOfKept(), message);
      send(outputs);
    };
    if (mode === "frame") {
      for (const payload of bySender(ofKind)) {
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

function recordsOf(
  kind: NormalizedRecord["kind"],
  records: readonly NormalizedRecord[],
): readonly NormalizedRecord[] {
  const ofKind = records.every((record) => record.kind === kind)
    ? records
    : records.filter((record) => record.kind === kind);
  return kind === "file" ? ofKind.map(withBuffer) : ofKind;
}

/** Records of one device each; nearly all frames are of one. */
function bySender(records: readonly NormalizedRecord[]): (readonly NormalizedRecord[])[] {
  const [first] = records;
  if (records.every(({ imei }) => imei === first?.imei)) return [records];
  return [...Map.groupBy(records, ({ imei }) => imei).values()];
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
