import { imeiCheckDigit } from "../model/imei";
import { MODEL_NAMES, MODELS, type ModelName } from "./models";

/** How many devices of each model. */
export type Counts = Readonly<Record<ModelName, number>>;

/** The fleet of who says nothing else. */
export const DEFAULT_COUNTS: Counts = { car: 5, carWithoutCan: 0, lorry: 0, trailer: 0, light: 0, xtcu: 0 };

/** Devices of one simulator, and the highest number that a device can have. */
export const MAX_DEVICES = 5000;
export const MAX_NUMBER = 999_999;

/** Epoch milliseconds of a time at which a fleet can begin, written as text; undefined for others. Frames hold no more. */
export function readStart(value: unknown): number | undefined {
  const read = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return read >= Date.UTC(2000) && read < Date.UTC(2107) ? read : undefined;
}

/** One device that is to be. */
export interface PlannedDevice {
  readonly model: ModelName;
  readonly imei: string;
  /** `Car 3` */
  readonly name: string;
}

/**
 * The IMEI of a virtual device, always the same for its model and number (1 to 999999), so that it can be
 * registered: 8600000, the model's digit, the number, the check digit.
 */
export function imeiOf(model: ModelName, number: number): string {
  const first14 = `8600000${MODELS[model].digit}${String(number).padStart(6, "0")}`;
  return `${first14}${imeiCheckDigit(first14)}`;
}

/** The devices of a fleet. `first` is the number of the first one of each model. */
export function plannedDevices(counts: Counts, first = 1): PlannedDevice[] {
  return MODEL_NAMES.flatMap((model) =>
    Array.from({ length: counts[model] }, (_, index) => ({
      model,
      imei: imeiOf(model, first + index),
      name: `${MODELS[model].label} ${first + index}`,
    })),
  );
}
