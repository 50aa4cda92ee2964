import { type Problem, TrackerError } from "../errors";
import { checkOverrides, type SensorOverride } from "../protocols/iotm/mapping";
import { checkTopic } from "./topics";

export type Protocol = "iotm" | "globalmatix";

/** What a topic is for. `telemetry` is the only one that Globalmatix has. */
export const TOPIC_ROLES = [
  "telemetry",
  "events",
  "outputControl",
  "outputConfirm",
  "file",
  "realTime",
] as const;
export type TopicRole = (typeof TOPIC_ROLES)[number];
export type Topics = Readonly<Record<TopicRole, string>>;

/** Where a device publishes: a platform preset fills host and ports; an empty host is for the user to fill. */
export interface Platform {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Password that the platform documents for all devices of a protocol. */
  readonly password?: string;
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

interface ProtocolDefaults {
  readonly topics: Topics;
  readonly clientId: string;
  readonly user: string;
}

/** Source: docs/protocols/iotm.md and docs/protocols/globalmatix.md. */
export const PROTOCOLS: Readonly<Record<Protocol, ProtocolDefaults>> = {
  iotm: {
    topics: {
      telemetry: "BCE/D",
      events: "BCE/E",
      outputControl: "%IMEI%/OUTC",
      outputConfirm: "",
      file: "BCE/F",
      realTime: "BCE/R",
    },
    clientId: "%IMEI%",
    user: "bce_device",
  },
  globalmatix: {
    topics: {
      telemetry: "globalmatix/in",
      events: "",
      outputControl: "",
      outputConfirm: "",
      file: "",
      realTime: "",
    },
    clientId: "",
    user: "globalmatix_device",
  },
};

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
  readonly invertTimedOutputs?: boolean;
}

export interface DeviceCredentials {
  readonly user?: string;
  readonly password?: string;
}

/** A device config with every default filled in. */
export interface DeviceConfig {
  readonly protocol: Protocol;
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
  /** True where function 0 of a timed output means on (docs/protocols/iotm.md, "Output control"). */
  readonly invertTimedOutputs: boolean;
}

/** Fills in the defaults. Throws the first problem of {@link checkDeviceConfig}. */
export function resolveDeviceConfig(
  saved: SavedDeviceConfig = {},
  credentials: DeviceCredentials = {},
): DeviceConfig {
  const problem = checkDeviceConfig(saved)[0];
  if (problem !== undefined) throw new TrackerError(problem);
  const protocol = (saved.protocol || "iotm") as Protocol;
  const platformName = (saved.platform || "own") as PlatformName;
  const platform: Platform = PLATFORMS[platformName];
  const defaults = PROTOCOLS[protocol];
  const tls = saved.tls === true || saved.tls === "true";
  const topics = Object.fromEntries(
    TOPIC_ROLES.map((role) => [role, saved.topics?.[role] || defaults.topics[role]]),
  ) as Topics;
  return {
    protocol,
    platform: platformName,
    host: platform.host || saved.host?.trim() || "",
    port:
      hasPreset(platform) || isBlank(saved.port)
        ? tls
          ? platform.tlsPort
          : platform.port
        : Number(saved.port),
    tls,
    topics,
    clientId: saved.clientId?.trim() || defaults.clientId,
    user: credentials.user || defaults.user,
    password: credentials.password || platform.password || "",
    inputNames: names(saved.inputNames, INPUT_COUNT),
    outputNames: names(saved.outputNames, OUTPUT_COUNT),
    sensors: saved.sensors ?? [],
    invertTimedOutputs: saved.invertTimedOutputs === true,
  };
}

/** True where the platform's host and ports are given, so that the user's own do not count. */
export function hasPreset(platform: Platform): boolean {
  return platform.host !== "";
}

/**
 * Everything that is wrong with a saved device config; `path` is the field's name.
 * Codes: `PROTOCOL`, `PLATFORM`, `HOST`, `PORT`, `TOPIC_*`, `CLIENT_ID`, `NAMES`, `NAME_TWICE`, `SENSOR_*`.
 */
export function checkDeviceConfig(saved: SavedDeviceConfig): Problem[] {
  const problems: Problem[] = [];
  const report = (code: string, path: string, message: string) => problems.push({ code, path, message });
  if (saved.protocol && !Object.hasOwn(PROTOCOLS, saved.protocol)) {
    report("PROTOCOL", "protocol", `${saved.protocol} is not a protocol that is known`);
  }
  if (saved.platform && !Object.hasOwn(PLATFORMS, saved.platform)) {
    report("PLATFORM", "platform", `${saved.platform} is not a platform that is known`);
  }
  if (!isHost(saved.host)) {
    report("HOST", "host", `${JSON.stringify(saved.host)} is not a host name or an IP address`);
  }
  if (!isPort(saved.port)) {
    report("PORT", "port", `${JSON.stringify(saved.port)} is not a port (1 to 65535)`);
  }
  for (const role of TOPIC_ROLES) {
    const topic = saved.topics?.[role] ?? "";
    const code = checkTopic(topic);
    if (code) report(code, `topics.${role}`, `${JSON.stringify(topic)} is not a topic a device can use`);
  }
  for (const field of ["inputNames", "outputNames"] as const) {
    const twice = nameTwice(saved[field]);
    if (twice) report("NAME_TWICE", field, `the name ${JSON.stringify(twice)} is given twice`);
  }
  for (const { at, ...problem } of checkOverrides(saved.sensors ?? [])) {
    problems.push({ ...problem, path: `sensors[${at}].${problem.path}` });
  }
  return problems;
}

/** A host name or IP address without protocol, port or path; empty is allowed. */
export function isHost(host: unknown): boolean {
  return isBlank(host) || /^[\p{L}\p{N}._-]+$|^\[?[0-9a-f:.]+\]?$/iu.test(String(host).trim());
}

/** A port 1–65535; empty is allowed. */
export function isPort(port: unknown): boolean {
  return (
    isBlank(port) || (/^\d{1,5}$/.test(String(port).trim()) && Number(port) >= 1 && Number(port) <= 65535)
  );
}

/** The first name that stands twice in a list, compared without case; undefined where none does. */
export function nameTwice(list: readonly string[] = []): string | undefined {
  const folded = list.map((name) => name.trim().toLowerCase());
  return list.find((_, index) => folded[index] && folded.indexOf(folded[index]) < index);
}

function names(list: readonly string[] = [], count: number): string[] {
  return Array.from({ length: count }, (_, index) => list[index]?.trim() ?? "");
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || String(value).trim() === "";
}
