import { type Owner, type Share, shareOfChanged } from "../owner";
import { sharedList } from "./attributes";
import { newLiveState } from "./live";
import type { LiveState } from "./live-state";
import type { StatePort } from "./port";

type Changes = StatePort["changes"];

/** The last state of each device, and which of them the store does not have yet. */
export class States implements Owner<StatePort> {
  private readonly states = new Map<string, LiveState>();
  private readonly changed = new Set<string>();

  /** `touched` is told of every change. */
  constructor(private readonly touched: (imei: string) => void) {}

  load(stored: StatePort["stored"]): void {
    for (const [imei, state] of stored) this.put(imei, state);
  }

  get(imei: string): LiveState | undefined {
    return this.states.get(imei);
  }

  all(): Iterable<readonly [imei: string, state: LiveState]> {
    return this.states;
  }

  /** The state of a device that has just given a sign of life (`now`: wall clock); a new one where it is the first. */
  touch(imei: string, now: number): LiveState {
    let live = this.states.get(imei);
    if (live === undefined) {
      live = newLiveState(now);
      this.states.set(imei, live);
    }
    live.lastSeen = now;
    this.change(imei);
    return live;
  }

  /** Takes over an old state of a device of which nothing is known. */
  restore(imei: string, state: LiveState): void {
    if (this.states.has(imei)) return;
    this.put(imei, state);
    this.change(imei);
  }

  private put(imei: string, state: LiveState): void {
    state.keys = sharedList(state.keys);
    this.states.set(imei, state);
  }

  /** The state of a device was changed: it is to be saved and shown. */
  change(imei: string): void {
    this.changed.add(imei);
    this.touched(imei);
  }

  share(): Share<Changes> {
    return shareOfChanged(this.states, this.changed);
  }

  everything(): Changes {
    return this.states;
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return {
      changes: new Map(imeis.map((imei) => [imei, null])),
      committed: () => {
        for (const imei of imeis) {
          this.states.delete(imei);
          this.changed.delete(imei);
        }
      },
    };
  }
}
