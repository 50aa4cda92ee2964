import type { Problem } from "../../errors";
import { imeiIn } from "../../model/imei";
import type { Scalar } from "../../model/message";
import type { Written } from "./beside";
import { type AxisName, readPair } from "./coordinates";
import type { CompiledRule } from "./field-map";

/** What fills a signal of a reading. */
export interface Claim {
  readonly to: string;
  /** Converted. */
  readonly value: Scalar;
  /** Where it came from; undefined where an expression or a default gave it. */
  readonly path: string | undefined;
  /** Index of the rule; undefined where its name was recognised. */
  readonly rule: number | undefined;
  /** The unit it came in; empty where the usual one was assumed. */
  readonly unit: string;
  /** Where the payload says the unit, or a fraction, beside the value. */
  readonly unitPath?: string;
  /** Of a coordinate: the value as it was written. */
  readonly source?: Scalar;
  /** What a name of the user's own is in, where they or the payload say so. */
  readonly ownUnit?: string;
}

/** A value that does not fit a target. */
export interface Unfit {
  readonly to: string;
  readonly problem: Problem;
}

const PAIR = "latLon";

/** Puts a claim where it belongs; one of both coordinates becomes two. */
export function take(claim: Claim, claims: Map<string, Claim>): void {
  if (claim.to !== PAIR) {
    claims.set(claim.to, claim);
    return;
  }
  const pair = readPair(claim.source ?? claim.value, claim.unit) ?? [];
  for (const [at, to] of (["latitude", "longitude"] as const).entries()) {
    const value = pair[at];
    if (value !== undefined && !claims.has(to)) claims.set(to, { ...claim, to, value, source: value });
  }
}

/** Whether nothing more is needed for a target. */
export function isFilled(key: string, claims: ReadonlyMap<string, Claim>): boolean {
  return key === PAIR ? claims.has("latitude") && claims.has("longitude") : claims.has(key);
}

/** Whether a target is a coordinate, or both. */
export function isCoordinate(target: string): target is AxisName {
  return target === "latitude" || target === "longitude" || target === PAIR;
}

export function unitPathOf(beside: Written | undefined): { unitPath?: string } {
  return beside === undefined ? {} : { unitPath: beside.path };
}

/** The problem of a value that does not fit a target, with what would. */
export function unfitOf(value: Scalar, target: CompiledRule["target"], path: string): Unfit {
  const imei = target.key === "imei" ? imeiIn(value).problem : undefined;
  if (imei !== undefined) return { to: target.key, problem: { ...imei, path } };
  const label = "label" in target ? target.label : target.key;
  const range = "range" in target ? target.range : undefined;
  const fits = range === undefined ? "" : `, which is ${[...range].join(" to ")} ${target.unit}`.trimEnd();
  const message = `${JSON.stringify(value).slice(0, 100)} does not fit “${label}”${fits}`;
  return { to: target.key, problem: { code: unfitCode(target.key), path, message } };
}

/** Coordinates that are none are an error, everything else a warning. */
export function unfitCode(target: string): "POSITION_RANGE" | "VALUE_UNFIT" {
  return isCoordinate(target) ? "POSITION_RANGE" : "VALUE_UNFIT";
}
