import { encodeFrame } from "../../src/protocols/iotm/frame";
import type { IotmRecord, SensorValue } from "../../src/protocols/iotm/records";
import { type Execution, VirtualOutputs } from "../../src/simulator/outputs";
import { imeiOf } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import type { Point } from "../../src/simulator/routes";

const CRUISE_KMH = 45;
/** The tracker drives and then stands, in turns of this many seconds. */
const DRIVE_S = 150;
const STAND_S = 30;

/** OUT1 to OUT4. Source: docs/protocols/iotm.md, "Sensors". */
const OUTPUT_SENSORS = [0x0094, 0x0095, 0x0096, 0x009a];

/** The odometer counts from here on: before it, no test asks for a reading. */
const BEGIN_S = Date.UTC(2024, 0, 1) / 1000;

/**
 * A virtual IOTM tracker that drives a loop, with stops. What it sends depends only on the time asked for, in whatever
 * order, which is what tests need and the simulator's own devices cannot do.
 */
export class VirtualTracker {
  readonly imei: string;
  private readonly route: Route;
  private readonly head: number;

  /** `index` makes the IMEI and spreads the trackers over the route. */
  constructor(index: number, route: readonly Point[]) {
    this.imei = imeiOf("car", index);
    this.route = new Route(route);
    this.head = index * 61;
  }

  /** A telemetry frame as the device would send it at `time` (epoch milliseconds). */
  telemetry(time: number): Uint8Array {
    const seconds = Math.floor(time / 1000);
    const { driving, distance } = this.progress(seconds);
    const { latitude, longitude, course } = this.route.place(distance % this.route.length);
    const values: SensorValue[] = [
      { id: 0xb002, valueType: 13, value: distance },
      { id: 0x3000, valueType: 5, value: driving ? 14_100 : 12_600 },
      { id: 0x3004, valueType: 5, value: 4_100 },
      { id: 0x2007, valueType: 4, value: 40 + (this.head % 50) },
      { id: 0x3047, valueType: 5, value: 600 },
      {
        id: 0xd000,
        valueType: 14,
        value: {
          latitude,
          longitude,
          speed: driving ? CRUISE_KMH : 0,
          hdop10: 9,
          satellites: 11,
          course,
          altitude: 112,
        },
      },
      flag(0x006d, driving),
      flag(0x0002, driving),
      ...this.outputStates(time).map((on, index) => flag(OUTPUT_SENSORS[index] ?? 0x0094, on)),
    ];
    return this.frame({ type: 1, time: seconds, values });
  }

  /** An event frame; codes are the sender's, `text` is at most 255 characters. */
  event(time: number, code: number, text: string): Uint8Array {
    return this.frame({
      type: 3,
      time: Math.floor(time / 1000),
      function: 0,
      event: code,
      data: new TextEncoder().encode(text),
    });
  }

  /** The states of its outputs, from OUT1 on. */
  protected outputStates(_time: number): readonly boolean[] {
    return [false];
  }

  private frame(record: IotmRecord): Uint8Array {
    return encodeFrame([{ type: 2, imei: this.imei }, record]);
  }

  /** Metres driven up to a moment. */
  private progress(seconds: number): { driving: boolean; distance: number } {
    const passed = seconds - BEGIN_S + this.head;
    const turn = DRIVE_S + STAND_S;
    const inTurn = passed % turn;
    const driven = Math.floor(passed / turn) * DRIVE_S + Math.min(inTurn, DRIVE_S);
    return { driving: inTurn < DRIVE_S, distance: (driven * CRUISE_KMH) / 3.6 };
  }
}

function flag(id: number, on: boolean): SensorValue {
  return { id, valueType: on ? 1 : 0, value: on };
}

/** A virtual tracker that executes commands and reports its outputs. */
export class CommandedTracker extends VirtualTracker {
  private readonly outputs = new VirtualOutputs(this.imei);

  /** Makes it a device whose function 0 means on, as the vendor's example says. */
  set inverted(inverted: boolean) {
    this.outputs.inverted = inverted;
  }

  get inverted(): boolean {
    return this.outputs.inverted;
  }

  /** Takes a frame from its output control topic at `time` (epoch milliseconds by its own clock). */
  execute(frame: Uint8Array, time: number): Execution {
    return this.outputs.execute(frame, time);
  }

  /** Whether an output (1 to 4) is on at a time. */
  isOn(output: number, time: number): boolean {
    return this.outputs.isOn(output, time);
  }

  protected override outputStates(time: number): readonly boolean[] {
    return this.outputs.states(time);
  }
}
