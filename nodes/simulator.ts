import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { types } from "node:util";
import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import { checkDeviceConfig, type DeviceConfig, type Protocol } from "../src/device/device-config";
import { expandTopic, IMEI_PLACEHOLDER, matchTopic } from "../src/device/topics";
import { type Problem, TrackerError } from "../src/errors";
import type { Uplink } from "../src/simulator/device";
import { FAULT_LEVELS, FAULT_NAMES, type FaultLevel, type Faults } from "../src/simulator/faults";
import { Fleet } from "../src/simulator/fleet";
import { MODEL_NAMES } from "../src/simulator/models";
import { type Counts, MAX_DEVICES, MAX_NUMBER, plannedDevices } from "../src/simulator/plan";
import { Route } from "../src/simulator/route";
import { MAX_ROUTE_TEXT, readRoute } from "../src/simulator/route-text";
import { ROUTES, type RouteName } from "../src/simulator/routes";
import { deviceSettings } from "./shared/device-settings";
import { FleetClock } from "./shared/fleet-clock";
import { type Account, type BrokerAddress, FleetConnections } from "./shared/fleet-connections";
import {
  between,
  choice,
  count,
  flag,
  type Option,
  type OptionTable,
  positive,
  readOptions,
  text,
  whole,
} from "./shared/options";
import { attempt, catchable, describe } from "./shared/problems";
import { RateMeter } from "./shared/rate";
import { ThrottledStatus } from "./shared/status";
import { QuietWarnings } from "./shared/warnings";

const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];
/** Events of each device in an hour. */
const EVENT_RATES = { off: 0, some: 2 } as const;
/** A fleet that is faster than the clock begins this long ago, so that its readings are not from the future. */
const HEAD_START_MS = 7 * 86_400_000;

type Options = Counts &
  Readonly<Record<keyof Faults, number | null>> & {
    first: number;
    route: "all" | "file" | "text" | RouteName;
    routeFile: string;
    routeText: string;
    /** Seconds. */
    interval: number;
    factor: number;
    /** Epoch milliseconds; null for now. */
    start: number | null;
    seed: string;
    events: keyof typeof EVENT_RATES;
    faults: FaultLevel;
    connection: "output" | "own";
    host: string;
    /** 0 for the usual one. */
    port: number;
    tls: boolean;
    verify: boolean;
    autostart: boolean;
  };

/** Percent; null where the level of faults says it. */
const percent: Option<number | null> = {
  default: null,
  read: (value) => {
    const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof read === "number" && read >= 0 && read <= 90 ? read : undefined;
  },
  wanted: "a number from 0 to 90",
};

const moment: Option<number | null> = {
  default: null,
  read: (value) => {
    const read = Date.parse(String(value));
    return read >= Date.UTC(2000) && read < Date.UTC(2107) ? read : undefined;
  },
  wanted: "a time such as 2026-01-15T08:00:00Z",
};

const OPTIONS: OptionTable<Options> = {
  car: whole(5, MAX_DEVICES),
  lorry: whole(0, MAX_DEVICES),
  trailer: whole(0, MAX_DEVICES),
  light: whole(0, MAX_DEVICES),
  xtcu: whole(0, MAX_DEVICES),
  first: count(1, MAX_NUMBER - MAX_DEVICES),
  route: choice<Options["route"]>("all", "file", "text", ...ROUTE_NAMES),
  routeFile: text(""),
  routeText: text(""),
  interval: positive(10, 86_400),
  factor: between(1, 0.1, 100),
  start: moment,
  seed: text(""),
  events: choice("off", "some"),
  faults: choice("off", "little", "lot"),
  noFix: percent,
  history: percent,
  duplicates: percent,
  reordering: percent,
  damaged: percent,
  clock: percent,
  connection: choice("output", "own"),
  host: text("127.0.0.1"),
  port: whole(0, 65_535),
  tls: flag(false),
  verify: flag(true),
  autostart: flag(true),
};

type Config = NodeDef &
  Partial<Record<keyof Options, unknown>> & { readonly device?: string; readonly deviceGlobalmatix?: string };

/** What the node works with; made once at deploy. */
interface Setup {
  readonly options: Options;
  readonly configs: Readonly<Record<Protocol, DeviceConfig>>;
  readonly fleet: Fleet;
}

module.exports = (RED: NodeAPI): void => {
  function Simulator(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const { value: setup, problem } = attempt(() => prepare(RED, config));
    if (setup === undefined) {
      status.set(() => ({ fill: "red", shape: "ring", text: problem.message }));
      this.error(describe(problem));
      this.on("input", (msg, _send, done) => done(catchable(problem, msg.topic)));
      this.on("close", () => status.close());
      return;
    }
    const running = new Running(RED, this, setup, status);
    if (setup.options.autostart) running.start();
    else running.show();

    this.on("input", (msg, _send, done) => {
      const { problem } = attempt(() => running.handle(msg));
      if (problem === undefined) done();
      else done(catchable(problem, msg.topic));
    });
    this.on("close", (done: (error?: Error) => void) => {
      running.close().then(() => done(), done);
    });
  }

  RED.nodes.registerType("tracker-simulator", Simulator);
};

/** A fleet in a running flow. */
class Running {
  private readonly RED: NodeAPI;
  private readonly node: Node;
  private readonly setup: Setup;
  private readonly status: ThrottledStatus;
  private readonly warnings: QuietWarnings;
  private readonly clock: FleetClock;
  private readonly rate = new RateMeter();
  private since = 0;
  private connections: FleetConnections | undefined;
  /** Index of the connection of each device. */
  private lines: ReadonlyMap<string, number> = new Map();

  constructor(RED: NodeAPI, node: Node, setup: Setup, status: ThrottledStatus) {
    this.RED = RED;
    this.node = node;
    this.setup = setup;
    this.status = status;
    this.warnings = new QuietWarnings(node);
    this.clock = new FleetClock(
      setup.fleet,
      setup.options.factor,
      (uplink) => this.send(uplink),
      (problem) => (problem === undefined ? this.show() : this.fail(problem)),
    );
  }

  start(): void {
    if (this.clock.running) return;
    this.since = performance.now();
    if (this.setup.options.connection === "own") this.connect();
    this.clock.start();
    this.show();
  }

  async stop(): Promise<void> {
    const { connections } = this;
    this.connections = undefined;
    this.clock.stop();
    await connections?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    this.status.close();
  }

  /** Takes a message: to start or stop, an event, or a frame for a device. Throws what is wrong with it. */
  handle({ topic, payload }: NodeMessageInFlow): void {
    if (types.isUint8Array(payload)) this.execute(topic, payload);
    else if (payload === "start") this.start();
    else if (payload === "stop") this.stop().catch((error: Error) => this.node.error(error.message));
    else if (typeof payload === "string") this.trigger(payload);
    else if (isEvent(payload)) this.trigger(payload.event, imeiOf(payload.imei));
    else throw payloadProblem();
  }

  show(): void {
    const { fleet } = this.setup;
    const { connections, clock } = this;
    if (!clock.running) {
      this.status.set(() => ({ fill: "grey", shape: "ring", text: "stopped" }));
      return;
    }
    this.status.set(() => {
      const total = fleet.devices.length;
      const connected = fleet.devices.filter((device) => device.connected).length;
      const all = connections === undefined || connected === total;
      const who = connections === undefined ? `${total} devices` : `${connected} of ${total} connected`;
      const behind = clock.slow ? " · cannot keep up" : "";
      const fill = all && !clock.slow ? "green" : "yellow";
      return { fill, shape: "dot", text: `${who} · ${this.perSecond()}/s${behind}` };
    });
  }

  /** Something that should not be possible, such as a time that no frame can hold. */
  private fail(problem: Problem): void {
    this.node.error(describe(problem));
    this.status.set(() => ({ fill: "red", shape: "ring", text: problem.message }));
  }

  private trigger(event: unknown, imei?: string): void {
    if (!this.clock.running) {
      throw new TrackerError({
        code: "STOPPED",
        message: "nothing can happen while the simulator is stopped",
      });
    }
    this.setup.fleet.trigger(event, imei);
  }

  private perSecond(): string {
    const seconds = Math.min(60, Math.max(1, (performance.now() - this.since) / 1000));
    return (this.rate.perMinute() / seconds).toFixed(1);
  }

  private send({ imei, protocol, role, payload }: Uplink): void {
    const { topics } = this.setup.configs[protocol];
    const topic = expandTopic(topics[role] || topics.telemetry, imei);
    const content =
      typeof payload === "string" ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    this.rate.add(1);
    if (this.connections === undefined) {
      const message = { topic, payload: content, qos: 1, retain: false };
      this.node.send({ _msgid: this.RED.util.generateId(), ...message } as NodeMessage);
    } else {
      this.connections.publish(this.lines.get(imei) ?? 0, topic, content);
    }
  }

  /** A frame on an output control topic. Those of other devices are none of its business. */
  private execute(topic: unknown, frame: Uint8Array): void {
    const template = this.setup.configs.iotm.topics.outputControl;
    const imei = typeof topic === "string" ? matchTopic(template, topic) : undefined;
    if (typeof imei !== "string") {
      const message = `bytes are taken for a command, but their topic is not ${template}`;
      throw new TrackerError({ code: "COMMAND_TOPIC", path: "msg.topic", message });
    }
    this.setup.fleet.execute(imei, frame);
  }

  private connect(): void {
    const { options, configs, fleet } = this.setup;
    const accounts: Account[] = [];
    const lines = new Map<string, number>();
    for (const device of fleet.devices) {
      device.connected = false;
      if (device.model.protocol !== "iotm") continue;
      lines.set(device.imei, accounts.length);
      accounts.push({
        ...accountOf(configs.iotm, device.imei, ""),
        ready: (ready) => {
          device.connected = ready;
        },
        heard: (topic, payload) => void attempt(() => this.execute(topic, payload)),
      });
    }
    // xTCU devices speak to the vendor's cloud, which has one connection for all of them.
    const clouded = fleet.devices.filter(({ model }) => model.protocol === "globalmatix");
    for (const { imei } of clouded) lines.set(imei, accounts.length);
    if (clouded.length > 0) {
      accounts.push({
        ...accountOf(configs.globalmatix, "", `simulator-${this.node.id}`),
        ready: (ready) => {
          for (const device of clouded) device.connected = ready;
        },
        heard: () => undefined,
      });
    }
    this.lines = lines;
    this.connections = new FleetConnections(addressOf(options), accounts, (problem) =>
      this.warnings.report([problem], ""),
    );
    this.connections.open();
  }
}

/** Reads the node's settings and makes the fleet. Throws where something is wrong. */
function prepare(RED: NodeAPI, config: Config): Setup {
  const options = readOptions(OPTIONS, config as unknown as Record<string, unknown>);
  const total = MODEL_NAMES.reduce((sum, model) => sum + options[model], 0);
  if (total < 1 || total > MAX_DEVICES) {
    const message = `there are ${total} devices, but a simulator has 1 to ${MAX_DEVICES}`;
    throw new TrackerError({ code: "FLEET_SIZE", message });
  }
  const wrongHost = checkDeviceConfig({ host: options.host })[0];
  if (wrongHost !== undefined) throw new TrackerError(wrongHost);
  const configs = {
    iotm: deviceSettings(RED, config.device, "iotm"),
    globalmatix: deviceSettings(RED, config.deviceGlobalmatix, "globalmatix", "deviceGlobalmatix"),
  };
  if (options.connection === "own" && !configs.iotm.clientId.includes(IMEI_PLACEHOLDER)) {
    const message = `the client id of the device config has no ${IMEI_PLACEHOLDER}, so the devices would throw each other out`;
    throw new TrackerError({ code: "CLIENT_ID", path: "device", message });
  }
  const now = options.factor > 1 ? Date.now() - HEAD_START_MS : Date.now();
  const fleet = new Fleet({
    devices: plannedDevices(options, options.first),
    routes: routesOf(RED, options),
    seed: options.seed || RED.util.generateId(),
    start: options.start ?? now,
    interval: options.interval,
    eventsPerHour: EVENT_RATES[options.events],
    faults: faultsOf(options),
  });
  return { options, configs, fleet };
}

function faultsOf(options: Options): Faults {
  const preset = FAULT_LEVELS[options.faults];
  return Object.fromEntries(
    FAULT_NAMES.map((name) => [name, options[name] === null ? preset[name] : options[name] / 100]),
  ) as unknown as Faults;
}

function routesOf(RED: NodeAPI, { route, routeFile, routeText }: Options): Route[] {
  if (route === "text") return [readRoute(routeText)];
  if (route === "file") return [readRoute(readRouteFile(RED, routeFile))];
  return (route === "all" ? ROUTE_NAMES : [route]).map((name) => new Route(ROUTES[name]));
}

/** A path that is not absolute begins in Node-RED's user folder. */
function readRouteFile(RED: NodeAPI, file: string): string {
  const refuse = (message: string) => new TrackerError({ code: "ROUTE_FILE", path: "routeFile", message });
  if (file === "") throw refuse("no route file is given");
  const path = isAbsolute(file) ? file : join(RED.settings.userDir ?? ".", file);
  const { value, problem } = attempt(() => {
    const found = statSync(path);
    if (!found.isFile()) throw refuse("it is not a file");
    if (found.size > MAX_ROUTE_TEXT) throw refuse("it has more than 8 MB");
    return readFileSync(path, "utf8");
  });
  if (value === undefined) throw refuse(`the route file ${file} cannot be read: ${problem.message}`);
  return value;
}

function accountOf(
  { clientId, user, password, topics }: DeviceConfig,
  imei: string,
  otherwise: string,
): Pick<Account, "clientId" | "user" | "password" | "topic"> {
  return {
    clientId: expandTopic(clientId, imei) || otherwise,
    user,
    password,
    topic: imei === "" ? "" : expandTopic(topics.outputControl, imei),
  };
}

function addressOf({ host, port, tls, verify }: Options): BrokerAddress {
  return { host, port: port || (tls ? 8883 : 1883), tls, verify };
}

function isEvent(payload: unknown): payload is { readonly event: unknown; readonly imei?: unknown } {
  return typeof payload === "object" && payload !== null && "event" in payload;
}

function imeiOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

function payloadProblem(): TrackerError {
  const message =
    'the payload is not "start", "stop", the name of an event, {event, imei}, or a command’s bytes with their topic';
  return new TrackerError({ code: "PAYLOAD_TYPE", path: "msg.payload", message });
}
