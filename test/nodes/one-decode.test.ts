import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { foreignImei } from "../../src/broker/sender-check";
import { GLOBALMATIX } from "../../src/protocols/globalmatix/index";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import { IOTM } from "../../src/protocols/iotm/index";
import { FLOW_DEVICE, loadBrokerFlow, mqttIn } from "../support/broker-flow";
import { type FlowNode, helper, type Message } from "../support/flow";
import { anyPort } from "../support/port";
import { IMEI } from "../support/registry";

const RECORDS = 20;
const VALUES = 30;
/** Value type 6 is a u32: one such read for each value, and one for the time of each record. */
const FRAME = Buffer.from(
  encodeFrame([
    { type: 2, imei: IMEI },
    ...Array.from({ length: RECORDS }, (_, record) => ({
      type: 1 as const,
      time: 1_795_192_200 + record,
      values: Array.from({ length: VALUES }, (_, at) => ({
        id: 0x3100 + at,
        valueType: 6,
        value: 70_000 + at,
      })),
    })),
  ]),
);
const JSON_TEXT = JSON.stringify(
  Array.from({ length: RECORDS }, (_, at) => ({ imei: IMEI, ts: 1_795_192_200 + at, lat: 54.7, lon: 25.3 })),
);

/** What is counted: with one of these every value of a frame is read, but for single bytes and sums over all of them. */
const KINDS = { getUint8: "u8", getUint16: "u16", getUint32: "u32", getBigUint64: "u64" };

/** Values that are read out of bytes, by the kind of value, and JSON texts that are parsed. */
class Counter {
  readonly reads: Record<string, number> = {};
  readonly parsed: string[] = [];
  private readonly undo: (() => void)[] = [];

  start(): void {
    const view = DataView.prototype as unknown as Record<string, () => unknown>;
    for (const [method, kind] of Object.entries(KINDS)) {
      const read = view[method] as () => unknown;
      const { reads } = this;
      view[method] = function (this: unknown, ...args: []) {
        reads[kind] = (reads[kind] ?? 0) + 1;
        return read.apply(this, args);
      };
      this.undo.push(() => {
        view[method] = read;
      });
    }
    const { parse } = JSON;
    const { parsed } = this;
    JSON.parse = (text: string, ...rest: []) => {
      parsed.push(text);
      return parse(text, ...rest);
    };
    this.undo.push(() => {
      JSON.parse = parse;
    });
  }

  stop(): void {
    for (const undo of this.undo.splice(0)) undo();
  }

  /** How often the whole of a text was parsed. */
  wholes(text: string): number {
    return this.parsed.filter((one) => one === text).length;
  }
}

describe("how often a published message is decoded", () => {
  let counter: Counter;
  beforeEach(() => {
    counter = new Counter();
    counter.start();
  });
  afterEach(() => counter.stop());

  it("the look at the IMEI reads the records' headers and the IMEI alone", () => {
    assert.equal(
      foreignImei(FRAME, IMEI, () => false),
      undefined,
    );
    assert.deepEqual({ ...counter.reads }, { u8: RECORDS + 1, u16: RECORDS + 1, u64: 1 });
    IOTM.decode(FRAME, { receivedAt: 0 });
    assert.equal(counter.reads.u32, RECORDS * (VALUES + 1));
  });

  it("the look at the IMEI parses no JSON", () => {
    assert.equal(
      foreignImei(Buffer.from(JSON_TEXT), IMEI, () => false),
      undefined,
    );
    assert.deepEqual(counter.parsed, []);
    GLOBALMATIX.decode(Buffer.from(JSON_TEXT), { receivedAt: 0 });
    assert.equal(counter.wholes(JSON_TEXT), 1);
  });

  describe("in a flow with broker, mqtt in and decoder", () => {
    const clients: MqttClient[] = [];
    beforeEach(async () => {
      await helper.startServer();
    });
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
      await helper.unload();
      await helper.stopServer();
    });

    /** A device publishes a payload; resolves when all of its records have come out of the decoder. */
    async function goesThrough(decoder: string, payload: string | Buffer): Promise<void> {
      const port = await anyPort();
      await loadBrokerFlow(port, [
        mqttIn("in", "buffer", "decoder"),
        { id: "decoder", z: "tab", type: decoder, device: "", wires: [["heard"], [], []] },
        { id: "heard", z: "tab", type: "helper" },
      ]);
      const device = await connectAsync(`mqtt://127.0.0.1:${port}`, FLOW_DEVICE);
      clients.push(device);
      const all = heard(helper.getNode("heard"));
      await device.publishAsync("BCE/D", payload, { qos: 1 });
      assert.deepEqual(await all, Array(RECORDS).fill(IMEI));
    }

    const heard = (node: FlowNode): Promise<unknown[]> =>
      new Promise((resolve) => {
        const imeis: unknown[] = [];
        node.on("input", ({ payload }: Message) => {
          imeis.push((payload as { imei: unknown }).imei);
          if (imeis.length === RECORDS) resolve(imeis);
        });
      });

    it("a frame is decoded once", async () => {
      await goesThrough("tracker-bce-decoder", FRAME);
      assert.equal(counter.reads.u32, RECORDS * (VALUES + 1));
    });

    it("JSON is parsed once", async () => {
      await goesThrough("tracker-globalmatix-decoder", JSON_TEXT);
      assert.equal(counter.wholes(JSON_TEXT), 1);
    });
  });
});
