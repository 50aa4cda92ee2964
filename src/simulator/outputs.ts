import { decodeFrame } from "../protocols/iotm/frame";
import type { EventRecord, IotmRecord, OutputControlRecord } from "../protocols/iotm/records";

/** What the device does with a command, and why not where it does nothing. */
export type Execution =
  | { readonly done: true; readonly output: number; readonly on: boolean; readonly uniqueId: number }
  | { readonly done: false; readonly why: "damaged" | "not mine" | "expired" | "repeated" | "unknown" };

interface Output {
  /** State until further notice. */
  latched: boolean;
  /** State for a time, and until when (epoch milliseconds). */
  timed?: { readonly on: boolean; readonly until: number };
  /** As it was last told. */
  told: boolean;
}

/** Output and way of switching it by output id. Source: docs/protocols/iotm.md, "Output control". */
const KINDS: ReadonlyMap<number, { readonly output: number; readonly length: number }> = new Map([
  [0, { output: 1, length: 3 }],
  [1, { output: 2, length: 3 }],
  [2, { output: 3, length: 3 }],
  [8, { output: 1, length: 1 }],
  [9, { output: 2, length: 1 }],
]);
/** Events of commands. Source: docs/protocols/iotm.md, "Events". */
const COMMAND_RECEIVED = { function: 100, event: 58 };
const FUNCTION_BEFORE_OUT1 = 220;

const TIMED_LENGTH = 3;
const OUTPUTS = 4;

/**
 * The outputs of a virtual device. Commands are executed as docs/protocols/iotm.md says, read anew from there and
 * not with the tables that the commands are made with.
 */
export class VirtualOutputs {
  private readonly imei: string;
  private readonly outputs: readonly Output[] = Array.from({ length: OUTPUTS }, () => ({
    latched: false,
    told: false,
  }));
  private untold: EventRecord[] = [];
  private lastRun: number | undefined;
  /** True for a device whose function 0 means on, as the vendor's example says. */
  inverted = false;

  constructor(imei: string) {
    this.imei = imei;
  }

  /** Takes a frame from its output control topic at `time` (epoch milliseconds by its own clock). */
  execute(frame: Uint8Array, time: number): Execution {
    const { records, error, warnings } = decodeFrame(frame);
    if (error !== undefined || warnings.length > 0) return { done: false, why: "damaged" };
    const isMine = records.every((record) => !("imei" in record) || record.imei === this.imei);
    if (!isMine) return { done: false, why: "not mine" };
    const command = records.find(isOutputControl);
    return command === undefined ? { done: false, why: "unknown" } : this.run(command, time);
  }

  /** Whether an output (1 to 4) is on at a time. */
  isOn(output: number, time: number): boolean {
    const { latched, timed } = this.outputs[output - 1] ?? { latched: false };
    return timed !== undefined && time < timed.until ? timed.on : latched;
  }

  /** The states of OUT1 to OUT4. */
  states(time: number): readonly boolean[] {
    return this.outputs.map((_, index) => this.isOn(index + 1, time));
  }

  /** What it has to say of its commands and outputs up to `time`, oldest first; each event once. */
  takeEvents(time: number): readonly EventRecord[] {
    this.outputs.forEach((output, index) => {
      this.fallBack(output, index + 1, time);
    });
    return this.untold.splice(0).toSorted((one, other) => one.time - other.time);
  }

  /** A timed output whose time is over changes back. */
  private fallBack(output: Output, number: number, time: number): void {
    const { timed, latched } = output;
    if (timed === undefined || time < timed.until) return;
    delete output.timed;
    this.change(output, number, latched, timed.until);
  }

  private change(output: Output, number: number, on: boolean, time: number): void {
    if (output.told === on) return;
    output.told = on;
    this.say({ function: FUNCTION_BEFORE_OUT1 + number, event: Number(on) }, time);
  }

  private say(event: Pick<EventRecord, "function" | "event">, time: number): void {
    this.untold.push({ type: 3, time: Math.floor(time / 1000), ...event, data: new Uint8Array() });
  }

  private run({ expires, outputId, uniqueId, data }: OutputControlRecord, time: number): Execution {
    if (Math.floor(time / 1000) > expires) return { done: false, why: "expired" };
    if (uniqueId === this.lastRun) return { done: false, why: "repeated" };
    const kind = KINDS.get(outputId);
    const output = kind && this.outputs[kind.output - 1];
    if (kind === undefined || output === undefined || data.length !== kind.length) {
      return { done: false, why: "unknown" };
    }
    this.lastRun = uniqueId;
    this.fallBack(output, kind.output, time);
    this.say(COMMAND_RECEIVED, time);
    const [switched = 0, low = 0, high = 0] = data;
    if (kind.length !== TIMED_LENGTH) {
      output.latched = switched === 1;
      delete output.timed;
      this.change(output, kind.output, output.latched, time);
      return { done: true, output: kind.output, on: output.latched, uniqueId };
    }
    const on = (switched === 1) !== this.inverted;
    output.timed = { on, until: time + (low + high * 256) * 10 };
    this.change(output, kind.output, on, time);
    return { done: true, output: kind.output, on, uniqueId };
  }
}

function isOutputControl(record: IotmRecord): record is OutputControlRecord {
  return "outputId" in record;
}
