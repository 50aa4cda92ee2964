import type { Scalar } from "../../../model/message";
import type { Leaves } from "../leaves";
import type { PlacedReading } from "../readings";
import type { ReadingPlan } from "./plan";

/** A reading whose shape is known, with its values in their order; its paths are written down only for who asks. */
export class ShapedReading implements PlacedReading {
  private made: Leaves | undefined;

  constructor(
    readonly plan: ReadingPlan,
    readonly values: readonly Scalar[],
    readonly document: object,
    readonly place: string,
  ) {}

  get root(): object {
    return this.document;
  }

  get leaves(): Leaves {
    this.made ??= new Map(this.plan.paths.map((path, at) => [path, this.values[at] as Scalar]));
    return this.made;
  }
}
