import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import { type DeviceConfig, resolveDeviceConfig } from "../src/device/device-config";
import { matchTopic } from "../src/device/topics";
import { type Problem, TrackerError } from "../src/errors";
import type { NormalizedRecord } from "../src/model/message";
import { type Decoded, decodePayload } from "../src/protocols/iotm/decode";
import { type SensorMap, sensorMap } from "../src/protocols/iotm/mapping";
import type { DeviceConfigNode } from "./device-config";
import { choice, count, flag, type OptionTable, readOptions, text } from "./shared/options";
import { payloadBytes } from "./shared/payload";
import { RateMeter } from "./shared/rate";
import { ThrottledStatus } from "./shared/status";
import { QuietWarnings, withPlace } from "./shared/warnings";

interface Options {
  property: string;
  mode: "record" | "frame";
  acceptWrongChecksum: boolean;
  keepRaw: boolean;
  maxBytes: number;
}

const OPTIONS: OptionTable<Options> = {
  property: text("payload"),
  mode: choice("record", "frame"),
  acceptWrongChecksum: flag(false),
  keepRaw: flag(false),
  maxBytes: count(256 * 1024, 16 * 1024 * 1024),
};

/** Output of each kind of record, and the last part of its topic. */
const OUTPUTS = ["telemetry", "event", "file"] as const;

interface Message extends NodeMessageInFlow {
  decoder?: Readonly<Record<string, unknown>>;
  location?: unknown;
}

/** What the node works with; made once at deploy. */
interface Setup {
  readonly options: Options;
  readonly device: DeviceConfig;
  readonly sensors: SensorMap;
}

module.exports = (RED: NodeAPI): void => {
  function BceDecoder(this: Node, config: NodeDef & Partial<Options> & { device?: string }): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const warnings = new QuietWarnings(this);
    const rate = new RateMeter();
    const fail = (problem: Problem): void =>
      status.set(() => ({ fill: "red", shape: "ring", text: problem.message }));

    let setup: Setup | undefined;
    let setupError: unknown;
    try {
      setup = prepare(RED, config);
    } catch (error) {
      setupError = error;
      fail(toProblem(error));
    }

    this.on("input", (msg: Message, send, done) => {
      const where = typeof msg.topic === "string" && msg.topic !== "" ? `topic ${msg.topic}` : "";
      try {
        if (setup === undefined) throw setupError;
        const now = Date.now();
        const options = readOptions(OPTIONS, msg.decoder ?? {}, setup.options, "msg.decoder.");
        const decoded = decodeMessage(RED, msg, { ...setup, options }, now);
        emit(RED, msg, decoded.records, options, send);
        warnings.report(decoded.warnings, where, now);
        rate.add(decoded.records.length, now);
        if (decoded.error !== undefined) throw new TrackerError(decoded.error);
        status.set(() => ({
          fill: decoded.warnings.length === 0 ? "green" : "yellow",
          shape: "dot",
          text: summary(decoded, rate),
        }));
        done();
      } catch (error) {
        const problem = toProblem(error);
        fail(problem);
        done(catchable(problem, where, msg.topic));
      }
    });

    this.on("close", () => status.close());
  }

  RED.nodes.registerType("tracker-bce-decoder", BceDecoder);
};

/** Reads the node's settings and those of its device config. Throws where one of them is wrong. */
function prepare(RED: NodeAPI, config: Partial<Options> & { device?: string }): Setup {
  const options = readOptions(OPTIONS, config as Record<string, unknown>);
  const device = config.device ? deviceSettings(RED, config.device) : resolveDeviceConfig();
  return { options, device, sensors: sensorMap(device.sensors) };
}

function deviceSettings(RED: NodeAPI, id: string): DeviceConfig {
  const node = RED.nodes.getNode(id) as DeviceConfigNode | null;
  const refuse = (message: string) => new TrackerError({ code: "DEVICE_CONFIG", path: "device", message });
  if (!node) throw refuse("the device config is missing or disabled");
  if (!node.settings) throw refuse("the device config has an error, see its dialog");
  if (node.settings.protocol !== "iotm") throw refuse("the device config is not for IOTM devices");
  return node.settings;
}

function decodeMessage(RED: NodeAPI, msg: Message, setup: Setup, receivedAt: number): Decoded {
  const { property, maxBytes, acceptWrongChecksum } = setup.options;
  const value = readProperty(RED, msg, property);
  const bytes = payloadBytes(value, property, maxBytes);
  const base = { receivedAt, acceptWrongChecksum, sensors: setup.sensors };
  if (typeof msg.topic !== "string") return decodePayload(bytes, base);
  const { telemetry, events, file, realTime } = setup.device.topics;
  const find = (...templates: string[]): string | null | undefined => {
    for (const template of templates) {
      const imei = matchTopic(template, msg.topic as string);
      if (imei !== undefined) return imei;
    }
    return undefined;
  };
  const fromData = find(telemetry, events);
  const fromFile = fromData === undefined ? find(file, realTime) : undefined;
  const topicImei = fromData ?? fromFile;
  return decodePayload(bytes, {
    ...base,
    topic: msg.topic,
    mayBeFile: fromFile !== undefined,
    ...(topicImei ? { topicImei } : {}),
  });
}

/** A property of the message; undefined also where the object that should hold it is missing. */
function readProperty(RED: NodeAPI, msg: Message, property: string): unknown {
  try {
    return RED.util.getMessageProperty(msg, property);
  } catch {
    return undefined;
  }
}

/** Sends the records, each kind to its output, one by one: a list would be cloned by Node-RED. */
function emit(
  RED: NodeAPI,
  msg: Message,
  records: readonly NormalizedRecord[],
  options: Options,
  send: (messages: (NodeMessage | null)[]) => void,
): void {
  const raw = options.keepRaw ? { raw: readProperty(RED, msg, options.property) } : {};
  OUTPUTS.forEach((kind, output) => {
    const ofKind = records.filter((record) => record.kind === kind).map(withBuffer);
    const first = ofKind[0];
    if (first === undefined) return;
    const sendOne = (message: NodeMessage): void => {
      const outputs: (NodeMessage | null)[] = [null, null, null];
      outputs[output] = message;
      send(outputs);
    };
    if (options.mode === "frame") {
      sendOne({ ...msg, ...raw, topic: topicOf(first), payload: ofKind });
      return;
    }
    const id = RED.util.generateId();
    ofKind.forEach((record, index) => {
      const { location: _, ...kept } = msg;
      sendOne({
        ...kept,
        ...raw,
        topic: topicOf(record),
        payload: record,
        parts: {
          id,
          index,
          count: ofKind.length,
          ...(msg.parts === undefined ? {} : { parts: msg.parts }),
        },
        ...locationOf(record),
      });
    });
  });
}

function topicOf(record: NormalizedRecord): string {
  return `trackers/${record.imei ?? "unknown"}/${record.kind}`;
}

function locationOf(record: NormalizedRecord): { location?: { lat: number; lon: number } } {
  const position = record.kind === "telemetry" ? record.position : undefined;
  return position?.valid && position.latitude !== null && position.longitude !== null
    ? { location: { lat: position.latitude, lon: position.longitude } }
    : {};
}

/** Node-RED's users expect a Buffer, and one that nothing else writes into. */
function withBuffer(record: NormalizedRecord): NormalizedRecord {
  return record.kind === "file" ? { ...record, data: Buffer.from(record.data) } : record;
}

function summary(decoded: Decoded, rate: RateMeter): string {
  const last = decoded.records.findLast((record) => record.kind !== "file") ?? decoded.records[0];
  const time = new Date(last && last.kind !== "file" ? last.time : (last?.receivedAt ?? 0));
  const clock = time.toTimeString().slice(0, 8);
  return `${last?.imei ?? "?"} · ${clock} · ${rate.perMinute(Date.now())}/min`;
}

function toProblem(error: unknown): Problem {
  return error instanceof TrackerError
    ? error
    : { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
}

/** An error as a Catch node shows it: `error.code`, and `error.cause` with offset, field and topic. */
function catchable(problem: Problem, where: string, topic: unknown): Error {
  const { code, offset, path } = problem;
  const cause = { code, offset, path, topic };
  const error = new Error(withPlace(problem, where), { cause });
  error.name = code;
  return Object.assign(error, { code });
}
