import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow, NodeStatus } from "node-red";
import { type Problem, TrackerError } from "../../src/errors";
import { AnswerParts } from "../../src/fleet/answer-parts";
import type { Fleet } from "../../src/fleet/fleet";
import type { FleetLife } from "../../src/fleet/life";
import { deviceInfo, statusPayload } from "../../src/fleet/message";
import { answer, readRequest, type Subject } from "../../src/fleet/requests";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { readOptions } from "../runtime/options";
import { attempt, catchable, describe, toProblem } from "../runtime/problems";
import { RateMeter } from "../runtime/rate";
import { registryLife } from "../runtime/registry-node";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import { ThrottledStatus } from "../runtime/status";
import { DEVICE_REGISTRY_OPTIONS } from "./options";
import { type Passed, type PassOptions, passOn } from "./pass-on";
import type { Turns } from "./turns";

interface Message extends NodeMessageInFlow {
  /** A request to the registry, about the payload. */
  request?: unknown;
  /** Settings for this message only. */
  registry?: unknown;
}

type Send = (messages: (NodeMessage | null)[]) => void;

/** What Node-RED's Split node says of lists of more than one. */
const LISTS = 2;

const OUTPUTS: Readonly<Record<Subject, number>> = { known: 0, unknown: 1, change: 2 };

module.exports = (RED: NodeAPI): void => {
  function DeviceRegistry(this: Node, config: NodeDef & Partial<PassOptions> & { registry?: string }): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const rate = new RateMeter();
    const turns: Turns = new Map();

    const { value: setup, problem: setupProblem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      return {
        options: readOptions(DEVICE_REGISTRY_OPTIONS, saved as unknown as Record<string, unknown>),
        life: registryLife(RED, saved.registry),
      };
    });
    if (setup === undefined) status.set(() => failed(setupProblem));

    /** Returns what was wrong; a promise where something has to be waited for. */
    const handle = (msg: Message, send: Send): Problem | undefined | Promise<Problem | undefined> => {
      if (setup === undefined) return setupProblem;
      const options = messageOptions(msg, setup.options);
      const work = (fleet: Fleet) => {
        if (msg.request !== undefined) return answerRequest(RED, msg, fleet, send);
        const receiver = { fleet, node: this.id, turns };
        const passed = passOn(RED, msg, receiver, options, (subject, message) =>
          sendTo(subject, message, send),
        );
        return passed instanceof Promise ? passed.then(count) : count(passed);
      };
      const { current } = setup.life;
      return current === undefined ? setup.life.ready().then(work) : work(current);
    };
    const count = (passed: Passed): Problem | undefined => {
      rate.add(passed.count);
      return passed.problem;
    };

    this.on("input", (msg: Message, send, done) => {
      const end = (problem: Problem | undefined): void => {
        const { problem: uncaught } = attempt(() =>
          problem === undefined ? done() : done(catchable(problem, msg.topic)),
        );
        // Node-RED copies a message for a Catch node, and there are some that cannot be copied.
        if (uncaught !== undefined) this.error(describe(uncaught));
      };
      const { value, problem } = attempt(() => handle(msg, send));
      if (value instanceof Promise) value.catch(toProblem).then(end);
      else end(problem ?? value);
    });

    const unfollow = setup && follow(RED, this, setup.life, status, rate);
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

async function answerRequest(RED: NodeAPI, msg: Message, fleet: Fleet, send: Send): Promise<undefined> {
  const { name, subject } = readRequest(msg.request);
  const payload = await answer(name, msg.payload, { fleet, tools: REGISTRY_TOOLS, by: "message" });
  if (!(payload instanceof AnswerParts)) {
    sendTo(subject, { ...msg, payload }, send);
    return undefined;
  }
  for await (const message of inMessages(payload, msg, RED.util.generateId())) sendTo(subject, message, send);
  return undefined;
}

/** A message for each part, as a Join node puts them together by itself. */
async function* inMessages(answer: AnswerParts, msg: Message, id: string): AsyncGenerator<NodeMessage> {
  let index = 0;
  for await (const { payload, progress, isLast } of answer) {
    const { type } = answer;
    // A length above 1 says that lists are to be joined, not what is in them; an empty text stands between pieces.
    const shape = type === "array" ? { len: LISTS } : { ch: "" };
    const parts = { id, type, index, ...shape, ...(isLast && { count: index + 1 }) };
    index++;
    yield { ...msg, payload, progress, parts } as NodeMessage;
  }
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
  life: FleetLife,
  status: ThrottledStatus,
  rate: RateMeter,
): () => void {
  let drawn = "";
  const draw = () => {
    const now = summary(life, rate);
    if (JSON.stringify(now) === drawn) return;
    drawn = JSON.stringify(now);
    status.set(() => now);
  };
  draw();
  const stops = [
    life.onTick.add(draw),
    life.onStatus.add((change, fleet) => {
      const { imei, device } = change;
      const message = {
        _msgid: RED.util.generateId(),
        topic: `trackers/${imei}/status`,
        payload: statusPayload(change),
        device: deviceInfo(device, fleet.configFor(device)),
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

function summary(life: FleetLife, rate: RateMeter): NodeStatus {
  if (life.problem !== undefined) return failed(life.problem);
  if (life.current === undefined) return { fill: "grey", shape: "ring", text: "opening" };
  const { active, online, pending } = life.current.counts();
  const { isBrief } = life.current.history.asked;
  const waiting = pending === 0 ? "" : ` · ${pending} pending`;
  return {
    fill: life.notice === undefined ? "green" : "yellow",
    shape: "dot",
    text: `${online} of ${active} online${waiting} · ${rate.perMinute()}/min${isBrief ? " · history 1 hour" : ""}`,
  };
}
