import { isScaled } from "../convert";
import type { Mapping } from "../mapping";
import { IGNITION } from "../normalize";
import { GNSS_SENSOR, sensorIdText } from "../sensors";
import type { RecordShape, ShapeField } from "./build";
import { Slot } from "./slot";

/** A sensor of a record. */
export interface Sensed {
  readonly id: number;
  readonly isWithoutValue: boolean;
  /** Which of the record's values it has, counted from 0. */
  readonly place: number;
}

/**
 * What becomes of the values of one layout: once what `normalizeTelemetry` does for each record. `kept` are the places of values
 * that do not fit their names. Undefined where a value says which name it has.
 */
export function draftOf(
  sensed: readonly Sensed[],
  meaning: (id: number) => Mapping | null | undefined,
  ignition: number | undefined,
  kept: ReadonlySet<number>,
): Draft | undefined {
  const draft = new Draft();
  const named: [Sensed, Mapping][] = [];
  for (const sensor of sensed) {
    const mapping = meaning(sensor.id);
    if (mapping?.placed) return undefined;
    if (mapping) named.push([sensor, mapping]);
    else if (mapping === undefined) draft.addUnnamed(sensor);
  }
  named.sort(([, one], [, other]) => one.rank - other.rank);
  for (const [sensor, mapping] of named) {
    const isKept = kept.has(sensor.place) || (sensor.isWithoutValue && !takesNone(mapping));
    if (isKept) draft.keep(sensor);
    else draft.name(sensor, mapping);
  }
  const source = sensed.find(({ id }) => id === ignition);
  if (source !== undefined && !kept.has(sensed.length)) draft.addIgnition(source, sensed.length);
  return draft;
}

function takesNone(mapping: Mapping): boolean {
  return mapping.type === "any" && !isScaled(mapping);
}

/** What is done with the values of a layout, as it grows value by value. */
export class Draft implements RecordShape {
  readonly slots: Slot[] = [];
  readonly attributes: ShapeField[] = [];
  readonly sensors: ShapeField[] = [];
  units: Record<string, string> | undefined;
  position: number | undefined;
  /** Place of the value that each name has. */
  private readonly places = new Map<string, number>();

  addUnnamed(sensor: Sensed): void {
    if (sensor.id !== GNSS_SENSOR || sensor.isWithoutValue) {
      this.keep(sensor);
      return;
    }
    this.position = sensor.place;
    this.slots.push(new Slot(sensor.place, sensor.place, "position", undefined, false));
  }

  /** A value that stays under its id. */
  keep({ id, place }: Sensed): void {
    this.slots.push(new Slot(place, place, "raw", undefined, false));
    this.sensors.push([sensorIdText(id), place]);
  }

  /** A value with a name, or, where that has one already, under its id, too. */
  name({ id, place }: Sensed, mapping: Mapping): void {
    const isSecond = this.add(mapping, place, place, false);
    if (isSecond) this.sensors.push([sensorIdText(id), place]);
  }

  /** An input stays an input beside it. */
  addIgnition(source: Sensed, place: number): void {
    this.add(IGNITION, source.place, place, true);
  }

  private add(mapping: Mapping, from: number, to: number, isBeside: boolean): boolean {
    const { key, unit } = mapping;
    const first = this.places.get(key);
    this.slots.push(new Slot(from, to, mapping, first, isBeside));
    if (first !== undefined) return true;
    this.places.set(key, to);
    this.attributes.push([key, to]);
    if (unit !== undefined) this.units = { ...this.units, [key]: unit };
    return false;
  }
}
