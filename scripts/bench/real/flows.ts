// The flows whose cost is compared: each from a connection of its own to a meter, side by side in one Node-RED.

import { connectAsync, type MqttClient } from "mqtt";
import { DEFAULT_PROTOCOL } from "../../../src/protocols/index";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { mqttBrokerNode } from "../../../test/support/mqtt-broker-node";
import { type Broker, startBroker } from "../../broker";
import { CAPTURE, FreshFrames, IMEI, READINGS } from "./frames";
import { type BenchNodeRed, type FlowNode, startBenchNodeRed } from "./node-red";

const prepared = (): string => {
  const { records } = decodePayload(CAPTURE, { receivedAt: 0 });
  return JSON.stringify(records.map((payload) => ({ topic: "prepared", payload })));
};

const decoder = (mode: "frame" | "record"): Part => ({ type: "tracker-bce-decoder", mode, device: "config" });
const devices = (name: string): Part => ({ type: "tracker-device-registry", registry: `${name}-registry` });

type Part = Omit<FlowNode, "id"> & { readonly type: string };

interface Flow {
  /** Messages that come out of it for one frame. */
  readonly perFrame: number;
  readonly parts: readonly Part[];
}

const FLOWS = {
  passThrough: { perFrame: 1, parts: [{ type: "function", outputs: 1, func: "return msg;" }] },
  prepared: {
    perFrame: READINGS,
    parts: [
      {
        type: "function",
        outputs: 1,
        initialize: `context.set("prepared", ${prepared()});`,
        func: `return [context.get("prepared")];`,
      },
    ],
  },
  frame: { perFrame: 1, parts: [decoder("frame")] },
  record: { perFrame: READINGS, parts: [decoder("record")] },
  registryFrame: { perFrame: 1, parts: [decoder("frame"), devices("registryFrame")] },
  registryRecord: { perFrame: READINGS, parts: [decoder("record"), devices("registryRecord")] },
} as const satisfies Readonly<Record<string, Flow>>;

export type FlowName = keyof typeof FLOWS;
export const FLOW_NAMES = Object.keys(FLOWS) as FlowName[];

const meterOf = (name: FlowName): string => `${name}-meter`;
const topicOf = (name: FlowName): string => `bench/${name}`;

function nodesOf(name: FlowName, port: number): FlowNode[] {
  const ids = [...FLOWS[name].parts.keys()].map((index) => `${name}-${index}`);
  const at = { z: "tab", x: 1, y: 1 };
  const broker = `${name}-broker`;
  const parts = (FLOWS[name].parts as readonly Part[]).map((part, index): FlowNode => {
    const wires = [[ids[index + 1] ?? meterOf(name)], [], []];
    return { ...at, id: ids[index] as string, wires, ...part };
  });
  const registry = {
    id: `${name}-registry`,
    type: "tracker-registry",
    file: `${name}.sqlite`,
    saveEvery: SAVED_EVERY_S,
    historyEvery: SAVED_EVERY_S,
  };
  return [
    mqttBrokerNode(port, broker),
    {
      ...at,
      id: `${name}-in`,
      type: "mqtt in",
      broker,
      qos: "1",
      topic: topicOf(name),
      datatype: "buffer",
      wires: [[ids[0]]],
    },
    ...parts,
    { ...at, id: meterOf(name), type: "bench-meter", wires: [] },
    ...(usesRegistry(name) ? [registry] : []),
  ];
}

const usesRegistry = (name: FlowName): boolean => FLOWS[name].parts.some((part: Part) => "registry" in part);

/** Ten times as often as by default, so that saving all that a run has brought is in its time. */
const SAVED_EVERY_S = 1;
const SAVED_AFTER_MS = 1100;
const DRAINED_AFTER_MS = 20;

export interface Run {
  /** µs of the main thread a frame. */
  readonly cpu: number;
  /** ms from sending each frame until the last of what came of it. */
  readonly latencies: readonly number[];
}

/** All flows in one Node-RED, fed over a broker. */
export class FlowBench {
  private readonly frames = new FreshFrames();

  private constructor(
    private readonly broker: Broker,
    private readonly client: MqttClient,
    readonly nodeRed: BenchNodeRed,
  ) {}

  static async start(names: readonly FlowName[] = FLOW_NAMES): Promise<FlowBench> {
    const broker = await startBroker();
    const client = await connectAsync(broker.url);
    const nodeRed = await startBenchNodeRed([
      { id: "tab", type: "tab" },
      { id: "config", type: "tracker-device-config", name: "vans", protocol: DEFAULT_PROTOCOL.id },
      ...names.flatMap((name) => nodesOf(name, broker.port)),
    ]);
    const bench = new FlowBench(broker, client, nodeRed);
    for (const name of names) {
      if (usesRegistry(name)) {
        const device = { imei: IMEI, name: "van", state: "active" };
        await nodeRed.ask(`${name}-registry`, "register", device);
      }
      await bench.subscribed(name);
    }
    return bench;
  }

  /** Sends so many frames a second through a flow, and waits until all that comes of them has come and is saved. */
  async run(name: FlowName, frames: number, perSecond: number): Promise<Run> {
    const { perFrame } = FLOWS[name];
    const settle = usesRegistry(name) ? SAVED_AFTER_MS : DRAINED_AFTER_MS;
    const prepared = Array.from({ length: frames }, () => this.frames.next());
    const { done } = await this.nodeRed.measure(meterOf(name), frames * perFrame, settle);
    const sent = await this.send(topicOf(name), prepared, perSecond);
    const { cpu, arrivals } = await done;
    const latencies = sent.map((at, index) => (arrivals[(index + 1) * perFrame - 1] as number) - at);
    return { cpu: cpu / frames, latencies };
  }

  /** Resolves with when each was sent. */
  private send(topic: string, frames: readonly Buffer[], perSecond: number): Promise<number[]> {
    const sent: number[] = [];
    const start = now();
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const due = Math.min(frames.length, ((now() - start) * perSecond) / 1000);
        while (sent.length < due) {
          this.client.publish(topic, frames[sent.push(now()) - 1] as Buffer, { qos: 1 });
        }
        if (sent.length < frames.length) return;
        clearInterval(timer);
        resolve(sent);
      }, 1);
    });
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    await this.client.endAsync(true);
    await this.broker.stop();
  }

  /** Waits until the flow's connection has subscribed: what is retained comes then. */
  private async subscribed(name: FlowName): Promise<void> {
    const { done } = await this.nodeRed.measure(meterOf(name), FLOWS[name].perFrame, 0);
    await this.client.publishAsync(topicOf(name), this.frames.next(), { qos: 1, retain: true });
    await done;
    await this.client.publishAsync(topicOf(name), "", { qos: 1, retain: true });
  }
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
