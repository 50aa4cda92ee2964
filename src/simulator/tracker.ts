import { imeiCheckDigit } from "../model/imei";
import { encodeFrame } from "../protocols/iotm/frame";
import type { IotmRecord, SensorValue } from "../protocols/iotm/records";
import { along, type Point } from "./routes";

const CRUISE_KMH = 45;
/** The tracker drives and then stands, in turns of this many seconds. */
const DRIVE_S = 150;
const STAND_S = 30;

/** OUT1 to OUT4. Source: docs/protocols/iotm.md, "Sensors". */
const OUTPUT_SENSORS = [0x0094, 0x0095, 0x0096, 0x009a];

/** A virtual IOTM tracker that drives a loop, with stops. What it sends depends only on the time asked for. */
export class VirtualTracker {
  readonly imei: string;
  private readonly route: readonly Point[];
  private readonly head: number;

  /** `index` 0–9999 makes the IMEI and spreads the trackers over the route. */
  constructor(index: number, route: readonly Point[]) {
    const first14 = `8600000000${String(index).padStart(4, "0")}`;
    this.imei = `${first14}${imeiCheckDigit(first14)}`;
    this.route = route;
    this.head = index * 61;
  }

  /** A telemetry frame as the device would send it at `time` (epoch milliseconds). */
  telemetry(time: number): Uint8Array {
    const seconds = Math.floor(time / 1000);
    const { driving, distance } = this.progress(seconds);
    const { point, course } = along(this.route, distance);
    const values: SensorValue[] = [
      { id: 0xb002, valueType: 13, value: distance },
      { id: 0x3000, valueType: 5, value: driving ? 14_100 : 12_600 },
      { id: 0x3004, valueType: 5, value: 4_100 },
      { id: 0x2007, valueType: 4, value: 40 + (this.head % 50) },
      {
        id: 0xd000,
        valueType: 14,
        value: {
          latitude: point[0],
          longitude: point[1],
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

  /** Metres driven up to a moment of the day, which starts afresh at midnight UTC. */
  private progress(seconds: number): { driving: boolean; distance: number } {
    const ofDay = (seconds % 86_400) + this.head;
    const turn = DRIVE_S + STAND_S;
    const inTurn = ofDay % turn;
    const driven = Math.floor(ofDay / turn) * DRIVE_S + Math.min(inTurn, DRIVE_S);
    return { driving: inTurn < DRIVE_S, distance: (driven * CRUISE_KMH) / 3.6 };
  }
}

function flag(id: number, on: boolean): SensorValue {
  return { id, valueType: on ? 1 : 0, value: on };
}
