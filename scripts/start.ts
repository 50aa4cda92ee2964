import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { GLOBALMATIX } from "../src/protocols/globalmatix/index";
import { IOTM } from "../src/protocols/iotm/index";
import { MODELS } from "../src/simulator/models";
import { type Counts, imeiOf, plannedDevices } from "../src/simulator/plan";
import { claim } from "./claim";
import { type NodeRed, settingsFile, startNodeRed } from "./node-red";
import { freePort } from "./ports";

const ROOT = process.cwd();
const USER_DIR = process.env.TRACKERS_USER_DIR ?? join(ROOT, ".start");
/** The flow that a newcomer sees first: its simulator node is the fleet, its broker node lets it in. */
const FLOW = join(ROOT, "scripts", "start-flow.json");
/** The next tab: another fleet, with a registry of its own. */
const SECOND_FLOW = join(ROOT, "examples", "12-fleet-management.json");
/** How the editor looks at first: with more room for the trackers than for debug messages. Node-RED changes it later. */
const EDITOR = join(ROOT, "scripts", "start-editor.json");

/** Where the editor of who uses the folder is, for those who come second. */
const ADDRESS = join(USER_DIR, "address.txt");

const EDITOR_PORT = 1880;
const MQTT_PORT = 1883;
/** As the simulator node of the flow has them. */
const FLEET: Counts = { car: 14, carWithoutCan: 1, lorry: 3, trailer: 1, light: 1, xtcu: 5 };
const PLANNED = plannedDevices(FLEET);
const FLEET_SIZE = PLANNED.length;
/** Left for the newcomer to activate. */
const PENDING: readonly string[] = [imeiOf("car", 13), imeiOf("car", 14), imeiOf("light", 1)];
/** Names of the device configs in the flow. */
const DEVICE_CONFIGS = new Map<string, string>([
  [IOTM.id, "simulated IOTM trackers"],
  [GLOBALMATIX.id, "GlobalmatiX xTCU"],
]);

/** Where the flow's map is, with a view of one of the towns. */
const MAP = "/fleet/#54.6950/25.2850/13.0";
/** The page of the second tab. */
const MANAGEMENT = "/fleet-management";

const FIRST_LOOK = `  Look at   the sidebar Trackers: ${FLEET_SIZE} simulated trackers drive around four towns; ${FLEET_SIZE - PENDING.length} are registered,
            ${PENDING.length} are pending, for you to activate. All connect to the flow's own MQTT broker.
  And at    the debug sidebar (the bug symbol): what happens, and who comes and goes.
`;

/** What to end when this ends, last started first. */
const ends: (() => Promise<unknown> | unknown)[] = [];
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  for (const one of ends.reverse()) await one();
  process.exit(code);
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void end(0));
  }
  // Whoever read what it prints has gone, as with `npm start | head`.
  process.stdout.on("error", () => void end(0));
  endWithParent();
  mkdirSync(USER_DIR, { recursive: true });
  if (!claim(USER_DIR)) throw new Error(inUse());
  const editorPort = await portFor("the editor", EDITOR_PORT);
  const mqttPort = await portFor("the MQTT broker", MQTT_PORT);
  const examplePort = await freePort(mqttPort + 1);

  const fresh = prepareUserDir();
  const nodeRed: NodeRed = await startNodeRed({
    from: ROOT,
    userDir: USER_DIR,
    port: editorPort,
    // The flow names these variables, and so do the examples: they are right after every start.
    env: {
      TRACKERS_MQTT_HOST: "127.0.0.1",
      TRACKERS_MQTT_PORT: String(mqttPort),
      TRACKERS_EXAMPLE_MQTT_PORT: String(examplePort),
    },
    onLine: (line) => console.log(`  ${line}`),
  });
  ends.push(() => nodeRed.stop());
  nodeRed.process.once("exit", (code) => void end(code ?? 1));
  if (fresh) await deploy(nodeRed.url).catch(forgetFlow);
  const address = `${nodeRed.url}/?sidebar=trackers`;
  writeFileSync(ADDRESS, address);

  console.log(`
Ready.

  Open      ${address}
${fresh ? `  Map       ${nodeRed.url}${MAP}\n  Fleet     ${nodeRed.url}${MANAGEMENT}\n` : ""}${fresh ? FIRST_LOOK : ""}  Flow      ${fresh ? "“Start here” and “12 Fleet management” were deployed for you" : "your own flow from last time"} (kept in ${USER_DIR})
  MQTT      port ${mqttPort} of this computer; examples that you import connect to it by themselves
  End       Ctrl-C
`);
}

/** Why a second start in the same folder ends: two Node-RED would write the same flows and the same devices. */
function inUse(): string {
  const where = existsSync(ADDRESS) ? `: ${readFileSync(ADDRESS, "utf8")}` : "";
  return `
It runs already${where}
Two at a time cannot use the folder ${USER_DIR}. End the other one first (Ctrl-C in its window).`;
}

/** So that the next start begins anew, with a flow and its devices. */
function forgetFlow(error: unknown): never {
  rmSync(join(USER_DIR, "flows.json"), { force: true });
  throw error;
}

/** npm passes a signal on to its shell only, which ends without passing it on; so this looks for itself. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end(0);
  }, 1000).unref();
}

async function portFor(what: string, wanted: number): Promise<number> {
  const port = await freePort(wanted);
  if (port !== wanted) console.log(`Port ${wanted} is taken, so ${what} uses ${port}.`);
  return port;
}

/** Makes Node-RED's user folder with this package in it. True when the flow was put there. */
function prepareUserDir(): boolean {
  const manifest = join(USER_DIR, "package.json");
  const saved = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, "utf8"))
    : { name: "node-red-project", private: true };
  // Written every time, because this folder may have been moved since.
  const dependencies = { ...saved.dependencies, "@mqtt-trackers/node-red-trackers": `file:${ROOT}` };
  writeFileSync(manifest, JSON.stringify({ ...saved, dependencies }, null, 2));
  if (!existsSync(join(USER_DIR, "node_modules", "@mqtt-trackers", "node-red-trackers"))) {
    execFileSync("npm", ["install", "--prefer-offline", "--omit=dev", "--loglevel=error"], {
      cwd: USER_DIR,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
  }
  const editor = join(USER_DIR, ".config.users.json");
  if (!existsSync(editor)) copyFileSync(EDITOR, editor);
  const settings = join(USER_DIR, "settings.js");
  if (!existsSync(settings)) writeFileSync(settings, settingsFile());
  return !existsSync(join(USER_DIR, "flows.json"));
}

interface FlowNode {
  readonly id: string;
  readonly type: string;
}

/** A password for the devices, which no file of this package has: each start with a new folder makes its own. */
function withPassword(flow: readonly FlowNode[]): object[] {
  const credentials = { password: randomBytes(12).toString("base64url") };
  return flow.map((node) => (node.type === "tracker-device-config" ? { ...node, credentials } : node));
}

/** Puts the flow into Node-RED: first what the registry needs, so that the fleet is known before it connects. */
async function deploy(url: string): Promise<void> {
  const [first, second] = [FLOW, SECOND_FLOW].map((file): FlowNode[] =>
    JSON.parse(readFileSync(file, "utf8")),
  );
  const flow = [...withPassword(first as FlowNode[]), ...(second as FlowNode[])];
  const send = async (nodes: readonly object[]): Promise<void> => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}/flows`, { method: "POST", headers, body: JSON.stringify(nodes) });
    if (!answer.ok) throw new Error(`The flow could not be deployed: ${await answer.text()}`);
    await openRegistries(url);
  };
  const types = ["tracker-registry", "tracker-device-config"];
  const registry = first?.find(({ type }) => type === "tracker-registry")?.id ?? "";
  await send(flow.filter((node) => types.includes((node as FlowNode).type)));
  await register(url, registry);
  await send(flow);
}

const OPEN_WITHIN_MS = 20_000;

/** Resolves once the registries are open: Node-RED answers before what was deployed has come up. */
async function openRegistries(url: string): Promise<void> {
  const until = performance.now() + OPEN_WITHIN_MS;
  while (performance.now() < until) {
    const overview = await (await fetch(`${url}/trackers/registry`)).json();
    const { registries } = overview as { registries: { ready: boolean }[] };
    if (registries.length > 0 && registries.every(({ ready }) => ready)) return;
    await setTimeout(100);
  }
  throw new Error("The registry has not come up.");
}

/** Registers part of the fleet as the sidebar would. */
async function register(url: string, registry: string): Promise<void> {
  const devices = PLANNED.filter(({ imei }) => !PENDING.includes(imei)).map(({ imei, name, model }) => ({
    imei,
    name,
    group: "simulated",
    deviceConfig: DEVICE_CONFIGS.get(MODELS[model].speech.protocol.id),
  }));
  const answer = await fetch(`${url}/trackers/registry/${registry}/request`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      request: "import",
      payload: { data: devices, state: "active", onExisting: "skip" },
    }),
  });
  if (!answer.ok) throw new Error(`The simulated fleet could not be registered: ${await answer.text()}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return end(1);
});
