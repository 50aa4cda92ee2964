import type { DeployedConfig } from "../device-config/deployed";
import type { Device } from "../devices/device";
import type { Change } from "../journal/entry";
import type { NormalizedRecord, Scalar } from "../model/message";
import type { Marks } from "../state/live";
import type { StatusChange } from "./owners";

/** `msg.device`: who a message comes from. */
export interface DeviceInfo {
  imei: string;
  name: string;
  vehicle: { plate: string; vin: string };
  group: string;
  tags: string[];
  driver: string;
  /** Name of the device config that describes the device, and its names of inputs and outputs by number. */
  deviceConfig: { name: string; inputs: Record<string, string>; outputs: Record<string, string> };
}

/** Made anew for each message, because a flow may change it. */
export function deviceInfo(device: Device, deviceConfig: DeployedConfig | undefined): DeviceInfo {
  const { name, inputs, outputs } = namesOf(deviceConfig).info;
  return {
    imei: device.imei,
    name: device.name,
    vehicle: { plate: device.vehicle.plate, vin: device.vehicle.vin },
    group: device.group,
    tags: [...device.tags],
    driver: device.driver,
    deviceConfig: { name, inputs: { ...inputs }, outputs: { ...outputs } },
  };
}

/** Attributes that a device config names, with the names. */
type NamedAttributes = readonly (readonly [attribute: string, name: string])[];

/** What messages of a device have of its device config. */
interface Names {
  readonly info: DeviceInfo["deviceConfig"];
  readonly inputs: NamedAttributes;
  readonly outputs: NamedAttributes;
}

/** Every record needs them, and they are as long the same as their device config. */
const NAMES = new WeakMap<DeployedConfig, Names>();
const NO_NAMES: Names = { info: { name: "", inputs: {}, outputs: {} }, inputs: [], outputs: [] };

function namesOf(config: DeployedConfig | undefined): Names {
  if (config === undefined) return NO_NAMES;
  const known = NAMES.get(config);
  if (known !== undefined) return known;
  const names = makeNames(config);
  NAMES.set(config, names);
  return names;
}

function makeNames({ name, inputNames, outputNames }: DeployedConfig): Names {
  return {
    info: {
      name,
      inputs: Object.fromEntries(byNumber(inputNames)),
      outputs: Object.fromEntries(byNumber(outputNames)),
    },
    inputs: byNumber(inputNames, "input"),
    outputs: byNumber(outputNames, "output"),
  };
}

/** Names that are not empty, by their numbers with a word before them. */
function byNumber(names: readonly string[], word = ""): [numbered: string, name: string][] {
  return names.flatMap((name, index) => (name === "" ? [] : [[`${word}${index + 1}`, name]]));
}

export type EnrichedRecord = NormalizedRecord & {
  /** Values of inputs and outputs under the names that the device config gives them. */
  readonly inputs?: Readonly<Record<string, Scalar>>;
  readonly outputs?: Readonly<Record<string, Scalar>>;
} & Marks;

/** The record with what the registry knows about it; the record itself where that is nothing. */
export function knownRecord(
  record: NormalizedRecord,
  deviceConfig: DeployedConfig | undefined,
  marks: Marks,
): EnrichedRecord {
  const { inputs, outputs } = namesOf(record.kind === "file" ? undefined : deviceConfig);
  const attributes = record.kind === "file" ? undefined : record.attributes;
  const enriched = {
    ...named("inputs", inputs, attributes),
    ...named("outputs", outputs, attributes),
    ...marks,
  };
  for (const _ in enriched) return { ...record, ...enriched };
  return record;
}

function named(
  property: "inputs" | "outputs",
  names: NamedAttributes,
  attributes: Readonly<Record<string, Scalar>> | undefined,
): Record<string, Readonly<Record<string, Scalar>>> | undefined {
  if (names.length === 0 || attributes === undefined) return undefined;
  const values = names.flatMap(([attribute, name]): [string, Scalar][] => {
    const value = attributes[attribute];
    return value === undefined ? [] : [[name, value]];
  });
  return values.length === 0 ? undefined : { [property]: Object.fromEntries(values) };
}

/** A status change as a payload. */
export interface StatusPayload {
  readonly schema: 1;
  readonly kind: "status";
  readonly imei: string;
  readonly change: Change;
  /** Epoch milliseconds, own clock. */
  readonly time: number;
  /** Who or what did it; empty for the device itself. */
  readonly by: string;
}

export function statusPayload({ imei, change, time, by }: StatusChange): StatusPayload {
  return { schema: 1, kind: "status", imei, change, time, by };
}
