import type { Choices } from "./choices";
import { parseSensorId, type SensorOverride } from "./mapping";

export const CAN_IGNITION = 0x006d;
const INPUT_5 = 0x0013;
/** The device makes it of the alternator's voltage. */
const INPUT_7 = 0x0014;

const CHOSEN: Readonly<Record<string, readonly number[]>> = {
  can: [CAN_IGNITION],
  input5: [INPUT_5],
  input7: [INPUT_7],
  off: [],
};
/** CAN where it is heard, else the input to which the vendor has the ignition wired. */
export const AUTOMATIC_IGNITION: readonly number[] = [CAN_IGNITION, INPUT_5];

/** What a device config says of the ignition. */
export interface IgnitionSettings {
  readonly choices?: Choices;
  /** Name of input n at index n − 1. */
  readonly inputNames?: readonly string[];
  readonly sensors?: readonly SensorOverride[];
}

/**
 * The sensors that say whether the ignition is on, the best first. A sensor that the user called so decides alone; what the
 * user has called otherwise is not taken unless it is chosen.
 */
export function ignitionSources({
  choices = {},
  inputNames = [],
  sensors = [],
}: IgnitionSettings): readonly number[] {
  if (sensors.some(({ key }) => key?.trim() === "ignition")) return [];
  const chosen = CHOSEN[choices.ignition ?? ""];
  if (chosen !== undefined) return chosen;
  const taken = new Set(
    sensors.filter(({ key }) => key?.trim() !== "input5").map(({ id }) => parseSensorId(id)),
  );
  if (inputNames[4]?.trim()) taken.add(INPUT_5);
  return AUTOMATIC_IGNITION.filter((id) => !taken.has(id));
}
