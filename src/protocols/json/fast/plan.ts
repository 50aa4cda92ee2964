import type { Problem } from "../../../errors";
import { correctRollover } from "../../../model/device-clock";
import { type Filler, fillerOf } from "../../../model/filler";
import { type PlacedIdentity, placedIdentity } from "../../../model/identity";
import type { Position, Scalar, Telemetry } from "../../../model/message";
import { isNullIsland } from "../../../model/position";
import { unfitOf } from "../claims";
import type { CompiledMap } from "../field-map";
import type { ReadingOrigin } from "../normalize";
import { EARLIEST_BELIEVED } from "../time";
import { type ShapeDraft, type ShapeValue, shapeDraftOf, type UnfitValue } from "./draft";
import { senderOf } from "./senders";

/** What becomes of the values of a shape by a map, worked out once for all readings that have it. */
export class ReadingPlan {
  private readonly identity: PlacedIdentity;
  private readonly attributes: Filler<Scalar>;
  private readonly sensors: Filler<Scalar>;
  /** By the rule that a value does not fit; null where then everything is read step by step. */
  private readonly others = new Map<number, ReadingPlan | null>();
  private readonly position: Filler<Scalar> | undefined;

  constructor(
    readonly map: CompiledMap,
    readonly paths: readonly string[],
    private readonly draft: ShapeDraft,
    private readonly unfit: ReadonlySet<number>,
    private readonly makeOther: (unfit: ReadonlySet<number>) => ReadingPlan | undefined,
  ) {
    this.identity = placedIdentity(paths);
    this.attributes = fillerOf(draft.attributes);
    this.sensors = fillerOf(draft.sensors);
    this.position =
      draft.position && fillerOf([["valid", 0], ["latitude", 0], ["longitude", 0], ...draft.position.parts]);
  }

  /**
   * The record of a reading with these values; undefined where one of them does not fit what it is for, or anything is to
   * be said of it: then it has to be found out step by step.
   */
  record(values: readonly Scalar[], origin: ReadingOrigin): Telemetry | undefined {
    const { takes, imei, time } = this.draft;
    const taken: Scalar[] = [];
    for (let at = 0; at < takes.length; at++) {
      const { from, take } = takes[at] as ShapeDraft["takes"][number];
      const value = take(values[from] as Scalar);
      if (value === undefined) return this.without(at)?.record(values, origin);
      taken.push(value);
    }
    const sender = senderOf(taken[imei] as string, origin.topicImei);
    const said = taken[time] as number;
    if (sender === undefined || !(said >= EARLIEST_BELIEVED)) return undefined;
    if (correctRollover(said, origin.receivedAt).warning !== undefined) return undefined;
    const position = this.positionOf(taken);
    if (position === null) return undefined;
    const { units, refused } = this.draft;
    return {
      schema: 1,
      kind: "telemetry",
      protocol: origin.protocol,
      imei: sender.imei,
      identity: this.identity(sender.telemetry, values),
      time: said,
      receivedAt: origin.receivedAt,
      ...(position === undefined ? undefined : { position }),
      attributes: this.attributes(taken),
      sensors: this.sensors(values),
      ...(units === undefined ? undefined : { units: { ...units } }),
      ...(refused.length === 0 ? undefined : { warnings: refused.map((one) => warningOf(one, taken)) }),
    };
  }

  /** The plan for where this value does not fit its rule. */
  private without(at: number): ReadingPlan | undefined {
    const { rule } = this.draft.takes[at] as ShapeDraft["takes"][number];
    if (rule === undefined) return undefined;
    let other = this.others.get(rule);
    if (other === undefined) {
      other = this.makeOther(new Set([...this.unfit, rule])) ?? null;
      this.others.set(rule, other);
    }
    return other ?? undefined;
  }

  /** Null where the coordinates are none. */
  private positionOf(taken: readonly Scalar[]): Position | null | undefined {
    const { position } = this.draft;
    if (position === undefined || this.position === undefined) return undefined;
    // Zero has no sign.
    const latitude = (taken[position.latitude] as number) + 0;
    const longitude = (taken[position.longitude] as number) + 0;
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return null;
    const hasFix = position.fix === undefined || taken[position.fix] !== false;
    const hasSatellites = position.satellites === undefined || taken[position.satellites] !== 0;
    const made = this.position(taken);
    made.valid = hasFix && hasSatellites && !isNullIsland(latitude, longitude);
    made.latitude = latitude;
    made.longitude = longitude;
    return made as unknown as Position;
  }
}

function warningOf({ path, target, place }: UnfitValue, taken: readonly Scalar[]): Problem {
  return unfitOf(taken[place] as Scalar, target, path).problem;
}

/**
 * Undefined where what becomes of the values of a shape depends on more than on their fitting, or there are too many plans:
 * `mayPlan` counts them.
 */
export function planOf(
  map: CompiledMap,
  values: readonly ShapeValue[],
  mayPlan: () => boolean,
  unfit: ReadonlySet<number> = new Set(),
): ReadingPlan | undefined {
  const draft = mayPlan() ? shapeDraftOf(map, values, unfit) : undefined;
  const paths = values.map(([path]) => path);
  return draft && new ReadingPlan(map, paths, draft, unfit, (more) => planOf(map, values, mayPlan, more));
}
