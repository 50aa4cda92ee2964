import { isAbsolute, join } from "node:path";
import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Problem } from "../../src/errors";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { MemoryStore } from "../../src/store/memory";
import { hasSqlite, SqliteStore } from "../../src/store/sqlite/store";
import { readOptions } from "../runtime/options";
import { attempt, describe } from "../runtime/problems";
import { RegistryHost } from "../runtime/registry-host";
import { registryRoutes } from "./admin";
import { deployedConfigs } from "./device-configs";
import { REGISTRY_OPTIONS, type RegistryOptions } from "./options";

/** A registry in the running flow; it has either a host or a problem. */
export interface RegistryNode extends Node {
  host: RegistryHost | undefined;
  /** What is wrong with the saved config, where something is. */
  problem: Problem | undefined;
  /** "sqlite" or "memory": where it keeps what it knows. */
  kind: "sqlite" | "memory";
  /** Id of the device config of devices that have none of their own. */
  deviceConfig: string;
}

type Config = NodeDef & Partial<RegistryOptions> & { deviceConfig?: string };

module.exports = (RED: NodeAPI): void => {
  // One listener for all of them: Node.js warns of more than ten.
  const hosts = new Set<RegistryHost>();
  const deployed = () => {
    for (const host of hosts) host.flowsDeployed();
  };

  function RegistryConstructor(this: RegistryNode, config: Config): void {
    RED.nodes.createNode(this, config);
    const { value: setup, problem } = attempt(() => {
      const saved = upgradeSavedNode(config.type, config);
      const options = readOptions(REGISTRY_OPTIONS, saved as unknown as Record<string, unknown>);
      return { options, deviceConfig: saved.deviceConfig ?? "" };
    });
    this.deviceConfig = setup?.deviceConfig ?? "";
    if (setup === undefined) {
      this.problem = problem;
      this.error(describe(problem));
      return;
    }
    const { options } = setup;
    const inFile = options.storage === "file" && hasSqlite();
    this.kind = inFile ? "sqlite" : "memory";
    const path = isAbsolute(options.file) ? options.file : join(RED.settings.userDir ?? ".", options.file);
    const host = new RegistryHost(
      this,
      () => (inFile ? new SqliteStore(path) : new MemoryStore()),
      deployedConfigs(RED),
      {
        deviceConfig: this.deviceConfig,
        offlineAfter: options.offlineAfter * 60_000,
        clockTolerance: options.clockTolerance * 60_000,
      },
      options.saveEvery * 1000,
    );
    this.host = host;
    if (options.storage === "file" && !inFile) host.notice = warnOfMemory(this);
    announceChanges(RED, this.id, host);
    if (hosts.size === 0) RED.events.on("flows:started", deployed);
    hosts.add(host);
    this.on("close", (done: (error?: Error) => void) => {
      hosts.delete(host);
      if (hosts.size === 0) RED.events.off("flows:started", deployed);
      host.close().then(() => done(), done);
    });
  }

  RED.nodes.registerType("tracker-registry", RegistryConstructor);
  // There is no httpAdmin where nodes are loaded without an editor.
  const app = RED.httpAdmin as NodeAPI["httpAdmin"] | undefined;
  if (app !== undefined) registryRoutes(RED, app);
};

function warnOfMemory(node: Node): Problem {
  const message =
    "this Node.js cannot keep the registry in a file, so devices are forgotten when Node-RED stops; Node.js 22.13 or newer can";
  const notice = { code: "STORE_MEMORY", message };
  node.warn(describe(notice));
  return notice;
}

/** Tells open editors that something changed; they then ask for what they may see. */
function announceChanges(RED: NodeAPI, id: string, host: RegistryHost): void {
  let told = "";
  host.onTick(() => {
    const revision = host.current?.revisions.current ?? 0;
    const state = `${host.current !== undefined} ${revision} ${host.problem?.code ?? ""}`;
    if (state === told) return;
    told = state;
    RED.comms.publish(
      `trackers/registry/${id}`,
      { epoch: host.epoch, revision, news: host.current?.news ?? 0 },
      false,
    );
  });
}
