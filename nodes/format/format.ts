import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import { type Problem, shown, TrackerError } from "../../src/errors";
import {
  type FormatSubject,
  LEFT_OUT_REASONS,
  type LeftOut,
  type Outgoing,
  type TellableDevice,
} from "../../src/formats/format";
import { isInterval } from "../../src/formats/found";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { copier } from "../runtime/emit";
import { readOptions } from "../runtime/options";
import { attempt, catchable } from "../runtime/problems";
import { RateMeter } from "../runtime/rate";
import { ThrottledStatus } from "../runtime/status";
import { FORMAT_OPTIONS, type FormatOptions } from "./options";
import { Targets } from "./targets";

interface Message extends NodeMessageInFlow {
  /** Id of another format, for this message only. */
  format?: unknown;
  device?: TellableDevice;
}

type Send = (messages: (NodeMessage | null)[]) => void;

/** Things left out that a node tells of. */
const MOST_TOLD = 200;

module.exports = (RED: NodeAPI): void => {
  function TrackerFormat(this: Node, config: NodeDef & Partial<FormatOptions>): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const rate = new RateMeter();
    const targets = new Targets();
    const tellOnce = onceEach((what) => this.warn(what));
    const setup = attempt(() =>
      readOptions(FORMAT_OPTIONS, upgradeSavedNode(config.type, config) as object as Record<string, unknown>),
    );
    const fail = ({ message }: Problem) => status.set(() => ({ fill: "red", shape: "ring", text: message }));
    if (setup.problem !== undefined) fail(setup.problem);

    const handle = (msg: Message, send: Send): void => {
      if (setup.value === undefined) throw new TrackerError(setup.problem);
      const options = optionsOf(msg, setup.value);
      const asked = targets.from(options, msg.topic, msg.payload);
      const made = asked === undefined ? tell(msg, options) : [];
      const copy = keptOf(RED, msg);
      for (const payload of asked?.commands ?? []) send([null, { ...copy(), payload }]);
      for (const message of [...(asked?.messages ?? []), ...made])
        send([{ ...copy(), ...message } as NodeMessage, null]);
      status.set(() => ({
        fill: "green",
        shape: "dot",
        text: `${options.format} · ${rate.perMinute()}/min`,
      }));
    };

    const tell = ({ payload, device }: Message, options: FormatOptions): Outgoing[] => {
      const records = [payload].flat().map(readRecord);
      rate.add(records.length);
      const subjects = records.map((record) => ({ record, ...(device && { device }) }));
      const { messages, leftOut } = targets.tell(options, subjects);
      for (const one of leftOut) tellOnce(sentenceOf(options.format, one));
      return [...messages];
    };

    this.on("input", (msg: Message, send, done) => {
      const { problem } = attempt(() => handle(msg, send));
      if (problem !== undefined) fail(problem);
      done(problem && catchable(problem, msg.topic));
    });
    this.on("close", () => status.close());
  }

  RED.nodes.registerType("tracker-format", TrackerFormat);
};

/** The node's settings, with the format that the message names. */
function optionsOf({ format }: Message, options: FormatOptions): FormatOptions {
  return format === undefined ? options : readOptions(FORMAT_OPTIONS, { format }, options, "msg.");
}

/** Copies of what a message has beside what is said anew; a message without a topic goes where the next node says. */
function keptOf(RED: NodeAPI, msg: Message): () => NodeMessage {
  const kept = Object.entries(msg).filter(([name]) => !SAID_ANEW.includes(name));
  return copier(RED, Object.fromEntries(kept));
}
const SAID_ANEW = ["payload", "topic", "qos", "retain", "format", "parts", "location", "filename"];

function sentenceOf(format: string, { path, why }: LeftOut): string {
  return `${format}: ${path || "a record"} is left out: ${LEFT_OUT_REASONS[why]}`;
}

/** Says each sentence once, of as many as {@link MOST_TOLD}. */
function onceEach(say: (what: string) => void): (what: string) => void {
  const said = new Set<string>();
  return (what) => {
    if (said.has(what) || said.size >= MOST_TOLD) return;
    said.add(what);
    say(what);
  };
}

const KINDS = ["telemetry", "event", "status", "alarm"];

/** What the device registry sends, or a decoder, the nodes trips or alarms. Throws `RECORD`. */
function readRecord(value: unknown): FormatSubject["record"] {
  const { kind, imei, time, start } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const when =
    typeof kind === "string" && isInterval({ kind }) ? (start as { time?: unknown } | null)?.time : time;
  const isKnown = typeof kind === "string" && (KINDS.includes(kind) || isInterval({ kind }));
  if (isKnown && typeof imei === "string" && Number.isFinite(when)) return value as FormatSubject["record"];
  throw new TrackerError({
    code: "RECORD",
    path: "msg.payload",
    message: `a record or status of a device, a trip or an alarm is wanted, not ${shown(value)}`,
  });
}
