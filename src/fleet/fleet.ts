import type { Recalled } from "../dedupe/dedupe";
import type { FencesPort } from "../fences/port";
import type { OwnRecord } from "../model/message";
import type { Refusal } from "../model/refusal";
import type { ShareLinksPort } from "../shares/port";
import { DeviceChanges, type Plan, type RemovalListener, type Restored } from "./changes";
import { recall, receive, refused, type Verdict } from "./intake";
import { FleetOwners } from "./owners";

/**
 * The devices, what is known of each, and who is online.
 *
 * Has no timers: life.ts calls {@link tick} every second and {@link flush} as often as states are to be saved.
 */
export class Fleet extends FleetOwners {
  private readonly changes = new DeviceChanges(this);

  /** Finds out which records came before; see {@link recall}. */
  recall(records: readonly OwnRecord[]): Promise<Recalled> | undefined {
    return recall(this, records);
  }

  /** Takes in a record; see {@link receive}. */
  receive(record: OwnRecord, topic: string, list: boolean, node = "", recalled?: Recalled): Verdict {
    return receive(this, record, topic, list, node, recalled);
  }

  /** The built-in broker did not let a client in that has the IMEI of a device. */
  refused(imei: string, reason: Refusal, address: string): void {
    refused(this, imei, reason, address);
  }

  /** Changes devices, all or none; see {@link DeviceChanges.change}. */
  change(plan: () => Plan | Promise<Plan>, by: string, kept?: ReadonlySet<string>): Promise<void> {
    return this.changes.change(plan, by, kept);
  }

  /** Takes unknown senders out of sight, or back into it. */
  ignore(imeis: readonly string[], ignored: boolean): Promise<void> {
    return this.changes.ignore(imeis, ignored);
  }

  /** See {@link DeviceChanges.restore}. */
  restore(copy: string | undefined, by: string): Promise<Restored> {
    return this.changes.restore(copy, by);
  }

  /**
   * Changes fences, all or none: `plan` says how each is afterwards (null: removed), on what there is when it is its turn.
   * Resolves with the plan's answer when the store has it.
   */
  changeFences<T>(plan: () => { readonly changes: FencesPort["changes"]; readonly answer: T }): Promise<T> {
    return this.exclusively(async () => {
      const { changes, answer } = plan();
      if (changes.size > 0) await this.commit({ fences: this.fences.write(changes) });
      return answer;
    });
  }

  /** Changes links to share, all or none, on what there is when it is its turn. Resolves when the store has it. */
  changeShares(plan: () => ShareLinksPort["changes"]): Promise<void> {
    return this.exclusively(() => this.commit({ shareLinks: this.shareLinks.write(plan()) }));
  }

  /** Writes what came of alarms, which is told with that. */
  saveAlarms(): Promise<void> {
    return this.exclusively(() => this.commit({ alarms: this.alarms.share() }));
  }

  /** Forgets the alarms of a node that is no more. */
  removeAlarmNode(node: string): Promise<void> {
    return this.exclusively(() => this.commit({ alarms: this.alarms.removeNode(node) }));
  }

  /** Takes the day's copy of the store. */
  copy(): Promise<void> {
    return this.exclusively(() => this.unitOfWork.use((store) => store.copy()));
  }

  /** See {@link DeviceChanges.onRemoval}. */
  onRemoval(listener: RemovalListener): () => void {
    return this.changes.onRemoval(listener);
  }

  /** Finds who has become silent. To be called every second or so. */
  tick(): void {
    this.presence.tick();
  }
}
