import type { Command, Sending } from "./command";
import { OTHER_FRAME_LIFE } from "./frame-life";
import type { Reason } from "./machine";
import type { Moment } from "./motion";

/** What is only known of a command while this runs. Times are on the monotonic clock unless they say otherwise. */
export interface Watch {
  /** When its expiry comes. */
  readonly deadline: number;
  /** Since when a confirmation is waited for. */
  silentSince: number;
  /** When the last sending is over: its frame's end, or that of the connection it went over. */
  sendingUntil: number;
  /** When it was first handed over, by the wall clock or the device's, whichever is later. */
  handedAt?: number;
  /** The device was not known to listen when the last sending was handed over. */
  wasMissed?: boolean;
  /** The device was deactivated since it was given. */
  wasDeactivated?: boolean;
  /** Of a trial, on the device's clock: when the output was first as wanted, and when it last was not. */
  switchedAt?: number;
  backAt?: number;
  receipt?: Reason;
  confirmation?: Reason | undefined;
}

/** The watches of commands, by their id. */
export class Watches {
  private readonly byId = new Map<string, Watch>();

  constructor(private readonly now: () => Moment) {}

  /** Begins where there is none: anew after a restart, because nobody listened while this was not running. */
  of({ id, expires, sendings }: Pick<Command, "id" | "expires" | "sendings">): Watch {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const { wall, monotonic } = this.now();
    const last = sendings.at(-1);
    const sendingUntil = monotonic + (last === undefined ? 0 : remaining(last, expires, wall));
    return this.begin(id, { deadline: monotonic + expires - wall, silentSince: monotonic, sendingUntil });
  }

  begin(id: string, watch: Watch): Watch {
    this.byId.set(id, watch);
    return watch;
  }

  end(id: string): void {
    this.byId.delete(id);
  }
}

/** Milliseconds that a sending may still take effect, by a wall clock that may have been set back since. */
function remaining(sending: Sending, expires: number, wall: number): number {
  const most = sending.expires === undefined ? Number.POSITIVE_INFINITY : OTHER_FRAME_LIFE;
  return Math.min(Math.max((sending.expires ?? expires) - wall, 0), most);
}
