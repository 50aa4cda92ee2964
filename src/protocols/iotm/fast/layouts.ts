import { busPart, CAN_ACTIVITY, type Facts, FUEL_LEVEL_TYPE, ignitionOf, meaningIn } from "../layouts";
import type { SensorMap } from "../mapping";
import { isHiddenSensor } from "../privacy";
import { CAN_COMPILE } from "./code";
import { CodedLayouts } from "./coded";
import { type Draft, draftOf, type Sensed } from "./draft";
import {
  ACTIVITY,
  FUEL_TYPE,
  HIDDEN_VALUE,
  IGNITION_SOURCE,
  type Layout,
  MOST_VALUES,
  NEVER_ZERO,
  OF_BUS,
  WITHOUT_VALUE,
} from "./layout";
import { RecordPlan } from "./plan";

/** Plans that are kept, some 20 MB at most; a fleet has some hundred of them. */
export const MOST_PLANS = 5000;
/** Records without a plan before all is begun anew: what filled it may have been of one bad day. */
const PATIENCE = 100 * MOST_PLANS;

/** What a device config says of how values are read. */
export interface FastReading {
  readonly map: SensorMap;
  readonly ignition: readonly number[];
  readonly showPersonal: boolean;
}

interface Known {
  readonly ids: Int32Array;
  readonly situation: number;
  /** Undefined where values depend on each other in a way that is rare. */
  readonly plan: RecordPlan | undefined;
}

/** All layouts that came, each with what becomes of its values. */
export class Layouts {
  /** What each sensor says, by its id. */
  readonly natures: Uint8Array;
  /** Code for those of them that come often. */
  readonly coded = new CodedLayouts();
  private readonly known = new Map<number, Known>();
  /** The last layout of so many sensors: mostly it is that of the next record. */
  private readonly lastOf: (Known | undefined)[] = new Array(MOST_VALUES + 1).fill(undefined);
  private plans = 0;
  private unplanned = 0;

  constructor(
    private readonly reading: FastReading,
    private readonly canCompile = CAN_COMPILE,
  ) {
    const { ignition, showPersonal } = reading;
    this.natures = Uint8Array.from({ length: 0x10000 }, (_, id) => {
      const part = busPart(id);
      return (
        (isHiddenSensor(id, showPersonal) ? HIDDEN_VALUE : 0) |
        (part === undefined ? 0 : OF_BUS) |
        (part?.isNeverZero ? NEVER_ZERO : 0) |
        (id === CAN_ACTIVITY ? ACTIVITY : 0) |
        (id === FUEL_LEVEL_TYPE ? FUEL_TYPE : 0) |
        (ignition.includes(id) ? IGNITION_SOURCE : 0)
      );
    });
  }

  /** What becomes of the values of a layout; undefined where that has to be found out step by step. */
  plan(layout: Layout): RecordPlan | undefined {
    const { ids, count, isBusHeard, fuelLevelType = 0 } = layout;
    const situation = (isBusHeard === undefined ? 0 : isBusHeard ? 1 : 2) + 3 * fuelLevelType;
    const guess = this.lastOf[count];
    if (guess !== undefined && isOf(guess, ids, situation)) return guess.plan;
    let hash = situation;
    for (let at = 0; at < count; at++)
      hash = Math.imul(hash ^ (hash >>> 15) ^ (ids[at] as number), 0x85ebca6b);
    const known = this.known.get(hash) ?? this.learn(layout, situation, hash);
    if (known === undefined || known.ids.length !== count || !isOf(known, ids, situation)) return undefined;
    this.lastOf[count] = known;
    return known.plan;
  }

  /** Makes code for a layout that comes often, that of the record from `start` to before `stop`. */
  write(plan: RecordPlan, layout: Layout, bytes: Uint8Array, start: number, stop: number): void {
    if (!this.canCompile) return;
    const { natures } = this;
    const sensed = sensedIn(layout.ids.subarray(0, layout.count));
    const hides = sensed.some(
      ({ id, isWithoutValue }) => !isWithoutValue && ((natures[id] as number) & HIDDEN_VALUE) !== 0,
    );
    this.coded.add({ code: plan.codeFor(layout, natures), hides }, bytes, start, stop);
  }

  private learn(layout: Layout, situation: number, hash: number): Known | undefined {
    if (!this.hasRoom()) return undefined;
    const ids = layout.ids.slice(0, layout.count);
    const known = { ids, situation, plan: this.planOf(sensedIn(ids), layout) };
    this.known.set(hash, known);
    return known;
  }

  private hasRoom(): boolean {
    if (this.plans < MOST_PLANS) {
      this.plans++;
      return true;
    }
    if (++this.unplanned < PATIENCE) return false;
    this.known.clear();
    this.coded.clear();
    this.lastOf.fill(undefined);
    this.plans = 0;
    this.unplanned = 0;
    return true;
  }

  private planOf(sensed: readonly Sensed[], { isBusHeard, fuelLevelType }: Layout): RecordPlan | undefined {
    // Of an id that comes twice, the last value counts.
    if (new Set(sensed.map(({ id }) => id)).size < sensed.length) return undefined;
    const sources = this.reading.ignition.filter((id) =>
      sensed.some((one) => one.id === id && !one.isWithoutValue),
    );
    const facts: Facts = { isBusHeard, ignition: ignitionOf(sources, isBusHeard), fuelLevelType };
    return this.planBy(facts, sensed, new Set());
  }

  private planBy(facts: Facts, sensed: readonly Sensed[], kept: ReadonlySet<number>): RecordPlan | undefined {
    const meaning = (id: number) => meaningIn(id, this.reading.map, facts);
    const draft: Draft | undefined = draftOf(sensed, meaning, facts.ignition, kept);
    if (draft === undefined) return undefined;
    const without = (place: number) =>
      this.hasRoom() ? this.planBy(facts, sensed, new Set([...kept, place])) : undefined;
    return new RecordPlan(draft.slots, draft, without);
  }
}

function isOf(known: Known, ids: Int32Array, situation: number): boolean {
  if (known.situation !== situation) return false;
  const own = known.ids;
  for (let at = 0; at < own.length; at++) if (own[at] !== ids[at]) return false;
  return true;
}

function sensedIn(ids: Int32Array): Sensed[] {
  return Array.from(ids, (id, place) => ({
    id: id & ~WITHOUT_VALUE,
    isWithoutValue: (id & WITHOUT_VALUE) !== 0,
    place,
  }));
}
