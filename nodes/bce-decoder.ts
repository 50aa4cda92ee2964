import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import type { DeviceConfig, TopicRole, Topics } from "../src/device/device-config";
import { matchTopic } from "../src/device/topics";
import { type Problem, TrackerError } from "../src/errors";
import { type DecodeContext, type Decoded, decodePayload } from "../src/protocols/iotm/decode";
import { type SensorMap, sensorMap } from "../src/protocols/iotm/mapping";
import { deviceSettings } from "./shared/device-settings";
import { emitRecords, type Mode } from "./shared/emit";
import { choice, count, flag, type OptionTable, readOptions, text } from "./shared/options";
import { payloadBytes } from "./shared/payload";
import { attempt, catchable } from "./shared/problems";
import { RateMeter } from "./shared/rate";
import { ThrottledStatus } from "./shared/status";
import { QuietWarnings } from "./shared/warnings";

type NodeSend = (messages: (NodeMessage | null)[]) => void;

interface Options {
  property: string;
  mode: Mode;
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

interface Message extends NodeMessageInFlow {
  /** Settings for this message only. */
  decoder?: unknown;
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

    const { value: setup, problem: setupProblem } = attempt(() => prepare(RED, config));
    if (setup === undefined) fail(setupProblem);

    /** Decodes a message and sends on what came of it; returns what was wrong. */
    const handle = (msg: Message, send: NodeSend): Problem | undefined => {
      if (setup === undefined) return setupProblem;
      const options = messageOptions(msg, setup.options);
      const value = readProperty(RED, msg, options.property);
      const decoded = decodeMessage(msg, value, { ...setup, options });
      const kept = options.keepRaw ? { ...msg, raw: value } : msg;
      emitRecords(RED, kept, decoded.records, options.mode, send);
      warnings.report(decoded.warnings, msg.topic);
      rate.add(decoded.records.length);
      status.set(() => ({
        fill: decoded.warnings.length === 0 ? "green" : "yellow",
        shape: "dot",
        text: summary(decoded, rate),
      }));
      return decoded.error;
    };

    this.on("input", (msg: Message, send, done) => {
      const handled = attempt(() => handle(msg, send));
      const problem = handled.problem ?? handled.value;
      if (problem === undefined) {
        done();
      } else {
        fail(problem);
        done(catchable(problem, msg.topic));
      }
    });

    this.on("close", () => status.close());
  }

  RED.nodes.registerType("tracker-bce-decoder", BceDecoder);
};

/** Reads the node's settings and those of its device config. Throws where one of them is wrong. */
function prepare(RED: NodeAPI, config: Partial<Options> & { device?: string }): Setup {
  const options = readOptions(OPTIONS, config as Record<string, unknown>);
  const device = deviceSettings(RED, config.device, "iotm");
  return { options, device, sensors: sensorMap(device.sensors) };
}

/** The node's settings, with those that the message brings. */
function messageOptions({ decoder }: Message, options: Options): Options {
  if (decoder === undefined) return options;
  if (typeof decoder !== "object" || decoder === null) {
    throw new TrackerError({ code: "OPTION", path: "msg.decoder", message: "msg.decoder is not an object" });
  }
  return readOptions(OPTIONS, decoder as Record<string, unknown>, options, "msg.decoder.");
}

function decodeMessage(msg: Message, value: unknown, { options, device, sensors }: Setup): Decoded {
  const origin = typeof msg.topic === "string" ? topicContext(msg.topic, device.topics) : {};
  return decodePayload(payloadBytes(value, options, origin.mayBeFile ?? false), {
    receivedAt: Date.now(),
    acceptWrongChecksum: options.acceptWrongChecksum,
    sensors,
    ...origin,
  });
}

/** The topics that a device publishes to, and whether what comes there may be a file. */
const PUBLISHED: readonly [TopicRole, boolean][] = [
  ["telemetry", false],
  ["events", false],
  ["file", true],
  ["realTime", true],
];

/** What a topic says about the payload that came on it. */
function topicContext(
  topic: string,
  topics: Topics,
): Pick<DecodeContext, "topic" | "topicImei" | "mayBeFile"> {
  for (const [role, mayBeFile] of PUBLISHED) {
    const imei = matchTopic(topics[role], topic);
    if (imei !== undefined) return { topic, mayBeFile, ...(imei === null ? {} : { topicImei: imei }) };
  }
  return { topic };
}

/** A property of the message; undefined also where the object that should hold it is missing. */
function readProperty(RED: NodeAPI, msg: Message, property: string): unknown {
  try {
    return RED.util.getMessageProperty(msg, property);
  } catch {
    return undefined;
  }
}

function summary({ records }: Decoded, rate: RateMeter): string {
  const last = records.findLast((record) => record.kind !== "file") ?? records.at(-1);
  const time = new Date((last?.kind === "file" ? last.receivedAt : last?.time) ?? Number.NaN);
  const isToday = time.toDateString() === new Date().toDateString();
  const shown = isToday ? time.toTimeString().slice(0, 8) : time.toLocaleDateString("sv");
  return `${last?.imei ?? "?"} · ${shown} · ${rate.perMinute()}/min`;
}
