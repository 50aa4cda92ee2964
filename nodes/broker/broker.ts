import { join } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeStatus } from "node-red";
import type { ConnectionEvent } from "../../src/broker/events";
import { LoginMemory } from "../../src/broker/login-memory";
import { PLATFORMS } from "../../src/device-config/device-config";
import type { Problem } from "../../src/errors";
import { upgradeSavedNode } from "../../src/saved-nodes";
import type { DeviceConfigNode } from "../runtime/device-config-node";
import { defaultMqttAddress } from "../runtime/mqtt-address";
import { attempt, describe } from "../runtime/problems";
import { RateMeter } from "../runtime/rate";
import { registryLife } from "../runtime/registry-node";
import { ThrottledStatus } from "../runtime/status";
import { QuietWarnings } from "../runtime/warnings";
import { type BrokerNodeInFlow, brokerRoutes } from "./admin";
import { BrokerHost, type SavedNode } from "./host";
import { type BrokerCredentials, type BrokerOptions, brokerSettings, isOpen, USER_SLOTS } from "./settings";

type Config = NodeDef & { readonly registry?: string };

const TICK_MS = 1000;
const SECONDS = 60;
/** Passwords that every reader of a vendor's documentation knows. */
const DOCUMENTED = new Set(
  Object.values(PLATFORMS).flatMap((platform) => ("password" in platform ? [platform.password] : [])),
);

module.exports = (RED: NodeAPI): void => {
  defaultMqttAddress();
  brokerRoutes(RED);
  /** Without a user folder it is in memory alone. */
  const memoryOf = (id: string) =>
    RED.settings.userDir === undefined ? undefined : join(RED.settings.userDir, `trackers-broker-${id}`);
  const settingsOf = (saved: { readonly id: string }, credentials: BrokerCredentials | undefined) => {
    const folder = RED.settings.userDir ?? ".";
    const read = brokerSettings(
      saved as unknown as Readonly<Record<string, unknown>>,
      credentials ?? {},
      folder,
    );
    return { ...read, settings: { ...read.settings, loginMemory: memoryOf(saved.id) } };
  };
  // What is wrong with it is told by the node itself.
  const early = (node: SavedNode) =>
    attempt(() => {
      const saved = upgradeSavedNode(node.type, withEnvironment(node) as SavedNode);
      return settingsOf(saved, RED.nodes.getCredentials(node.id) as BrokerCredentials).settings;
    }).value;
  BrokerHost.watch(RED, early);

  function Broker(this: BrokerNodeInFlow & Node<BrokerCredentials>, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const { value: setup, problem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config) as Config & Readonly<Record<string, unknown>>;
      const { registry = "" } = saved;
      const { directory } = registryLife(RED, registry);
      return { registry, directory, ...settingsOf(saved, this.credentials) };
    });
    if (setup === undefined) {
      status.set(() => failed(problem));
      this.error(describe(problem));
      this.on("close", () => status.close());
      return;
    }

    const host = BrokerHost.of(this.id, setup.settings);
    this.registry = setup.registry;
    this.running = { host, options: setup.options };
    const warnings = new QuietWarnings(this);
    const rate = new RateMeter();
    host.attach(
      {
        event: (event) => this.send({ _msgid: RED.util.generateId(), ...messageOf(event) }),
        problem: (told) => warnings.report([told], undefined),
      },
      setup.directory,
    );
    let counted = host.state?.received ?? 0;
    let drawn = "";
    let warned: string[] = [];
    const tick = (): void => {
      const received = host.state?.received ?? 0;
      rate.add(Math.max(0, received - counted));
      counted = received;
      const notices = noticesOf(RED, setup.options);
      for (const { code, message } of notices) {
        if (!warned.includes(code)) this.warn(`${code}: ${message}`);
      }
      warned = notices.map(({ code }) => code);
      const now = summary(host, rate, notices);
      if (JSON.stringify(now) === drawn) return;
      drawn = JSON.stringify(now);
      status.set(() => now);
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    this.on("close", (removed: boolean, done: () => void) => {
      clearInterval(timer);
      status.close();
      host.detach();
      const path = memoryOf(this.id);
      const forget = () => (path === undefined ? Promise.resolve() : LoginMemory.remove(path));
      if (removed) host.close().then(forget).then(done, done);
      else done();
    });
  }

  const slots = Array.from({ length: USER_SLOTS }, (_, index) => [
    `password${index + 1}`,
    { type: "password" },
  ]);
  RED.nodes.registerType("tracker-broker", Broker, {
    credentials: {
      ...Object.fromEntries(slots),
      key: { type: "password" },
      cert: { type: "text" },
      ca: { type: "text" },
    },
  });
};

/** A saved node with `${NAME}` replaced as Node-RED does, but for variables of tabs and groups. */
function withEnvironment(saved: unknown): unknown {
  if (typeof saved === "string" && /^\$\{[^}]+\}$/.test(saved)) {
    return process.env[saved.slice(2, -1)] ?? saved;
  }
  if (Array.isArray(saved)) return saved.map((one) => withEnvironment(one));
  if (typeof saved !== "object" || saved === null) return saved;
  return Object.fromEntries(Object.entries(saved).map(([name, value]) => [name, withEnvironment(value)]));
}

function messageOf(event: ConnectionEvent): object {
  return {
    topic: `trackers/${event.imei ?? event.client}/connection`,
    payload: { schema: 1, kind: "connection", ...event },
  };
}

function failed({ message }: Problem): NodeStatus {
  return { fill: "red", shape: "ring", text: message };
}

/** What a person should know who has a broker like this. */
function noticesOf(RED: NodeAPI, options: BrokerOptions): Problem[] {
  const notices: Problem[] = [];
  if (isOpen(options) && options.tls !== "only") {
    const message =
      "the broker is open to the network without encryption: passwords and positions can be read on the way";
    notices.push({ code: "PLAIN_TEXT", message });
  }
  const names: string[] = [];
  RED.nodes.eachNode(({ id, type, name }) => {
    if (type !== "tracker-device-config") return;
    const password = (RED.nodes.getNode(id) as DeviceConfigNode | null)?.settings?.password;
    if (password !== undefined && DOCUMENTED.has(password)) names.push(name || id);
  });
  if (names.length > 0) {
    const message = `the password of ${names.join(", ")} stands in the vendor's documentation: anybody can give it`;
    notices.push({ code: "KNOWN_PASSWORD", message });
  }
  return notices;
}

/** `listening on 1883 · 25 clients · 12/s` */
function summary(host: BrokerHost, rate: RateMeter, notices: readonly Problem[]): NodeStatus {
  if (host.listenProblem !== undefined) return failed(host.listenProblem);
  const { state } = host;
  if (state === undefined) return { fill: "grey", shape: "ring", text: "starting" };
  const { plain, tls } = state.ports;
  const ports = [plain, tls === undefined ? undefined : `${tls} (TLS)`].filter((port) => port !== undefined);
  const waiting = state.backlog === 0 ? "" : ` · ${state.backlog} waiting`;
  const clients = `${state.clientCount} ${state.clientCount === 1 ? "client" : "clients"}`;
  return {
    fill: notices.length === 0 ? "green" : "yellow",
    shape: "dot",
    text: `listening on ${ports.join(", ")} · ${clients} · ${perSecond(rate)}${waiting}`,
  };
}

function perSecond(rate: RateMeter): string {
  const count = rate.perMinute() / SECONDS;
  return count >= 10 || count === 0 ? `${Math.round(count)}/s` : `${count.toFixed(1)}/s`;
}
