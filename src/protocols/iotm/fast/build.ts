import type { Position, Scalar, Telemetry } from "../../../model/message";
import type { Mapping } from "../mapping";
import { booleanOf, type Kept, mappedOf, numberOf, positionOf, rawOf, type Slot } from "./slot";
import type { ReadValue } from "./wire";

/** What goes where in a record: the places of its values, by their names. */
export interface RecordShape {
  /** Place of the position; undefined without one. */
  readonly position: number | undefined;
  readonly attributes: readonly ShapeField[];
  readonly sensors: readonly ShapeField[];
  readonly units: Readonly<Record<string, string>> | undefined;
}
export type ShapeField = readonly [name: string, place: number];

/** Makes a record of the values that were read; undefined where one of them does not fit. */
export type RecordBuild = (
  read: readonly ReadValue[],
  imei: string,
  identity: string,
  time: number,
  receivedAt: number,
) => Telemetry | undefined;

/** Makes records by a list of what is to be done: objects are copied from one that has the names, and filled. */
export function filling(
  slots: readonly Slot[],
  { position, attributes, sensors, units }: RecordShape,
): RecordBuild {
  const makeAttributes = fillerOf<Scalar>(attributes);
  const makeSensors = fillerOf<Scalar | Position>(sensors);
  const values: Kept[] = new Array(1 + Math.max(-1, ...slots.map(({ to }) => to))).fill(null);
  return (read, imei, identity, time, receivedAt) => {
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as Slot;
      const value = keptOf(slot, read[slot.from] as ReadValue, values);
      if (value === undefined) return undefined;
      values[slot.to] = value;
    }
    return {
      schema: 1,
      kind: "telemetry",
      protocol: "iotm",
      imei,
      identity,
      time,
      receivedAt,
      ...(position === undefined ? undefined : { position: values[position] as Position }),
      attributes: makeAttributes(values),
      sensors: makeSensors(values),
      ...(units === undefined ? undefined : { units: { ...units } }),
    };
  };
}

/** What a slot's value becomes; undefined where it does not fit. `values` are those of the slots before it. */
export function keptOf(slot: Slot, wire: ReadValue, values: Kept[]): Kept {
  switch (slot.how) {
    case "raw":
      return rawOf(wire);
    case "number":
      return numberOf(wire, slot.multiply, slot.add, slot.divide, slot.least, slot.most);
    case "boolean":
      return booleanOf(wire);
    case "position":
      return positionOf(wire);
    case "mapped":
      return mappedOf(wire, slot.mapping as Mapping);
    case "second":
      return secondOf(slot, wire, values);
  }
}

function secondOf({ mapping, first }: Slot, wire: ReadValue, values: Kept[]): Kept {
  const value = mappedOf(wire, mapping as Mapping);
  if (value === undefined) return undefined;
  if (value === true && values[first as number] === false) values[first as number] = true;
  return rawOf(wire);
}

function fillerOf<V>(fields: readonly ShapeField[]): (values: readonly unknown[]) => Record<string, V> {
  const names = fields.map(([name]) => name);
  const places = fields.map(([, place]) => place);
  // JSON.parse makes an object with a hidden class of its own, whatever the number of names.
  const template = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`)}}`);
  return (values) => {
    const made = { ...template };
    for (let at = 0; at < names.length; at++) made[names[at] as string] = values[places[at] as number];
    return made;
  };
}
