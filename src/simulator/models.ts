import { GLOBALMATIX } from "../protocols/globalmatix/index";
import { IOTM } from "../protocols/iotm/index";
import { EVENT_NAMES, type EventName } from "./events";
import { iotmSpeech, xtcuSpeech } from "./messages";
import type { IotmLine, JsonLine, Speech } from "./speech";
import type { Build } from "./vehicle";

export const MODEL_NAMES = ["car", "lorry", "trailer", "light", "xtcu"] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export interface Model {
  /** Of its devices, with a number behind it. */
  readonly label: string;
  /** The digit of the IMEI by which devices of a model are told from others. */
  readonly digit: number;
  readonly build: Build;
  /** What can happen to it. */
  readonly events: readonly EventName[];
  readonly lines: readonly (IotmLine | JsonLine)[];
  readonly speech: Speech;
}

/** The field of a simulator's settings with the device config of the devices that speak a protocol, by its id. */
export const CONFIG_FIELDS = new Map<string, "device" | "deviceGlobalmatix">([
  [IOTM.id, "device"],
  [GLOBALMATIX.id, "deviceGlobalmatix"],
]);
const BUILDS = {
  car: { town: 50, fast: 100, acceleration: 1.8, volts: 12, range: 700, tank: 50 },
  lorry: { town: 45, fast: 85, acceleration: 0.8, volts: 24, range: 1200, tank: 400 },
  electric: { town: 50, fast: 110, acceleration: 2.2, volts: 12, range: 350, tank: 0 },
} as const satisfies Record<string, Build>;

const EVERY_DEVICE: readonly IotmLine[] = [
  { id: 0x0002, read: ({ vehicle }) => vehicle.moves },
  { id: 0x0008, read: ({ event }) => event === "jamming" },
  { id: 0x2005, read: ({ gnss }) => -55 - (gnss.course % 30) },
  { id: 0x3004, read: ({ vehicle }) => vehicle.battery },
];
const POWERED: readonly IotmLine[] = [
  { id: 0x0010, read: ({ event }) => event === "panic" },
  { id: 0x3000, read: ({ vehicle }) => vehicle.supply },
  { id: 0xa001, read: ({ acceleration }) => acceleration },
];
const MOTOR_VEHICLE: readonly IotmLine[] = [
  { id: 0x006d, read: ({ vehicle }) => vehicle.ignition },
  { id: 0x5000, read: ({ vehicle }) => vehicle.driver },
  { id: 0xb002, read: ({ vehicle }) => vehicle.odometer / 1000 },
  { id: 0x2007, read: ({ vehicle }) => vehicle.energy },
  { id: 0x0094, read: ({ outputs }) => outputs[0] ?? false },
  { id: 0x0095, read: ({ outputs }) => outputs[1] ?? false },
  { id: 0x0096, read: ({ outputs }) => outputs[2] ?? false },
  { id: 0x009a, read: ({ outputs }) => outputs[3] ?? false },
];
const CAN_BUS: readonly IotmLine[] = [
  { id: 0x2000, read: ({ vehicle }) => vehicle.kmh },
  { id: 0x2006, read: ({ vehicle }) => vehicle.throttle },
  { id: 0x2008, read: ({ vehicle }) => vehicle.coolant },
  { id: 0x200a, read: ({ vehicle }) => vehicle.engineLoad },
  { id: 0x300c, read: ({ vehicle }) => vehicle.engineSpeed },
  { id: 0x3021, read: ({ vehicle }) => vehicle.fuelRate },
  { id: 0x4001, read: ({ vehicle }) => vehicle.fuelUsed },
  { id: 0x4002, read: ({ vehicle }) => vehicle.engineTime / 3600 },
  { id: 0x3039, read: ({ vehicle }) => 7000 + (vehicle.fuelUsed % 4000) },
  { id: 0x4062, read: ({ vehicle }) => vehicle.odometer / 1000 },
];
const CARGO: readonly IotmLine[] = [
  { id: 0x0064, read: ({ vehicle }) => vehicle.doorsOpen },
  { id: 0x0065, read: ({ vehicle }) => vehicle.doorsOpen },
  { id: 0x2041, read: ({ vehicle }) => ((vehicle.battery - 3.3) / 0.8) * 100 },
  { id: 0xa01c, read: ({ vehicle }) => vehicle.ambient },
  { id: 0xa017, read: ({ vehicle }) => (vehicle.doorsOpen ? 7 : 4) + vehicle.ambient / 40 },
];

const XTCU: readonly JsonLine[] = [
  { name: "odometer_km", read: ({ vehicle }) => rounded(vehicle.odometer / 1000, 3) },
  { name: "ignition", read: ({ vehicle }) => vehicle.ignition },
  { name: "charging", read: ({ vehicle }) => vehicle.isCharging },
  { name: "soc", read: ({ vehicle }) => rounded(vehicle.energy, 1) },
  { name: "range_km", read: ({ vehicle }) => Math.round((vehicle.energy * vehicle.build.range) / 100) },
  { name: "external_voltage", read: ({ vehicle }) => rounded(vehicle.supply, 2) },
  { name: "outside_temperature_c", read: ({ vehicle }) => rounded(vehicle.ambient, 1) },
  { name: "driver_id", read: ({ vehicle }) => vehicle.driver.toString() },
  { name: "jamming", read: ({ event }) => (event === "jamming" ? true : undefined) },
  { name: "acceleration_g", read: ({ acceleration }) => rounded(acceleration, 2) },
];

/**
 * The kinds of virtual devices. Sensor ids: docs/protocols/iotm.md, "Sensors". What an xTCU sends is not published;
 * the names here are this simulator's own.
 */
export const MODELS: Readonly<Record<ModelName, Model>> = {
  car: {
    label: "Car",
    digit: 0,
    build: BUILDS.car,
    events: EVENT_NAMES,
    ...inIotm(...MOTOR_VEHICLE, ...POWERED, ...EVERY_DEVICE),
  },
  lorry: {
    label: "Lorry",
    digit: 1,
    build: BUILDS.lorry,
    events: EVENT_NAMES,
    ...inIotm(...MOTOR_VEHICLE, ...CAN_BUS, ...POWERED, ...EVERY_DEVICE),
  },
  trailer: {
    label: "Trailer",
    digit: 2,
    build: BUILDS.lorry,
    events: ["jamming", "tow"],
    ...inIotm(...CARGO, ...EVERY_DEVICE),
  },
  light: {
    label: "Light tracker",
    digit: 3,
    build: BUILDS.car,
    events: EVENT_NAMES,
    ...inIotm(...POWERED, ...EVERY_DEVICE),
  },
  xtcu: {
    label: "xTCU car",
    digit: 4,
    build: BUILDS.electric,
    events: ["jamming", "braking", "crash", "powerCut", "tow"],
    lines: XTCU,
    speech: xtcuSpeech(XTCU),
  },
};

function inIotm(...lines: readonly IotmLine[]): Pick<Model, "lines" | "speech"> {
  return { lines, speech: iotmSpeech(lines) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
