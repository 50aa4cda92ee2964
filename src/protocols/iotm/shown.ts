import type { Label } from "../../model/label";
import type { Scalar } from "../../model/message";
import { convertLinear } from "../../model/units";
import type { TermGroup } from "../../model/vocabulary";
import { linearOf } from "./mapping";
import { findSensor } from "./sensors";

/** What the table knows of a value that stayed under its id. */
export interface ShownSensor {
  readonly label: Label;
  readonly group: TermGroup;
  /** A number in its unit, where its factor is known. */
  readonly value: Scalar;
  /** Undefined for a number whose unit no source gives; empty where there is none. */
  readonly unit: string | undefined;
}

/** A value of `sensors` as a person is to see it; undefined where `key` is no id of the table. */
export function shownSensor(key: string, value: Scalar): ShownSensor | undefined {
  const sensor = /^0x[0-9A-F]{4}$/.test(key) ? findSensor(Number(key)) : undefined;
  if (sensor === undefined) return undefined;
  const { label, group, unit, meaning } = sensor;
  if (typeof value !== "number") return { label, group, value, unit: "" };
  return { label, group, value: convertLinear(value, linearOf(meaning ?? sensor)), unit };
}
