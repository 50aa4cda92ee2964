import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { Twins } from "../../src/broker/twins";
import { account, SHARED } from "../support/directory";
import { SERVICE, useBroker } from "../support/own-broker";
import { CONNACK, RawClient } from "../support/raw-client";
import { IMEI, OTHER } from "../support/registry";

const DEVICE = { client: IMEI, ...SHARED };
const TWICE = `denied ${IMEI} CLIENT_ID_TWICE 127.0.0.1`;

describe("two clients with one client id", () => {
  const at = useBroker({}, account(IMEI), account(OTHER));
  const twice = () => at.broker.events.filter(({ code }) => code === "CLIENT_ID_TWICE");

  it("are said to be that, in an event and for the device's page", async () => {
    const options = { clientId: IMEI, username: SHARED.user, password: SHARED.password, reconnectPeriod: 1 };
    await at.broker.client(options);
    await at.broker.client(options);
    await at.known.until(() => at.known.told.includes(TWICE));
    const { event, client, imei, reason } = await at.broker.event(({ code }) => code === "CLIENT_ID_TWICE");
    assert.deepEqual([event, client, imei], ["denied", IMEI, IMEI]);
    assert.match(reason, /^two clients have this client id/);
    const count = at.known.told.length;
    await at.known.until(() => at.known.told.length > count + 10);
    assert.equal(twice().length, 1, "once a minute");
  });

  it("are said to be that of a user, too", async () => {
    const { user: username, password } = SERVICE;
    for (let n = 0; n < 2; n++)
      await at.broker.client({ clientId: "flow", username, password, reconnectPeriod: 1 });
    assert.equal((await at.broker.event(({ code }) => code === "CLIENT_ID_TWICE")).user, username);
  });

  it("one that comes back after it has lost its connection is not", async () => {
    for (let n = 0; n < 20; n++) {
      const device = await at.broker.raw(DEVICE);
      assert.ok(await device.ping());
      // Nobody is there any more who would answer the end: the network is gone.
      device.socket.pause();
      device.socket.removeAllListeners();
      Object.assign(device.socket, { allowHalfOpen: true });
    }
    assert.ok(await (await at.broker.raw({ ...DEVICE, client: OTHER })).ping());
    assert.deepEqual(twice(), []);
    assert.ok(!at.known.told.includes(TWICE));
  });

  it("one that ends its connection and comes back is not", async () => {
    for (let n = 0; n < 20; n++) {
      const device = await at.broker.raw(DEVICE);
      device.socket.end();
      await device.until(() => false);
    }
    assert.deepEqual(twice(), []);
  });

  it("are not those who do so rarely", () => {
    const twins = new Twins(() => undefined);
    for (let hour = 0; hour < 100; hour++) {
      assert.equal(twins.replaced("a", ["x", "y"], hour * 3_600_000), undefined);
      assert.equal(twins.replaced("a", ["x", "y"], hour * 3_600_000 + 1000), undefined);
    }
    assert.equal(twins.replaced("b", ["x", "y"], 0), undefined);
    assert.equal(twins.replaced("b", ["y", "x"], 1), undefined);
    assert.deepEqual(twins.replaced("b", ["x", "y"], 2), ["x", "y"]);
  });
});

describe("a client of MQTT 5", () => {
  const at = useBroker({}, account(IMEI));

  it("is told to use 3.1.1, in its own language, and so is whoever looks at the device", async () => {
    const client = await at.broker.raw({ ...DEVICE, version: 5 });
    await client.until(() => false);
    const body = client.of(CONNACK)[0]?.body ?? Buffer.alloc(0);
    // Flags, reason code "unsupported protocol version", length of the properties, reason string.
    assert.deepEqual([...body.subarray(0, 2)], [0, 0x84]);
    assert.equal(body[2], body.length - 3);
    assert.equal(body[3], 0x1f);
    assert.equal(body.readUInt16BE(4), body.length - 6);
    assert.match(body.toString("utf8", 6), /MQTT 3\.1\.1/);
    const { event, code, imei, user, reason } = await at.broker.event(({ code }) => code === "MQTT_VERSION");
    assert.deepEqual([event, code, imei, user], ["refused", "MQTT_VERSION", IMEI, SHARED.user]);
    assert.match(reason, /MQTT 5.*MQTT 3\.1\.1/);
    assert.deepEqual(at.known.told, [`refused ${IMEI} MQTT_VERSION 127.0.0.1`]);
  });

  it("of a library understands the answer", async () => {
    const failed = at.broker.client({
      clientId: "flow",
      username: SERVICE.user,
      password: SERVICE.password,
      protocolVersion: 5,
    });
    await assert.rejects(failed, { code: 0x84 });
    const { client, user } = await at.broker.event(({ event }) => event === "refused");
    assert.deepEqual([client, user], ["flow", SERVICE.user]);
    await at.broker.client({ username: SERVICE.user, password: SERVICE.password, protocolVersion: 4 });
    await at.broker.client({
      username: SERVICE.user,
      password: SERVICE.password,
      protocolId: "MQIsdp",
      protocolVersion: 3,
      clientId: "old",
    });
  });

  it("with a login of nobody, a will and properties is told the same", async () => {
    const socket = at.broker.socket();
    const will = { topic: "x", payload: Buffer.from("x") };
    const client = await RawClient.connect(socket, { client: "", version: 5, will });
    assert.equal(client.of(CONNACK)[0]?.body[1], 0x84);
    if (!client.closed) await once(socket as EventEmitter, "close");
    assert.equal((await at.broker.event(({ event }) => event === "refused")).code, "MQTT_VERSION");
    assert.deepEqual(at.known.told, []);
  });
});
