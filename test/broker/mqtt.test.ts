import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { IClientOptions, MqttClient } from "mqtt";
import { account, SHARED, TestDirectory } from "../support/directory";
import { makeCertificates, OwnBroker, READER } from "../support/own-broker";
import { connectPacket } from "../support/raw-client";
import { IMEI, OTHER } from "../support/registry";
import { CAPTURES } from "../support/vectors";

const FRAME = Buffer.from(CAPTURES.find(({ normalized }) => normalized[0]?.imei === IMEI)?.hex ?? "", "hex");
const FOREIGN = Buffer.from(
  CAPTURES.find(({ normalized }) => normalized[0]?.imei === OTHER)?.hex ?? "",
  "hex",
);
const DEVICE: IClientOptions = { clientId: IMEI, username: SHARED.user, password: SHARED.password };
const RAW = { client: IMEI, ...SHARED };
const COMMANDS = `${IMEI}/OUTC`;

/** mqtt.js' types hide that its client is an emitter of events. */
const next = (client: MqttClient, event: string) => once(client as unknown as EventEmitter, event);

/** The next messages that a client gets. */
function messages(client: MqttClient, count: number): Promise<[topic: string, payload: string][]> {
  const got: [string, string][] = [];
  return new Promise((resolve) => {
    client.on("message", (topic, payload) => {
      got.push([topic, payload.toString()]);
      if (got.length === count) resolve(got);
    });
  });
}

async function answer(socket: Socket): Promise<Buffer> {
  const [bytes] = await once(socket, "data");
  return bytes as Buffer;
}

describe("the exchanges of MQTT that a device makes", () => {
  let broker: OwnBroker;
  let known: TestDirectory;
  beforeEach(async () => {
    known = new TestDirectory().add(account(IMEI), account(OTHER));
    broker = await OwnBroker.start(known);
  });
  afterEach(async () => {
    await broker.stop();
    assert.deepEqual(broker.problems, []);
  });

  it("tells the directory and the flow of a connection's life", async () => {
    const device = await broker.client(DEVICE);
    await device.subscribeAsync(COMMANDS, { qos: 1 });
    await device.endAsync();
    await known.until(() => known.told.length === 3);
    assert.deepEqual(known.told, [
      `connected ${IMEI} 127.0.0.1`,
      `listening ${IMEI}`,
      `disconnected ${IMEI}`,
    ]);
    const seen = broker.events.map(({ event, client, imei, user, code }) => [
      event,
      client,
      imei,
      user,
      code,
    ]);
    const who = [IMEI, IMEI, SHARED.user];
    assert.deepEqual(seen, [
      ["connected", ...who, "CONNECTED"],
      ["subscribed", ...who, "SUBSCRIBED"],
      ["disconnected", ...who, "CLOSED"],
    ]);
  });

  it("ends a connection that is silent for one and a half times its keep-alive time", async () => {
    const socket = broker.socket();
    socket.write(connectPacket({ ...RAW, keepalive: 1 }));
    assert.deepEqual(await answer(socket), Buffer.from([0x20, 2, 0, 0]));
    const started = performance.now();
    await once(socket, "close");
    assert.ok(performance.now() - started > 1400);
    assert.equal((await broker.event(({ event }) => event === "disconnected")).code, "KEEPALIVE");
  });

  it("answers pings, and lets one stay that sends them", async () => {
    const socket = broker.socket();
    socket.write(connectPacket(RAW));
    await answer(socket);
    socket.write(Buffer.from([0xc0, 0]));
    assert.deepEqual(await answer(socket), Buffer.from([0xd0, 0]));
  });

  it("brings a device's messages to the flow, QoS 1 both ways", async () => {
    const flow = await broker.service();
    await flow.subscribeAsync("BCE/#", { qos: 1 });
    const up = next(flow, "message");
    const device = await broker.client(DEVICE);
    await device.subscribeAsync(COMMANDS, { qos: 1 });
    await device.publishAsync("BCE/D", FRAME, { qos: 1, retain: true });
    const [topic, payload, { qos, retain }] = await up;
    assert.deepEqual([topic, payload, qos, retain], ["BCE/D", FRAME, 1, false]);
    const down = next(device, "message");
    await flow.publishAsync(COMMANDS, "switch", { qos: 1 });
    const [, command, packet] = await down;
    assert.deepEqual([command.toString(), packet.qos], ["switch", 1]);
    await known.until(() => known.done.size === 1);
    assert.deepEqual(
      known.all.map(({ client, topic, payload }) => [client, topic, Buffer.from(payload)]),
      [[IMEI, "BCE/D", FRAME]],
    );
  });

  it("passes on QoS 0 without keeping it", async () => {
    const flow = await broker.service();
    await flow.subscribeAsync("BCE/D");
    const up = next(flow, "message");
    const device = await broker.client(DEVICE);
    device.publish("BCE/D", FRAME);
    assert.deepEqual((await up)[1], FRAME);
    assert.equal(known.all.length, 0);
  });

  it("acknowledges a message once it is kept, and not before", async () => {
    const order: string[] = [];
    const flow = await broker.service();
    known.beforeKeep = async () => {
      // Time enough for an answer to have come.
      await flow.publishAsync("anything", "else", { qos: 1 });
      order.push("kept");
    };
    const device = await broker.client(DEVICE);
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    order.push("acknowledged");
    assert.deepEqual(order, ["kept", "acknowledged"]);
  });

  it("does not acknowledge what could not be kept; the device sends it again", async () => {
    known.beforeKeep = () => Promise.reject(new Error("the disk is full"));
    const device = await broker.client({ ...DEVICE, clean: false, reconnectPeriod: 50 });
    const published = device.publishAsync("BCE/D", FRAME, { qos: 1 });
    const { code, reason } = await broker.event(({ event }) => event === "disconnected");
    assert.equal(code, "NOT_STORED");
    assert.match(reason, /not acknowledged: the disk is full$/);
    known.beforeKeep = () => Promise.resolve();
    await published;
    assert.equal(known.all.length, 1);
  });

  it("acknowledges at once where it is told to", async () => {
    await broker.stop();
    broker = await OwnBroker.start(known, { acknowledge: "received" });
    let keep = () => undefined as unknown;
    known.beforeKeep = () =>
      new Promise((resolve) => {
        keep = () => resolve(undefined);
      });
    const device = await broker.client(DEVICE);
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    assert.equal(known.all.length, 0);
    keep();
    await known.until(() => known.all.length === 1);
  });

  it("acknowledges nothing more at once when a message could not be kept", async () => {
    await broker.stop();
    broker = await OwnBroker.start(known, { acknowledge: "received" });
    const fails = () => Promise.reject(new Error("the disk is full"));
    /** Publishes what cannot be kept; returns whether that was acknowledged, after the connection has ended. */
    const isLost = async (device: MqttClient, frame: Buffer): Promise<boolean> => {
      known.beforeKeep = fails;
      const closed = next(device, "close");
      let answered = false;
      device.publish("BCE/D", frame, { qos: 1 }, (error) => {
        answered = !error;
      });
      await closed;
      return answered;
    };
    const [first, other] = [await broker.client(DEVICE), await broker.client({ ...DEVICE, clientId: OTHER })];
    await isLost(first, FRAME);
    assert.equal(await isLost(other, FOREIGN), false);
    // Also where others can be kept in between, as small ones on a disk that is all but full.
    known.beforeKeep = () => Promise.resolve();
    const again = await broker.client(DEVICE);
    await again.publishAsync("BCE/D", FRAME, { qos: 1 });
    assert.equal(await isLost(again, FRAME), false);
    const ends = broker.events.filter(({ event }) => event === "disconnected");
    assert.deepEqual(
      ends.map(({ code }) => code),
      ["NOT_STORED", "NOT_STORED", "NOT_STORED"],
    );
    assert.deepEqual(
      broker.problems.splice(0).map(({ message }) => message),
      ["the disk is full"],
    );
  });

  it("keeps what it has acknowledged although the device goes before the registry is open", async () => {
    await broker.stop();
    broker = await OwnBroker.start(known, { acknowledge: "received" });
    const device = await broker.client(DEVICE);
    known.ready = false;
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    await device.endAsync();
    await broker.event(({ event }) => event === "disconnected");
    known.ready = true;
    await known.until(() => known.all.length === 1);
  });

  it("puts a new connection in the place of an old one of the same device", async () => {
    const first = await broker.client(DEVICE);
    const gone = next(first, "close");
    const second = await broker.client(DEVICE);
    await gone;
    assert.equal((await broker.event(({ event }) => event === "disconnected")).code, "REPLACED");
    await second.publishAsync("BCE/D", FRAME, { qos: 1 });
    assert.deepEqual(known.told, [`connected ${IMEI} 127.0.0.1`, `connected ${IMEI} 127.0.0.1`]);
    assert.equal(broker.running.clientCount, 1);
    await second.endAsync();
    await known.until(() => known.told.at(-1) === `disconnected ${IMEI}`);
  });

  it("does not let anybody take over a client id of somebody else", async () => {
    const flow = await broker.service({ clientId: "flow" });
    const other = broker.client({ clientId: "flow", username: "phone", password: "may look" });
    await assert.rejects(other, { code: 5 });
    assert.ok(flow.connected);
  });

  it("refuses a frame of another device, and says whose it is", async () => {
    const flow = await broker.service();
    await flow.subscribeAsync("#", { qos: 1 });
    const got = messages(flow, 1);
    for (const payload of [FOREIGN, Buffer.from(`{"data": [{"Imei": ${OTHER}}]}`)]) {
      broker.events.length = 0;
      const device = await broker.client(DEVICE);
      const closed = next(device, "close");
      device.publish("BCE/D", payload, { qos: 1 });
      await closed;
      const { code, reason } = await broker.event(({ event }) => event === "denied");
      assert.deepEqual([code, reason.includes(OTHER)], ["IMEI_OTHER", true]);
    }
    assert.equal(known.all.length, 0);
    await flow.publishAsync("after", "it", { qos: 1 });
    assert.deepEqual(await got, [["after", "it"]]);
  });

  for (const [what, change, code] of [
    ["deactivated", { state: "deactivated" }, "DEVICE_INACTIVE"],
    ["removed", undefined, "REMOVED"],
    ["given a password of its own", { ownPassword: "scrypt$2$8$1$AAAA$AAAA" }, "LOGIN_CHANGED"],
    ["of a device config with another login", { shared: { ...SHARED, password: "new" } }, "LOGIN_CHANGED"],
  ] as const) {
    it(`disconnects a device at once that is ${what}`, async () => {
      const device = await broker.client(DEVICE);
      const closed = next(device, "close");
      known.change(IMEI, change);
      await closed;
      assert.equal((await broker.event(({ event }) => event === "disconnected")).code, code);
      await assert.rejects(broker.client(DEVICE), { code: 5 });
    });
  }

  it("does not publish the will of a device that is shut out", async () => {
    const flow = await broker.service();
    const got = messages(flow, 1);
    await flow.subscribeAsync("#", { qos: 1 });
    const will = { topic: "BCE/E", payload: FRAME, qos: 1, retain: false } as const;
    const device = await broker.client({ ...DEVICE, will });
    const closed = next(device, "close");
    known.change(IMEI, { state: "deactivated" });
    await closed;
    await flow.publishAsync("after", "it", { qos: 1 });
    assert.deepEqual(await got, [["after", "it"]]);
    assert.equal(known.all.length, 0);
  });

  it("gives a device its client id, although a vendor's cloud has it, and a user the one of nobody", async () => {
    await broker.stop();
    broker = await OwnBroker.start(known, { anonymous: true });
    const login = { user: "cloud", password: "the cloud's" };
    known.clouds.push({ deviceConfig: "cloud", login, topics: account(IMEI).topics });
    known.change(IMEI, undefined);
    const cloud = await broker.client({ clientId: IMEI, username: login.user, password: login.password });
    known.add(account(IMEI));
    const closed = next(cloud, "close");
    await broker.client(DEVICE);
    await closed;
    await broker.client({ clientId: "flow", clean: false });
    await broker.service({ clientId: "flow" });
    await assert.rejects(broker.client({ clientId: "flow" }), { code: 5 });
  });

  it("leaves a device connected whose topics change, and takes the new ones", async () => {
    const device = await broker.client(DEVICE);
    const topics = { ...account(IMEI).topics, telemetry: "new/D" };
    known.change(IMEI, { topics });
    await device.publishAsync("new/D", FRAME, { qos: 1 });
    const closed = next(device, "close");
    device.publish("BCE/D", FRAME);
    await closed;
  });

  it("tells that a device hears no commands any more when their topic changes, or it unsubscribes", async () => {
    const device = await broker.client(DEVICE);
    const topics = { ...account(IMEI).topics, outputControl: "%IMEI%/new" };
    await device.subscribeAsync([COMMANDS, "other"], { qos: 1 }).catch(() => undefined);
    known.change(IMEI, { topics });
    known.change(IMEI, {});
    await device.subscribeAsync(`${IMEI}/new`, { qos: 1 });
    await device.unsubscribeAsync(COMMANDS);
    await device.unsubscribeAsync(`${IMEI}/new`);
    await known.until(() => known.told.length === 6);
    const [denied, told] = [true, false].map((isDenial) =>
      known.told.filter((what) => what.startsWith("denied") === isDenial),
    );
    assert.deepEqual(denied, [`denied ${IMEI} FILTER_NOT_OWN other`]);
    const words = told?.map((what) => what.split(" ")[0]);
    assert.deepEqual(words, ["connected", "listening", "connected", "listening", "connected"]);
  });

  it("does not take a user that may only listen for the flow", async () => {
    const phone = await broker.client({ username: READER.user, password: READER.password });
    await phone.subscribeAsync("#", { qos: 1 });
    const device = await broker.client(DEVICE);
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    assert.deepEqual([known.kept().length, broker.running.backlog], [1, 1]);
    const flow = await broker.service();
    const heard = [messages(flow, 1), messages(phone, 1)];
    await flow.subscribeAsync("BCE/#", { qos: 1 });
    for (const [[topic] = []] of await Promise.all(heard)) assert.equal(topic, "BCE/D");
    await known.until(() => known.done.size === 1);
  });

  it("waits with messages until the flow hears them, and hands them over in order", async () => {
    const device = await broker.client(DEVICE);
    for (const topic of ["BCE/D", "BCE/E", "BCE/D"]) await device.publishAsync(topic, FRAME, { qos: 1 });
    assert.equal(broker.running.backlog, 3);
    const flow = await broker.service();
    const got = messages(flow, 4);
    await flow.subscribeAsync("BCE/+", { qos: 1 });
    await device.publishAsync("BCE/E", FRAME, { qos: 1 });
    assert.deepEqual(
      (await got).map(([topic]) => topic),
      ["BCE/D", "BCE/E", "BCE/D", "BCE/E"],
    );
    await known.until(() => known.done.size === 4);
  });

  it("hands over what was kept before it started, once", async () => {
    await known.keep({ client: IMEI, topic: "BCE/D", payload: FRAME, receivedAt: 1 });
    await broker.stop();
    broker = await OwnBroker.start(known);
    const flow = await broker.service();
    const got = messages(flow, 2);
    await flow.subscribeAsync("BCE/D", { qos: 1 });
    await flow.subscribeAsync("BCE/#", { qos: 1 });
    await known.until(() => known.done.size === 1);
    await flow.publishAsync("BCE/D", "last", { qos: 1 });
    assert.equal((await got)[1]?.[1], "last");
  });

  it("hands a message over again where whoever got it went away at once", async () => {
    const first = await broker.service();
    await first.subscribeAsync("BCE/D", { qos: 1 });
    const device = await broker.client(DEVICE);
    const heard = next(first, "message");
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    await heard;
    first.stream.destroy();
    const second = await broker.service();
    const again = next(second, "message");
    await second.subscribeAsync("BCE/D", { qos: 1 });
    assert.deepEqual((await again)[1], FRAME);
    await known.until(() => known.done.size === 1);
  });

  it("tells the registry that its devices are not connected any more when it stops, or asks another one", async () => {
    await broker.client(DEVICE);
    await broker.event(({ event }) => event === "connected");
    broker.running.use(new TestDirectory().add(account(IMEI)));
    assert.equal(known.told.at(-1), `disconnected ${IMEI}`);
    broker.running.use(known);
    await known.until(() => known.told.at(-1) === `connected ${IMEI} 127.0.0.1`);
    await broker.stop();
    assert.equal(known.told.at(-1), `disconnected ${IMEI}`);
  });

  it("keeps connections while the registry opens anew, and messages wait for it", async () => {
    const device = await broker.client(DEVICE);
    await device.subscribeAsync(COMMANDS, { qos: 1 });
    broker.running.use(undefined);
    const published = device.publishAsync("BCE/D", FRAME, { qos: 1 });
    const again = new TestDirectory().add(account(IMEI));
    again.ready = false;
    broker.running.use(again);
    assert.equal(again.all.length, 0);
    again.ready = true;
    await published;
    assert.equal(again.all.length, 1);
    await again.until(() => again.told.length === 2);
    assert.deepEqual(again.told, [`connected ${IMEI} 127.0.0.1`, `listening ${IMEI}`]);
  });

  it("shows a renewed certificate without ending connections", async () => {
    const certificates = makeCertificates("nobody");
    try {
      await broker.stop();
      const tls = {
        port: 0,
        key: { file: certificates.key },
        cert: { file: certificates.cert },
        clientCertificates: false,
      };
      broker = await OwnBroker.start(known, { listening: { port: undefined, host: "127.0.0.1", tls } });
      const ca = readFileSync(certificates.ca);
      const shown = async (): Promise<string> => {
        const socket = connectTls({ host: "127.0.0.1", port: broker.port, ca });
        await once(socket, "secureConnect");
        const { serialNumber } = socket.getPeerCertificate();
        socket.destroy();
        return serialNumber;
      };
      const device = await broker.client({ ...DEVICE, ca }, broker.url("mqtts"));
      const before = await shown();
      certificates.renew();
      let now = before;
      while (now === before) now = await shown();
      assert.ok(device.connected);
      await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    } finally {
      certificates.remove();
    }
  });
});
