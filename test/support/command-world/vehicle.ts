import { encodeFrame } from "../../../src/protocols/iotm/frame";
import type { EventRecord, SensorValue } from "../../../src/protocols/iotm/records";
import { type Execution, VirtualOutputs } from "../../../src/simulator/outputs";
import type { Random } from "./random";

/** How a vehicle drives. Times are seconds. */
export interface Habits {
  /** From turning the key, or from standing where nobody turns one, to driving. */
  readonly start: number;
  readonly park: readonly [number, number];
  readonly drive: readonly [number, number];
  /** From one reading to the next. */
  readonly reportEvery: number;
}

const CRUISE_KMH = 50;

/**
 * A vehicle with its tracker: parks, starts, drives, parks again. The tracker takes readings all the time, keeps them
 * until they are acknowledged, and does what it is told by its own rules: nothing after the frame's end by its own
 * clock, and no unique id twice in a row.
 */
export class Vehicle {
  private readonly outputs: VirtualOutputs;
  private phase: "parked" | "starting" | "driving" = "parked";
  private until: number;
  private nextReading = 0;
  /** Since when it drives, on the true clock. */
  drivesSince: number | undefined;
  /** What it has said of its commands and outputs, and when (true clock). */
  readonly changes: { readonly event: EventRecord; readonly at: number }[] = [];
  /** Readings and events that are not acknowledged, oldest first. */
  readonly outbox: Uint8Array[] = [];

  constructor(
    readonly imei: string,
    private readonly habits: Habits,
    private readonly random: Random,
    /** How far its clock is ahead of the true one, in milliseconds. */
    private readonly ahead: number,
    now: number,
  ) {
    this.outputs = new VirtualOutputs(imei);
    this.until = now + random.between(0, habits.park[1]) * 1000;
  }

  /** Its own clock. */
  clock(now: number): number {
    return now + this.ahead;
  }

  get speed(): number {
    return this.phase === "driving" ? CRUISE_KMH : 0;
  }

  /** Lives up to a moment. */
  live(now: number): void {
    if (now >= this.until) this.turn(now);
    this.tell(now);
    if (now < this.nextReading) return;
    this.nextReading = now + this.habits.reportEvery * 1000;
    this.outbox.push(this.reading(now));
  }

  execute(frame: Uint8Array, now: number): Execution {
    const execution = this.outputs.execute(frame, this.clock(now));
    this.tell(now);
    return execution;
  }

  /** Events on their own, at once. */
  private tell(now: number): void {
    for (const event of this.outputs.takeEvents(this.clock(now))) {
      this.changes.push({ event, at: now });
      this.outbox.push(encodeFrame([{ type: 2, imei: this.imei }, event]));
    }
  }

  private turn(now: number): void {
    const { start, park, drive } = this.habits;
    const lasts = (seconds: number) => {
      this.until = now + seconds * 1000;
    };
    if (this.phase === "parked") {
      this.phase = "starting";
      lasts(start);
    } else if (this.phase === "starting") {
      this.phase = "driving";
      this.drivesSince = now;
      lasts(this.random.between(...drive));
    } else {
      this.phase = "parked";
      this.drivesSince = undefined;
      lasts(this.random.between(...park));
    }
  }

  private reading(now: number): Uint8Array {
    const time = this.clock(now);
    const hasFix = this.random.chance(0.95);
    const values: SensorValue[] = [
      {
        id: 0xd000,
        valueType: 14,
        value: {
          latitude: 43.2,
          longitude: 27.9,
          speed: this.speed,
          hdop10: 9,
          satellites: hasFix ? 11 : 0,
          course: 0,
          altitude: 112,
        },
      },
      flag(0x006d, this.phase !== "parked"),
      ...[0x0094, 0x0095].map((id, index) => flag(id, this.outputs.isOn(index + 1, time))),
    ];
    return encodeFrame([
      { type: 2, imei: this.imei },
      { type: 1, time: Math.floor(time / 1000), values },
    ]);
  }
}

function flag(id: number, on: boolean): SensorValue {
  return { id, valueType: on ? 1 : 0, value: on };
}
