import assert from "node:assert/strict";
import { connectAsync, type MqttClient } from "mqtt";
import { FLOW_DEVICE, loadBrokerFlow, mqttIn } from "../support/broker-flow";
import { helper, type Message } from "../support/flow";
import { anyPort } from "../support/port";
import { IMEI, OTHER } from "../support/registry";
import { SPOOFS, type Spoof, spoofed } from "../support/spoofing";

/** How mqtt in gives a message on: as it came, or as what it takes it for. */
const OUTPUTS = ["buffer", "auto-detect"] as const;
const DECODERS = ["tracker-bce-decoder", "tracker-globalmatix-decoder"] as const;
/** Published last: what came before it has gone through by the time that it is heard. */
const END = '{"imei":"356938035643809","ts":1795192200}';
const END_IMEI = "356938035643809";

interface Sender {
  readonly imei: string | null;
}

describe("a device that speaks for another", () => {
  const clients: MqttClient[] = [];
  let port = 0;
  const heard: string[] = [];
  let ended: () => void = () => undefined;
  let ends = 0;

  beforeEach(async () => {
    heard.length = 0;
    ends = 0;
    await helper.startServer();
    port = await anyPort();
    const paths = OUTPUTS.flatMap((datatype) =>
      DECODERS.flatMap((type) => {
        const id = `${datatype}-${type}`;
        const decoder = { id, z: "tab", type, device: "", wires: [["heard"], ["heard"], ["heard"]] };
        return [mqttIn(`in-${id}`, datatype, id), decoder];
      }),
    );
    await loadBrokerFlow(port, [{ id: "heard", z: "tab", type: "helper" }, ...paths]);
    helper.getNode("heard").on("input", (message: Message) => {
      const { imei } = message.payload as Sender;
      if (imei === END_IMEI) {
        if (++ends === OUTPUTS.length) ended();
      } else if (imei !== null) heard.push(imei);
    });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
    await helper.unload();
    await helper.stopServer();
  });

  const service = async (): Promise<MqttClient> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      username: "flow",
      password: "its own",
      clientId: "test",
      reconnectPeriod: 0,
    });
    clients.push(client);
    return client;
  };
  /** Publishes as the device; resolves when the broker has acknowledged it, or ended the connection. */
  const publish = async (spoof: Spoof, imei: string): Promise<void> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, FLOW_DEVICE);
    client.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    const done = client.publishAsync("BCE/D", spoofed(spoof, imei, IMEI), { qos: 1 }).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([done, closed]);
    await client.endAsync(true);
  };
  const allThrough = (): Promise<void> => new Promise((resolve) => (ended = resolve));

  it("is not heard, whatever it writes, with mqtt in as buffer and on auto-detect", async function () {
    this.timeout(120_000);
    for (const spoof of SPOOFS) await publish(spoof, OTHER);
    const end = allThrough();
    await (await service()).publishAsync("globalmatix/in", END, { qos: 1 });
    await end;
    assert.deepEqual(
      heard.filter((imei) => imei !== IMEI),
      [],
    );
  });

  it("would be heard without the guard: the payloads are what decoders read", async function () {
    this.timeout(120_000);
    const client = await service();
    for (const spoof of SPOOFS) await client.publishAsync("BCE/D", spoofed(spoof, OTHER, IMEI), { qos: 1 });
    const end = allThrough();
    await client.publishAsync("globalmatix/in", END, { qos: 1 });
    await end;
    assert.ok(heard.filter((imei) => imei === OTHER).length >= 57, String(heard.length));
  });
});
