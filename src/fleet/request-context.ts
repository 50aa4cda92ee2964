import type { Device } from "../devices/device";
import type { Tools } from "../devices/tools";
import { TrackerError } from "../errors";
import type { Fleet } from "./fleet";

export interface RequestContext {
  readonly fleet: Fleet;
  readonly tools: Tools;
  /** Who asks, for the journal. */
  readonly by: string;
}

export function deviceExists({ imei, name }: Device): TrackerError {
  const message = `IMEI ${imei} is registered already${name === "" ? "" : ` as ${JSON.stringify(name)}`}`;
  return new TrackerError({ code: "DEVICE_EXISTS", path: "imei", message });
}
