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
  return {
    imei: device.imei,
    name: device.name,
    vehicle: { ...device.vehicle },
    group: device.group,
    tags: [...device.tags],
    driver: device.driver,
    deviceConfig: {
      name: deviceConfig?.name ?? "",
      inputs: byNumber(deviceConfig?.inputNames ?? []),
      outputs: byNumber(deviceConfig?.outputNames ?? []),
    },
  };
}

function byNumber(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name, index) => (name === "" ? [] : [[String(index + 1), name]])));
}

export type EnrichedRecord = NormalizedRecord & {
  /** Values of inputs and outputs under the names that the device config gives them. */
  readonly inputs?: Readonly<Record<string, Scalar>>;
  readonly outputs?: Readonly<Record<string, Scalar>>;
} & Marks;

/** The record with what the registry knows about it. */
export function knownRecord(
  record: NormalizedRecord,
  deviceConfig: DeployedConfig | undefined,
  marks: Marks,
): EnrichedRecord {
  if (record.kind === "file" || record.attributes === undefined || deviceConfig === undefined) {
    return { ...record, ...marks };
  }
  return {
    ...record,
    ...named("inputs", "input", deviceConfig.inputNames, record.attributes),
    ...named("outputs", "output", deviceConfig.outputNames, record.attributes),
    ...marks,
  };
}

function named(
  property: "inputs" | "outputs",
  attribute: "input" | "output",
  names: readonly string[],
  attributes: Readonly<Record<string, Scalar>>,
): Record<string, Readonly<Record<string, Scalar>>> {
  const values = names.flatMap((name, index): [string, Scalar][] => {
    const value = attributes[`${attribute}${index + 1}`];
    return name === "" || value === undefined ? [] : [[name, value]];
  });
  return values.length === 0 ? {} : { [property]: Object.fromEntries(values) };
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
