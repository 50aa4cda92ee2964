import type { NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import type { Recalled } from "../../src/dedupe/dedupe";
import type { Device } from "../../src/devices/device";
import { type Problem, TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import type { Verdict } from "../../src/fleet/intake";
import { deviceInfo, knownRecord } from "../../src/fleet/message";
import { notARecord, readNormalized } from "../../src/fleet/read-record";
import type { NormalizedRecord, OwnRecord } from "../../src/model/message";
import type { LiveState } from "../../src/state/live-state";
import { copier } from "../runtime/emit";
import { attempt, toProblem } from "../runtime/problems";
import { type Prepared, type Turns, whenReady } from "./turns";

export interface PassOptions {
  /** What becomes of records of devices that are unknown or not active. */
  unknown: "hold" | "route" | "drop" | "activate";
  duplicates: "drop" | "mark";
  /** Which records keep `msg.location`: those that tell where the device is now, or all. */
  locations: "news" | "all";
}

export type RecordOutput = "known" | "unknown";

/** Where a record goes, and as what; nowhere without an output. */
interface Routed {
  readonly output?: RecordOutput;
  readonly imei: string;
  readonly device?: Device;
  readonly payload?: unknown;
  /** It does not tell where the device is now: it is late, from the future, or came before. */
  readonly isOld?: boolean;
  readonly problem?: Problem;
}

type Going = Routed & { readonly output: RecordOutput };

/** A registry as one node uses it. */
export interface Receiver {
  readonly fleet: Fleet;
  /** Id of the node. */
  readonly node: string;
  readonly turns: Turns;
}

/** What came, and the first thing that was wrong. */
export interface Passed {
  readonly count: number;
  readonly problem: Problem | undefined;
}

type Send = (output: RecordOutput, message: NodeMessage) => void;

/**
 * Takes the records of a message into the registry and sends on those that are to go on: one record as it came,
 * of a list one message for each device. A promise where something has to be waited for, which is seldom.
 */
export function passOn(
  RED: NodeAPI,
  msg: NodeMessageInFlow,
  receiver: Receiver,
  options: PassOptions,
  send: Send,
): Passed | Promise<Passed> {
  const { payload } = msg;
  const read = (Array.isArray(payload) ? payload : [payload]).map((value) =>
    attempt(() => readNormalized(value)),
  );
  const own = read.flatMap(({ value }) => (value === undefined || !isOwn(value) ? [] : [value]));
  const topic = topicOf(msg);
  const list = options.unknown !== "drop";
  return whenReady(
    own,
    { ...receiver, topic, list, activates: options.unknown === "activate" },
    (prepared) => {
      const routed = read.map(({ value, problem }): Routed => {
        if (value === undefined) return { imei: "", problem };
        const { value: one, problem: wrong } = attempt(() =>
          isOwn(value) ? routeOwn(value, topic, receiver, options, prepared) : anonymous(value, options),
        );
        return one ?? { imei: "", problem: wrong };
      });
      sendOn(RED, msg, receiver, options, routed, send);
      return { count: read.length, problem: routed.find(({ problem }) => problem)?.problem };
    },
  );
}

/** Sends on what is to go on: one message for each output and device. */
function sendOn(
  RED: NodeAPI,
  msg: NodeMessageInFlow,
  { fleet }: Receiver,
  options: PassOptions,
  routed: readonly Routed[],
  send: Send,
): void {
  const groups = groupsOf(routed);
  const copy = groups.length > 1 ? copier(RED, withoutPayload(msg)) : () => msg;
  for (const group of groups) {
    const first = group[0] as Going;
    // A node that follows positions, such as a geofence, would take an old one for a move.
    const isNews = options.locations === "all" || !group.some(({ isOld }) => isOld);
    const payload = Array.isArray(msg.payload) ? group.map((one) => one.payload) : first.payload;
    const kept = isNews ? copy() : withoutLocation(copy());
    const { device } = first;
    const message =
      device === undefined
        ? { ...kept, payload }
        : { ...kept, payload, device: deviceInfo(device, fleet.configFor(device)) };
    send(first.output, message);
  }
}

/** What is to go on, by output and device; nearly always all of it is of one. */
function groupsOf(routed: readonly Routed[]): Going[][] {
  const going = routed.filter(isGoing);
  const [first] = going;
  if (first === undefined) return [];
  if (going.every(({ output, imei }) => output === first.output && imei === first.imei)) return [going];
  return [...Map.groupBy(going, ({ output, imei }) => `${output} ${imei}`).values()];
}

function isGoing(routed: Routed): routed is Going {
  return routed.output !== undefined;
}

function withoutPayload({ payload: _, ...kept }: NodeMessage): NodeMessage {
  return kept;
}

function withoutLocation({
  location: _,
  ...kept
}: NodeMessage & { readonly location?: unknown }): NodeMessage {
  return kept;
}

/** The topic that the device used: mqtt in keeps it beside the one that the decoder gives the message. */
function topicOf(msg: NodeMessageInFlow & { readonly _topic?: unknown }): string {
  const found = [msg._topic, msg.topic].find((topic) => typeof topic === "string");
  return typeof found === "string" ? found : "";
}

function isOwn(record: NormalizedRecord): record is OwnRecord {
  return record.imei !== null;
}

/** A record that nobody can say whose it is. */
function anonymous(record: NormalizedRecord, { unknown }: PassOptions): Routed {
  if (unknown === "drop") return { imei: "" };
  if (unknown === "route") return { imei: "", output: "unknown", payload: record };
  const message = "neither the frame nor the topic says who sent this";
  throw new TrackerError({ code: "IMEI_MISSING", path: "msg.payload.imei", message });
}

function routeOwn(
  record: OwnRecord,
  topic: string,
  { fleet, node }: Receiver,
  options: PassOptions,
  { recalled, failed }: Prepared,
): Routed {
  const { imei } = record;
  const verdict = receive(fleet, record, topic, options, node, recalled);
  if (verdict.kind === "active") {
    const { device, marks } = verdict;
    if (marks.duplicate && options.duplicates === "drop") return { imei };
    const payload = knownRecord(record, fleet.configFor(device), marks);
    const isOld = Object.values(marks).some(Boolean) || isOvertaken(record, fleet.states.get(imei));
    return { imei, output: "known", device, payload, isOld };
  }
  const problem = failed?.get(imei);
  if (problem !== undefined) return { imei, problem };
  if (options.unknown !== "route") return { imei };
  const device = verdict.kind === "inactive" ? { device: verdict.device } : {};
  return { imei, output: "unknown", payload: record, ...device };
}

function receive(
  fleet: Fleet,
  record: OwnRecord,
  topic: string,
  { unknown }: PassOptions,
  node: string,
  recalled: Recalled | undefined,
): Verdict {
  try {
    return fleet.receive(record, topic, unknown !== "drop", node, recalled);
  } catch (error) {
    throw notARecord(`because it cannot be written as JSON: ${toProblem(error).message}`);
  }
}

/** An event that is older than the last position tells of it, but not where the device is now. */
function isOvertaken(record: NormalizedRecord, live: LiveState | undefined): boolean {
  return record.kind !== "file" && record.time < (live?.position?.time ?? Number.NEGATIVE_INFINITY);
}
