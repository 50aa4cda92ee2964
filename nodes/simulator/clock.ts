import type { Problem } from "../../src/errors";
import type { Send } from "../../src/simulator/device";
import type { VirtualFleet } from "../../src/simulator/fleet";
import { attempt } from "../runtime/problems";

const TICK_MS = 100;
/** Of each tick, what the fleet may take: the rest is for whoever gets its messages. */
const BUDGET_MS = 60;
/** Milliseconds of the fleet's time, at factor 1, between two looks at the budget. */
const SLICE_MS = 10;
/** What is further behind than this is left out. */
const MAX_LAG_MS = 5000;

/** Lets a fleet's time go on with the computer's, `factor` times as fast. */
export class FleetClock {
  private readonly fleet: VirtualFleet;
  private readonly factor: number;
  private readonly send: Send;
  private readonly ticked: (problem?: Problem) => void;
  private readonly begin: number;
  /** The computer's time at which the fleet's was `begin`, and that of the last tick. */
  private base = Date.now();
  private last = this.base;
  private timer: NodeJS.Timeout | undefined;
  /** The computer is too slow for this fleet, so that a part of its time was left out. */
  slow = false;

  /** `ticked` is called after every tick, and once when the clock stops, with what stopped it if that was a failure. */
  constructor(fleet: VirtualFleet, factor: number, send: Send, ticked: (problem?: Problem) => void) {
    this.fleet = fleet;
    this.factor = factor;
    this.send = send;
    this.ticked = ticked;
    this.begin = fleet.time;
  }

  get running(): boolean {
    return this.timer !== undefined;
  }

  /** Time has gone on for the devices meanwhile, but nothing has happened. */
  start(): void {
    if (this.timer !== undefined) return;
    this.fleet.skip(this.wanted());
    this.last = Date.now();
    this.timer = setInterval(() => {
      const { problem } = attempt(() => this.tick());
      if (problem !== undefined) this.stop(problem);
    }, TICK_MS);
  }

  stop(problem?: Problem): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.slow = false;
    this.ticked(problem);
  }

  /** May throw: a timer must not, since that would end Node-RED. */
  private tick(): void {
    const { fleet } = this;
    const wasAsleep = Date.now() - this.last > MAX_LAG_MS;
    const to = this.wanted();
    if (to - fleet.time > MAX_LAG_MS * Math.max(this.factor, 1)) {
      fleet.skip(to);
      this.slow = !wasAsleep;
    }
    const deadline = performance.now() + BUDGET_MS;
    while (fleet.time < to && performance.now() < deadline) {
      fleet.advance(Math.min(to, fleet.time + SLICE_MS * this.factor), this.send);
    }
    this.ticked();
  }

  /** What time it should be for the fleet; a clock that was set back does not hold it up. */
  private wanted(): number {
    const now = Date.now();
    if (now < this.last) this.base += now - this.last;
    this.last = now;
    return this.begin + (now - this.base) * this.factor;
  }
}
