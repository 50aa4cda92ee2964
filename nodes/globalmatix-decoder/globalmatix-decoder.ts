import type { Node, NodeAPI, NodeDef } from "node-red";
import type { DeviceConfig } from "../../src/device-config/device-config";
import { GLOBALMATIX } from "../../src/protocols/globalmatix/index";
import { decodeReadings, type Payload, readParsed, readPayload } from "../../src/protocols/json/decode";
import { compileMap, type FieldMap, ruleName } from "../../src/protocols/json/field-map";
import { matchTopic } from "../../src/protocols/topics";
import { type Decode, runDecoder } from "../runtime/decoder";
import { deviceSettings } from "../runtime/device-settings";
import { Expressions } from "../runtime/expressions";
import { type JsonPayload, jsonPayload } from "./json-payload";
import { LastMessages, lastMessageRoute } from "./last-message";
import { GLOBALMATIX_DECODER_OPTIONS, type GlobalmatixDecoderOptions } from "./options";

interface Config extends NodeDef, Partial<GlobalmatixDecoderOptions> {
  readonly device?: string;
  /** Whose field map counts: the node's own, or that of its device config. */
  readonly mapFrom?: "node" | "device";
  readonly fieldMap?: FieldMap;
}

module.exports = (RED: NodeAPI): void => {
  const last = new LastMessages();

  function GlobalmatixDecoder(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const prepare = (saved: Config) =>
      decoderOf(RED, this, deviceSettings(RED, saved.device, GLOBALMATIX), saved);
    runDecoder(RED, this, config, GLOBALMATIX_DECODER_OPTIONS, prepare, (value, topic) =>
      last.note(this.id, config.device, value, topic),
    );
    // What came before a deploy is what a map is made for after it.
    this.on("close", (removed: boolean, done: () => void) => {
      if (removed) last.forget(this.id);
      done();
    });
  }

  RED.nodes.registerType("tracker-globalmatix-decoder", GlobalmatixDecoder);
  lastMessageRoute(RED, "/trackers/globalmatix/:id/last", last);
};

function decoderOf(
  RED: NodeAPI,
  node: Node,
  device: DeviceConfig,
  config: Config,
): Decode<GlobalmatixDecoderOptions> {
  const map = compileMap(config.mapFrom === "device" ? device.fieldMap : config.fieldMap);
  const expressions = new Expressions(
    RED,
    node,
    map.rules.flatMap(({ expression, index }) =>
      expression === undefined ? [] : [{ key: index, text: expression, path: ruleName(index) }],
    ),
  );
  return ({ topic }, value, { noTime, noImei, ...limits }) => {
    const receivedAt = Date.now();
    const origin = typeof topic === "string" ? topicOrigin(topic, device.topics.telemetry) : {};
    const payload = jsonPayload(value, limits);
    const read = readReadings(payload);
    const context = { protocol: GLOBALMATIX.id, map, receivedAt, noTime, noImei, ...origin };
    const bytes = () => bytesOf(payload);
    return expressions.isEmpty
      ? decodeReadings(read, context, bytes)
      : expressions
          .run(read.readings.map(({ root }) => root))
          .then(({ computed, problem = read.problem }) =>
            decodeReadings({ ...read, problem }, context, bytes, computed),
          );
  };

  function readReadings(payload: JsonPayload): Payload {
    return "bytes" in payload ? readPayload(payload.bytes, map) : readParsed(payload.parsed, map);
  }
}

function topicOrigin(topic: string, template: string): { topic: string; topicImei?: string } {
  const imei = matchTopic(template, topic);
  return typeof imei === "string" ? { topic, topicImei: imei } : { topic };
}

function bytesOf(payload: JsonPayload): Uint8Array {
  return "bytes" in payload ? payload.bytes : Buffer.from(JSON.stringify(payload.parsed), "utf8");
}
