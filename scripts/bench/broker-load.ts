// Devices that publish at QoS 1, one message after the other's acknowledgement, and a flow that hears all of it: in a
// process of their own, with no more of MQTT than that takes, so that a broker is measured and not its clients.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectPacket, PUBACK, PUBLISH, packet, subscribePacket, text } from "../../test/support/raw-client";

export interface Load {
  readonly port: number;
  readonly flow: { readonly client: string; readonly user?: string; readonly password?: string };
  readonly devices: readonly {
    readonly client: string;
    readonly user?: string;
    readonly password?: string;
  }[];
  readonly topic: string;
  /** Base64, one for each device. */
  readonly payloads: readonly string[];
  readonly seconds: number;
  /** Messages a second of all devices together; absent: as many as are acknowledged. */
  readonly perSecond?: number;
}

export interface Counted {
  readonly seconds: number;
  readonly acknowledged: number;
  readonly handedOver: number;
  /** Of what was acknowledged, what the flow had not yet when the time was over, in messages. */
  readonly behind: number;
  /** From a publish until the flow has it, and until its acknowledgement: milliseconds, sorted. */
  readonly toFlow: readonly number[];
  readonly toAnswer: readonly number[];
}

/** Calls with each packet that has come as a whole. */
function packets(
  socket: Socket,
  seen: (type: number, bytes: Buffer, from: number, to: number) => void,
): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      let length = 0;
      let head = at + 1;
      let byte = 0x80;
      for (let shift = 0; byte & 0x80 && head < bytes.length; shift += 7) {
        byte = bytes[head++] as number;
        length |= (byte & 0x7f) << shift;
      }
      if (byte & 0x80 || head + length > bytes.length) break;
      seen((bytes[at] as number) >> 4, bytes, head, head + length);
      at = head + length;
    }
    rest = bytes.subarray(at);
  });
}

async function open(port: number, login: Load["flow"]): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.write(connectPacket({ ...login, keepalive: 0 }));
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (answer[3] !== 0) throw new Error(`not let in: ${answer[3]}`);
  return socket;
}

async function run(load: Load): Promise<Counted> {
  const { port, topic, devices, payloads, seconds, perSecond } = load;
  let acknowledged = 0;
  let handedOver = 0;
  let running = true;
  const toFlow: number[] = [];
  const toAnswer: number[] = [];
  /** When each device sent its last message. */
  const sentAt = devices.map(() => 0);
  const senders = new Map(payloads.map((payload, n) => [payload, n]));
  const flow = await open(port, load.flow);
  packets(flow, (type, bytes, from, to) => {
    if (type !== PUBLISH) return;
    handedOver++;
    const idAt = from + 2 + bytes.readUInt16BE(from);
    flow.write(Buffer.from([PUBACK << 4, 2, bytes[idAt] as number, bytes[idAt + 1] as number]));
    if (running && perSecond !== undefined) {
      const sender = senders.get(bytes.toString("base64", idAt + 2, to)) as number;
      toFlow.push(performance.now() - (sentAt[sender] as number));
    }
  });
  flow.write(subscribePacket(1, topic));
  await once(flow, "data");
  const sockets: Socket[] = [];
  for (const login of devices) sockets.push(await open(port, login));
  const whole = payloads.map((payload) =>
    packet(0x32, text(topic), Buffer.from([0, 1]), Buffer.from(payload, "base64")),
  );
  const send = (n: number) => {
    sentAt[n] = performance.now();
    sockets[n]?.write(whole[n] as Buffer);
  };
  for (const [n, socket] of sockets.entries()) {
    packets(socket, (type) => {
      if (type !== PUBACK) return;
      acknowledged++;
      if (perSecond === undefined) {
        if (running) send(n);
      } else if (running) toAnswer.push(performance.now() - (sentAt[n] as number));
    });
  }
  const start = performance.now();
  if (perSecond === undefined) for (let n = 0; n < devices.length; n++) send(n);
  else {
    for (let sent = 0; performance.now() - start < seconds * 1000; ) {
      const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
      for (; sent < due; sent++) send(sent % devices.length);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  const left = seconds * 1000 - (performance.now() - start);
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  running = false;
  const counted = {
    seconds: (performance.now() - start) / 1000,
    acknowledged,
    handedOver,
    behind: Math.max(0, acknowledged - handedOver),
    toFlow: toFlow.toSorted((a, b) => a - b),
    toAnswer: toAnswer.toSorted((a, b) => a - b),
  };
  for (const socket of sockets) socket.destroy();
  // aedes fails where what it has queued has nobody left to go to.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  flow.destroy();
  return counted;
}

process.on("message", (load: Load) => {
  run(load).then(
    (counted) => process.send?.(counted, () => process.exit(0)),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
