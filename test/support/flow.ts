import type { EventEmitter } from "node:events";
import { nodeRedRequire } from "./node-red";

export type Message = Record<string, unknown> & { payload?: unknown; topic?: unknown };
export interface FlowNode extends EventEmitter {
  receive(message: object): void;
  credentials?: Record<string, string>;
}
interface Helper {
  init(runtime: string, settings?: object): void;
  load(nodes: unknown[], flow: object[], credentials?: object): Promise<void>;
  unload(): Promise<void>;
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  getNode(id: string): FlowNode;
  request(): { get(path: string): Promise<{ status: number; body: unknown }> };
}

export const helper: Helper = require("node-red-node-test-helper");
helper.init(nodeRedRequire.resolve("node-red"));

export const NODES = [require("../../nodes/device-config"), require("../../nodes/bce-decoder")];

/** What a decoder in a running flow did with a message. */
export interface Outcome {
  readonly telemetry: Message[];
  readonly events: Message[];
  readonly files: Message[];
  readonly errors: Message[];
}

/** A flow of one BCE decoder with a node behind each output and a Catch node. */
export class DecoderFlow {
  private settled: () => void = () => undefined;
  private readonly got: Outcome = { telemetry: [], events: [], files: [], errors: [] };

  static async load(
    decoder: object = {},
    others: object[] = [],
    credentials: object = {},
  ): Promise<DecoderFlow> {
    const flow = new DecoderFlow();
    await helper.load(
      NODES,
      [
        { id: "tab", type: "tab" },
        {
          id: "decoder",
          z: "tab",
          type: "tracker-bce-decoder",
          wires: [["telemetry"], ["events"], ["files"]],
          ...decoder,
        },
        { id: "telemetry", z: "tab", type: "helper" },
        { id: "events", z: "tab", type: "helper" },
        { id: "files", z: "tab", type: "helper" },
        { id: "catcher", z: "tab", type: "catch", wires: [["errors"]] },
        { id: "completer", z: "tab", type: "complete", scope: ["decoder"], wires: [["completed"]] },
        { id: "completed", z: "tab", type: "helper" },
        { id: "errors", z: "tab", type: "helper" },
        ...others,
      ],
      credentials,
    );
    for (const output of ["telemetry", "events", "files", "errors"] as const) {
      helper.getNode(output).on("input", (message: Message) => flow.got[output].push(message));
    }
    for (const end of ["completed", "errors"]) helper.getNode(end).on("input", () => flow.settled());
    return flow;
  }

  get decoder(): FlowNode {
    return helper.getNode("decoder");
  }

  /** Sends a message in and waits until the decoder has said that it is done, one way or the other. */
  async send(message: object): Promise<Outcome> {
    for (const list of Object.values(this.got)) list.length = 0;
    const settled = new Promise<void>((resolve) => {
      this.settled = resolve;
    });
    this.decoder.receive(message);
    await settled;
    const { telemetry, events, files, errors } = this.got;
    return { telemetry: [...telemetry], events: [...events], files: [...files], errors: [...errors] };
  }
}
