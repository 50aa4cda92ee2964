import type { Gnss } from "../protocols/iotm/values";
import type { Protocol } from "../protocols/protocol";
import type { Cause, EventCode, EventName } from "./events";
import type { VirtualOutputs } from "./outputs";
import type { Vehicle } from "./vehicle";

/** What a device reports from, at one moment. */
export interface Seen {
  readonly vehicle: Vehicle;
  readonly gnss: Gnss;
  /** What is happening to it, where something is. */
  readonly event: EventName | undefined;
  /** g; the strongest since the last report. */
  readonly acceleration: number;
  /** OUT1 to OUT4. */
  readonly outputs: readonly boolean[];
  /** Bytes of readings and of events that could not be sent before. */
  readonly backlog: number;
  readonly eventBacklog: number;
  /** Why it reports. */
  readonly cause: Cause;
}

/** A sensor of an IOTM device: its id, and its value in the unit of the vocabulary; the catalogue knows the wire's. */
export interface IotmLine {
  readonly id: number;
  readonly read: (seen: Seen) => boolean | number | bigint | string;
  /** The vehicle's bus says it: while that sleeps, or where there is none, it is zero. */
  readonly ofBus?: true;
}

/** A field of an xTCU message; one whose value is undefined is left out. */
export interface JsonLine {
  readonly name: string;
  readonly read: (seen: Seen) => boolean | number | string | undefined;
}

/** How a virtual device says what it has to say; times are Unix time in seconds by its own clock. */
export interface Speech<Report = unknown> {
  readonly protocol: Protocol;
  /** What it reports of a moment; `event` is what it has to tell of beside. */
  report(imei: string, seen: Seen, time: number, event: EventName | undefined): Report;
  /** A record of an event alone; absent where the next report tells of it. */
  event?(name: EventName, time: number): Report;
  /** A record of something that it says of itself; absent where it says nothing of the kind. */
  say?(code: EventCode, time: number): Report;
  /** A message of several. */
  payload(imei: string, reports: readonly Report[]): Uint8Array | string;
  /** What commands switch; absent where it takes none. */
  outputs?(imei: string): VirtualOutputs;
}
