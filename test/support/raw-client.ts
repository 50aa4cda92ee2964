import { once } from "node:events";
import type { Socket } from "node:net";

/** Text as MQTT writes it (3.1.1, 1.5.3). */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** A packet with its fixed header; `type` is its first byte. */
export function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  for (let left = body.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

export interface Connect {
  readonly client: string;
  readonly user?: string;
  readonly password?: string;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly will?: { readonly topic: string; readonly payload: Buffer; readonly qos?: number };
  /** 4 is MQTT 3.1.1, 5 is MQTT 5. */
  readonly version?: number;
}

export function connectPacket(options: Connect): Buffer {
  const { client, user, password, clean = true, keepalive = 60, will, version = 4 } = options;
  const flags =
    (user === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3)) |
    (clean ? 2 : 0);
  const noProperties = version === 5 ? [Buffer.from([0])] : [];
  return packet(
    0x10,
    text("MQTT"),
    Buffer.from([version, flags, keepalive >> 8, keepalive & 0xff]),
    ...noProperties,
    text(client),
    ...(will === undefined ? [] : [...noProperties, text(will.topic), text(will.payload)]),
    ...[user, password].flatMap((one) => (one === undefined ? [] : [text(one)])),
  );
}

export const subscribePacket = (qos: number, ...filters: string[]): Buffer =>
  packet(0x82, Buffer.from([0, 7]), ...filters.flatMap((filter) => [text(filter), Buffer.from([qos])]));

export interface Packet {
  /** 1 to 14 (MQTT 3.1.1, 2.2.1). */
  readonly type: number;
  /** The lower half of its first byte. */
  readonly flags: number;
  readonly body: Buffer;
}

export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const SUBACK = 9;
const PINGRESP = 13;

/** A client that sends what it is told to and answers nothing by itself, as no library would. */
export class RawClient {
  /** All that came, in order. */
  readonly packets: Packet[] = [];
  closed = false;
  private rest: Buffer = Buffer.alloc(0);
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    socket.on("data", (bytes: Buffer) => this.read(bytes));
    socket.on("close", () => {
      this.closed = true;
      this.check();
    });
  }

  /** Sends a CONNECT, and waits for the answer or the end. */
  static async connect(socket: Socket, options: Connect): Promise<RawClient> {
    const client = new RawClient(socket);
    await once(socket, "connect");
    client.send(connectPacket(options));
    await client.until(() => client.of(CONNACK).length > 0);
    return client;
  }

  /** Whether the broker has resumed a session. */
  get isResumed(): boolean {
    return this.of(CONNACK)[0]?.body[0] === 1;
  }

  of(type: number): Packet[] {
    return this.packets.filter((one) => one.type === type);
  }

  /** Topic and text of each message that came. */
  get messages(): readonly (readonly [topic: string, payload: string])[] {
    return this.of(PUBLISH).map(({ flags, body }) => {
      const end = 2 + body.readUInt16BE(0);
      const start = end + ((flags & 6) === 0 ? 0 : 2);
      return [body.toString("utf8", 2, end), body.toString("utf8", start)] as const;
    });
  }

  send(...packets: Buffer[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  /** Subscribes; returns what was granted for each filter (0x80 for a refusal), or nothing where it was shut out. */
  async subscribe(qos: number, ...filters: string[]): Promise<readonly number[]> {
    const before = this.of(SUBACK).length;
    this.send(subscribePacket(qos, ...filters));
    await this.until(() => this.of(SUBACK).length > before);
    return [...(this.of(SUBACK)[before]?.body.subarray(2) ?? [])];
  }

  publish(
    topic: string | Buffer,
    payload: string,
    { qos = 1, dup = false, retain = false, id = 9 } = {},
  ): void {
    const flags = (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
    const number = qos === 0 ? [] : [Buffer.from([id >> 8, id & 0xff])];
    this.send(packet(0x30 | flags, text(topic), ...number, Buffer.from(payload)));
  }

  /** Waits until all that was sent before is answered; false where the connection has ended instead. */
  async ping(): Promise<boolean> {
    const before = this.of(PINGRESP).length;
    this.send(packet(0xc0));
    await this.until(() => this.of(PINGRESP).length > before);
    return this.of(PINGRESP).length > before;
  }

  /** Waits until something holds, or the connection has ended. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!holds() && !this.closed) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  /** The radio dies. */
  drop(): void {
    this.socket.resetAndDestroy();
  }

  private read(bytes: Buffer): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      let length = 0;
      let at = 1;
      for (let factor = 1; ; factor *= 128) {
        const byte = this.rest[at++];
        if (byte === undefined) return;
        length += (byte & 0x7f) * factor;
        if (byte < 0x80) break;
      }
      if (this.rest.length < at + length) return;
      const first = this.rest[0] as number;
      this.packets.push({ type: first >> 4, flags: first & 15, body: this.rest.subarray(at, at + length) });
      this.rest = this.rest.subarray(at + length);
      this.check();
    }
  }

  private check(): void {
    for (const check of [...this.waiting]) check();
  }
}
