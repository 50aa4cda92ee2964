import { randomUUID } from "node:crypto";
import type { Node } from "node-red";
import type { DeployedConfigs } from "../../src/device-config/deployed";
import { FleetLife, type HistoryLife } from "../../src/fleet/life";
import type { RegistrySettings } from "../../src/fleet/owners";
import type { Store } from "../../src/fleet/store";
import { describe, toProblem } from "./problems";

/** The life of a fleet in a running Node-RED: what goes wrong is an error of the registry's node. */
export function fleetLife(
  node: Node,
  make: () => Store,
  history: HistoryLife,
  deviceConfigs: DeployedConfigs,
  settings: RegistrySettings,
  saveEveryMs: number,
): FleetLife {
  return new FleetLife(make, history, deviceConfigs, settings, saveEveryMs, {
    newId: () => randomUUID(),
    toProblem,
    state: (problem) =>
      problem === undefined ? node.log("the registry works") : node.error(describe(problem)),
    tell: (problem) => node.error(describe(problem)),
    warn: (problem) => node.warn(describe(problem)),
  });
}
