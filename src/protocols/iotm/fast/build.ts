import type { Position, Scalar, Telemetry } from "../../../model/message";

/** What goes where in a record: the places of its values in a list, by their names. */
export interface RecordShape {
  /** Place of the position; undefined without one. */
  readonly position: number | undefined;
  readonly attributes: readonly Field[];
  readonly sensors: readonly Field[];
  readonly units: Readonly<Record<string, string>> | undefined;
}
export type Field = readonly [name: string, place: number];

/** Makes a record of its values. */
export type Build = (
  values: readonly unknown[],
  imei: string,
  identity: string,
  time: number,
  receivedAt: number,
) => Telemetry;

/** Whether this process may make code of text; it may be started so that it must not. */
export const CAN_COMPILE = attemptCompile();

function attemptCompile(): boolean {
  try {
    return new Function("return true")() === true;
  } catch {
    return false;
  }
}

/**
 * A function for records of one shape, written out as an object literal: all its records share one hidden class, and no name
 * is looked up. Names are quoted, and `__proto__`, which would be no name in a literal, is left to {@link fromTemplate}.
 */
export function compiled(shape: RecordShape): Build {
  const { position, attributes, sensors, units } = shape;
  if ([...attributes, ...sensors].some(([name]) => name === "__proto__")) return fromTemplate(shape);
  const literal = (fields: readonly Field[]) =>
    `{${fields.map(([name, place]) => `${JSON.stringify(name)}:v[${place}]`)}}`;
  const parts = [
    'schema:1,kind:"telemetry",protocol:"iotm",imei,identity,time,receivedAt',
    ...(position === undefined ? [] : [`position:v[${position}]`]),
    `attributes:${literal(attributes)}`,
    `sensors:${literal(sensors)}`,
    ...(units === undefined ? [] : [`units:${JSON.stringify(units)}`]),
  ];
  return new Function("v", "imei", "identity", "time", "receivedAt", `return {${parts}};`) as Build;
}

/** The same without making code: objects are copied from one that has the names, and filled. */
export function fromTemplate({ position, attributes, sensors, units }: RecordShape): Build {
  const makeAttributes = fillerOf<Scalar>(attributes);
  const makeSensors = fillerOf<Scalar | Position>(sensors);
  return (values, imei, identity, time, receivedAt) => ({
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
  });
}

function fillerOf<V>(fields: readonly Field[]): (values: readonly unknown[]) => Record<string, V> {
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
