import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import { type Problem, TrackerError } from "../../src/errors";
import type { Decoded } from "../../src/model/message";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { type EmitMode, emitRecords } from "./emit";
import { type OptionTable, readOptions } from "./options";
import { attempt, catchable, toProblem } from "./problems";
import { RateMeter } from "./rate";
import { ThrottledStatus } from "./status";
import { QuietWarnings } from "./warnings";

/** The settings that every decoder has. */
export interface DecoderOptions {
  property: string;
  mode: EmitMode;
  keepRaw: boolean;
}

export interface DecoderMessage extends NodeMessageInFlow {
  /** Settings for this message only. */
  decoder?: unknown;
}

/** Decodes the value of a message's property. Throws where nothing can be decoded. */
export type Decode<O> = (msg: DecoderMessage, value: unknown, options: O) => Decoded | Promise<Decoded>;

type NodeSend = (messages: (NodeMessage | null)[]) => void;

/**
 * What all decoders do: read the settings, decode what comes, send the records on, tell what is wrong. `prepare` is
 * called once, with the saved node as today's version has it; what it throws is told of every message. `seen` hears of
 * every value that comes, also then.
 */
export function runDecoder<O extends DecoderOptions, C extends NodeDef>(
  RED: NodeAPI,
  node: Node,
  config: C,
  table: OptionTable<O>,
  prepare: (saved: C) => Decode<O>,
  seen: (value: unknown, topic: unknown) => void = () => undefined,
): void {
  const status = new ThrottledStatus(node);
  const warnings = new QuietWarnings(node);
  const rate = new RateMeter();
  const fail = (problem: Problem): void =>
    status.set(() => ({ fill: "red", shape: "ring", text: problem.message }));

  const settings = attempt(() => {
    const saved = upgradeSavedNode(config.type, config);
    return { saved, options: readOptions(table, saved as object as Record<string, unknown>) };
  });
  const prepared = attempt(() => settings.value && prepare(settings.value.saved));
  const setupProblem = settings.problem ?? prepared.problem;
  if (setupProblem !== undefined) fail(setupProblem);

  /** Decodes a message and sends on what came of it; returns what was wrong. */
  const handle = (
    msg: DecoderMessage,
    send: NodeSend,
  ): Problem | undefined | Promise<Problem | undefined> => {
    if (settings.value === undefined) return setupProblem;
    const options = messageOptions(msg, table, settings.value.options);
    const value = readProperty(RED, msg, options.property);
    seen(value, msg.topic);
    if (prepared.value === undefined) return setupProblem;
    const finish = (decoded: Decoded): Problem | undefined => {
      const kept = options.keepRaw ? { ...msg, raw: originalOf(value) } : msg;
      emitRecords(RED, kept, decoded.records, options.mode, send);
      warnings.report(decoded.warnings, msg.topic);
      rate.add(decoded.records.length);
      status.set(() => ({
        fill: decoded.warnings.length === 0 ? "green" : "yellow",
        shape: "dot",
        text: summary(decoded, rate),
      }));
      return decoded.error;
    };
    const decoded = prepared.value(msg, value, options);
    return decoded instanceof Promise ? decoded.then(finish) : finish(decoded);
  };

  node.on("input", (msg: DecoderMessage, send, done) => {
    const end = (problem: Problem | undefined): void => {
      if (problem !== undefined) fail(problem);
      done(problem && catchable(problem, msg.topic));
    };
    const handled = attempt(() => handle(msg, send));
    if (handled.value instanceof Promise) handled.value.catch(toProblem).then(end);
    else end(handled.problem ?? handled.value);
  });

  node.on("close", () => status.close());
}

/** The node's settings, with those that the message brings. */
function messageOptions<O extends DecoderOptions>(
  { decoder }: DecoderMessage,
  table: OptionTable<O>,
  options: O,
): O {
  if (decoder === undefined) return options;
  if (typeof decoder !== "object" || decoder === null) {
    throw new TrackerError({ code: "OPTION", path: "msg.decoder", message: "msg.decoder is not an object" });
  }
  return readOptions(table, decoder as Record<string, unknown>, options, "msg.decoder.");
}

/** A value as it came, but for what was parsed: text, which all messages can have without a copy for each. */
function originalOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}

const PLAIN_NAME = /^[a-z_]\w*$/i;

/** A property of the message; undefined also where the object that should hold it is missing. */
function readProperty(RED: NodeAPI, msg: DecoderMessage, property: string): unknown {
  // Node-RED reads the path anew for each message.
  if (PLAIN_NAME.test(property)) return (msg as unknown as Readonly<Record<string, unknown>>)[property];
  try {
    return RED.util.getMessageProperty(msg, property);
  } catch {
    return undefined;
  }
}

function summary({ records }: Decoded, rate: RateMeter): string {
  const last = records.findLast((record) => record.kind !== "file") ?? records.at(-1);
  if (last === undefined) return `${rate.perMinute()}/min`;
  const time = new Date(last.kind === "file" ? last.receivedAt : last.time);
  const isToday = time.toDateString() === new Date().toDateString();
  const shown = isToday ? time.toTimeString().slice(0, 8) : time.toLocaleDateString("sv");
  return `${last.imei ?? "?"} · ${shown} · ${rate.perMinute()}/min`;
}
