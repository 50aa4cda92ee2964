import assert from "node:assert/strict";
import type { MqttClient } from "mqtt";
import type { Aedes } from "../../src/broker/aedes";
import { account, SHARED, TestDirectory } from "../support/directory";
import { OwnBroker, SERVICE } from "../support/own-broker";
import { PUBACK, PUBLISH, PUBREC, PUBREL, packet, type RawClient } from "../support/raw-client";
import { IMEI, OTHER } from "../support/registry";

const COMMANDS = `${IMEI}/OUTC`;
const DEVICE = { client: IMEI, ...SHARED, clean: false };
const NONE: readonly string[] = [];

/** What a session of a device remembers of packets, anywhere in aedes. */
async function remembered(broker: OwnBroker): Promise<unknown[]> {
  const { aedes } = broker.running as unknown as { aedes: Aedes };
  const { persistence } = aedes as unknown as {
    persistence: { outgoingStream(client: { id: string }): AsyncIterable<unknown> };
  };
  const found: unknown[] = [];
  for await (const one of persistence.outgoingStream({ id: IMEI })) found.push(one);
  return found;
}

describe("a device's session keeps its subscription and no packets", () => {
  let known: TestDirectory;
  let broker: OwnBroker;
  let flow: MqttClient;
  beforeEach(async () => {
    known = new TestDirectory().add(account(IMEI), account(OTHER));
    broker = await OwnBroker.start(known, { anonymous: true });
    flow = await broker.service({ clientId: "flow" });
  });
  afterEach(async () => {
    await broker.stop();
    assert.deepEqual(broker.problems, []);
  });

  const listening = () => known.told.filter((one) => one === `listening ${IMEI}`).length;
  /** A device that hears commands and acknowledges none. */
  const enter = async (qos = 1, options: object = {}): Promise<RawClient> => {
    const before = listening();
    const device = await broker.raw({ ...DEVICE, ...options });
    if (!device.isResumed) await device.subscribe(qos, COMMANDS);
    await known.until(() => listening() > before);
    return device;
  };
  const command = (payload: string, qos: 0 | 1 | 2 = 1) => flow.publishAsync(COMMANDS, payload, { qos });
  const gone = (count: number) =>
    known.until(() => known.told.filter((one) => one === `disconnected ${IMEI}`).length >= count);
  /** Asserts that a connection that has just begun gets what is sent now, and nothing from before. */
  const hearsOnly = async (device: RawClient, payload: string): Promise<void> => {
    assert.ok(await device.ping());
    await command(payload);
    await device.until(() => device.messages.length > 0);
    assert.ok(await device.ping());
    assert.deepEqual(device.messages, [[COMMANDS, payload]]);
    assert.deepEqual(
      device.of(PUBLISH).map(({ flags }) => flags & 8),
      [0],
    );
    assert.deepEqual(device.of(PUBREL), []);
    assert.deepEqual(await remembered(broker), []);
  };

  for (const qos of [0, 1, 2] as const) {
    for (const granted of [0, 1, 2]) {
      it(`in flight when the radio died, sent with QoS ${qos}, subscribed with QoS ${granted}`, async () => {
        const device = await enter(granted);
        await command("stop", qos);
        await device.until(() => device.messages.length > 0);
        device.drop();
        await gone(1);
        const again = await enter();
        assert.ok(again.isResumed);
        await hearsOnly(again, "now");
      });
    }
  }

  it("sent while it was away", async () => {
    const device = await enter();
    device.drop();
    await gone(1);
    for (const qos of [0, 1, 2] as const) await command("stop", qos);
    const again = await enter();
    assert.ok(again.isResumed);
    await hearsOnly(again, "now");
  });

  it("in flight when a new connection takes the place of the old one, which still lives", async () => {
    const device = await enter();
    for (let n = 0; n < 5; n++) await command(`stop ${n}`);
    await device.until(() => device.messages.length === 5);
    const again = await enter();
    await device.until(() => false);
    assert.ok(device.closed && again.isResumed);
    await hearsOnly(again, "now");
  });

  it("in flight when the old connection had no session, and the other way round", async () => {
    const device = await enter(1, { clean: true });
    await command("stop");
    await device.until(() => device.messages.length > 0);
    const kept = await enter();
    assert.ok(!kept.isResumed);
    await hearsOnly(kept, "now");
    kept.drop();
    await gone(1);
    const clean = await enter(1, { clean: true });
    await hearsOnly(clean, "then");
  });

  it("in flight or sent when it was deactivated, and activated again", async () => {
    const device = await enter();
    await command("stop");
    await device.until(() => device.messages.length > 0);
    known.change(IMEI, { state: "deactivated" });
    await gone(1);
    await command("stop while deactivated");
    known.change(IMEI, { state: "active" });
    const again = await enter();
    assert.ok(again.isResumed);
    await hearsOnly(again, "now");
  });

  it("in flight while the registry was closed and opened anew", async () => {
    const device = await enter();
    await command("stop");
    await device.until(() => device.messages.length > 0);
    broker.running.use(undefined);
    await command("stop between");
    device.drop();
    broker.running.use(known);
    const again = await enter();
    await hearsOnly(again, "now");
  });

  it("of QoS 2, whatever it says of a packet of another connection", async () => {
    const device = await enter(2);
    await command("stop", 2);
    await device.until(() => device.messages.length > 0);
    const [sent] = device.of(PUBLISH);
    const end = 2 + (sent as { body: Buffer }).body.readUInt16BE(0);
    const id = (sent as { body: Buffer }).body.subarray(end, end + 2);
    device.drop();
    await gone(1);
    const again = await enter();
    // A device that holds back a command until it is released would act on it now.
    again.send(packet(0x50, id));
    await hearsOnly(again, "now");
  });

  it("while an acknowledgement of another connection's packet does no harm", async () => {
    const device = await enter();
    await command("stop");
    await device.until(() => device.messages.length > 0);
    device.drop();
    await gone(1);
    const again = await enter();
    for (let id = 1; id < 20; id++) again.send(packet(0x40, Buffer.from([0, id])));
    await hearsOnly(again, "now");
  });

  it("when the broker is started anew", async () => {
    const device = await enter();
    await command("stop");
    await device.until(() => device.messages.length > 0);
    await broker.stop();
    broker = await OwnBroker.start(known);
    flow = await broker.service();
    const again = await enter();
    assert.ok(!again.isResumed);
    await hearsOnly(again, "now");
  });

  it("by a flow that sends again what it does not know to have come", async () => {
    const device = await enter();
    const sender = await broker.raw({ client: "sender", ...loginOf(SERVICE), clean: false });
    sender.publish(COMMANDS, "stop", { dup: true });
    await sender.until(() => sender.of(PUBACK).length > 0);
    sender.publish(COMMANDS, "stop", { dup: true, qos: 2, id: 10 });
    await sender.until(() => sender.of(PUBREC).length > 0);
    assert.ok(!sender.closed, "it would try for ever");
    await hearsOnly(device, "now");
    const { code, topic } = await broker.event(({ event }) => event === "denied");
    assert.deepEqual([code, topic], ["COMMAND_LATE", COMMANDS]);
  });

  it("a retained message: it loses its flag, is told of, and is no device's later", async () => {
    await flow.publishAsync(COMMANDS, "stop", { qos: 1, retain: true });
    const { code, topic } = await broker.event(({ event }) => event === "denied");
    assert.deepEqual([code, topic], ["COMMAND_LATE", COMMANDS]);
    const other = await broker.service();
    let heard = 0;
    other.on("message", () => heard++);
    await other.subscribeAsync("#", { qos: 1 });
    const device = await enter();
    await device.subscribe(1, COMMANDS);
    await hearsOnly(device, "now");
    await command("last");
    assert.equal(heard <= 2, true, "what was retained would have come first");
    assert.ok(flow.connected);
  });

  it("a retained message is passed on as one of now to a device that hears", async () => {
    const device = await enter();
    await flow.publishAsync(COMMANDS, "lock", { qos: 1, retain: true });
    await device.until(() => device.messages.length > 0);
    assert.deepEqual(device.messages, [[COMMANDS, "lock"]]);
    assert.deepEqual(
      device.of(PUBLISH).map(({ flags }) => flags & 1),
      [0],
    );
  });

  it("a retained message from before its topic became that of commands", async () => {
    const topic = `fleet/${IMEI}/orders`;
    await flow.publishAsync(topic, "stop", { qos: 1, retain: true });
    known.change(IMEI, { topics: { ...account(IMEI).topics, outputControl: "fleet/%IMEI%/orders" } });
    const device = await broker.raw(DEVICE);
    assert.deepEqual(await device.subscribe(1, topic), [1]);
    assert.ok(await device.ping());
    assert.deepEqual(device.messages, NONE);
  });

  it("a will is no command", async () => {
    const device = await enter();
    const will = { topic: COMMANDS, payload: Buffer.from("stop"), qos: 1 };
    const dying = await broker.raw({ client: "dying", ...loginOf(SERVICE), will });
    dying.drop();
    const { code, topic, client } = await broker.event(({ event }) => event === "denied");
    assert.deepEqual([code, topic, client], ["COMMAND_LATE", COMMANDS, "dying"]);
    await hearsOnly(device, "now");
  });

  it("a command for one topic of many registered ones: the rule is of device configs, not of a name", async () => {
    const topic = `io/${OTHER}/down`;
    known.change(OTHER, { topics: { ...account(OTHER).topics, outputControl: "io/%IMEI%/down" } });
    await flow.publishAsync(topic, "stop", { qos: 1, retain: true });
    assert.equal((await broker.event(({ event }) => event === "denied")).topic, topic);
    await flow.publishAsync("io/elsewhere", "kept", { qos: 1, retain: true });
    const other = await broker.service();
    const kept = new Promise((resolve) => other.once("message", (one) => resolve(one)));
    await other.subscribeAsync("io/#", { qos: 1 });
    assert.equal(await kept, "io/elsewhere");
  });

  it("hears nothing before it is known to listen", async () => {
    const device = await enter();
    device.drop();
    await gone(1);
    // Everything that is sent until the registry knows that it listens comes too early.
    const { listening: tell } = known;
    const order: string[] = [];
    known.listening = function (imei) {
      order.push("listening");
      tell.call(this, imei);
    };
    const again = await enter();
    await hearsOnly(again, "now");
    assert.deepEqual(order, ["listening"]);
  });

  it("a service's session keeps its packets as MQTT says", async () => {
    const away = await broker.raw({ client: "away", ...loginOf(SERVICE), clean: false });
    await away.subscribe(1, "news");
    await flow.publishAsync("news", "in flight", { qos: 1 });
    await away.until(() => away.messages.length > 0);
    away.drop();
    await broker.event(({ event, client }) => event === "disconnected" && client === "away");
    await flow.publishAsync("news", "while away", { qos: 1 });
    const again = await broker.raw({ client: "away", ...loginOf(SERVICE), clean: false });
    await again.until(() => again.messages.length === 2);
    assert.deepEqual(
      again.messages.map(([, payload]) => payload),
      ["in flight", "while away"],
    );
  });
});

function loginOf({ user, password }: { readonly user: string; readonly password: string }) {
  return { user, password };
}
