import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow, NodeStatus } from "node-red";
import type { AlarmMessage } from "../../src/alarms/alarm";
import { ecallOf } from "../../src/alarms/ecall";
import { type AlarmRule, readRules } from "../../src/alarms/rule";
import { type Problem, shown, TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import { deviceInfo } from "../../src/fleet/message";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { Expressions, type NamedExpression } from "../runtime/expressions";
import { readOptions } from "../runtime/options";
import { placeNameOf } from "../runtime/place-names";
import { attempt, catchable, describe, toProblem } from "../runtime/problems";
import { registryLife } from "../runtime/registry-node";
import { ThrottledStatus } from "../runtime/status";
import { ALARMS_OPTIONS, type AlarmsOptions } from "./options";
import { AlarmWatch, readInput } from "./watch";

type Config = NodeDef & Partial<AlarmsOptions> & { readonly registry?: string; readonly rules?: unknown };

module.exports = (RED: NodeAPI): void => {
  function TrackerAlarms(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const fail = ({ message }: Problem) => status.set(() => ({ fill: "red", shape: "ring", text: message }));
    const tell = (message: AlarmMessage, fleet: Fleet) => {
      this.send(messageOf(RED, message, fleet));
      status.set(() => summary(this.id, fleet));
    };
    const failed = (error: unknown) => this.error(describe(toProblem(error)));

    const { value: watch, problem: setupProblem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      const options = readOptions(ALARMS_OPTIONS, saved as unknown as Record<string, unknown>);
      const life = registryLife(RED, saved.registry);
      const rules = readRules(saved.rules ?? []);
      const expressions = new Expressions(RED, this, expressionsOf(rules));
      const newsWithin = options.newsWithin * 60_000;
      const watching = new AlarmWatch(life, this.id, rules, newsWithin, expressions, tell, failed);
      return { watching, stop: life.onTick.add(() => watching.tick()), rules: rules.length };
    });
    if (watch === undefined) fail(setupProblem);
    else status.set(() => ({ fill: "green", shape: "ring", text: `${watch.rules} rules` }));

    const handle = async (msg: NodeMessageInFlow): Promise<Problem | undefined> => {
      if (watch === undefined) return setupProblem;
      const { payload, request } = msg as NodeMessageInFlow & { readonly request?: unknown };
      // An answer of the device registry leaves it where the statuses do.
      if (request !== undefined) return undefined;
      const problems: Problem[] = [];
      for (const value of [payload].flat()) {
        const read = readInput(value);
        if (read !== undefined) {
          const { imei, input } = read;
          // One whose expression fails keeps no other record of a list from being seen.
          await Promise.resolve(watch.watching.take(imei, input)).catch((error: unknown) =>
            problems.push(toProblem(error)),
          );
        } else if (!isOtherStatus(value)) problems.push(notARecord(value));
      }
      return problems[0];
    };

    this.on("input", (msg, _send, done) => {
      handle(msg)
        .catch(toProblem)
        .then((problem) => done(problem && catchable(problem, msg.topic)))
        // Node-RED copies a message for a Catch node, and there are some that cannot be copied.
        .catch(failed);
    });
    this.on("close", (removed: boolean, done: () => void) => {
      watch?.stop();
      watch?.watching.close();
      status.close();
      const end = removed ? watch?.watching.remove() : undefined;
      Promise.resolve(end).catch(failed).then(done);
    });
  }

  RED.nodes.registerType("tracker-alarms", TrackerAlarms);
};

/** Those of the rules, with where they stand. */
function expressionsOf(rules: readonly AlarmRule[]): NamedExpression<string>[] {
  return rules.flatMap(({ id, kind, params }, at) =>
    kind === "expression"
      ? [{ key: id, text: String(params.expression), path: `rules[${at}].params.expression` }]
      : [],
  );
}

function messageOf(RED: NodeAPI, message: AlarmMessage, fleet: Fleet): NodeMessage {
  const { imei } = message;
  const device = fleet.devices.get(imei);
  const fix = fleet.states.get(imei)?.position;
  const ecall = ecallOf(message, {
    vin: device?.vehicle.vin ?? "",
    fix:
      fix == null || fix.latitude === null || fix.longitude === null
        ? null
        : { ...fix, latitude: fix.latitude, longitude: fix.longitude },
  });
  const place = message.position === null ? undefined : placeNameOf(message.position, "en");
  return {
    _msgid: RED.util.generateId(),
    topic: `trackers/${imei}/alarm`,
    payload: {
      ...structuredClone(message),
      ...(place !== undefined && { place }),
      ...(ecall !== undefined && { ecall }),
    },
    ...(device ? { device: deviceInfo(device, fleet.configFor(device)) } : {}),
  } as NodeMessage;
}

function summary(node: string, fleet: Fleet): NodeStatus {
  const alarms = fleet.alarms.all().filter((alarm) => alarm.node === node && !alarm.past);
  const active = alarms.filter(({ state }) => state === "active").length;
  const open = alarms.filter(({ acknowledged }) => acknowledged === null).length;
  return {
    fill: active > 0 ? "red" : open > 0 ? "yellow" : "green",
    shape: "dot",
    text: `${active} active · ${open} not acknowledged`,
  };
}

/** A device was registered, activated and so on: no alarm, and no mistake. */
function isOtherStatus(value: unknown): boolean {
  return (value as { kind?: unknown } | null)?.kind === "status";
}

function notARecord(value: unknown): TrackerError {
  const message = `a record or status of the device registry is wanted, not ${shown(value)}`;
  return new TrackerError({ code: "RECORD", path: "msg.payload", message });
}
