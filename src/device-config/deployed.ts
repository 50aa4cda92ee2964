import type { ProtocolId } from "../protocols/index";
import type { Topics } from "../protocols/topics";
import type { DeviceConfig } from "./device-config";
import type { Delivery, Interlock, Polarity, StopState } from "./output-safety";

/** A user name and a password in plain text, as a vendor's tool sets them for all devices of a kind. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a device config says of its devices, as far as the registry needs it. */
export interface DeployedConfig {
  readonly id: string;
  readonly name: string;
  readonly protocol: ProtocolId;
  /** Name of input n at index n − 1; empty where it has none. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Milliseconds of silence after which a device counts as offline; null for the registry's own. */
  readonly offlineAfter: number | null;
  /** With %IMEI% where the device puts its own. */
  readonly topics: Topics;
  /** User name that its devices give. */
  readonly user: string;
  /** Of all its devices, for the built-in broker alone; undefined without a password. Never shown or sent. */
  readonly login: Login | undefined;
  readonly commands: CommandConfig;
}

/** What a device config says of commands to its devices. */
export interface CommandConfig {
  /** Topic with %IMEI% in it; empty where the device has no command channel. */
  readonly topic: string;
  /** True where function 0 of a timed output means on, for outputs that were not tried. */
  readonly invertTimed: boolean;
  /** What a trial of timed commands to output n has shown, at index n − 1. */
  readonly timedPolarity: readonly Polarity[];
  /** The state of output n, at index n − 1, that would stop the vehicle. */
  readonly stops: readonly StopState[];
  readonly interlock: Interlock;
  /** Null where whoever gives a command decides. */
  readonly delivery: Delivery | null;
}

/** A device config as the registry sees it. */
export function deployedConfig(id: string, name: string, config: DeviceConfig): DeployedConfig {
  const { protocol, inputNames, outputNames, offlineAfter, user } = config;
  const { topics, invertTimedOutputs: invertTimed, timedPolarity, outputStops: stops } = config;
  const { interlock, delivery } = config;
  const commands = { topic: topics.outputControl, invertTimed, timedPolarity, stops, interlock, delivery };
  const login = config.password === "" ? undefined : { user, password: config.password };
  return { id, name, protocol, inputNames, outputNames, offlineAfter, topics, user, login, commands };
}

/** The device configs that there are now. */
export interface DeployedConfigs {
  get(id: string): DeployedConfig | undefined;
  /** By id, or by a name that only one has. */
  find(nameOrId: string): DeployedConfig | undefined;
  all(): readonly DeployedConfig[];
}
