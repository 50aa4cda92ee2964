import type { NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import type { Device } from "../../src/devices/device";
import { type Problem, TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import type { Verdict } from "../../src/fleet/intake";
import { deviceInfo, knownRecord } from "../../src/fleet/message";
import { notARecord, readNormalized } from "../../src/fleet/read-record";
import { activateUnknown } from "../../src/fleet/requests";
import type { NormalizedRecord } from "../../src/model/message";
import type { LiveState } from "../../src/state/live-state";
import { copier } from "../runtime/emit";
import { toProblem } from "../runtime/problems";

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

/** A registry as one node uses it. */
export interface Receiver {
  readonly fleet: Fleet;
  /** Id of the node. */
  readonly node: string;
  /** Unknown senders that are being activated, with those of their records that wait for it. */
  readonly activating: Map<string, Promise<void>>;
}

/**
 * Takes the records of a message into the registry and sends on those that are to go on: one record as it came,
 * of a list one message for each device. Returns what came and the first thing that was wrong.
 */
export async function passOn(
  RED: NodeAPI,
  msg: NodeMessageInFlow,
  receiver: Receiver,
  options: PassOptions,
  send: (output: RecordOutput, message: NodeMessage) => void,
): Promise<{ readonly count: number; readonly problem: Problem | undefined }> {
  const { payload, ...kept } = msg;
  const copyOfKept = copier(RED, kept);
  const topic = topicOf(msg);
  const records: unknown[] = Array.isArray(payload) ? payload : [payload];
  const routed: Routed[] = [];
  for (const record of records) routed.push(await route(record, topic, receiver, options));
  const groups = Map.groupBy(
    routed.filter(({ output }) => output !== undefined),
    ({ output, imei }) => `${output} ${imei}`,
  );
  for (const group of groups.values()) {
    const { output, device } = group[0] as Routed;
    const payloads = group.map((one) => one.payload);
    const { location, ...others } = copyOfKept() as NodeMessage & { location?: unknown };
    // A node that follows positions, such as a geofence, would take an old one for a move.
    const isNews = options.locations === "all" || !group.some(({ isOld }) => isOld);
    send(
      output as RecordOutput,
      {
        ...others,
        ...(location !== undefined && isNews ? { location } : {}),
        payload: Array.isArray(payload) ? payloads : payloads[0],
        ...(device === undefined ? {} : { device: deviceInfo(device, receiver.fleet.configFor(device)) }),
      } as NodeMessage,
    );
  }
  return { count: records.length, problem: routed.find(({ problem }) => problem)?.problem };
}

/** The topic that the device used: mqtt in keeps it beside the one that the decoder gives the message. */
function topicOf(msg: NodeMessageInFlow & { readonly _topic?: unknown }): string {
  const found = [msg._topic, msg.topic].find((topic) => typeof topic === "string");
  return typeof found === "string" ? found : "";
}

async function route(
  value: unknown,
  topic: string,
  receiver: Receiver,
  options: PassOptions,
): Promise<Routed> {
  try {
    const record = readNormalized(value);
    return record.imei === null
      ? anonymous(record, options)
      : await routeKnown({ ...record, imei: record.imei }, topic, receiver, options);
  } catch (error) {
    return { imei: "", problem: toProblem(error) };
  }
}

/** A record that nobody can say whose it is. */
function anonymous(record: NormalizedRecord, { unknown }: PassOptions): Routed {
  if (unknown === "drop") return { imei: "" };
  if (unknown === "route") return { imei: "", output: "unknown", payload: record };
  const message = "neither the frame nor the topic says who sent this";
  throw new TrackerError({ code: "IMEI_MISSING", path: "msg.payload.imei", message });
}

async function routeKnown(
  record: NormalizedRecord & { readonly imei: string },
  topic: string,
  receiver: Receiver,
  options: PassOptions,
): Promise<Routed> {
  const { imei } = record;
  const { fleet, node } = receiver;
  // In turn, so that no record overtakes one that waits for its sender to be activated.
  await receiver.activating.get(imei);
  let verdict = receive();
  if (verdict.kind === "unknown" && options.unknown === "activate") {
    await activate(imei, receiver);
    verdict = receive();
  }
  if (verdict.kind === "active") {
    const { device, marks } = verdict;
    if (marks.duplicate && options.duplicates === "drop") return { imei };
    const payload = knownRecord(record, fleet.configFor(device), marks);
    const isOld = Object.values(marks).some(Boolean) || isOvertaken(record, fleet.states.get(imei));
    return { imei, output: "known", device, payload, isOld };
  }
  if (options.unknown !== "route") return { imei };
  const device = verdict.kind === "inactive" ? { device: verdict.device } : {};
  return { imei, output: "unknown", payload: record, ...device };

  function receive(): Verdict {
    try {
      return fleet.receive(record, topic, options.unknown !== "drop", node);
    } catch (error) {
      throw notARecord(`because it cannot be written as JSON: ${toProblem(error).message}`);
    }
  }
}

/** An event that is older than the last position tells of it, but not where the device is now. */
function isOvertaken(record: NormalizedRecord, live: LiveState | undefined): boolean {
  return record.kind !== "file" && record.time < (live?.position?.time ?? Number.NEGATIVE_INFINITY);
}

/** Activates a sender once, however many of its records wait for it. */
function activate(imei: string, { fleet, activating }: Receiver): Promise<void> {
  const done = activateUnknown(imei, fleet, "device registry node").finally(() => activating.delete(imei));
  activating.set(imei, done);
  return done;
}
