import { type FieldPlace, fillerOf } from "../../../model/filler";
import type { Position, Scalar, Telemetry } from "../../../model/message";
import type { Kept } from "./slot";

/** What goes where in a record: the places of its values, by their names. */
export interface RecordShape {
  /** Place of the position; undefined without one. */
  readonly position: number | undefined;
  readonly attributes: readonly FieldPlace[];
  readonly sensors: readonly FieldPlace[];
  readonly units: Readonly<Record<string, string>> | undefined;
}

/** Makes a record of its values. */
export type RecordBuild = (
  values: readonly Kept[],
  imei: string,
  identity: string,
  time: number,
  receivedAt: number,
) => Telemetry;

/** Makes records of objects that are copied from one that has the names, and filled. */
export function filling(shape: RecordShape): RecordBuild {
  const { position, units } = shape;
  const empty = emptyRecord(shape);
  const makeAttributes = fillerOf<Scalar>(shape.attributes);
  const makeSensors = fillerOf<Scalar | Position>(shape.sensors);
  return (values, imei, identity, time, receivedAt) => {
    const record = { ...empty };
    record.imei = imei;
    record.identity = identity;
    record.time = time;
    record.receivedAt = receivedAt;
    if (position !== undefined) record.position = values[position] as Position;
    record.attributes = makeAttributes(values);
    record.sensors = makeSensors(values);
    if (units !== undefined) record.units = { ...units };
    return record;
  };
}

type Growing = { -readonly [K in keyof Telemetry]: Telemetry[K] };

/** A record with all that one of its shape has, in that order. */
function emptyRecord({ position, units }: RecordShape): Growing {
  return {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    imei: "",
    identity: "",
    time: 0,
    receivedAt: 0,
    ...(position === undefined ? {} : { position: null as never }),
    attributes: {},
    sensors: {},
    ...(units === undefined ? {} : { units }),
  };
}
