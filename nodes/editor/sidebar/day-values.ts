import type { SavedDeviceConfig } from "../../../src/device-config/device-config";
import type { LiveView } from "../../../src/fleet/views";
import { findTerm } from "../../../src/model/vocabulary";
import { numberText, text } from "../kit/texts";
import { valueRow } from "./value-rows";

/** A value that a chart can show. */
export interface ChartedValue {
  readonly key: string;
  readonly label: string;
  /** Where history may have it: under its name, or under the id of its sensor. */
  readonly paths: readonly string[];
  /** It is so or not: there is no least and no largest. */
  readonly isYesNo: boolean;
  /** As a person reads it, of what history has. */
  textOf(value: number): string;
}

const PLACE_UNITS = { speed: "km/h", altitude: "m", satellites: "" } as const;

/** Of a position. */
export function placeValue(part: keyof typeof PLACE_UNITS): ChartedValue {
  return {
    key: `position.${part}`,
    label: text(`day.${part}`),
    isYesNo: false,
    paths: [`position.${part}`],
    textOf: (value) => `${numberText(value, 1)}\u00a0${PLACE_UNITS[part]}`.trim(),
  };
}

/** What of a device is a number or a yes or no, by name. */
export function chartedValues(
  attributes: LiveView["attributes"],
  config: SavedDeviceConfig | undefined,
): readonly ChartedValue[] {
  const values = attributes.flatMap(({ key, value }): ChartedValue[] => {
    if (typeof value !== "number" && typeof value !== "boolean") return [];
    const isYesNo = typeof value === "boolean";
    // A yes is 1 in history's answers.
    const asKept = (shown: number) => (isYesNo && (shown === 0 || shown === 1) ? shown === 1 : shown);
    const textOf = (shown: number) => valueRow(key, asKept(shown), config).value;
    return [{ key, label: valueRow(key, value, config).label, paths: pathsOf(key), isYesNo, textOf }];
  });
  return [
    ...values.sort((a, b) => a.label.localeCompare(b.label)),
    placeValue("altitude"),
    placeValue("satellites"),
  ];
}

/** Paths of the columns of a table with all that is known of a device. */
export function columnPaths(attributes: LiveView["attributes"], most: number): string[] {
  return attributes.flatMap(({ key }) => pathsOf(key)[0] ?? []).slice(0, most);
}

function pathsOf(key: string): string[] {
  const [named, raw] = [`attributes.${key}`, `sensors.${key}`];
  if (findTerm(key) !== undefined) return [named];
  return /^0x[0-9A-F]{4}$/.test(key) ? [raw] : [named, raw];
}
