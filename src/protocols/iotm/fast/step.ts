import { CAN_ACTIVITY, FUEL_LEVEL_TYPE } from "../layouts";
import type { Plan } from "./plan";

/** What the sensor of a step says beside its own value. */
export interface StepNature {
  /** It is one that nobody is to see. */
  readonly isHidden: boolean;
  /** Anything but a zero says that the vehicle's bus is heard. */
  readonly isOfBus: boolean;
  /** A zero says that it is not. */
  readonly isNeverZero: boolean;
  /** Other values depend on it. */
  readonly decides: boolean;
}

/** One sensor of a layout, after those before it. The last one of a record has the plans for it. */
export class Step {
  /** Place of its value; −1 before the first sensor. */
  readonly depth: number;
  /** It says nothing but its value. */
  readonly isPlain: boolean;
  /** The plan that was used last, and of which situation it is. */
  plan: Plan | undefined;
  situation = -1;
  readonly plans = new Map<number, Plan | undefined>();
  private next: Map<number, Step> | undefined;
  private lastId = -1;
  private last: Step | undefined;
  private none: Step | undefined;

  constructor(
    readonly parent: Step | undefined,
    readonly id: number,
    readonly nature: StepNature,
    /** The sensor says that it has no value. */
    readonly isNone: boolean,
    private readonly make: (parent: Step, id: number) => Step | undefined,
  ) {
    this.depth = parent === undefined ? -1 : parent.depth + 1;
    const { isHidden, isOfBus, decides } = nature;
    this.isPlain = !isHidden && !isOfBus && !decides;
  }

  /** The step of the next sensor; undefined where that makes a layout that is not kept. */
  to(id: number): Step | undefined {
    return this.lastId === id ? this.last : this.find(id);
  }

  /** The same sensor without a value. */
  withoutValue(): Step {
    this.none ??= new Step(this.parent, this.id, this.nature, true, this.make);
    return this.none;
  }

  /** The steps from the first sensor to this one. */
  path(): Step[] {
    const path: Step[] = [];
    for (let step: Step = this; step.parent !== undefined; step = step.parent) path.push(step);
    return path.reverse();
  }

  get isActivity(): boolean {
    return this.id === CAN_ACTIVITY;
  }

  get isFuelLevelType(): boolean {
    return this.id === FUEL_LEVEL_TYPE;
  }

  private find(id: number): Step | undefined {
    let step = this.next?.get(id);
    if (step === undefined) {
      step = this.make(this, id);
      if (step === undefined) return undefined;
      this.next ??= new Map();
      this.next.set(id, step);
    }
    this.lastId = id;
    this.last = step;
    return step;
  }
}
