import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { PROTOCOLS } from "../src/device/device-config";
import { expandTopic } from "../src/device/topics";
import { ROUTES } from "../src/simulator/routes";
import { CommandedTracker } from "../test/support/virtual-tracker";
import { type Broker, startBroker } from "./broker";
import { type NodeRed, settingsFile, startNodeRed } from "./node-red";
import { freePort } from "./ports";

const ROOT = process.cwd();
const USER_DIR = process.env.TRACKERS_USER_DIR ?? join(ROOT, ".start");
const EXAMPLES = [
  "01-decode-a-bce-tracker.json",
  "03-register-and-follow-devices.json",
  "04-switch-an-output.json",
];
const CAPTURES = join(ROOT, "test", "vectors", "captures.json");
/** In the deployed flow the broker's port is this variable, so that it is right after every start. */
const PORT_VARIABLE = "TRACKERS_MQTT_PORT";

const EDITOR_PORT = 1880;
const MQTT_PORT = 1883;
/** Names of the trackers that are registered; further ones are pending. */
const REGISTERED = ["Delivery van", "Lorry", "Courier"];
const TRACKERS = 5;
const TELEMETRY_EVERY_MS = 8_000;
const CAPTURE_EVERY_MS = 30_000;
const EVENT_EVERY_MS = 20_000;
/** A tracker reports a change of its outputs after this. */
const REPORT_AFTER_MS = 1200;
const COMMAND_TOPIC = PROTOCOLS.iotm.topics.outputControl;

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
  endWithParent();
  const editorPort = await portFor("the editor", EDITOR_PORT);
  const mqttPort = await portFor("the MQTT broker", MQTT_PORT);

  const fresh = prepareUserDir();
  const broker = await startBroker(mqttPort);
  ends.push(() => broker.stop());
  const nodeRed: NodeRed = await startNodeRed({
    from: ROOT,
    userDir: USER_DIR,
    port: editorPort,
    env: { [PORT_VARIABLE]: String(mqttPort) },
    onLine: (line) => console.log(`  ${line}`),
  });
  ends.push(() => nodeRed.stop());
  nodeRed.process.once("exit", (code) => void end(code ?? 1));
  const trackers = fleet();
  if (fresh) await register(nodeRed.url, trackers);
  await startFleet(broker, trackers);

  console.log(`
Ready.

  Open      ${nodeRed.url}
  Look at   the sidebar Trackers (the pin symbol, bottom right): ${REGISTERED.length} simulated trackers are registered and
            report every ${TELEMETRY_EVERY_MS / 1000} s; ${TRACKERS - REGISTERED.length} more are pending, for you to activate.
  And at    the debug sidebar (the bug symbol): what they say, through the MQTT broker on
            127.0.0.1:${mqttPort}, topics BCE/D and BCE/E; now and then a recording of a real one, with its old date.
  Flow      ${fresh ? "examples 01, 03 and 04 were deployed for you" : "your own flow from last time"} (kept in ${USER_DIR})
  End       Ctrl-C
${mqttPort === MQTT_PORT ? "" : `\nIn flows that you import, enter port ${mqttPort} in the broker: ${MQTT_PORT} was taken.\n`}`);
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

/** Makes Node-RED's user folder with this package in it. True when the example flows were put there. */
function prepareUserDir(): boolean {
  mkdirSync(USER_DIR, { recursive: true });
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
  const settings = join(USER_DIR, "settings.js");
  if (!existsSync(settings)) writeFileSync(settings, settingsFile());
  const flows = join(USER_DIR, "flows.json");
  if (existsSync(flows)) return false;
  const all: { id: string; type: string; port?: string }[] = EXAMPLES.flatMap((example) =>
    JSON.parse(readFileSync(join(ROOT, "examples", example), "utf8")),
  );
  // The examples share their broker, device config and registry.
  const nodes = all.filter(({ id }, index) => all.findIndex((one) => one.id === id) === index);
  for (const node of nodes) if (node.type === "mqtt-broker") node.port = `\${${PORT_VARIABLE}}`;
  writeFileSync(flows, JSON.stringify(nodes, null, 2));
  return true;
}

function fleet(): CommandedTracker[] {
  const routes = Object.values(ROUTES);
  return Array.from(
    { length: TRACKERS },
    (_, index) => new CommandedTracker(index + 1, routes[index % routes.length] ?? []),
  );
}

/** Registers part of the fleet as the sidebar would. */
async function register(url: string, trackers: readonly CommandedTracker[]): Promise<void> {
  const overview = await fetch(`${url}/trackers/registry`);
  const { registries } = (await overview.json()) as { registries: { id: string }[] };
  const devices = REGISTERED.map((name, index) => ({
    imei: trackers[index]?.imei,
    name,
    group: "simulated",
  }));
  const answer = await fetch(`${url}/trackers/registry/${registries[0]?.id}/command`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      command: "import",
      payload: { data: devices, state: "active", onExisting: "skip" },
    }),
  });
  if (!answer.ok) throw new Error(`The simulated fleet could not be registered: ${await answer.text()}`);
}

/** Publishes what a small fleet would: driving trackers, now and then an event and a capture of a real device. */
async function startFleet(broker: Broker, trackers: readonly CommandedTracker[]): Promise<void> {
  const client = await connectAsync(broker.url, { clientId: "simulated-fleet" });
  const byTopic = new Map(trackers.map((tracker) => [expandTopic(COMMAND_TOPIC, tracker.imei), tracker]));
  await client.subscribeAsync([...byTopic.keys()], { qos: 1 });
  client.on("message", (topic, frame) => {
    const tracker = byTopic.get(topic);
    // What it did shows in the next reading, which is due a second later, as its times are whole seconds.
    if (tracker?.execute(frame, Date.now()).done) {
      setTimeout(() => publish("BCE/D", tracker.telemetry(Date.now())), REPORT_AFTER_MS).unref();
    }
  });
  const captures: { hex: string; topic: string }[] = JSON.parse(readFileSync(CAPTURES, "utf8"));
  const publish = (topic: string, bytes: Uint8Array) => client.publish(topic, Buffer.from(bytes), { qos: 1 });
  const report = () => {
    for (const tracker of trackers) publish("BCE/D", tracker.telemetry(Date.now()));
  };
  let turn = 0;
  const timers = [
    setInterval(report, TELEMETRY_EVERY_MS),
    setInterval(() => {
      const tracker = trackers[turn++ % trackers.length] as CommandedTracker;
      publish("BCE/E", tracker.event(Date.now(), 1, "FT2P"));
    }, EVENT_EVERY_MS),
    setInterval(() => {
      const capture = captures[turn++ % captures.length] as { hex: string; topic: string };
      publish(capture.topic, Buffer.from(capture.hex, "hex"));
    }, CAPTURE_EVERY_MS),
  ];
  report();
  ends.push(async () => {
    timers.forEach(clearInterval);
    await client.endAsync(true);
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return end(1);
});
