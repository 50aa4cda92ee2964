import { types } from "node:util";
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import type { DeviceConfig } from "../../src/device-config/device-config";
import { type Problem, TrackerError } from "../../src/errors";
import { PROTOCOLS } from "../../src/protocols/index";
import { expandTopic, matchTopic } from "../../src/protocols/topics";
import { upgradeSavedNode } from "../../src/saved-nodes";
import type { Publication } from "../../src/simulator/device";
import { mqttAddress } from "../runtime/mqtt-address";
import { attempt, catchable, describe } from "../runtime/problems";
import { RateMeter } from "../runtime/rate";
import { ThrottledStatus } from "../runtime/status";
import { QuietWarnings } from "../runtime/warnings";
import { FleetClock } from "./clock";
import { type Account, type BrokerAddress, FleetConnections } from "./connections";
import { type FleetConfig, type FleetOptions, type FleetSetup, prepareFleet } from "./settings";

module.exports = (RED: NodeAPI): void => {
  function Simulator(this: Node, config: FleetConfig): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const { value: setup, problem } = attempt(() => prepareFleet(RED, upgradeSavedNode(config.type, config)));
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
  private readonly setup: FleetSetup;
  private readonly status: ThrottledStatus;
  private readonly warnings: QuietWarnings;
  private readonly clock: FleetClock;
  private readonly rate = new RateMeter();
  private since = 0;
  private connections: FleetConnections | undefined;
  /** Index of the connection of each device. */
  private lines: ReadonlyMap<string, number> = new Map();

  constructor(RED: NodeAPI, node: Node, setup: FleetSetup, status: ThrottledStatus) {
    this.RED = RED;
    this.node = node;
    this.setup = setup;
    this.status = status;
    this.warnings = new QuietWarnings(node);
    this.clock = new FleetClock(
      setup.fleet,
      setup.options.factor,
      (message) => this.send(message),
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
    else if (isEvent(payload)) this.trigger(payload.event, imeiOf(payload.imei), payload.wait === true);
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

  private trigger(event: unknown, imei?: string, mayWait = false): void {
    if (!this.clock.running) {
      throw new TrackerError({
        code: "STOPPED",
        message: "nothing can happen while the simulator is stopped",
      });
    }
    this.setup.fleet.trigger(event, imei, mayWait);
  }

  private perSecond(): string {
    const seconds = Math.min(60, Math.max(1, (performance.now() - this.since) / 1000));
    return (this.rate.perMinute() / seconds).toFixed(1);
  }

  private send({ imei, protocol, role, payload }: Publication): void {
    const { topics } = configOf(this.setup, protocol);
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
    const { configs, fleet } = this.setup;
    const templates = PROTOCOLS.flatMap(({ id, outputs }) =>
      outputs === undefined ? [] : (configs.get(id)?.topics.outputControl ?? []),
    );
    const imei =
      typeof topic === "string" ? templates.map((one) => matchTopic(one, topic)).find(isText) : undefined;
    if (imei === undefined) {
      const message = `bytes are taken for a command, but their topic is not ${templates.join(" or ")}`;
      throw new TrackerError({ code: "COMMAND_TOPIC", path: "msg.topic", message });
    }
    fleet.execute(imei, frame);
  }

  private connect(): void {
    const { options, fleet } = this.setup;
    const accounts: Account[] = [];
    const lines = new Map<string, number>();
    for (const device of fleet.devices) {
      device.connected = false;
      const { id, connects } = device.model.speech.protocol;
      if (connects !== "device") continue;
      lines.set(device.imei, accounts.length);
      accounts.push({
        ...accountOf(configOf(this.setup, id), device.imei, ""),
        ready: (ready) => {
          device.connected = ready;
        },
        heard: (topic, payload) => void attempt(() => this.execute(topic, payload)),
      });
    }
    // The vendor's cloud has one connection for all of its devices.
    for (const { id } of PROTOCOLS.filter(({ connects }) => connects === "gateway")) {
      const clouded = fleet.devices.filter(({ model }) => model.speech.protocol.id === id);
      if (clouded.length === 0) continue;
      for (const { imei } of clouded) lines.set(imei, accounts.length);
      accounts.push({
        ...accountOf(configOf(this.setup, id), "", `simulator-${this.node.id}`),
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

/** Devices speak no other protocols than those that there is a device config for. */
function configOf({ configs }: FleetSetup, protocol: string): DeviceConfig {
  return configs.get(protocol) as DeviceConfig;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
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

function addressOf({ host, port, tls, verify }: FleetOptions): BrokerAddress {
  const usual = mqttAddress();
  return { host: host || usual.host, port: port ?? (tls ? 8883 : usual.port), tls, verify };
}

function isEvent(
  payload: unknown,
): payload is { readonly event: unknown; readonly imei?: unknown; readonly wait?: unknown } {
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
