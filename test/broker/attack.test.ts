import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { IClientOptions } from "mqtt";
import type { Aedes, BrokerClient } from "../../src/broker/aedes";
import { DEFAULT_LIMITS } from "../../src/broker/limits";
import type { Pem } from "../../src/broker/listeners";
import { account, SHARED, TestDirectory } from "../support/directory";
import { makeCertificates, OwnBroker, SERVICE } from "../support/own-broker";
import { connectPacket, packet, text } from "../support/raw-client";
import { IMEI, OTHER, THIRD } from "../support/registry";
import { randomOf } from "../support/seed";
import { CAPTURES } from "../support/vectors";

const FRAME = Buffer.from(CAPTURES.find(({ normalized }) => normalized[0]?.imei === IMEI)?.hex ?? "", "hex");
const DEVICE: IClientOptions = { clientId: IMEI, username: SHARED.user, password: SHARED.password };
const CLOUD = { user: "globalmatix_device", password: "the cloud's" };
const WRONG: IClientOptions = { ...DEVICE, password: "guess" };
/** That of a device that is not registered. */
const NEW = "356938035643809";
const FLOW: IClientOptions = { username: SERVICE.user, password: SERVICE.password };

const connect = (client = IMEI) => connectPacket({ client, ...SHARED });

describe("attacks on the broker", () => {
  let broker: OwnBroker;
  let known: TestDirectory;
  const start = async (limits: Partial<typeof DEFAULT_LIMITS> = {}) => {
    broker = await OwnBroker.start(known, { limits: { ...DEFAULT_LIMITS, ...limits } });
  };
  /** A bare connection of a device that is in. */
  const enter = async (): Promise<Socket> => {
    const socket = broker.socket();
    socket.write(connect());
    await once(socket, "data");
    return socket;
  };
  beforeEach(() => {
    known = new TestDirectory().add(account(IMEI), account(OTHER));
  });
  afterEach(async () => {
    await broker.stop();
    assert.deepEqual(broker.problems, []);
  });
  /** Sends bytes and waits until the broker has ended the connection. */
  const endsOn = async (...pieces: Buffer[]): Promise<void> => {
    const socket = broker.socket();
    await once(socket, "connect");
    const closed = once(socket, "close");
    socket.resume();
    for (const piece of pieces) socket.write(piece);
    await closed;
  };

  it("ends connections that do not begin with a CONNECT, or with one that is too large", async () => {
    await start();
    await endsOn(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await endsOn(packet(0x30, text("BCE/D"), FRAME));
    await endsOn(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await endsOn(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80, 0x01]));
    await endsOn(packet(0x10, text("MQTT"), Buffer.from([4, 2, 0, 60]), text("x".repeat(20_000))));
    assert.equal(broker.running.clientCount, 0);
  });

  it("ends the connection of a device with a packet that is too large, at its first bytes", async () => {
    await start({ packetBytes: 1000 });
    const socket = await enter();
    const closed = once(socket, "close");
    socket.write(Buffer.from([0x32, 0xe9, 0x07]));
    await closed;
    assert.equal((await broker.event(({ event }) => event === "disconnected")).code, "PACKET_SIZE");
  });

  it("survives bytes of all kinds, before and after the login", async () => {
    await start();
    const socket = () => broker.socket();
    const random = randomOf("bytes of all kinds");
    const byte = () => Math.floor(random() * 256);
    for (let round = 0; round < 300; round++) {
      const one = socket();
      one.resume();
      const closed = once(one, "close");
      const garbage = Buffer.from(Array.from({ length: 1 + (round % 60) }, byte));
      if (round % 3 === 0) one.end(Buffer.concat([Buffer.from([0x10, garbage.length]), garbage]));
      else {
        const type = byte() & 0xf7;
        one.end(Buffer.concat([connect(), packet(type, garbage), packet(0x32, text("BCE/D"), garbage)]));
      }
      await closed;
    }
    const device = await broker.client(DEVICE);
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
  });

  it("ends a connection that does not say in time who it is, byte by byte or not at all", async () => {
    await start({ connectSeconds: 1 });
    const [silent, slow] = [broker.socket(), broker.socket()];
    silent.resume();
    slow.resume();
    const closed = Promise.all([once(silent, "close"), once(slow, "close")]);
    const bytes = connect();
    let sent = 0;
    const drip = setInterval(() => sent < 20 && slow.write(bytes.subarray(sent, ++sent)), 100);
    await closed;
    clearInterval(drip);
    assert.ok(sent < bytes.length);
    assert.equal((await broker.event(({ event }) => event === "refused")).code, "NO_LOGIN");
  });

  it("hears of the end of a connection that took the place of one which was just closing", async () => {
    await start();
    const subscribe = packet(0x82, Buffer.from([0, 7]), text(`${IMEI}/OUTC`), Buffer.from([1]));
    const [first, second] = [broker.socket(), broker.socket()];
    await once(second, "connect");
    first.write(Buffer.concat([connect(), subscribe]));
    await known.until(() => known.told.includes(`listening ${IMEI}`));
    second.write(connect());
    first.end();
    // Both arrive before the broker looks at either.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    await once(second, "data");
    second.end();
    await known.until(() => known.told.at(-1) === `disconnected ${IMEI}`);
    assert.equal(broker.running.clientCount, 0);
  });

  it("reads no further from a device that sends too fast", async () => {
    await start({ messagesPerSecond: 2 });
    const socket = await enter();
    const large = packet(0x30, text("BCE/D"), Buffer.alloc(60_000));
    const one = packet(0x32, text("BCE/D"), Buffer.from([0, 9]), FRAME);
    for (let count = 0; count < 21; count++) socket.write(one);
    for (let count = 0; count < 300; count++) socket.write(large);
    await known.until(() => known.all.length === 21);
    for (let count = 0; count < 100; count++) await setImmediate();
    assert.ok(broker.running.received < 30, `${broker.running.received}`);
  });

  it("tells of few of the filters that one packet is refused, and does not keep their text", async () => {
    await start({ messagesPerSecond: 1 });
    const socket = await enter();
    const filters = Array.from({ length: 1000 }, (_, n) => Buffer.concat([text(`x/${n}`), Buffer.from([1])]));
    socket.write(packet(0x82, Buffer.from([0, 7]), ...filters));
    await broker.event(({ event }) => event === "denied");
    for (let count = 0; count < 100; count++) await setImmediate();
    assert.ok(broker.events.length < 20);
  });

  it("ends all connections when it stops, also of those who are being looked at", async () => {
    await start();
    const sockets = [broker.socket(), broker.socket()];
    const closed = Promise.all(sockets.map((socket) => once(socket.resume(), "close")));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // The first one's password takes a while to look at.
    sockets[0]?.write(connect(THIRD));
    const { authenticate } = (broker.running as unknown as { aedes: Aedes }).aedes;
    await new Promise<void>((resolve) => {
      (broker.running as unknown as { aedes: Aedes }).aedes.authenticate = function (...all) {
        authenticate.apply(this, all);
        resolve();
      };
    });
    await broker.running.close();
    await closed;
  });

  it("ends a connection whose TLS handshake is done only after it has stopped", async () => {
    const certificates = makeCertificates("nobody");
    try {
      const [key, cert] = [certificates.key, certificates.cert].map((file) => ({ file })) as [Pem, Pem];
      const tls = { port: 0, key, cert, clientCertificates: false };
      broker = await OwnBroker.start(known, {
        listening: { port: undefined, host: "127.0.0.1", tls },
        limits: { ...DEFAULT_LIMITS, connectSeconds: 1000 },
      });
      const late = broker.socket();
      await once(late, "connect");
      // Who comes after it is let in: so it has been taken, too.
      const ca = readFileSync(certificates.ca);
      await broker.client({ ...DEVICE, ca }, broker.url("mqtts"));
      await broker.running.close();
      await once(connectTls({ socket: late, ca, host: "127.0.0.1" }).resume(), "close");
    } finally {
      certificates.remove();
    }
  });

  it("does not let who may have any client id make up for guesses", async () => {
    known.clouds.push({ deviceConfig: "cloud", login: CLOUD, topics: account(IMEI).topics });
    await start({ wrongLogins: 5 });
    const cloud = (id: string) =>
      broker.client({ clientId: id, username: CLOUD.user, password: CLOUD.password });
    const guess = (clientId: string) =>
      assert.rejects(broker.client({ clientId, username: "node-red", password: "guess" }), { code: 5 });
    for (let count = 0; count < 4; count++) {
      await cloud(`cloud ${count}`).catch(() => undefined);
      await guess(`cloud ${count}`);
      await guess(`cloud ${count}`);
    }
    await broker.event(({ code }) => code === "BLOCKED");
    assert.ok(broker.events.filter(({ code }) => code === "LOGIN").length <= 6);
  });

  it("keeps nothing of clients that can have any number of names", async () => {
    broker = await OwnBroker.start(known, { anonymous: true });
    const { roster, aedes } = broker.running as unknown as {
      roster: { owners: Map<string, unknown> };
      aedes: Aedes;
    };
    for (let count = 0; count < 10; count++) {
      const client = await broker.client({ clientId: `passer-by ${count}`, clean: false });
      await client.subscribeAsync("trackers/#", { qos: 1 });
      await client.endAsync();
    }
    while (broker.running.clientCount > 0) await setImmediate();
    const { persistence } = aedes as unknown as { persistence: { countOffline(): Promise<object> } };
    assert.deepEqual(
      [roster.owners.size, await persistence.countOffline()],
      [0, { subsCount: 0, clientsCount: 0 }],
    );
  });

  it("keeps nobody waiting for one who does not read", async () => {
    known = new TestDirectory().add(account(IMEI));
    broker = await OwnBroker.start(known, { anonymous: true });
    const lazy = broker.socket();
    lazy.write(packet(0x10, text("MQTT"), Buffer.from([4, 2, 0, 60]), text("lazy")));
    await once(lazy, "data");
    lazy.write(packet(0x82, Buffer.from([0, 7]), text("trackers/#"), Buffer.from([0])));
    await once(lazy, "data");
    lazy.pause();
    const [flow, ...talkers] = await Promise.all(Array.from({ length: 4 }, () => broker.service()));
    await flow?.subscribeAsync("BCE/D", { qos: 1 });
    const [talker] = talkers;
    const { clients } = (broker.running as unknown as { aedes: { clients: Record<string, BrokerClient> } })
      .aedes;
    // More than the connection's buffers hold, and then more messages than are ever under way to one who reads.
    const much = Buffer.alloc(200_000);
    for (let count = 0; count < 100; count++) talker?.publish("trackers/x", much);
    while (!clients.lazy?.conn.writableNeedDrain) await setImmediate();
    for (const one of talkers.slice(1)) {
      for (let count = 0; count < 100; count++) one.publish("trackers/x", "more");
      await one.publishAsync("elsewhere", "", { qos: 1 });
    }
    const device = await broker.client(DEVICE);
    const heard = once(flow as unknown as EventEmitter, "message");
    await device.publishAsync("BCE/D", FRAME, { qos: 1 });
    await heard;
    assert.ok(broker.events.every(({ event }) => event !== "disconnected"));
  });

  it("blocks an address that guesses, but not a device that has logged in from it", async () => {
    await start({ wrongLogins: 5, blockSeconds: 60 });
    const device = await broker.client(DEVICE);
    await device.endAsync();
    const guesses = Array.from({ length: 30 }, () =>
      assert.rejects(broker.client({ ...WRONG, clientId: OTHER }), { code: 5 }),
    );
    await Promise.all(guesses);
    await broker.event(({ code }) => code === "BLOCKED");
    await assert.rejects(broker.client({ ...DEVICE, clientId: OTHER }), { code: 5 });
    await broker.client(DEVICE);
    // The device's own name is no way to go on guessing.
    for (let tries = 0; tries < 5; tries++) await assert.rejects(broker.client(WRONG), { code: 5 });
    await assert.rejects(broker.client(DEVICE));
    const count = broker.events.filter(({ code }) => code === "BLOCKED").length;
    assert.equal(count, 1);
  });

  it("does not take a tracker that waits to be registered for one who guesses, if it knows the fleet's login", async () => {
    await start({ wrongLogins: 5, blockSeconds: 60 });
    for (let tries = 0; tries < 20; tries++) {
      await assert.rejects(broker.client({ ...DEVICE, clientId: NEW }), { code: 5 });
    }
    await broker.client(DEVICE);
    assert.ok(broker.events.every(({ code }) => code !== "BLOCKED"));
    for (let tries = 0; tries < 7; tries++) {
      await assert.rejects(broker.client({ ...WRONG, clientId: NEW }), { code: 5 });
    }
    await broker.event(({ code }) => code === "BLOCKED");
  });

  it("trusts a service user that was in before by its name, since its client id is another one each time", async () => {
    await start({ wrongLogins: 5, blockSeconds: 60 });
    const first = await broker.client({ ...FLOW, clientId: "nodered-1" });
    await first.endAsync();
    const guesses = Array.from({ length: 30 }, () =>
      assert.rejects(broker.client({ ...WRONG, clientId: OTHER }), { code: 5 }),
    );
    await Promise.all(guesses);
    await broker.event(({ code }) => code === "BLOCKED");
    await broker.client({ ...FLOW, clientId: "nodered-2" });
  });

  it("closes an address at once that guesses and has no device", async () => {
    await start({ wrongLogins: 3 });
    for (let tries = 0; tries < 4; tries++) await assert.rejects(broker.client(WRONG), { code: 5 });
    await endsOn(connect());
    assert.equal(broker.running.clientCount, 0);
  });

  it("counts guesses of those who do not wait for the answer", async () => {
    await start({ wrongLogins: 5 });
    const hasty = packet(0x10, text("MQTT"), Buffer.from([4, 0xc2, 0, 60]), ...[IMEI, "x", "x"].map(text));
    const blocked = broker.event(({ code }) => code === "BLOCKED").then(() => true);
    let isBlocked = false;
    blocked.then(() => {
      isBlocked = true;
    });
    while (!isBlocked) {
      const socket = broker.socket();
      socket.resume();
      socket.end(hasty);
      await once(socket, "close");
    }
  });

  it("bounds connections, in all and from an address", async () => {
    await start({ connections: 3, connectionsPerAddress: 2 });
    await broker.client(DEVICE);
    const second = await broker.service();
    await endsOn(connect(OTHER));
    assert.equal((await broker.event(({ event }) => event === "refused")).code, "CONNECTIONS");
    await second.endAsync();
    await broker.client({ ...DEVICE, clientId: OTHER });
  });

  it("slows a device down that sends too fast, and loses nothing", async () => {
    await start({ messagesPerSecond: 2 });
    const device = await broker.client(DEVICE);
    const started = performance.now();
    await Promise.all(Array.from({ length: 24 }, () => device.publishAsync("BCE/D", FRAME, { qos: 1 })));
    assert.ok(performance.now() - started > 1500);
    assert.equal(known.all.length, 24);
  });

  it("shows no password to anybody, whatever is wrong with it", async () => {
    await start();
    const secret = "hunter2-is-not-it";
    for (const clientId of [IMEI, "flow", "490154203237518"]) {
      await assert.rejects(broker.client({ clientId, username: "node-red", password: secret }), { code: 5 });
    }
    assert.ok(!JSON.stringify([broker.events, known.told]).includes(secret));
  });

  it("shortens what strangers call themselves", async () => {
    await start();
    await assert.rejects(broker.client({ clientId: "🚚".repeat(3000), username: "ü".repeat(500) }), {
      code: 5,
    });
    const { client, user } = await broker.event(({ event }) => event === "refused");
    assert.ok(client.length <= 128 && user.length <= 128);
  });

  it("stores no filter of a device that was refused, although another one of the same packet was granted", async () => {
    await start();
    const device = await broker.client({ ...DEVICE, clean: false });
    const grants = new Promise((resolve) =>
      device.on("packetreceive", (one) => one.cmd === "suback" && resolve(one.granted)),
    );
    device.subscribe([`${IMEI}/OUTC`, "#", `${OTHER}/OUTC`], { qos: 1 });
    assert.deepEqual(await grants, [1, 128, 128]);
    await device.endAsync();
    const { persistence } = (broker.running as unknown as { aedes: Aedes }).aedes as unknown as {
      persistence: { subscriptionsByClient(client: { id: string }): Promise<{ topic: string }[]> };
    };
    const stored = await persistence.subscriptionsByClient({ id: IMEI });
    assert.deepEqual(
      stored.map(({ topic }) => topic),
      [`${IMEI}/OUTC`],
    );
  });

  it("keeps a bounded number of messages for a service that does not come back", async () => {
    await start();
    const away = await broker.service({ clientId: "away", clean: false });
    await away.subscribeAsync("#", { qos: 1 });
    await away.endAsync();
    const flow = await broker.service();
    for (let count = 0; count < 1200; count++) await flow.publishAsync("many", String(count), { qos: 1 });
    const again = await broker.service({ clientId: "away", clean: false });
    let got = 0;
    again.on("message", () => got++);
    await again.subscribeAsync("end", { qos: 1 });
    while (got < 1000) await once(again as unknown as EventEmitter, "message");
    await flow.publishAsync("end", "", { qos: 1 });
    await once(again as unknown as EventEmitter, "message");
    assert.equal(got, 1001);
  });

  it("lets no device's garbage push out what was acknowledged of another", async () => {
    await start();
    const [device, other] = [
      await broker.client(DEVICE),
      await broker.client({ ...DEVICE, clientId: OTHER }),
    ];
    const readings = Array.from({ length: 20 }, (_, n) => `reading ${n}`);
    for (const reading of readings) await device.publishAsync("BCE/D", reading, { qos: 1 });
    const garbage = Buffer.alloc(250 * 1024, 0xaa);
    for (let n = 0; n < 60; n++) await other.publishAsync("BCE/D", garbage, { qos: 1 });
    assert.deepEqual(broker.problems, [], "while no flow is there, nothing is given up");
    const flow = await broker.service();
    const got: string[] = [];
    flow.on("message", (_, payload) => got.push(payload.length < 100 ? payload.toString() : "garbage"));
    await flow.subscribeAsync("BCE/D", { qos: 1 });
    await known.until(() => known.kept().length === 0);
    assert.deepEqual(got.slice(0, 20), readings);
  });

  it("lives on when the directory throws", async () => {
    await start();
    known.device = () => {
      throw new Error("broken");
    };
    await assert.rejects(broker.client(DEVICE));
    known.device = (imei) => known.accounts.get(imei);
    known.connected = () => {
      throw new Error("broken, too");
    };
    await assert.rejects(broker.client(DEVICE));
    assert.equal(broker.problems.splice(0).length > 0, true);
  });
});
