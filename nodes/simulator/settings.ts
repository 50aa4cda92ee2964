import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { NodeAPI, NodeDef } from "node-red";
import { toText } from "../../src/bytes/text";
import { checkDeviceConfig, type DeviceConfig } from "../../src/device-config/device-config";
import { TrackerError } from "../../src/errors";
import { PROTOCOLS } from "../../src/protocols/index";
import { IMEI_PLACEHOLDER } from "../../src/protocols/topics";
import { FAULT_LEVELS, FAULT_NAMES, type FaultLevel, type Faults } from "../../src/simulator/faults";
import { VirtualFleet } from "../../src/simulator/fleet";
import { CONFIG_FIELDS, MODEL_NAMES } from "../../src/simulator/models";
import {
  type Counts,
  DEFAULT_COUNTS,
  MAX_DEVICES,
  MAX_NUMBER,
  plannedDevices,
  readStart,
} from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { MAX_ROUTE_TEXT, readRoute } from "../../src/simulator/route-text";
import { ROUTES, type RouteName } from "../../src/simulator/routes";
import { deviceSettings } from "../runtime/device-settings";
import {
  anyText,
  between,
  choice,
  count,
  flag,
  type Option,
  type OptionTable,
  positive,
  readOptions,
  whole,
} from "../runtime/options";
import { attempt } from "../runtime/problems";

const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];
/** Events of each device in an hour. */
const EVENT_RATES = { off: 0, some: 2 } as const;
/** A fleet that is faster than the clock begins this long ago, so that its readings are not from the future. */
const HEAD_START_MS = 7 * 86_400_000;

export type FleetOptions = Counts &
  Readonly<Record<keyof Faults, number | null>> & {
    first: number;
    route: "all" | "file" | "text" | RouteName;
    routeFile: string;
    routeText: string;
    /** Seconds. */
    interval: number;
    factor: number;
    /** Epoch milliseconds; null for now. */
    start: number | null;
    seed: string;
    events: keyof typeof EVENT_RATES;
    faults: FaultLevel;
    connection: "output" | "own";
    /** Empty for the usual one. */
    host: string;
    /** Null for the usual one. */
    port: number | null;
    tls: boolean;
    verify: boolean;
    autostart: boolean;
  };

/** Percent; null where the level of faults says it. */
const percent: Option<number | null> = { ...between(0, 0, 90), default: null };

const moment: Option<number | null> = {
  default: null,
  read: readStart,
  wanted: "a time such as 2026-01-15T08:00:00Z",
};

export const SIMULATOR_OPTIONS: OptionTable<FleetOptions> = {
  car: whole(DEFAULT_COUNTS.car, MAX_DEVICES),
  carWithoutCan: whole(DEFAULT_COUNTS.carWithoutCan, MAX_DEVICES),
  lorry: whole(DEFAULT_COUNTS.lorry, MAX_DEVICES),
  trailer: whole(DEFAULT_COUNTS.trailer, MAX_DEVICES),
  light: whole(DEFAULT_COUNTS.light, MAX_DEVICES),
  xtcu: whole(DEFAULT_COUNTS.xtcu, MAX_DEVICES),
  first: count(1, MAX_NUMBER - MAX_DEVICES),
  route: choice<FleetOptions["route"]>("all", "file", "text", ...ROUTE_NAMES),
  routeFile: anyText(""),
  routeText: anyText(""),
  interval: positive(10, 86_400),
  factor: between(1, 0.1, 100),
  start: moment,
  seed: anyText(""),
  events: choice("off", "some"),
  faults: choice("off", "little", "lot"),
  noFix: percent,
  history: percent,
  duplicates: percent,
  reordering: percent,
  damaged: percent,
  clock: percent,
  connection: choice("output", "own"),
  host: anyText(""),
  port: { ...count(1, 65_535), default: null },
  tls: flag(false),
  verify: flag(true),
  autostart: flag(true),
};

export type FleetConfig = NodeDef &
  Partial<Record<keyof FleetOptions, unknown>> & {
    readonly device?: string;
    readonly deviceGlobalmatix?: string;
  };

/** By the id of the protocol that its devices speak. */
export type Configs = ReadonlyMap<string, DeviceConfig>;

/** What the node works with; made once at deploy. */
export interface FleetSetup {
  readonly options: FleetOptions;
  readonly configs: Configs;
  readonly fleet: VirtualFleet;
}

/** Reads the node's settings and makes the fleet. Throws where something is wrong. */
export function prepareFleet(RED: NodeAPI, config: FleetConfig): FleetSetup {
  const options = readOptions(SIMULATOR_OPTIONS, config as unknown as Record<string, unknown>);
  const total = MODEL_NAMES.reduce((sum, model) => sum + options[model], 0);
  if (total < 1 || total > MAX_DEVICES) {
    const message = `there are ${total} devices, but a simulator has 1 to ${MAX_DEVICES}`;
    throw new TrackerError({ code: "FLEET_SIZE", message });
  }
  const wrongHost = checkDeviceConfig({ host: options.host })[0];
  if (wrongHost !== undefined) throw new TrackerError(wrongHost);
  const configs = new Map<string, DeviceConfig>();
  for (const protocol of PROTOCOLS) {
    const field = CONFIG_FIELDS.get(protocol.id);
    if (field === undefined) continue;
    const device = deviceSettings(RED, config[field], protocol, field);
    configs.set(protocol.id, device);
    const isShared = protocol.connects === "device" && !device.clientId.includes(IMEI_PLACEHOLDER);
    if (options.connection === "own" && isShared) {
      const message = `the client id of the device config has no ${IMEI_PLACEHOLDER}, so the devices would throw each other out`;
      throw new TrackerError({ code: "CLIENT_ID", path: field, message });
    }
  }
  const now = options.factor > 1 ? Date.now() - HEAD_START_MS : Date.now();
  const fleet = new VirtualFleet({
    devices: plannedDevices(options, options.first),
    routes: routesOf(RED, options),
    seed: options.seed || RED.util.generateId(),
    start: options.start ?? now,
    interval: options.interval,
    eventsPerHour: EVENT_RATES[options.events],
    faults: faultsOf(options),
  });
  return { options, configs, fleet };
}

function faultsOf(options: FleetOptions): Faults {
  const preset = FAULT_LEVELS[options.faults];
  return Object.fromEntries(
    FAULT_NAMES.map((name) => [name, options[name] === null ? preset[name] : options[name] / 100]),
  ) as unknown as Faults;
}

function routesOf(RED: NodeAPI, { route, routeFile, routeText }: FleetOptions): Route[] {
  if (route === "text") return [readRoute(routeText)];
  if (route === "file") return [readRoute(readRouteFile(RED, routeFile))];
  return (route === "all" ? ROUTE_NAMES : [route]).map((name) => new Route(ROUTES[name]));
}

/** A path that is not absolute begins in Node-RED's user folder. */
function readRouteFile(RED: NodeAPI, file: string): string {
  const refuse = (message: string) => new TrackerError({ code: "ROUTE_FILE", path: "routeFile", message });
  if (file === "") throw refuse("no route file is given");
  const path = isAbsolute(file) ? file : join(RED.settings.userDir ?? ".", file);
  const { value, problem } = attempt(() => {
    const found = statSync(path);
    if (!found.isFile()) throw refuse("it is not a file");
    if (found.size > MAX_ROUTE_TEXT) throw refuse("it has more than 8 MB");
    return toText(readFileSync(path));
  });
  if (value === undefined) throw refuse(`the route file ${file} cannot be read: ${problem.message}`);
  return value;
}
