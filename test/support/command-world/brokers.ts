import type { Connections } from "../../../src/state/connections";
import type { Random } from "./random";
import type { Vehicle } from "./vehicle";

/** What is on both ends of a broker. */
export interface Ends {
  readonly vehicle: Vehicle;
  /** The radio of the device works. */
  readonly hasRadio: boolean;
  /** Of the registry in Node-RED; undefined while that is down. */
  readonly connections: Connections | undefined;
  /** Node-RED takes what a device has sent. */
  receive(bytes: Uint8Array): void;
  /** The device takes a command. */
  execute(frame: Uint8Array): void;
}

/** A broker between a device and Node-RED, with what goes wrong on the way. */
export interface BrokerModel {
  /** Node-RED hands it a command. */
  publish(frame: Uint8Array, ends: Ends): void;
  /** About a second goes by. */
  step(ends: Ends): void;
  /** Node-RED has ended. */
  nodeRedEnded(): void;
  /** Node-RED knows that it cannot hand it anything. */
  readonly isKnownDown: boolean;
  /** Node-RED lets the device in no more. */
  shutOut(ends: Ends): void;
}

/** Ends with Node-RED, tells it who listens, and keeps nothing of one connection for the next. */
export class BuiltInModel implements BrokerModel {
  readonly isKnownDown = false;
  private link: "none" | "connected" | "listening" = "none";
  /** On their way in the connection that there is. */
  private frames: Uint8Array[] = [];
  private isShutOut = false;

  constructor(private readonly random: Random) {}

  publish(frame: Uint8Array): void {
    if (this.link === "listening") this.frames.push(frame);
  }

  nodeRedEnded(): void {
    this.end();
    this.isShutOut = false;
  }

  shutOut(ends: Ends): void {
    this.isShutOut = true;
    if (this.link !== "none") ends.connections?.disconnected(ends.vehicle.imei);
    this.end();
  }

  step(ends: Ends): void {
    const { hasRadio, connections } = ends;
    if (connections === undefined) return;
    const { imei } = ends.vehicle;
    if (!hasRadio) {
      // It notices when the keep-alive is over. Until then what it sends waits in the connection.
      if (this.link === "none" || !this.random.chance(0.1)) return;
      connections.disconnected(imei);
      this.end();
      return;
    }
    const comesAnew = this.link === "none" ? this.random.chance(0.4) : this.random.chance(0.03);
    if (comesAnew) {
      // Perhaps before the broker has noticed that the last connection is dead.
      this.end();
      connections.connected(imei, "192.0.2.1");
      this.link = "connected";
      if (this.isShutOut && this.random.chance(0.5)) this.isShutOut = false;
    } else if (this.link === "connected" && this.random.chance(0.7)) {
      this.link = "listening";
      connections.listens(imei);
    }
    // What is in a connection may stand still in it for a while.
    if (this.link !== "none" && this.random.chance(0.8)) this.carry(ends);
  }

  private carry({ vehicle, receive, execute }: Ends): void {
    for (const frame of this.frames.splice(0)) execute(frame);
    for (const bytes of [...vehicle.outbox]) {
      receive(bytes);
      // Where the acknowledgement is lost it comes once more.
      if (this.random.chance(0.05)) break;
      vehicle.outbox.shift();
    }
  }

  private end(): void {
    this.link = "none";
    this.frames = [];
  }
}

/** A broker of its own, such as Mosquitto: keeps what is for those who are away, and brings it again when in doubt. */
export class QueueingModel implements BrokerModel {
  isKnownDown = false;
  private isUp = true;
  private isConnected = false;
  private toDevice: Uint8Array[] = [];
  private toNodeRed: Uint8Array[] = [];
  /** Given to the client of the broker in Node-RED, which brings it when there is a broker again. */
  private toBroker: Uint8Array[] = [];
  private readonly isPersistent: boolean;

  constructor(private readonly random: Random) {
    this.isPersistent = random.chance(0.7);
  }

  publish(frame: Uint8Array): void {
    if (this.isUp) this.toDevice.push(frame);
    else this.toBroker.push(frame);
  }

  nodeRedEnded(): void {
    this.toBroker = [];
  }

  shutOut(): void {}

  step(ends: Ends): void {
    this.run();
    if (!this.isUp) return;
    this.toDevice.push(...this.toBroker.splice(0));
    if (!ends.hasRadio) this.isConnected = false;
    else this.isConnected ||= this.random.chance(0.4);
    if (this.random.chance(0.02)) this.isConnected = false;
    // A connection may stand still for a while.
    if (this.isConnected && this.random.chance(0.8)) this.carry(ends);
    if (ends.connections === undefined || !this.random.chance(0.9)) return;
    for (const bytes of this.toNodeRed.splice(0)) ends.receive(bytes);
  }

  /** It is restarted now and then; what is connected to it may notice late. */
  private run(): void {
    if (this.isUp && this.random.chance(0.01)) {
      this.isUp = false;
      this.isConnected = false;
      if (!this.isPersistent) this.toDevice = [];
    } else if (!this.isUp && this.random.chance(0.2)) {
      this.isUp = true;
      this.isKnownDown = false;
    } else if (!this.isUp && this.random.chance(0.4)) this.isKnownDown = true;
  }

  private carry({ vehicle, execute }: Ends): void {
    // One is on its way at a time. Where its acknowledgement is lost it comes once more.
    while (this.toDevice.length > 0) {
      execute(this.toDevice[0] as Uint8Array);
      if (this.random.chance(0.15)) break;
      this.toDevice.shift();
    }
    this.toNodeRed.push(...vehicle.outbox);
    if (!this.random.chance(0.05)) vehicle.outbox.length = 0;
  }
}
