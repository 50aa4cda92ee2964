import type { Telemetry } from "../../../model/message";
import { fitting } from "../convert";
import type { WireValue } from "../values";
import { filling, keptOf, type RecordBuild, type RecordShape } from "./build";
import { codeOf, type RecordCode } from "./code";
import type { Layout } from "./layout";
import type { Kept, Slot } from "./slot";
import type { ReadValue } from "./wire";

/** Records of one layout before code is made for it: for a layout that comes once it would cost more than it saves. */
const USUAL = 100;

/** How the values of one layout become a record, where all of them fit. */
export class RecordPlan {
  private readonly build: RecordBuild;
  private uses = 0;
  /** The plans in which a value stays under its id, by its slot. */
  private readonly others = new Map<Slot, RecordPlan | undefined>();

  constructor(
    private readonly slots: readonly Slot[],
    private readonly shape: RecordShape,
    private readonly without: (place: number) => RecordPlan | undefined,
  ) {
    this.build = filling(slots, shape);
  }

  /** Says once that there were enough records of it that code for them saves more than it costs. */
  isUsual(): boolean {
    return this.uses === USUAL && ++this.uses > USUAL;
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
    const record = this.build(read, imei, identity, time, receivedAt);
    if (record === undefined) return this.other(read)?.record(read, imei, identity, time, receivedAt);
    this.uses++;
    return record;
  }

  /** The plan in which the first value that does not fit, but may stay under its id without a word, does so. */
  private other(read: readonly ReadValue[]): RecordPlan | undefined {
    const values: Kept[] = [];
    const slot = this.slots.find((one) => {
      const value = keptOf(one, read[one.from] as ReadValue, values);
      values[one.to] = value;
      return value === undefined;
    });
    if (slot?.mapping === undefined) return undefined;
    if (!slot.isBeside && fitting(read[slot.from] as WireValue, slot.mapping) !== null) return undefined;
    if (!this.others.has(slot)) this.others.set(slot, this.without(slot.to));
    return this.others.get(slot);
  }
}
