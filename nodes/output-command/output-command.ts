import type { Node, NodeAPI, NodeDef, NodeMessage, NodeMessageInFlow } from "node-red";
import type { Command } from "../../src/commands/command";
import type { CommandSettings } from "../../src/commands/settings";
import type { Problem } from "../../src/errors";
import type { FleetLife } from "../../src/fleet/life";
import { deviceInfo } from "../../src/fleet/message";
import { outputLabel } from "../../src/model/output";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { readOptions } from "../runtime/options";
import { attempt, catchable, describe, toProblem } from "../runtime/problems";
import { registryLife } from "../runtime/registry-node";
import { ThrottledStatus } from "../runtime/status";
import { mqttObstacle } from "./mqtt-ways";
import { OUTPUT_COMMAND_OPTIONS, type OutputCommandOptions, TYPED_FIELDS, type TypedField } from "./options";

type Typed = { readonly [K in TypedField as K | `${K}Type`]?: string };

type Config = NodeDef & Partial<OutputCommandOptions> & Typed & { readonly registry?: string };

module.exports = (RED: NodeAPI): void => {
  function OutputCommand(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const fail = ({ message }: Problem): void =>
      status.set(() => ({ fill: "red", shape: "ring", text: message }));

    const { value: setup, problem: setupProblem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      return {
        saved,
        options: readOptions(OUTPUT_COMMAND_OPTIONS, saved as unknown as Record<string, unknown>),
        life: registryLife(RED, saved.registry),
      };
    });
    if (setup === undefined) fail(setupProblem);

    const handle = async (msg: NodeMessageInFlow): Promise<Problem | undefined> => {
      if (setup === undefined) return setupProblem;
      const settings = settingsOf(setup.options, typedValues(RED, this, setup.saved, msg));
      const commander = await setup.life.commands();
      await commander.submit(msg.payload, { settings, by: "message", origin: this.id });
      return undefined;
    };

    this.on("input", (msg, _send, done) => {
      handle(msg)
        .catch(toProblem)
        .then((problem) => {
          if (problem === undefined) return done();
          fail(problem);
          done(catchable(problem, msg.topic));
        })
        // Node-RED copies a message for a Catch node, and there are some that cannot be copied.
        .catch((error) => this.error(describe(toProblem(error))));
    });

    const remove = setup?.life.senders.add(this.id, {
      obstacle: () => mqttObstacle(RED, this),
      send: (_command, { topic, frame }) => {
        const message = { topic, payload: Buffer.from(frame), qos: 1, retain: false };
        this.send([{ _msgid: RED.util.generateId(), ...message } as NodeMessage, null]);
      },
      report: (command) => {
        status.set(() => ({ ...LOOKS[command.status], text: summary(command) }));
        this.send([
          null,
          { _msgid: RED.util.generateId(), ...reportOf(command, setup?.life) } as NodeMessage,
        ]);
      },
    });
    this.on("close", () => {
      remove?.();
      status.close();
    });
  }

  RED.nodes.registerType("tracker-output-command", OutputCommand);
};

function settingsOf(options: OutputCommandOptions, defaults: CommandSettings["defaults"]): CommandSettings {
  return {
    defaults: { ...defaults, mode: options.mode },
    delivery: options.delivery,
    expiresAfter: options.expires * 1000,
    confirmWithin: options.confirmWithin * 1000,
    retries: options.retriesLatching,
    allowOverride: options.allowOverride,
    allowTrial: false,
    maxPerMinute: options.maxPerMinute,
  };
}

function typedValues(
  RED: NodeAPI,
  node: Node,
  config: Typed,
  msg: NodeMessageInFlow,
): CommandSettings["defaults"] {
  return Object.fromEntries(
    (Object.entries(TYPED_FIELDS) as [TypedField, string][]).map(([name, preset]) => {
      const value = config[name] ?? "";
      const type = config[`${name}Type`] || preset;
      return [name, value === "" ? undefined : RED.util.evaluateNodeProperty(value, type, node, msg)];
    }),
  );
}

const LOOKS = {
  accepted: { fill: "blue", shape: "ring" },
  waiting: { fill: "blue", shape: "ring" },
  sent: { fill: "blue", shape: "dot" },
  received: { fill: "blue", shape: "dot" },
  confirmed: { fill: "green", shape: "dot" },
  refused: { fill: "red", shape: "dot" },
  expired: { fill: "yellow", shape: "dot" },
  superseded: { fill: "grey", shape: "dot" },
  unconfirmed: { fill: "yellow", shape: "dot" },
  cancelled: { fill: "grey", shape: "dot" },
} as const satisfies Record<Command["status"], object>;

/** `OUT1 on: confirmed`, with the reason where something stood against it. */
function summary({ output, state, duration, status, history }: Command): string {
  const what = `${outputLabel(output)} ${state}${duration === null ? "" : ` for ${duration} s`}: ${status}`;
  const reason = history.at(-1)?.reason ?? "";
  return status === "refused" || status === "waiting" ? `${what}, ${reason}` : what;
}

/** What became of a command, as a message. */
function reportOf(command: Command, life: FleetLife | undefined): object {
  const { imei, status, history } = command;
  const fleet = life?.current;
  const device = fleet?.devices.get(imei);
  const { time, code, reason } = history.at(-1) ?? { time: command.createdAt, code: "", reason: "" };
  return {
    topic: `trackers/${imei}/command`,
    payload: { schema: 1, kind: "command", ...structuredClone(command), status, time, code, reason },
    ...(fleet && device ? { device: deviceInfo(device, fleet.configFor(device)) } : {}),
  };
}
