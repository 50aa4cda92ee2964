import { type Problem, shown, TrackerError } from "./errors";
import { renameTerms } from "./protocols/iotm/renamed";
import { isBlank } from "./saved";

/** The fields of a node as a flow has them. */
type Fields = Readonly<Record<string, unknown>>;
type Step = (fields: Fields) => Fields;

const unchanged: Step = (fields) => fields;

/** `profile` is called `deviceConfig`; a flow in between may have that already. */
const renameProfile: Step = ({ profile, deviceConfig, ...others }) => ({
  ...others,
  deviceConfig: isBlank(deviceConfig) ? (profile ?? "") : deviceConfig,
});

/** By type: step n brings a node that was saved as version n to version n + 1. A step that was released stays as it is. */
export const SAVED_NODE_STEPS: Readonly<Record<string, readonly Step[]>> = {
  "tracker-device-config": [unchanged, renameTerms],
  "tracker-registry": [renameProfile],
  "tracker-bce-decoder": [unchanged],
  "tracker-globalmatix-decoder": [unchanged, renameTerms],
  "tracker-device-registry": [unchanged],
  "tracker-output-command": [unchanged],
  "tracker-simulator": [unchanged],
  "tracker-broker": [unchanged],
  "tracker-map": [unchanged],
  "tracker-format": [],
  "tracker-trips": [],
  "tracker-alarms": [],
};

/** What is wrong with a saved node's version; an absent one is 0. Codes: `VERSION`, `VERSION_NEWER`. */
export function checkSavedVersion(type: string, version: unknown): Problem | undefined {
  const [read, known] = [readVersion(version), SAVED_NODE_STEPS[type]?.length ?? 0];
  if (read === undefined) {
    return {
      code: "VERSION",
      path: "version",
      message: `${shown(version)} is not a version of a saved node`,
    };
  }
  if (read <= known) return undefined;
  const message = `saved by a newer version of this package (the node has version ${read}, ${known} is known): update the package`;
  return { code: "VERSION_NEWER", path: "version", message };
}

/**
 * A saved node as today's version has it. Throws what {@link checkSavedVersion} finds: what a newer version means is
 * not known, and a guess could stop a vehicle.
 */
export function upgradeSavedNode<T extends object>(type: string, saved: T): T {
  const given = saved as Fields;
  const problem = checkSavedVersion(type, given.version);
  if (problem !== undefined) throw new TrackerError(problem);
  const steps = SAVED_NODE_STEPS[type] ?? [];
  const upgraded = steps.slice(readVersion(given.version)).reduce((fields, step) => step(fields), given);
  return { ...upgraded, version: steps.length } as T;
}

function readVersion(version: unknown): number | undefined {
  if (isBlank(version)) return 0;
  const read = typeof version === "string" && /^\s*\d+\s*$/.test(version) ? Number(version) : version;
  return Number.isInteger(read) && (read as number) >= 0 ? (read as number) : undefined;
}
