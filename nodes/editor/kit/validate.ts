import {
  checkDeviceConfig,
  MAX_MINUTES,
  type SavedDeviceConfig,
  savedProtocol,
} from "../../../src/device-config/device-config";
import { INTERLOCK_LIMITS, type SavedInterlock } from "../../../src/device-config/output-safety";
import type { Problem } from "../../../src/errors";
import { readTimeZone } from "../../../src/model/days";
import { checkOverrides, type SensorOverride } from "../../../src/protocols/iotm/mapping";
import type { Protocol } from "../../../src/protocols/protocol";
import { isBlank, readBetween, readCount, readPositive, readWhole } from "../../../src/saved";
import { checkSavedVersion } from "../../../src/saved-nodes";
import { type EditorNode, isEnvironment, red, translate } from "./red";

/**
 * What the dialog says about one field of a device config: true, or what is wrong. `field` is the name as it is
 * saved; the checks are the core's own, so that the dialog and the running flow never disagree.
 */
export function checkField(field: keyof SavedDeviceConfig, value: unknown): true | string {
  const problems =
    field === "sensors" && Array.isArray(value)
      ? checkSensors(value as SensorOverride[])
      : checkDeviceConfig({ [field]: withoutEnvironment(value) });
  const sentences = new Set(problems.map(sentence));
  return sentences.size === 0 || [...sentences].join(" ");
}

/** The version that a node was saved with has to be one that this package knows. */
export function checkVersion(version: unknown, type: string): true | string {
  const problem = checkSavedVersion(type, version);
  return problem === undefined || translate(`error.${problem.code}`);
}

/** What is wrong with each part of an interlock, by its name. */
export function wrongInterlock(value: unknown): ReadonlyMap<string, string> {
  const problems = checkDeviceConfig({ interlock: withoutEnvironment(value) as SavedInterlock });
  return new Map(problems.map((problem) => [partOf(problem), sentence(problem)]));
}

function sentence(problem: Pick<Problem, "code" | "path">): string {
  const part = problem.code === "INTERLOCK" ? partOf(problem) : "";
  const limits = isLimited(part) ? INTERLOCK_LIMITS[part] : { max: MAX_MINUTES };
  return translate(`error.${problem.code}${part === "" ? "" : `_${part}`}`, limits);
}

function isLimited(part: string): part is keyof typeof INTERLOCK_LIMITS {
  return Object.hasOwn(INTERLOCK_LIMITS, part);
}

function partOf({ path = "" }: Pick<Problem, "path">): string {
  return path.split(".")[1] ?? "";
}

/** The paths of all fields of a device config that are wrong. */
export function wrongFields(saved: SavedDeviceConfig): string[] {
  const { sensors: _, ...rest } = saved;
  return checkDeviceConfig(withoutEnvironment(rest) as SavedDeviceConfig).map(({ path }) => path ?? "");
}

/** What is wrong with sensor overrides, but for fields that only the running flow knows. */
export function checkSensors(overrides: readonly SensorOverride[]): ReturnType<typeof checkOverrides> {
  return checkOverrides(overrides).filter(
    ({ at, path }) => !isEnvironment(overrides[at]?.[path as keyof SensorOverride]),
  );
}

/** The device config a decoder refers to has to be for the decoder's own protocol. */
export function checkDevice(id: unknown, protocol: Protocol): true | string {
  if (!id || id === "_ADD_" || isEnvironment(id)) return true;
  const node = red.nodes.node(String(id)) as EditorNode<SavedDeviceConfig> | null;
  if (!node) return translate("error.DEVICE_MISSING");
  return savedProtocol(node)?.id === protocol.id || translate("error.DEVICE_PROTOCOL");
}

/** A map that is to come from the device config needs one. */
export function checkMapFrom(value: unknown, device: unknown): true | string {
  const hasDevice = Boolean(device) && device !== "_ADD_";
  return value !== "device" || hasDevice || translate("error.MAP_FROM");
}

/** A whole number from 1 to `max`, or empty. */
export function checkCount(value: unknown, max: number): true | string {
  return isLeftOpen(value) || readCount(value, max) !== undefined || translate("error.COUNT", { max });
}

/** A whole number from 0 to `max`, or empty. */
export function checkWhole(value: unknown, max: number): true | string {
  return isLeftOpen(value) || readWhole(value, max) !== undefined || translate("error.WHOLE", { max });
}

/** A number above 0 and at most `max`, or empty. */
export function checkPositive(value: unknown, max: number): true | string {
  return isLeftOpen(value) || readPositive(value, max) !== undefined || translate("error.MINUTES", { max });
}

/** A number from `min` to `max`, or empty. */
export function checkBetween(value: unknown, min: number, max: number): true | string {
  return (
    isLeftOpen(value) ||
    readBetween(value, min, max) !== undefined ||
    translate("error.BETWEEN", { min, max })
  );
}

/** A time zone of the IANA database, or empty. */
export function checkTimeZone(value: unknown): true | string {
  return isLeftOpen(value) || readTimeZone(value) !== undefined || translate("error.TIME_ZONE");
}

/** True for a field that is empty, or of which only the running flow knows what is in it. */
export function isLeftOpen(value: unknown): boolean {
  return isBlank(value) || isEnvironment(value);
}

/** A file has one registry. `node` is the registry it is for. */
export function checkFile(
  value: unknown,
  node: { readonly id?: string; readonly storage?: string },
): true | string {
  if (node.storage === "memory") return true;
  const file = fileOf(value);
  let rival: string | undefined;
  red.nodes.eachConfig((other) => {
    const {
      id,
      type,
      storage,
      file: otherFile,
      name,
    } = other as unknown as Record<string, string | undefined>;
    const isRival = type === "tracker-registry" && id !== node.id && storage !== "memory";
    if (isRival && fileOf(otherFile) === file) rival = name || id;
    return true;
  });
  return rival === undefined || translate("error.FILE_TAKEN", { name: rival });
}

function fileOf(value: unknown): string {
  return String(value ?? "").trim() || "trackers.sqlite";
}

/** A device registry needs a tracker registry. */
export function checkRegistry(id: unknown): true | string {
  return (Boolean(id) && id !== "_ADD_") || translate("error.REGISTRY_MISSING");
}

/** A value with every `${NAME}` taken for empty, because only the running flow knows what it is. */
function withoutEnvironment(value: unknown): unknown {
  if (isEnvironment(value)) return "";
  if (Array.isArray(value)) return value.map(withoutEnvironment);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutEnvironment(inner)]));
  }
  return value;
}
