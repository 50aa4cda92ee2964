import type { AskedRecord } from "../../../src/dedupe/port";
import type { Changes, Store } from "../../../src/fleet/store";
import type { MemoryStore } from "../../../src/store/memory/store";
import type { Random } from "./random";

/** One run of the commander's process; what a dead one still does reaches nobody. */
export class Life {
  alive = true;

  /** A place where the process can be killed: what waits there never goes on. */
  async place(random: Random, risk: number): Promise<void> {
    if (random.chance(risk)) this.alive = false;
    if (!this.alive) await new Promise<never>(() => undefined);
  }
}

/** A store that outlives the processes that use it. */
export class SharedStore implements Store {
  readonly kind = "memory";
  constructor(
    private readonly kept: MemoryStore,
    private readonly life: Life,
    private readonly random: Random,
    private readonly risk: number,
  ) {}
  open() {
    return this.kept.open();
  }
  async commit(changes: Changes): Promise<void> {
    await this.life.place(this.random, this.risk);
    await this.kept.commit(changes);
    await this.life.place(this.random, this.risk);
  }
  journal(imei: string) {
    return this.kept.journal(imei);
  }
  wasSeen(records: readonly AskedRecord[]) {
    return this.kept.wasSeen(records);
  }
  copy() {
    return this.kept.copy();
  }
  readCopy() {
    return this.kept.readCopy();
  }
  async close(): Promise<void> {}
}
