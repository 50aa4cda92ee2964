import type { FieldPlace } from "../../../model/filler";
import { isScaled } from "../convert";
import type { Mapping } from "../mapping";
import { IGNITION } from "../normalize";
import { GNSS_SENSOR, sensorIdText } from "../sensors";
import type { RecordShape } from "./build";
import type { ValueRules } from "./rules";
import { type Slot, ValueRule } from "./slot";

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
  rules: ValueRules,
): Draft | undefined {
  const draft = new Draft(rules);
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
  readonly attributes: FieldPlace[] = [];
  readonly sensors: FieldPlace[] = [];
  units: Record<string, string> | undefined;
  position: number | undefined;
  /** Place of the value that each name has. */
  private readonly places = new Map<string, number>();

  constructor(private readonly rules: ValueRules) {}

  addUnnamed(sensor: Sensed): void {
    if (sensor.id !== GNSS_SENSOR || sensor.isWithoutValue) {
      this.keep(sensor);
      return;
    }
    this.position = sensor.place;
    this.add(sensor.place, this.rules.position);
  }

  /** A value that stays under its id. */
  keep({ id, place }: Sensed): void {
    this.add(place, this.rules.raw);
    this.sensors.push([sensorIdText(id), place]);
  }

  /** A value with a name, or, where that has one already, under its id, too. */
  name({ id, place }: Sensed, mapping: Mapping): void {
    const first = this.places.get(mapping.key);
    if (first === undefined) {
      this.add(place, this.rules.name(mapping));
      this.addName(mapping, place);
    } else {
      this.slots.push({
        from: place,
        to: place,
        rule: new ValueRule("second", mapping),
        first,
        isBeside: false,
      });
      this.sensors.push([sensorIdText(id), place]);
    }
  }

  /** An input stays an input beside it. */
  addIgnition({ place: from }: Sensed, to: number): void {
    const first = this.places.get(IGNITION.key);
    const rule = first === undefined ? this.rules.name(IGNITION) : new ValueRule("second", IGNITION);
    this.slots.push({ from, to, rule, first, isBeside: true });
    if (first === undefined) this.addName(IGNITION, to);
  }

  private add(place: number, rule: ValueRule): void {
    this.slots.push({ from: place, to: place, rule, first: undefined, isBeside: false });
  }

  private addName({ key, unit }: Mapping, place: number): void {
    this.places.set(key, place);
    this.attributes.push([key, place]);
    if (unit !== undefined) this.units = { ...this.units, [key]: unit };
  }
}
