import { type Problem, shown, TrackerError } from "../errors";
import { DEFAULT_PROTOCOL, findProtocol, type KnownProtocol, type ProtocolId } from "../protocols/index";
import { CHOICE_NAMES, type Choices, checkChoices } from "../protocols/iotm/choices";
import { checkOverrides, type SensorOverride } from "../protocols/iotm/mapping";
import { checkFieldMap, type FieldMap } from "../protocols/json/field-map";
import { checkTopic, TOPIC_ROLES, type Topics } from "../protocols/topics";
import { isBlank, isTrue } from "../saved";
import {
  checkDelivery,
  checkInterlock,
  checkPolarities,
  checkStopStates,
  DELIVERIES,
  type Delivery,
  type Interlock,
  POLARITIES,
  type Polarity,
  resolveInterlock,
  type SavedInterlock,
  STOP_STATES,
  type StopState,
} from "./output-safety";

/** Where a device publishes: a platform preset fills host and ports; an empty host is for the user to fill. */
export interface Platform {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Password that the platform documents for all devices of a protocol. */
  readonly password?: string;
}

/** The built-in broker, where it is the one that devices connect to. */
export interface BuiltInBroker {
  /** Addresses at which other computers reach it, the likeliest first; none where it is for its own computer only. */
  readonly hosts: readonly string[];
  /** Null where it does not listen so. */
  readonly port: number | null;
  readonly tlsPort: number | null;
}

/** A built-in broker that runs, as the editor is told of it. */
export interface RunningBroker extends BuiltInBroker {
  readonly id: string;
  /** Id of the registry whose devices it lets in. */
  readonly registry: string;
}

const NAVIXY = { port: 1883, tlsPort: 8883, password: "secretword" };

/** Source: docs/protocols/iotm.md and docs/protocols/globalmatix.md. */
export const PLATFORMS = {
  own: { host: "", port: 1883, tlsPort: 8883 },
  "navixy-eu": { host: "mqtt.eu.navixy.com", ...NAVIXY },
  "navixy-us": { host: "mqtt.us.navixy.com", ...NAVIXY },
  "navixy-on-premise": { host: "", ...NAVIXY },
} as const satisfies Record<string, Platform>;
export type PlatformName = keyof typeof PLATFORMS;

export const INPUT_COUNT = 8;
export const OUTPUT_COUNT = 4;

/** A device config as the editor saves it. What is absent or empty is the default of protocol and platform. */
export interface SavedDeviceConfig {
  readonly protocol?: string;
  readonly platform?: string;
  readonly host?: string;
  readonly port?: string | number;
  readonly tls?: boolean | string;
  readonly topics?: Partial<Readonly<Record<string, string>>>;
  readonly clientId?: string;
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  readonly sensors?: readonly SensorOverride[];
  /** IOTM: what values mean where sources disagree or it depends on the vehicle; absent or empty is as usual. */
  readonly choices?: Choices;
  /** IOTM: IMSI, ICCID and phone numbers are shown. */
  readonly showPersonal?: boolean | string;
  readonly invertTimedOutputs?: boolean | string;
  /** Of output n at index n − 1: "normal" or "inverted" where its timed commands were tried, else empty. */
  readonly timedPolarity?: readonly string[];
  /** Of output n at index n − 1: "on" or "off" where that state would stop the vehicle, else empty. */
  readonly outputStops?: readonly string[];
  readonly interlock?: SavedInterlock;
  /** "now" or "wait"; empty where the node decides. */
  readonly delivery?: string;
  /** Minutes. */
  readonly offlineAfter?: string | number;
  /** Globalmatix: how the JSON is to be read by the decoders that take the map from here. */
  readonly fieldMap?: FieldMap;
}

export interface DeviceCredentials {
  readonly user?: string;
  readonly password?: string;
}

/** A device config with every default filled in. */
export interface DeviceConfig {
  readonly protocol: ProtocolId;
  readonly platform: PlatformName;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly topics: Topics;
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  /** Name of input n at index n − 1; empty where it has none. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly sensors: readonly SensorOverride[];
  readonly choices: Choices;
  readonly showPersonal: boolean;
  /** True where function 0 of a timed output means on (docs/protocols/iotm.md, "Output control"), unless it was tried. */
  readonly invertTimedOutputs: boolean;
  /** What a trial of timed commands to output n has shown, at index n − 1. */
  readonly timedPolarity: readonly Polarity[];
  /** The state of output n, at index n − 1, that would stop the vehicle. */
  readonly outputStops: readonly StopState[];
  /** What has to be so before the vehicle is stopped. */
  readonly interlock: Interlock;
  /** How commands are delivered; null where whoever gives one decides. */
  readonly delivery: Delivery | null;
  /** Milliseconds of silence after which a device counts as offline; null where the registry decides. */
  readonly offlineAfter: number | null;
  readonly fieldMap: FieldMap;
}

/** Fills in the defaults. Throws the first problem of {@link checkDeviceConfig}. */
export function resolveDeviceConfig(
  saved: SavedDeviceConfig = {},
  credentials: DeviceCredentials = {},
): DeviceConfig {
  const problem = checkDeviceConfig(saved)[0];
  if (problem !== undefined) throw new TrackerError(problem);
  const config = withDefaults(saved, credentials);
  return { ...config, port: Number(config.port) };
}

/** A device config with its defaults that was not checked: host, port and topics are as the user typed them. */
export type UncheckedDeviceConfig = Omit<DeviceConfig, "port"> & { readonly port: number | string };

/**
 * Fills in the defaults without a check; an unknown protocol or platform is taken for the default one. Host and ports of
 * an own broker are those of the built-in one, where that is given.
 */
export function withDefaults(
  saved: SavedDeviceConfig,
  credentials: DeviceCredentials,
  broker?: BuiltInBroker,
): UncheckedDeviceConfig {
  const { id: protocol, defaults } = knownProtocol(saved);
  const platformName = knownOr("own", saved.platform, PLATFORMS);
  const platform = platformOf(platformName, broker);
  const tls = isTrue(saved.tls);
  const topics = Object.fromEntries(
    TOPIC_ROLES.map((role) => [role, String(saved.topics?.[role] || defaults.topics[role] || "")]),
  ) as Topics;
  return {
    protocol,
    platform: platformName,
    host: platform.host || asText(saved.host) || (platformName === "own" ? (broker?.hosts[0] ?? "") : ""),
    port: hasPreset(platform) || isBlank(saved.port) ? usualPort(platform, tls) : (saved.port ?? ""),
    tls,
    topics,
    clientId: asText(saved.clientId) || defaults.clientId,
    user: credentials.user || defaults.user,
    password: credentials.password || platform.password || "",
    inputNames: names(saved.inputNames, INPUT_COUNT),
    outputNames: names(saved.outputNames, OUTPUT_COUNT),
    sensors: saved.sensors ?? [],
    choices: Object.fromEntries(CHOICE_NAMES.map((name) => [name, asText(saved.choices?.[name])])),
    showPersonal: isTrue(saved.showPersonal),
    invertTimedOutputs: isTrue(saved.invertTimedOutputs),
    timedPolarity: ofOutputs(POLARITIES, saved.timedPolarity),
    outputStops: ofOutputs(STOP_STATES, saved.outputStops),
    interlock: resolveInterlock(saved.interlock),
    delivery: DELIVERIES.find((delivery) => delivery === saved.delivery) ?? null,
    offlineAfter: isBlank(saved.offlineAfter) ? null : Number(saved.offlineAfter) * 60_000,
    fieldMap: saved.fieldMap ?? {},
  };
}

/** The protocol of a saved device config; undefined where it is none that is known here, such as `${NAME}`. */
export function savedProtocol({ protocol }: SavedDeviceConfig): KnownProtocol | undefined {
  return findProtocol(protocol || DEFAULT_PROTOCOL.id);
}

/** As {@link savedProtocol}, or the default. */
export function knownProtocol(saved: SavedDeviceConfig): KnownProtocol {
  return savedProtocol(saved) ?? DEFAULT_PROTOCOL;
}

/** A platform with the ports of the built-in broker, where devices of an own broker connect to that. */
export function platformOf(name: PlatformName, broker?: BuiltInBroker): Platform {
  const platform: Platform = PLATFORMS[name];
  if (name !== "own" || broker === undefined) return platform;
  return { ...platform, port: broker.port ?? platform.port, tlsPort: broker.tlsPort ?? platform.tlsPort };
}

/** A key of the table, or the default where the value is none. */
export function knownOr<K extends string>(preset: K, value: unknown, table: Readonly<Record<K, unknown>>): K {
  return typeof value === "string" && Object.hasOwn(table, value) ? (value as K) : preset;
}

/** True where the platform's host and ports are given, so that the user's own do not count. */
export function hasPreset(platform: Platform): boolean {
  return platform.host !== "";
}

/** The port of a platform where the user gives none. */
export function usualPort({ port, tlsPort }: Platform, tls: boolean): number {
  return tls ? tlsPort : port;
}

/** What is wrong with the value of each field; absent values are not wrong. */
const CHECKS: Readonly<Record<string, (value: unknown) => Problem[]>> = {
  protocol: (value) =>
    problemUnless(isBlank(value) || findProtocol(value) !== undefined, {
      code: "PROTOCOL",
      path: "protocol",
      message: `${shown(value)} is not a protocol that is known`,
    }),
  platform: (value) =>
    problemUnless(isBlank(value) || (typeof value === "string" && Object.hasOwn(PLATFORMS, value)), {
      code: "PLATFORM",
      path: "platform",
      message: `${shown(value)} is not a platform that is known`,
    }),
  // The value itself is not repeated: people paste addresses with a password in them.
  host: (value) =>
    problemUnless(isHost(value), {
      code: "HOST",
      path: "host",
      message: "the host is not a host name or an IP address",
    }),
  port: (value) =>
    problemUnless(isPort(value), {
      code: "PORT",
      path: "port",
      message: `${shown(value)} is not a port (1 to 65535)`,
    }),
  topics: checkTopics,
  inputNames: (value) => checkNames("inputNames", value),
  outputNames: (value) => checkNames("outputNames", value),
  sensors: checkSensors,
  choices: (value) => under("choices", checkChoices(value)),
  timedPolarity: checkPolarities,
  outputStops: checkStopStates,
  interlock: checkInterlock,
  delivery: checkDelivery,
  offlineAfter: (value) =>
    problemUnless(isBlank(value) || isMinutes(value), {
      code: "MINUTES",
      path: "offlineAfter",
      message: `${shown(value)} is not a number of minutes (above 0, at most ${MAX_MINUTES})`,
    }),
  fieldMap: (value) => (isBlank(value) ? [] : under("fieldMap", checkFieldMap(value))),
};

/** Problems of what is in a field, with the field in their paths. */
function under(field: string, problems: readonly Problem[]): Problem[] {
  return problems.map(({ path, ...problem }) => ({
    ...problem,
    path: [field, path].filter(Boolean).join("."),
  }));
}

/**
 * Everything that is wrong with a saved device config; `path` is the field's name.
 * Codes: `PROTOCOL`, `PLATFORM`, `HOST`, `PORT`, `TOPIC_*`, `NAMES`, `NAME_TWICE`, `SENSORS`, `SENSOR_*`,
 * `CHOICE`, `POLARITY`, `STOP_STATE`, `INTERLOCK`, `DELIVERY`, `MINUTES`, those of {@link checkFieldMap}.
 */
export function checkDeviceConfig(saved: SavedDeviceConfig): Problem[] {
  return Object.entries(CHECKS).flatMap(([field, check]) => check(saved[field as keyof SavedDeviceConfig]));
}

function problemUnless(good: boolean, problem: Problem): Problem[] {
  return good ? [] : [problem];
}

function checkTopics(value: unknown): Problem[] {
  const topics = (value ?? {}) as Readonly<Record<string, unknown>>;
  return TOPIC_ROLES.flatMap((role) => {
    const topic = String(topics[role] ?? "");
    const code = checkTopic(topic);
    const message = `${shown(topic)} is not a topic a device can use`;
    return code === undefined ? [] : [{ code, path: `topics.${role}`, message }];
  });
}

function checkNames(path: string, value: unknown): Problem[] {
  const names: unknown = value ?? [];
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    return [{ code: "NAMES", path, message: "the names are not a list of texts" }];
  }
  const folded = names.map((name: string) => name.trim().toLowerCase());
  const twice = names.find(
    (_, index) => folded[index] !== "" && folded.indexOf(folded[index] as string) < index,
  );
  const message = `the name ${shown(twice)} is given twice`;
  return problemUnless(twice === undefined, { code: "NAME_TWICE", path, message });
}

function checkSensors(value: unknown): Problem[] {
  const sensors: unknown = value ?? [];
  if (!Array.isArray(sensors)) {
    return [{ code: "SENSORS", path: "sensors", message: "the sensor overrides are not a list" }];
  }
  return checkOverrides(sensors).map(({ at, ...problem }) => ({
    ...problem,
    path: `sensors[${at}].${problem.path}`,
  }));
}

/** A host name or IP address without protocol, port or path; empty is allowed. */
function isHost(host: unknown): boolean {
  return isBlank(host) || /^[\p{L}\p{N}._-]+$|^\[?[0-9a-f:.]+\]?$/iu.test(String(host).trim());
}

/** A port 1–65535; empty is allowed. */
function isPort(port: unknown): boolean {
  return (
    isBlank(port) || (/^\d{1,5}$/.test(String(port).trim()) && Number(port) >= 1 && Number(port) <= 65535)
  );
}

/** Thirty days. */
export const MAX_MINUTES = 43_200;

/** A number of minutes above 0, also with decimals. */
export function isMinutes(value: unknown): boolean {
  return !isBlank(value) && Number(value) > 0 && Number(value) <= MAX_MINUTES;
}

/** What is known of each output; empty where nothing is. */
function ofOutputs<T extends string>(
  known: readonly T[],
  saved: readonly string[] | null | undefined,
): (T | "")[] {
  return Array.from(
    { length: OUTPUT_COUNT },
    (_, index) => known.find((one) => one === saved?.[index]) ?? "",
  );
}

function asText(value: unknown): string {
  return isBlank(value) ? "" : String(value).trim();
}

function names(list: readonly string[] | null | undefined, count: number): string[] {
  return Array.from({ length: count }, (_, index) => list?.[index]?.trim() ?? "");
}
