import type { Node, NodeAPI, NodeDef } from "node-red";
import type { FrameContext } from "../../src/protocols/iotm/decode";
import { IOTM } from "../../src/protocols/iotm/index";
import { readingContext } from "../../src/protocols/iotm/settings";
import { matchTopic, type TopicRole, type Topics } from "../../src/protocols/topics";
import { runDecoder } from "../runtime/decoder";
import { deviceSettings } from "../runtime/device-settings";
import { BCE_DECODER_OPTIONS, type BceDecoderOptions } from "./options";
import { payloadBytes } from "./payload";

type Config = NodeDef & Partial<BceDecoderOptions> & { device?: string };

module.exports = (RED: NodeAPI): void => {
  function BceDecoder(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    runDecoder(RED, this, config, BCE_DECODER_OPTIONS, (saved) => {
      const device = deviceSettings(RED, saved.device, IOTM);
      const reading = readingContext(device);
      const originOf = lastOf((topic: string) => topicContext(topic, device.topics));
      return ({ topic }, value, options) => {
        const origin = typeof topic === "string" ? originOf(topic) : NOWHERE;
        return IOTM.decode(payloadBytes(value, options, origin.mayBeFile ?? false), {
          receivedAt: Date.now(),
          acceptWrongChecksum: options.acceptWrongChecksum,
          recordEvents: options.recordEvents,
          ...reading,
          ...origin,
        });
      };
    });
  }

  RED.nodes.registerType("tracker-bce-decoder", BceDecoder);
};

type Origin = Pick<FrameContext, "topic" | "topicImei" | "mayBeFile">;

const NOWHERE: Origin = {};

/** Work that is asked for the same again and again does it once. */
function lastOf<T>(work: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly found: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, found: work(text) };
    return last.found;
  };
}

/** The topics that a device publishes to, and whether what comes there may be a file. */
const PUBLISHED: readonly [TopicRole, boolean][] = [
  ["telemetry", false],
  ["events", false],
  ["file", true],
  ["realTime", true],
];

/** What a topic says about the payload that came on it. */
function topicContext(topic: string, topics: Topics): Origin {
  for (const [role, mayBeFile] of PUBLISHED) {
    const imei = matchTopic(topics[role], topic);
    if (imei !== undefined) return { topic, mayBeFile, ...(imei === null ? {} : { topicImei: imei }) };
  }
  return { topic };
}
