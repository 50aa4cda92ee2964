import { connect, type MqttClient } from "mqtt";
import { decodeFrame } from "../../../src/protocols/iotm/frame";
import type { OutputControlRecord } from "../../../src/protocols/iotm/records";
import type { Random } from "./random";
import { type Habits, Vehicle } from "./vehicle";

/** Output ids below it are of timed commands. Source: docs/protocols/iotm.md, "Output control". */
const FIRST_LATCHING = 8;
const LIMIT_KMH = 5;

/**
 * A vehicle with a real connection to a real broker, which keeps its session. It is away now and then, and comes back
 * with the same client id, also while the connection before is not known to be dead.
 */
export class ConnectedVehicle {
  private readonly vehicle: Vehicle;
  private client: MqttClient | undefined;
  private readonly left: MqttClient[] = [];
  private isSending = false;
  /** Commands that it did, and such of them as could stop it. */
  done = 0;
  stops = 0;
  /** Commands that came too late, or again. */
  ignored = 0;
  readonly failures: string[] = [];

  constructor(
    readonly imei: string,
    habits: Habits,
    private readonly random: Random,
    private readonly url: string,
  ) {
    this.vehicle = new Vehicle(imei, habits, random, 0, Date.now());
  }

  /** Lives up to now: drives, reports, goes away or comes back. */
  live(): void {
    this.vehicle.live(Date.now());
    if (this.random.chance(0.04)) this.turn();
    void this.upload();
  }

  async end(): Promise<void> {
    const clients = [...this.left, ...(this.client === undefined ? [] : [this.client])];
    await Promise.all(clients.map((client) => client.endAsync(true)));
  }

  private turn(): void {
    const before = this.client;
    if (before !== undefined) this.left.push(before);
    const isTakeover = before !== undefined && this.random.chance(0.5);
    if (before !== undefined && !isTakeover) {
      // It is gone without a word.
      before.stream.destroy();
      before.end(true);
    }
    this.client = before === undefined || isTakeover ? this.connection() : undefined;
    if (isTakeover) before.options.reconnectPeriod = 0;
  }

  private connection(): MqttClient {
    const client = connect(this.url, { clientId: this.imei, clean: false, reconnectPeriod: 300 });
    client.on("error", () => undefined);
    client.on("connect", () => client.subscribe(`${this.imei}/OUTC`, { qos: 1 }));
    client.on("message", (_, frame) => {
      if (client === this.client) this.execute(frame);
    });
    return client;
  }

  private execute(frame: Buffer): void {
    const { speed } = this.vehicle;
    const execution = this.vehicle.execute(frame, Date.now());
    if (!execution.done) {
      this.ignored++;
      return;
    }
    this.done++;
    const { outputId } = decodeFrame(frame).records[1] as OutputControlRecord;
    // OUT1 stops it when it is on, OUT2 when it is off.
    const stops = outputId < FIRST_LATCHING || execution.on === (execution.output === 1);
    if (!stops) return;
    this.stops++;
    if (speed > LIMIT_KMH) this.failures.push(`${this.imei} was stopped at ${speed} km/h`);
  }

  /** In order; what is not acknowledged stays. */
  private async upload(): Promise<void> {
    const { client, vehicle } = this;
    if (this.isSending || !client?.connected) return;
    this.isSending = true;
    try {
      for (let next = vehicle.outbox[0]; next !== undefined; next = vehicle.outbox[0]) {
        await client.publishAsync("BCE/D", Buffer.from(next), { qos: 1 });
        vehicle.outbox.shift();
      }
    } catch {
      // The connection ended.
    } finally {
      this.isSending = false;
    }
  }
}
