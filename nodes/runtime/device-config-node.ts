import type { Node } from "node-red";
import type { DeviceConfig, DeviceCredentials } from "../../src/device-config/device-config";
import type { Problem } from "../../src/errors";

/** A device config in the running flow; it has either settings or a problem. */
export interface DeviceConfigNode extends Node<Required<DeviceCredentials>> {
  settings: DeviceConfig | undefined;
  /** What is wrong with the saved config, where something is. */
  problem: Problem | undefined;
}
