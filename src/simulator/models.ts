import { GLOBALMATIX } from "../protocols/globalmatix/index";
import { IOTM } from "../protocols/iotm/index";
import { type EventName, ROAD_EVENTS } from "./events";
import { iotmSpeech, xtcuSpeech } from "./messages";
import type { IotmLine, JsonLine, Speech } from "./speech";
import type { Build, Vehicle } from "./vehicle";

export const MODEL_NAMES = ["car", "carWithoutCan", "lorry", "trailer", "light", "xtcu"] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export interface Model {
  /** Of its devices, with a number behind it. */
  readonly label: string;
  /** The digit of the IMEI by which devices of a model are told from others. */
  readonly digit: number;
  readonly build: Build;
  /** What can happen to it. */
  readonly events: readonly EventName[];
  /** The ignition is wired to it. */
  readonly hasIgnition: boolean;
  readonly lines: readonly (IotmLine | JsonLine)[];
  readonly speech: Speech;
}

/** The field of a simulator's settings with the device config of the devices that speak a protocol, by its id. */
export const CONFIG_FIELDS = new Map<string, "device" | "deviceGlobalmatix">([
  [IOTM.id, "device"],
  [GLOBALMATIX.id, "deviceGlobalmatix"],
]);
const BUILDS = {
  car: { town: 50, fast: 100, acceleration: 1.8, volts: 12, range: 700, tank: 50, hasBus: true },
  lorry: { town: 45, fast: 85, acceleration: 0.8, volts: 24, range: 1200, tank: 400, hasBus: true },
  trailer: {
    town: 45,
    fast: 85,
    acceleration: 0.8,
    volts: 24,
    range: 1200,
    tank: 400,
    hasBus: false,
    isPulled: true,
  },
  electric: { town: 50, fast: 110, acceleration: 2.2, volts: 12, range: 350, tank: 0, hasBus: true },
} as const satisfies Record<string, Build>;

/** Sensors that the vehicle's CAN bus fills. */
const ofBus = (lines: readonly IotmLine[]): readonly IotmLine[] =>
  lines.map((line) => ({ ...line, ofBus: true }));
/** A sensor that always says the same. */
const always = (id: number, value: number | bigint): IotmLine => ({ id, read: () => value });

/** Numbers of hardware types. Source: docs/protocols/iotm.md, 0x2030. */
const HARDWARE = { light: 56, lightPlus: 71, stCan: 86, tacho: 116 };
/** Input 5, to which the ignition is wired. */
const IGNITION = 0x0013;
/** What a fuel level counts. Source: docs/protocols/iotm.md, 0x2007. */
const FUEL_TYPE = { percent: 1, fms: 2 };

const EVERY_DEVICE: readonly IotmLine[] = [
  { id: 0x0002, read: ({ vehicle }) => vehicle.moves },
  { id: 0x0008, read: ({ event }) => event === "jamming" },
  { id: 0x2000, read: ({ gnss }) => gnss.speed },
  { id: 0x2001, read: ({ gnss }) => gnss.satellites },
  { id: 0x2005, read: ({ gnss }) => -55 - (gnss.course % 30) },
  { id: 0x3004, read: ({ vehicle }) => vehicle.battery },
  { id: 0x3049, read: ({ backlog }) => backlog },
  { id: 0x304a, read: ({ eventBacklog }) => eventBacklog },
];
const POWERED: readonly IotmLine[] = [
  { id: 0x0010, read: ({ event }) => event === "panic" },
  { id: 0x00a7, read: ({ vehicle }) => !vehicle.isCutOff },
  { id: 0x3000, read: ({ vehicle }) => vehicle.supply },
  { id: 0xa001, read: ({ acceleration }) => acceleration },
];
const MOTOR_VEHICLE: readonly IotmLine[] = [
  { id: IGNITION, read: ({ vehicle }) => vehicle.ignition },
  { id: 0x009f, read: ({ vehicle }) => vehicle.busIsAwake },
  { id: 0x5000, read: ({ vehicle }) => vehicle.driver },
  { id: 0xb002, read: ({ vehicle }) => vehicle.odometer / 1000 },
  { id: 0x0094, read: ({ outputs }) => outputs[0] ?? false },
  { id: 0x0095, read: ({ outputs }) => outputs[1] ?? false },
  { id: 0x0096, read: ({ outputs }) => outputs[2] ?? false },
  { id: 0x009a, read: ({ outputs }) => outputs[3] ?? false },
];
const BUS = ofBus([
  { id: 0x0061, read: ({ vehicle }) => vehicle.moves },
  { id: 0x0062, read: ({ vehicle }) => !vehicle.ignition },
  { id: 0x006d, read: ({ vehicle }) => vehicle.ignition },
  { id: 0x008a, read: ({ vehicle }) => vehicle.ignition },
  { id: 0x008b, read: ({ vehicle }) => !vehicle.ignition },
  { id: 0x008c, read: ({ vehicle }) => vehicle.ignition && !vehicle.moves },
  { id: 0x008d, read: ({ vehicle }) => vehicle.ignition },
  { id: 0x2006, read: ({ vehicle }) => vehicle.throttle },
  { id: 0x2008, read: ({ vehicle }) => vehicle.coolant },
  { id: 0x200a, read: ({ vehicle }) => vehicle.engineLoad },
  { id: 0x300c, read: ({ vehicle }) => vehicle.engineSpeed },
  { id: 0x301d, read: ({ vehicle }) => vehicle.kmh },
  { id: 0x3021, read: ({ vehicle }) => vehicle.fuelRate },
  { id: 0x4001, read: ({ vehicle }) => vehicle.fuelUsed },
  { id: 0x4002, read: ({ vehicle }) => vehicle.engineTime / 3600 },
  { id: 0x4003, read: ({ vehicle }) => vehicle.odometer / 1000 },
]);
const FUEL_IN_PERCENT = ofBus([
  always(0x202a, FUEL_TYPE.percent),
  { id: 0x2007, read: ({ vehicle }) => vehicle.energy },
]);
const FMS = ofBus([
  always(0x202a, FUEL_TYPE.fms),
  { id: 0x2007, read: ({ vehicle }) => vehicle.energy / 0.4 },
  { id: 0x009e, read: ({ vehicle }) => vehicle.doorsOpen },
  { id: 0x2021, read: ({ vehicle }) => 40 + (vehicle.fuelUsed % 50) },
  { id: 0x302a, read: ({ vehicle }) => vehicle.ambient },
  { id: 0x302d, read: ({ vehicle }) => 3000 + freight(vehicle) / 8 },
  { id: 0x302e, read: ({ vehicle }) => 4000 + freight(vehicle) / 3 },
  { id: 0x3032, read: ({ vehicle }) => 6000 + freight(vehicle) / 2 },
  { id: 0x3038, read: ({ vehicle }) => 60_000 - ((vehicle.odometer / 1000) % 60_000) },
  { id: 0x3039, read: ({ vehicle }) => 14_000 + freight(vehicle) },
  { id: 0x405a, read: ({ vehicle }) => vehicle.fuelUsed },
  { id: 0x4062, read: ({ vehicle }) => vehicle.odometer / 1000 },
  { id: 0x4068, read: ({ vehicle }) => vehicle.idleFuel },
  { id: 0x4069, read: ({ vehicle }) => vehicle.idleTime / 3600 },
]);
/** It has a supply of its own, so it speaks while the bus sleeps. */
const TACHOGRAPH: readonly IotmLine[] = [
  { id: 0x202d, read: ({ vehicle }) => activity(vehicle) },
  always(0x202e, 0),
  { id: 0x405b, read: ({ vehicle }) => vehicle.odometer / 1000 },
  { id: 0xc016, read: ({ vehicle }) => `DF${vehicle.driver.toString().padStart(14, "0")}` },
];
const CARGO: readonly IotmLine[] = [
  { id: 0x0011, read: ({ vehicle }) => vehicle.doorsOpen },
  { id: 0x0012, read: ({ vehicle }) => vehicle.isCoupled },
  { id: 0x009c, read: () => false },
  { id: 0x00a7, read: ({ vehicle }) => !vehicle.isCutOff },
  { id: 0x3000, read: ({ vehicle }) => vehicle.supply },
  { id: 0x2041, read: ({ vehicle }) => ((vehicle.battery - 3.3) / 0.8) * 100 },
  always(0x5004, 0x28ff_4a10_0316_05c1n),
  { id: 0xa01c, read: ({ vehicle }) => vehicle.ambient },
  { id: 0xa017, read: ({ vehicle }) => 4 + vehicle.warmth + vehicle.ambient / 40 },
];

/** kg; as long as the vehicle has the driver that it has. */
function freight({ driver }: Vehicle): number {
  return Number(driver % 90n) * 200;
}

/** What a tachograph makes of how the vehicle moves: 0 rest, 2 work, 3 driving. */
function activity(vehicle: Vehicle): number {
  if (!vehicle.ignition) return 0;
  return vehicle.moves ? 3 : 2;
}

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
    events: ROAD_EVENTS,
    ...inIotm(HARDWARE.stCan, MOTOR_VEHICLE, BUS, FUEL_IN_PERCENT, POWERED),
  },
  carWithoutCan: {
    label: "Car without CAN",
    digit: 5,
    build: { ...BUILDS.car, hasBus: false },
    events: ROAD_EVENTS,
    ...inIotm(HARDWARE.lightPlus, MOTOR_VEHICLE, BUS, FUEL_IN_PERCENT, POWERED),
  },
  lorry: {
    label: "Lorry",
    digit: 1,
    build: BUILDS.lorry,
    events: ROAD_EVENTS,
    ...inIotm(HARDWARE.tacho, MOTOR_VEHICLE, BUS, FMS, TACHOGRAPH, POWERED),
  },
  trailer: {
    label: "Trailer",
    digit: 2,
    build: BUILDS.trailer,
    events: ["jamming", "tow", "door"],
    ...inIotm(HARDWARE.light, CARGO),
  },
  light: {
    label: "Light tracker",
    digit: 3,
    build: BUILDS.car,
    events: ROAD_EVENTS,
    ...inIotm(HARDWARE.light, POWERED),
  },
  xtcu: {
    label: "xTCU car",
    digit: 4,
    build: BUILDS.electric,
    events: ["jamming", "braking", "crash", "powerCut", "tow"],
    hasIgnition: true,
    lines: XTCU,
    speech: xtcuSpeech(XTCU),
  },
};

function inIotm(
  hardware: number,
  ...groups: readonly (readonly IotmLine[])[]
): Pick<Model, "hasIgnition" | "lines" | "speech"> {
  const lines = [always(0x2030, hardware), ...groups.flat(), ...EVERY_DEVICE];
  return { hasIgnition: lines.some(({ id }) => id === IGNITION), lines, speech: iotmSpeech(lines) };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
