import { isScaled } from "../convert";
import {
  busPart,
  CAN_ACTIVITY,
  type Facts,
  FUEL_LEVEL_TYPE,
  type IsHeard,
  ignitionOf,
  meaningIn,
} from "../layouts";
import type { Mapping, SensorMap } from "../mapping";
import { IGNITION } from "../normalize";
import { isHiddenSensor } from "../privacy";
import { GNSS_SENSOR, sensorIdText } from "../sensors";
import type { Field } from "./build";
import { Plan } from "./plan";
import { Slot } from "./slot";
import { Step } from "./step";

/** Sensors of a record; longer ones are not read fast. */
export const MOST_VALUES = 200;
/** Steps and plans that are kept, some 20 MB at most; a fleet has some hundred of them. */
const MOST_STEPS = 50_000;
const MOST_PLANS = 5000;
/** Records whose layout is not kept before all is begun anew: then what filled it may have been of one bad day. */
const PATIENCE = 20 * MOST_STEPS;

/** What a device config says of how values are read. */
export interface FastReading {
  readonly map: SensorMap;
  readonly ignition: readonly number[];
  readonly showPersonal: boolean;
}

/** All layouts that came, each with what becomes of its values. */
export class Layouts {
  private steps = 0;
  private plans = 0;
  private refused = 0;
  root: Step;

  constructor(
    private readonly reading: FastReading,
    private readonly canCompile?: boolean,
    private readonly mostSteps = MOST_STEPS,
  ) {
    this.root = this.newRoot();
  }

  /** The plan of a layout, by its last step; undefined where its values depend on each other in a way that is rare. */
  plan(last: Step, isBusHeard: IsHeard, fuelLevelType: number | undefined): Plan | undefined {
    const situation = (isBusHeard === undefined ? 0 : isBusHeard ? 1 : 2) + 3 * (fuelLevelType ?? 0);
    if (last.situation === situation) return last.plan;
    if (!last.plans.has(situation)) {
      if (this.plans >= MOST_PLANS) return this.refuse();
      this.plans++;
      const path = last.path();
      const sources = this.reading.ignition.filter((id) =>
        path.some((step) => step.id === id && !step.isNone),
      );
      const facts = { isBusHeard, ignition: ignitionOf(sources, isBusHeard), fuelLevelType };
      last.plans.set(situation, this.makePlan(path, facts, new Set()));
    }
    last.plan = last.plans.get(situation);
    last.situation = situation;
    return last.plan;
  }

  private newRoot(): Step {
    return new Step(undefined, -1, NOTHING, false, (parent, id) => this.makeStep(parent, id));
  }

  private makeStep(parent: Step, id: number): Step | undefined {
    if (this.steps >= this.mostSteps) return this.refuse();
    // Of an id that comes twice, the last value counts.
    if (parent.depth + 1 >= MOST_VALUES || parent.path().some((step) => step.id === id)) return undefined;
    this.steps++;
    const { ignition, showPersonal } = this.reading;
    const ofBus = busPart(id);
    const nature = {
      isHidden: isHiddenSensor(id, showPersonal),
      isOfBus: ofBus !== undefined,
      isNeverZero: ofBus?.isNeverZero ?? false,
      decides: id === CAN_ACTIVITY || id === FUEL_LEVEL_TYPE || ignition.includes(id),
    };
    return new Step(parent, id, nature, false, (from, next) => this.makeStep(from, next));
  }

  private refuse(): undefined {
    if (++this.refused < PATIENCE) return;
    this.root = this.newRoot();
    this.steps = 0;
    this.plans = 0;
    this.refused = 0;
  }

  /** Does once for a layout what `normalizeTelemetry` does for each record. `kept` are places of values that have no name. */
  private makePlan(path: readonly Step[], facts: Facts, kept: ReadonlySet<number>): Plan | undefined {
    const draft = new Draft();
    const named: [Step, Mapping][] = [];
    for (const step of path) {
      const mapping = meaningIn(step.id, this.reading.map, facts);
      if (mapping === null) continue;
      if (mapping !== undefined) named.push([step, mapping]);
      else if (step.id === GNSS_SENSOR && !step.isNone) draft.addPosition(step);
      else draft.keep(step);
    }
    named.sort(([, one], [, other]) => one.rank - other.rank);
    for (const [step, mapping] of named) {
      if (mapping.placed) return undefined;
      const saysNothing = step.isNone && (mapping.type !== "any" || isScaled(mapping));
      if (saysNothing || kept.has(step.depth)) draft.keep(step);
      else draft.name(step, mapping);
    }
    const source = path.find((step) => step.id === facts.ignition);
    if (source !== undefined && !kept.has(path.length)) draft.addIgnition(source, path.length);
    const { slots, attributes, sensors, units, position } = draft;
    return new Plan(
      slots,
      { position, attributes, sensors, units },
      ({ to }) => {
        if (this.plans >= MOST_PLANS) return this.refuse();
        this.plans++;
        return this.makePlan(path, facts, new Set([...kept, to]));
      },
      this.canCompile,
    );
  }
}

const NOTHING = { isHidden: false, isOfBus: false, isNeverZero: false, decides: false };

/** What is done with the values of a layout. */
class Draft {
  readonly slots: Slot[] = [];
  readonly attributes: Field[] = [];
  readonly sensors: Field[] = [];
  units: Record<string, string> | undefined;
  position: number | undefined;
  /** Place of the value that each name has. */
  private readonly places = new Map<string, number>();

  /** A value that stays under its id. */
  keep({ id, depth }: Step): void {
    this.slots.push(new Slot(depth, depth, "raw", undefined, false));
    this.sensors.push([sensorIdText(id), depth]);
  }

  addPosition({ depth }: Step): void {
    this.position = depth;
    this.slots.push(new Slot(depth, depth, "position", undefined, false));
  }

  name({ id, depth }: Step, mapping: Mapping): void {
    const isSecond = this.add(mapping, depth, depth, false);
    if (isSecond) this.sensors.push([sensorIdText(id), depth]);
  }

  /** An input stays an input beside it. */
  addIgnition({ depth }: Step, place: number): void {
    this.add(IGNITION, depth, place, true);
  }

  private add(mapping: Mapping, from: number, to: number, isBeside: boolean): boolean {
    const { key, unit } = mapping;
    const first = this.places.get(key);
    this.slots.push(new Slot(from, to, mapping, first, isBeside));
    if (first !== undefined) return true;
    this.places.set(key, to);
    this.attributes.push([key, to]);
    if (unit !== undefined) this.units = { ...this.units, [key]: unit };
    return false;
  }
}
