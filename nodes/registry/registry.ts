import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Problem } from "../../src/errors";
import type { FleetLife } from "../../src/fleet/life";
import { DAY_MS } from "../../src/history/chunks";
import type { Retention } from "../../src/history/port";
import { systemTimeZone } from "../../src/model/days";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { MemoryHistory } from "../../src/store/history/memory";
import { SqliteHistory } from "../../src/store/history/sqlite";
import { MemoryStore } from "../../src/store/memory/store";
import { hasSqlite, SqliteStore } from "../../src/store/sqlite/store";
import { fleetLife } from "../runtime/fleet-life";
import { readOptions } from "../runtime/options";
import { attempt, describe } from "../runtime/problems";
import type { RegistryNode } from "../runtime/registry-node";
import { registryRoutes } from "./admin";
import { deployedConfigs } from "./device-configs";
import { REGISTRY_OPTIONS, type RegistryOptions } from "./options";

type Config = NodeDef & Partial<RegistryOptions> & { deviceConfig?: string };

module.exports = (RED: NodeAPI): void => {
  // One listener for all of them: Node.js warns of more than ten.
  const lives = new Set<FleetLife>();
  const deployed = () => {
    for (const life of lives) life.deployed();
  };

  function RegistryConstructor(this: RegistryNode, config: Config): void {
    RED.nodes.createNode(this, config);
    const { value: setup, problem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      const options = readOptions(REGISTRY_OPTIONS, saved as unknown as Record<string, unknown>);
      return { options, deviceConfig: saved.deviceConfig ?? "" };
    });
    this.deviceConfig = setup?.deviceConfig ?? "";
    this.timeZone = setup?.options.timeZone || systemTimeZone();
    if (setup === undefined) {
      this.problem = problem;
      this.error(describe(problem));
      return;
    }
    const { options } = setup;
    const inFile = options.storage === "file" && hasSqlite();
    this.kind = inFile ? "sqlite" : "memory";
    const path = isAbsolute(options.file) ? options.file : join(RED.settings.userDir ?? ".", options.file);
    const life = fleetLife(
      this,
      () => (inFile ? new SqliteStore(path) : new MemoryStore()),
      {
        make: () => (inFile ? new SqliteHistory(`${path}-history.sqlite`) : new MemoryHistory()),
        commitEveryMs: options.historyEvery * 1000,
        retention: retentionOf(options),
      },
      deployedConfigs(RED),
      {
        deviceConfig: this.deviceConfig,
        offlineAfter: options.offlineAfter * 60_000,
        clockTolerance: options.clockTolerance * 60_000,
        timeZone: this.timeZone,
      },
      options.saveEvery * 1000,
    );
    this.life = life;
    if (options.storage === "file" && !inFile) life.notice = warnOfMemory(this);
    announceChanges(RED, this.id, life);
    if (lives.size === 0) RED.events.on("flows:started", deployed);
    lives.add(life);
    this.on("close", (done: (error?: Error) => void) => {
      lives.delete(life);
      if (lives.size === 0) RED.events.off("flows:started", deployed);
      life.close().then(() => done(), done);
    });
  }

  RED.nodes.registerType("tracker-registry", RegistryConstructor);
  // There is no httpAdmin where nodes are loaded without an editor.
  const app = RED.httpAdmin as NodeAPI["httpAdmin"] | undefined;
  if (app !== undefined) registryRoutes(RED, app);
};

function retentionOf({ historyDays, historySize, historyThinAfter }: RegistryOptions): Retention {
  return {
    age: historyDays * DAY_MS,
    bytes: historySize * 2 ** 30,
    ...(historyThinAfter > 0 && { thinAfter: historyThinAfter * DAY_MS }),
  };
}

function warnOfMemory(node: Node): Problem {
  const message =
    "this Node.js cannot keep the registry in a file, so devices are forgotten when Node-RED stops, and history is the last hour; Node.js 22.13 or newer can";
  const notice = { code: "STORE_MEMORY", message };
  node.warn(describe(notice));
  return notice;
}

/** Tells open editors that something changed; they then ask for what they may see. */
function announceChanges(RED: NodeAPI, id: string, life: FleetLife): void {
  let told = "";
  life.onTick.add(() => {
    const revision = life.current?.revisions.current ?? 0;
    const news = life.current?.news ?? 0;
    const state = `${life.current !== undefined} ${revision} ${news} ${life.problem?.code ?? ""} ${life.notice?.code ?? ""}`;
    if (state === told) return;
    told = state;
    RED.comms.publish(`trackers/registry/${id}`, { epoch: life.epoch, revision, news }, false);
  });
}
