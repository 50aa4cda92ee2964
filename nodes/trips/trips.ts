import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow, NodeStatus } from "node-red";
import { type Problem, shown, TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import type { FleetLife } from "../../src/fleet/life";
import { deviceInfo } from "../../src/fleet/message";
import { readNormalized } from "../../src/fleet/read-record";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { FleetTrips } from "../../src/trips/fleet-trips";
import type { TripNews } from "../../src/trips/ledger";
import { readOptions } from "../runtime/options";
import { placeNamer } from "../runtime/place-names";
import { attempt, catchable, describe, toProblem } from "../runtime/problems";
import { registryLife } from "../runtime/registry-node";
import { ThrottledStatus } from "../runtime/status";
import { QuietWarnings } from "../runtime/warnings";
import { payloadOf } from "./messages";
import { scoreSettings, TRIPS_OPTIONS, type TripOptions, tripSettings } from "./options";
import { answerTrips } from "./requests";

interface Message extends NodeMessageInFlow {
  /** `trips` asks for trips of a time. */
  request?: unknown;
}
type Send = (messages: (NodeMessage | null)[]) => void;

/** Where intervals, driving events and answers go. */
const OUTPUTS = 3;
const ANSWERS = 2;

module.exports = (RED: NodeAPI): void => {
  function Trips(this: Node, config: NodeDef & Partial<TripOptions> & { registry?: string }): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const { value: setup, problem: setupProblem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      const options = readOptions(TRIPS_OPTIONS, saved as unknown as Record<string, unknown>);
      const life = registryLife(RED, saved.registry);
      return { life, settings: tripSettings(options), score: scoreSettings(options) };
    });
    if (setup === undefined) {
      status.set(() => ({ fill: "red", shape: "ring", text: setupProblem.message }));
    }
    const running = setup && new RunningTrips(RED, this, setup, status);

    const handle = async (msg: Message, send: Send): Promise<Problem | undefined> => {
      if (running === undefined || setup === undefined) return setupProblem;
      const fleet = await setup.life.ready();
      if (msg.request === undefined) return running.take(msg.payload, fleet);
      if (msg.request !== "trips") {
        const message = `${shown(msg.request)} is no request; there is trips`;
        throw new TrackerError({ code: "REQUEST_UNKNOWN", path: "msg.request", message });
      }
      const payload = await answerTrips(msg.payload, { ...setup, fleet, node: this.id });
      send(to(ANSWERS, { ...msg, payload }));
      return undefined;
    };

    this.on("input", (msg: Message, send, done) => {
      handle(msg, send)
        .catch(toProblem)
        .then((problem) => (problem === undefined ? done() : done(catchable(problem, msg.topic))))
        // Node-RED copies a message for a Catch node, and there are some that cannot be copied.
        .catch((error) => this.error(describe(toProblem(error))));
    });
    this.on("close", (done: () => void) => {
      const closed = running?.close() ?? Promise.resolve();
      closed.finally(() => {
        status.close();
        done();
      });
    });
  }

  RED.nodes.registerType("tracker-trips", Trips);
};

function to(output: number, message: NodeMessage): (NodeMessage | null)[] {
  return Array.from({ length: OUTPUTS }, (_, index) => (index === output ? message : null));
}

interface Setup {
  readonly life: FleetLife;
  readonly settings: ReturnType<typeof tripSettings>;
  readonly score: ReturnType<typeof scoreSettings>;
}

/** The trips of a registry's devices as one node finds them. */
class RunningTrips {
  private trips: FleetTrips | undefined;
  /** The fleet that they are of: another one where the registry was opened again. */
  private fleet: Fleet | undefined;
  private readonly warnings: QuietWarnings;
  private readonly stops: (() => void)[];
  private told = 0;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly setup: Setup,
    private readonly status: ThrottledStatus,
  ) {
    this.warnings = new QuietWarnings(node);
    this.stops = [setup.life.onTick.add(() => this.tick())];
    this.draw();
  }

  /** Takes a record or a list of them; returns the first thing that was wrong. */
  take(payload: unknown, fleet: Fleet): Problem | undefined {
    const trips = this.tripsOf(fleet);
    let problem: Problem | undefined;
    for (const value of Array.isArray(payload) ? payload : [payload]) {
      const { problem: wrong } = attempt(() => takeRecord(trips, value));
      problem ??= wrong;
    }
    this.draw();
    return problem;
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    await this.trips?.flush();
  }

  private tick(): void {
    const { current } = this.setup.life;
    if (current !== undefined) this.tripsOf(current).tick();
    this.draw();
  }

  private tripsOf(fleet: Fleet): FleetTrips {
    if (this.trips !== undefined && this.fleet === fleet) return this.trips;
    const { id } = this.node;
    const trips = new FleetTrips(this.setup.settings, {
      clock: fleet.clock,
      recordsBetween: async (imei, from, to) => {
        const records = [];
        for await (const page of fleet.history.asked.records({ imei, from, to })) records.push(...page);
        return records;
      },
      saved: (imei) => fleet.trips.get(imei, id),
      save: (imei, saved) => fleet.trips.put(imei, id, saved),
      tell: (imei, news) => this.tell(imei, news, fleet),
      failed: (_, error) => this.warnings.report([toProblem(error)], undefined),
    });
    this.fleet = fleet;
    this.trips = trips;
    this.stops.push(fleet.trips.onForgotten.add((imei) => trips.forget(imei)));
    for (const imei of fleet.trips.devicesOf(id)) if (fleet.trips.lasts(imei, id)) trips.resume(imei);
    return trips;
  }

  private tell(imei: string, news: readonly TripNews[], fleet: Fleet): void {
    const device = fleet.devices.get(imei);
    const named = placeNamer(fleet, imei, "en");
    for (const one of news) {
      const { output, payload } = payloadOf(one, {
        imei,
        driver: device?.driver ?? "",
        now: fleet.clock.wall(),
        silence: this.setup.settings.silence,
        score: this.setup.score,
        named,
      });
      const message = {
        _msgid: this.RED.util.generateId(),
        topic: `trackers/${imei}/${output === 0 ? "trip" : "event"}`,
        payload,
        ...(device && { device: deviceInfo(device, fleet.configFor(device)) }),
      };
      this.node.send(to(output, message));
    }
    this.told += news.length;
  }

  private draw(): void {
    this.status.set(() => this.summary());
  }

  private summary(): NodeStatus {
    const { problem, current } = this.setup.life;
    if (problem !== undefined) return { fill: "red", shape: "ring", text: problem.message };
    if (current === undefined) return { fill: "grey", shape: "ring", text: "opening" };
    return { fill: "green", shape: "dot", text: `${this.trips?.devices ?? 0} devices · ${this.told} told` };
  }
}

/** Throws where it is no record, or nobody knows whose. What has no time of its own is no part of a trip. */
function takeRecord(trips: FleetTrips, value: unknown): void {
  const record = readNormalized(value);
  if (record.kind === "file" || record.timeUnknown === true) return;
  if ((value as { otherProtocol?: unknown }).otherProtocol === true) return;
  if (record.imei === null) {
    const message = "the record does not say whose it is";
    throw new TrackerError({ code: "IMEI_MISSING", path: "msg.payload.imei", message });
  }
  trips.take(record.imei, record);
}
