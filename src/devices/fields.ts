import type { DeployedConfigs } from "../device-config/deployed";
import { type Problem, shown, TrackerError } from "../errors";
import { DEVICE_STATES, type Device } from "./device";

/** What can be entered about a device. `password` is never stored, only its hash. */
export interface DeviceInput {
  name?: string;
  state?: Device["state"];
  deviceConfig?: string;
  plate?: string;
  vin?: string;
  group?: string;
  tags?: string[];
  notes?: string;
  driver?: string;
  /** `true`: one that the registry makes. */
  password?: string | true;
}

type Read = (value: unknown, deviceConfigs: DeployedConfigs) => unknown;

const wrong = (message: string): never => {
  throw new TrackerError({ code: "FIELD_VALUE", message });
};

const text =
  (max: number, pattern = /^/, wanted = ""): Read =>
  (value) => {
    if (value === null) return "";
    if (typeof value !== "string" && !Number.isFinite(value)) return wrong("this has to be text");
    const read = String(value).trim();
    if (read.length > max) return wrong(`this has ${read.length} characters; ${max} are allowed`);
    return read === "" || pattern.test(read) ? read : wrong(wanted);
  };

const state: Read = (value) =>
  DEVICE_STATES.find((known) => known === value) ?? wrong(`the state is one of ${DEVICE_STATES.join(", ")}`);

const tags: Read = (value) => {
  const list: unknown = typeof value === "string" ? value.split(/[,;|]/) : (value ?? []);
  if (!Array.isArray(list) || !list.every((tag) => typeof tag === "string")) {
    return wrong("the tags have to be a list of texts, or a text with commas between them");
  }
  const read = [...new Set(list.map((tag: string) => tag.trim()).filter((tag) => tag !== ""))];
  if (read.some((tag) => /[,;|]/.test(tag))) return wrong("a tag cannot have , ; or | in it");
  return read.length <= 50 && read.every((tag) => tag.length <= 50)
    ? read
    : wrong("at most 50 tags of 50 characters are allowed");
};

const deviceConfig: Read = (value, deviceConfigs) => {
  const asked = text(200)(value, deviceConfigs) as string;
  if (asked === "") return "";
  const found = deviceConfigs.find(asked);
  if (found !== undefined) return found.id;
  const message = `there is no device config ${shown(asked)} that is deployed (or several have this name)`;
  throw new TrackerError({ code: "DEVICE_CONFIG_UNKNOWN", message });
};

const FIELDS: Readonly<Record<keyof DeviceInput, Read>> = {
  name: text(100),
  state,
  deviceConfig,
  plate: text(20),
  vin: text(17, /^[A-HJ-NPR-Z0-9]+$/i, "a VIN has letters (but I, O and Q) and digits only"),
  group: text(100),
  tags,
  notes: text(2000),
  driver: text(100),
  password: (value, configs) => (value === true ? true : text(200)(value, configs)),
};

/** The columns of an export, and the fields that a person can enter. */
export const FIELD_NAMES = ["imei", ...Object.keys(FIELDS)] as const;

/**
 * Reads what was entered about a device, but for the IMEI. `vehicle: {plate, vin}` counts as plate and vin, so
 * that what was read out can be sent back. Throws `FIELD_UNKNOWN`, `FIELD_VALUE` or `DEVICE_CONFIG_UNKNOWN`, with the
 * field as path.
 */
export function readFields(
  given: Readonly<Record<string, unknown>>,
  deviceConfigs: DeployedConfigs,
): DeviceInput {
  const { imei: _, vehicle = {}, ...rest } = given;
  if (!isObject(vehicle)) {
    const message = "the vehicle has to be an object with plate and vin";
    throw new TrackerError({ code: "FIELD_VALUE", path: "vehicle", message });
  }
  const flat: Record<string, unknown> = { ...vehicle, ...rest };
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    if (value === undefined) continue;
    read[name] = readField(name, value, deviceConfigs);
  }
  return read as DeviceInput;
}

function readField(name: string, value: unknown, deviceConfigs: DeployedConfigs): unknown {
  if (!isField(name)) throw new TrackerError(unknownField(name));
  try {
    return FIELDS[name](value, deviceConfigs);
  } catch (error) {
    throw error instanceof TrackerError ? new TrackerError({ ...problemOf(error), path: name }) : error;
  }
}

export function unknownField(name: string): Problem {
  return {
    code: "FIELD_UNKNOWN",
    path: name,
    message: `there is no field ${shown(name)}; there are ${FIELD_NAMES.join(", ")}`,
  };
}

function isField(name: string): name is keyof DeviceInput {
  return Object.hasOwn(FIELDS, name);
}

function problemOf({ code, message }: TrackerError): Problem {
  return { code, message };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A device with what was entered put in; `login` is the hash of a password that was entered. */
export function withInput(device: Device, input: DeviceInput, now: number, login?: string): Device {
  const { plate, vin, password: _, ...same } = input;
  return {
    ...device,
    ...same,
    vehicle: { plate: plate ?? device.vehicle.plate, vin: vin ?? device.vehicle.vin },
    login: login ?? device.login,
    changedAt: now,
  };
}

export function newDevice(imei: string, now: number): Device {
  return {
    imei,
    state: "registered",
    name: "",
    deviceConfig: "",
    vehicle: { plate: "", vin: "" },
    group: "",
    tags: [],
    notes: "",
    driver: "",
    login: "",
    registeredAt: now,
    changedAt: now,
  };
}
