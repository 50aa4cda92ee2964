import type { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { nodeRedRequire } from "./node-red";

export type Message = Record<string, unknown> & { payload?: unknown; topic?: unknown };
export interface FlowNode extends EventEmitter {
  receive(message: object): void;
  credentials?: Record<string, string>;
}
interface Answer {
  readonly status: number;
  readonly body: unknown;
}
interface Get extends Promise<Answer> {
  /** Takes the body as bytes, whatever its type. */
  responseType(type: "blob"): Promise<{ headers: Record<string, string>; body: Uint8Array }>;
}
interface Post {
  set(header: string, value: string): Post;
  send(body: string): Promise<Answer>;
}
interface Helper {
  init(runtime: string, settings?: object): void;
  load(nodes: unknown[], flow: object[], credentials?: object): Promise<void>;
  /** Deploys; the type is Node-RED's: "full" makes every node anew. */
  setFlows(flow: object[], type: "full" | "nodes", credentials?: object): Promise<void>;
  unload(): Promise<void>;
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  getNode(id: string): FlowNode;
  request(): { get(path: string): Get; post(path: string): Post };
}

export const helper: Helper = require("node-red-node-test-helper");
helper.init(nodeRedRequire.resolve("node-red"));

/** Node-RED's runtime for each test of a `describe`. */
export function useHelperServer(): void {
  beforeEach(() => helper.startServer());
  afterEach(async () => {
    await helper.unload();
    await helper.stopServer();
  });
}

/** The nodes of the package, each in a folder of its name. */
export const NODE_NAMES = Object.values<string>(
  JSON.parse(readFileSync("package.json", "utf8"))["node-red"].nodes,
).map((file) => basename(file, ".js"));

export const NODES = NODE_NAMES.map((name) => require(`../../nodes/${name}/${name}`));

/** Nodes of Node-RED itself that a flow leads over. */
const CORE_NODES = ["network/10-mqtt", "common/60-link", "function/15-change"].map((name) =>
  nodeRedRequire(`@node-red/nodes/core/${name}.js`),
);

/** What a node in a running flow did with a message: what came out of each output, and errors. */
export type Outcome<O extends string> = Record<O | "errors", Message[]>;

/** A flow of one node (its id is "node") with a helper behind each output and a Catch node. */
export class NodeFlow<O extends string> {
  private settled: () => void = () => undefined;
  private readonly got: Outcome<O>;

  private constructor(outputs: readonly O[]) {
    this.got = Object.fromEntries([...outputs, "errors"].map((name) => [name, []])) as unknown as Outcome<O>;
  }

  static async load<O extends string>(
    type: string,
    outputs: readonly O[],
    config: object = {},
    others: object[] = [],
    credentials: object = {},
  ): Promise<NodeFlow<O>> {
    const flow = new NodeFlow(outputs);
    await helper.load(
      [...NODES, ...CORE_NODES],
      [
        { id: "tab", type: "tab" },
        { id: "node", z: "tab", type, wires: outputs.map((name) => [name]), ...config },
        ...outputs.map((name) => ({ id: name, z: "tab", type: "helper" })),
        { id: "catcher", z: "tab", type: "catch", wires: [["errors"]] },
        { id: "completer", z: "tab", type: "complete", scope: ["node"], wires: [["completed"]] },
        { id: "completed", z: "tab", type: "helper" },
        { id: "errors", z: "tab", type: "helper" },
        ...others,
      ],
      credentials,
    );
    for (const [output, messages] of Object.entries<Message[]>(flow.got)) {
      helper.getNode(output).on("input", (message: Message) => messages.push(message));
    }
    for (const end of ["completed", "errors"]) helper.getNode(end).on("input", () => flow.settled());
    return flow;
  }

  get node(): FlowNode {
    return helper.getNode("node");
  }

  /** Sends a message in and waits until the node has said that it is done, one way or the other. */
  async send(message: object): Promise<Outcome<O>> {
    this.take();
    const settled = new Promise<void>((resolve) => {
      this.settled = resolve;
    });
    this.node.receive(message);
    await settled;
    return this.take();
  }

  /** What came out since the last time, and forgets it. */
  take(): Outcome<O> {
    const taken = Object.entries<Message[]>(this.got).map(([name, messages]) => [name, messages.splice(0)]);
    return Object.fromEntries(taken) as Outcome<O>;
  }
}

const DECODER_OUTPUTS = ["telemetry", "events", "files"] as const;
export type DecoderFlow = NodeFlow<(typeof DECODER_OUTPUTS)[number]>;

/** A flow of one BCE decoder. */
export function loadDecoder(
  config: object = {},
  others: object[] = [],
  credentials: object = {},
): Promise<DecoderFlow> {
  return NodeFlow.load("tracker-bce-decoder", DECODER_OUTPUTS, config, others, credentials);
}

/** A flow of one Globalmatix decoder. */
export function loadGlobalmatixDecoder(config: object = {}, others: object[] = []): Promise<DecoderFlow> {
  return NodeFlow.load("tracker-globalmatix-decoder", DECODER_OUTPUTS, config, others);
}
