import type { Telemetry } from "../../../model/message";
import { fitting } from "../convert";
import type { Mapping } from "../mapping";
import type { WireValue } from "../values";
import { filling, type RecordBuild, type RecordShape } from "./build";
import { codeOf, type RecordCode } from "./code";
import { type Layout, MOST_VALUES } from "./layout";
import { type Kept, keptOf, rawOf, type Slot, type ValueRule } from "./slot";
import type { ReadValue } from "./wire";

/** Records of one layout before code is made for it, which takes as long as some thousand records. */
const OFTEN = 1000;

/** The values of the record that is being made. */
const VALUES: Kept[] = new Array(MOST_VALUES + 1).fill(null);

/** How the values of one layout become a record, where all of them fit. */
export class RecordPlan {
  private readonly build: RecordBuild;
  private uses = 0;
  private readonly rules: readonly ValueRule[];
  /** Of each value, its place among those that were read, and above it that in the record. */
  private readonly places: Uint16Array;
  /** The plans in which a value stays under its id, by its slot. */
  private readonly others = new Map<Slot, RecordPlan | undefined>();

  constructor(
    private readonly slots: readonly Slot[],
    private readonly shape: RecordShape,
    private readonly without: (place: number) => RecordPlan | undefined,
  ) {
    this.build = filling(shape);
    this.rules = slots.map(({ rule }) => rule);
    this.places = Uint16Array.from(slots, ({ from, to }) => from | (to << 8));
  }

  /** Says once that there were enough records of it that code which reads them saves more than it costs. */
  isOften(): boolean {
    return this.uses === OFTEN && ++this.uses > OFTEN;
  }

  codeFor(layout: Layout, natures: Uint8Array): RecordCode {
    return codeOf(layout, natures, this.slots, this.shape);
  }

  /** A record of what was read; undefined where a value does not fit its name, which has to be said. */
  record(
    read: readonly ReadValue[],
    imei: string,
    identity: string,
    time: number,
    receivedAt: number,
  ): Telemetry | undefined {
    const { rules, places } = this;
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at] as ValueRule;
      const place = places[at] as number;
      const wire = read[place & 0xff] as ReadValue;
      const value = keptOf(rule, wire);
      if (value === undefined) {
        return this.other(this.slots[at] as Slot, wire)?.record(read, imei, identity, time, receivedAt);
      }
      VALUES[place >> 8] = rule.how === "second" ? this.second(at, value, wire) : value;
    }
    this.uses++;
    return this.build(VALUES, imei, identity, time, receivedAt);
  }

  /** A value whose name has one already: of yes and no, yes wins. */
  private second(at: number, value: Kept, wire: ReadValue): Kept {
    const first = (this.slots[at] as Slot).first as number;
    if (value === true && VALUES[first] === false) VALUES[first] = true;
    return rawOf(wire);
  }

  /** The plan in which a value that does not fit, but may stay under its id without a word, does so. */
  private other(slot: Slot, wire: ReadValue): RecordPlan | undefined {
    const { to, rule, isBeside } = slot;
    if (rule.mapping === undefined) return undefined;
    if (!isBeside && fitting(wire as WireValue, rule.mapping as Mapping) !== null) return undefined;
    if (!this.others.has(slot)) this.others.set(slot, this.without(to));
    return this.others.get(slot);
  }
}
