import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow, NodeStatus } from "node-red";
import { type Problem, TrackerError } from "../../src/errors";
import type { Registry } from "../../src/fleet/fleet";
import { deviceInfo, statusPayload } from "../../src/fleet/message";
import { answer, readRequest, type Subject } from "../../src/fleet/requests";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { readOptions } from "../runtime/options";
import { attempt, catchable, describe, toProblem } from "../runtime/problems";
import { RateMeter } from "../runtime/rate";
import type { RegistryHost } from "../runtime/registry-host";
import { registryHost } from "../runtime/registry-node";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import { ThrottledStatus } from "../runtime/status";
import { DEVICE_REGISTRY_OPTIONS } from "./options";
import { type PassOptions, passOn, type Receiver } from "./pass-on";

interface Message extends NodeMessageInFlow {
  /** A request to the registry, about the payload. */
  request?: unknown;
  /** Settings for this message only. */
  registry?: unknown;
}

type Send = (messages: (NodeMessage | null)[]) => void;

const OUTPUTS: Readonly<Record<Subject, number>> = { known: 0, unknown: 1, change: 2 };

module.exports = (RED: NodeAPI): void => {
  function DeviceRegistry(this: Node, config: NodeDef & Partial<PassOptions> & { registry?: string }): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const rate = new RateMeter();
    const activating: Receiver["activating"] = new Map();

    const { value: setup, problem: setupProblem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      return {
        options: readOptions(DEVICE_REGISTRY_OPTIONS, saved as unknown as Record<string, unknown>),
        host: registryHost(RED, saved.registry),
      };
    });
    if (setup === undefined) status.set(() => failed(setupProblem));

    const handle = async (msg: Message, send: Send): Promise<Problem | undefined> => {
      if (setup === undefined) return setupProblem;
      const options = messageOptions(msg, setup.options);
      const registry = await setup.host.ready();
      if (msg.request !== undefined) {
        await answerRequest(msg, registry, send);
        return undefined;
      }
      const receiver = { registry, node: this.id, activating };
      const { count, problem } = await passOn(RED, msg, receiver, options, (subject, message) =>
        sendTo(subject, message, send),
      );
      rate.add(count);
      return problem;
    };

    this.on("input", (msg: Message, send, done) => {
      handle(msg, send)
        .catch(toProblem)
        .then((problem) => (problem === undefined ? done() : done(catchable(problem, msg.topic))))
        // Node-RED copies a message for a Catch node, and there are some that cannot be copied.
        .catch((error) => this.error(describe(toProblem(error))));
    });

    const unfollow = setup && follow(RED, this, setup.host, status, rate);
    this.on("close", () => {
      unfollow?.();
      status.close();
    });
  }

  RED.nodes.registerType("tracker-device-registry", DeviceRegistry);
};

function messageOptions({ registry }: Message, options: PassOptions): PassOptions {
  if (registry === undefined) return options;
  if (typeof registry !== "object" || registry === null) {
    throw new TrackerError({
      code: "OPTION",
      path: "msg.registry",
      message: "msg.registry is not an object",
    });
  }
  return readOptions(DEVICE_REGISTRY_OPTIONS, registry as Record<string, unknown>, options, "msg.registry.");
}

async function answerRequest(msg: Message, registry: Registry, send: Send): Promise<void> {
  const { name, subject } = readRequest(msg.request);
  const payload = await answer(name, msg.payload, { registry, tools: REGISTRY_TOOLS, by: "message" });
  sendTo(subject, { ...msg, payload }, send);
}

function sendTo(subject: Subject, message: NodeMessage, send: Send): void {
  const outputs: (NodeMessage | null)[] = [null, null, null];
  outputs[OUTPUTS[subject]] = message;
  send(outputs);
}

/** Sends what becomes of devices, and draws the status where it has changed. Returns how to stop both. */
function follow(
  RED: NodeAPI,
  node: Node,
  host: RegistryHost,
  status: ThrottledStatus,
  rate: RateMeter,
): () => void {
  let drawn = "";
  const draw = () => {
    const now = summary(host, rate);
    if (JSON.stringify(now) === drawn) return;
    drawn = JSON.stringify(now);
    status.set(() => now);
  };
  draw();
  const stops = [
    host.onTick(draw),
    host.onChange((change, registry) => {
      const { imei, device } = change;
      const message = {
        _msgid: RED.util.generateId(),
        topic: `trackers/${imei}/status`,
        payload: statusPayload(change),
        device: deviceInfo(device, registry.configFor(device)),
      };
      sendTo("change", message, (outputs) => node.send(outputs));
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function failed({ message }: Problem): NodeStatus {
  return { fill: "red", shape: "ring", text: message };
}

function summary(host: RegistryHost, rate: RateMeter): NodeStatus {
  if (host.problem !== undefined) return failed(host.problem);
  if (host.current === undefined) return { fill: "grey", shape: "ring", text: "opening" };
  const { active, online, pending } = host.current.counts();
  const waiting = pending === 0 ? "" : ` · ${pending} pending`;
  return {
    fill: host.notice === undefined ? "green" : "yellow",
    shape: "dot",
    text: `${online} of ${active} online${waiting} · ${rate.perMinute()}/min`,
  };
}
