import type { Scalar } from "../../../model/message";
import type { CompiledMap } from "../field-map";
import { appendStep } from "../path";
import type { PlacedReading } from "../readings";
import { planOf, type ReadingPlan } from "./plan";
import { ShapedReading } from "./shaped-reading";

/** Values of an object that is read fast, levels in it, and characters of a key, at most. */
const MOST_VALUES = 300;
const MOST_LEVELS = 8;
const LONGEST_KEY = 100;
/** Steps of all shapes of a map, at most: some 10 MB. What a fleet sends takes some hundred. */
export const MOST_STEPS = 20_000;
/** Plans of a map, at most: some 15 MB. */
const MOST_PLANS = 1000;
/** Readings without a plan before all is begun anew: what filled it may have been of one bad day. */
const PATIENCE = 1_000_000;
/** Readings of a shape that are read step by step: one that comes once in a while is not worth a plan. */
export const UNTIL_PLANNED = 3;

/** What stands under a key, as far as it decides where values go. */
const [VALUE, NULL, OBJECT, END] = [0, 1, 2, 3];

/** A place in objects that begin alike. The edge that was taken last is kept apart: mostly it is the next one, too. */
class Step {
  key = "";
  kind = -1;
  next: Step | undefined;
  readonly others: Map<string, Step>[] = [];
  /** Of the end of the outermost object: how often it came, and what becomes of its values. */
  seen = 0;
  plan: ReadingPlan | undefined;

  /** Where a key leads; undefined where there is no room for it. */
  to(key: string, kind: number, make: () => Step | undefined): Step | undefined {
    if (this.kind === kind && this.key === key) return this.next;
    this.others[kind] ??= new Map();
    const known = this.others[kind];
    const next = known.get(key) ?? make();
    if (next === undefined) return undefined;
    known.set(key, next);
    this.key = key;
    this.kind = kind;
    this.next = next;
    return next;
  }
}

const ALL_SHAPES = new WeakMap<CompiledMap, Shapes>();

/** The shapes of what a map was used for. */
export function shapesOf(map: CompiledMap): Shapes {
  let shapes = ALL_SHAPES.get(map);
  if (shapes === undefined) {
    shapes = new Shapes(map);
    ALL_SHAPES.set(map, shapes);
  }
  return shapes;
}

/**
 * The objects that a map was used for, by their keys, in their order, and the kinds of what stands under them. All that have
 * one shape have their values at the same paths: these are worked out once, and so is what the rules make of them.
 */
export class Shapes {
  private root = new Step();
  private steps = 0;
  private unplanned = 0;
  private plans = 0;
  private readonly isOff: boolean;
  private readonly make = (): Step | undefined => {
    if (this.steps >= MOST_STEPS) return undefined;
    this.steps++;
    return new Step();
  };
  private readonly mayPlan = (): boolean => this.plans++ < MOST_PLANS;

  constructor(private readonly map: CompiledMap) {
    this.isOff = map.rules.length === 0 || map.rules.some(({ expression }) => expression !== undefined);
  }

  /** A reading whose values and their paths are known; undefined where they have to be found out step by step. */
  read(value: unknown, place: string): PlacedReading | undefined {
    if (this.isOff || !isPlain(value)) return undefined;
    const values: Scalar[] = [];
    const end = this.walk(value, this.root, values, 1);
    if (end !== undefined && values.length > 0) {
      if (end.plan !== undefined) return new ShapedReading(end.plan, values, value, place);
      if (++end.seen === UNTIL_PLANNED) end.plan = planOf(this.map, pathsOf(value), this.mayPlan);
    }
    if ((this.steps >= MOST_STEPS || this.plans >= MOST_PLANS) && ++this.unplanned >= PATIENCE) this.forget();
    return undefined;
  }

  private forget(): void {
    this.root = new Step();
    this.steps = 0;
    this.plans = 0;
    this.unplanned = 0;
  }

  /** Collects the values of an object; undefined where there is anything in it that is rare. */
  private walk(value: object, from: Step, values: Scalar[], level: number): Step | undefined {
    let step: Step | undefined = from;
    let isEmpty = true;
    for (const key in value) {
      const item = (value as Readonly<Record<string, unknown>>)[key];
      const kind = kindOf(item);
      if (kind === undefined || key.length > LONGEST_KEY || values.length >= MOST_VALUES) return undefined;
      isEmpty = false;
      step = step.to(key, kind, this.make);
      if (kind !== OBJECT) values.push(item as Scalar);
      else if (step !== undefined && level < MOST_LEVELS)
        step = this.walk(item as object, step, values, level + 1);
      else return undefined;
      if (step === undefined) return undefined;
    }
    // As leaves.ts writes it.
    if (isEmpty) values.push("{}");
    return step.to("", END, this.make);
  }
}

/** Undefined where it is a list, or a number that may have lost digits, or nothing that JSON has. */
function kindOf(item: unknown): number | undefined {
  switch (typeof item) {
    case "number":
      return item >= Number.MIN_SAFE_INTEGER && item <= Number.MAX_SAFE_INTEGER ? VALUE : undefined;
    case "string":
    case "boolean":
      return VALUE;
    default:
      return item === null ? NULL : isPlain(item) ? OBJECT : undefined;
  }
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !(Symbol.toStringTag in value)
  );
}

/** The paths of all values, and which of them are null. */
function pathsOf(value: object, inside = ""): (readonly [path: string, isNull: boolean])[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const path = appendStep(inside, { key });
    const isFull = isPlain(item) && Object.keys(item).length > 0;
    return isFull ? pathsOf(item, path) : [[path, item === null] as const];
  });
}
