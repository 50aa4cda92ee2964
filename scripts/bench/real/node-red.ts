// A real Node-RED with this package, for flows whose cost is measured in it.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type NodeRed, settingsFile, startNodeRed } from "../../node-red";
import { freePort } from "../../ports";
import type { Measured } from "./meter";

const ROOT = process.cwd();
const PACKAGE = "@mqtt-trackers/node-red-trackers";
const METER = {
  js: `module.exports = require(${JSON.stringify(join(__dirname, "meter.js"))});`,
  html: `<script type="text/javascript">RED.nodes.registerType("bench-meter", { defaults: {} });</script>`,
};

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A device that is known before the flow runs. */
export interface Registered {
  readonly imei: string;
  readonly name: string;
}

export interface BenchNodeRed {
  readonly url: string;
  readonly pid: number;
  /**
   * Has a meter wait for so many messages, and `settle` ms more; what this resolves with resolves when they have come.
   */
  measure(meter: string, count: number, settle: number): Promise<{ readonly done: Promise<Measured> }>;
  /** Asks a registry node of the flow, as the sidebar does. */
  ask(registry: string, request: string, payload: unknown): Promise<void>;
  post(path: string): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts Node-RED in a folder of its own and deploys a flow, whose nodes may have `credentials`. */
export async function startBenchNodeRed(flow: readonly FlowNode[]): Promise<BenchNodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), "bench-"));
  const link = join(userDir, "node_modules", PACKAGE);
  await mkdir(dirname(link), { recursive: true });
  await symlink(ROOT, link, "junction");
  await mkdir(join(userDir, "nodes"));
  const files = {
    "package.json": JSON.stringify({ name: "bench", private: true, dependencies: { [PACKAGE]: "*" } }),
    "settings.js": settingsFile(),
    [join("nodes", "bench-meter.js")]: METER.js,
    [join("nodes", "bench-meter.html")]: METER.html,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(userDir, name), text);
  let runs: () => void = () => undefined;
  const onLine = (line: string): void => {
    if (line.includes("Started flows")) runs();
  };
  const started: NodeRed = await startNodeRed({ from: ROOT, userDir, port: await freePort(0), onLine });
  const { url, process: child } = started;
  // Where the bench fails in between, too.
  process.once("exit", () => child.kill());
  const post = async (path: string, body?: string): Promise<Response> => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer;
  };
  const stop = async (): Promise<void> => {
    await started.stop();
    await rm(userDir, { recursive: true });
  };
  try {
    // What was deployed begins to run after the answer.
    const running = new Promise<void>((resolve) => {
      runs = resolve;
    });
    await post("/flows", JSON.stringify(flow));
    await running;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    pid: child.pid as number,
    post,
    measure: async (meter, count, settle) => {
      const answer = await post(`/bench/measure/${meter}?count=${count}&settle=${settle}`);
      return { done: answer.json() as Promise<Measured> };
    },
    ask: async (registry, request, payload) => {
      await post(`/trackers/registry/${registry}/request`, JSON.stringify({ request, payload }));
    },
    stop,
  };
}
