import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import type { MqttClient } from "mqtt";
import { shortened } from "../../src/broker/events";
import { account, BCE, SHARED } from "../support/directory";
import { READER, SERVICE, useBroker } from "../support/own-broker";
import { PUBACK, packet, type RawClient, text } from "../support/raw-client";
import { IMEI, OTHER, THIRD } from "../support/registry";
import { CAPTURES } from "../support/vectors";

const FRAME = CAPTURES.find(({ normalized }) => normalized[0]?.imei === IMEI)?.hex ?? "";
const DEVICE = { client: IMEI, ...SHARED };
const CLOUD = { user: "globalmatix_device", password: "the cloud's" };
/** As people name topics who have one tree for all. */
const PUBLIC = {
  telemetry: "trackers/%IMEI%/data",
  events: "trackers/events",
  file: "trackers/files/%IMEI%",
  realTime: "trackers/%IMEI%/%IMEI%",
  outputConfirm: "trackers/%IMEI%/confirm",
  outputControl: "trackers/%IMEI%/OUTC",
};
const by = ({ user, password }: { user: string; password: string }) => ({ user, password });

describe("without a login, what devices send and hear stays unheard", () => {
  const at = useBroker({ anonymous: true }, account(IMEI, { topics: PUBLIC }));
  let flow: MqttClient;
  let passer: RawClient;
  beforeEach(async () => {
    flow = await at.broker.service();
    passer = await at.broker.raw({ client: "passer-by" });
    const filters = ["trackers/#", "trackers/+/data", "trackers/+", "trackers/+/+", "trackers/files/+"];
    assert.deepEqual(await passer.subscribe(1, ...filters), [1, 1, 1, 1, 1]);
  });
  /** All that was handed to somebody without a login, when all is through. */
  const overheard = async (): Promise<readonly string[]> => {
    await flow.publishAsync("trackers/end", "", { qos: 1 });
    await passer.until(() => passer.messages.some(([topic]) => topic === "trackers/end"));
    assert.ok(await passer.ping());
    const topics = passer.messages.map(([topic]) => topic);
    return [...new Set(topics)].filter((topic) => topic !== "trackers/end");
  };

  for (const qos of [0, 1, 2] as const) {
    for (const role of ["telemetry", "events", "file", "realTime", "outputConfirm"] as const) {
      it(`a device on its ${role} topic, QoS ${qos}`, async () => {
        const topic = PUBLIC[role].replaceAll("%IMEI%", IMEI);
        await flow.subscribeAsync(topic, { qos: 1 });
        const heard = once(flow as unknown as EventEmitter, "message");
        const device = await at.broker.raw(DEVICE);
        device.publish(topic, FRAME, { qos });
        await heard;
        assert.deepEqual(await overheard(), []);
      });
    }
  }

  it("a will of a device", async () => {
    const topic = `trackers/${IMEI}/data`;
    await flow.subscribeAsync(topic, { qos: 1 });
    const heard = once(flow as unknown as EventEmitter, "message");
    const device = await at.broker.raw({
      ...DEVICE,
      will: { topic, payload: Buffer.from(FRAME, "hex"), qos: 0 },
    });
    device.drop();
    await heard;
    assert.deepEqual(await overheard(), []);
  });

  it("a device of a vendor's cloud, and one that nobody has registered", async () => {
    at.known.clouds.push({
      deviceConfig: "cloud",
      login: CLOUD,
      topics: { ...PUBLIC, telemetry: "trackers/%IMEI%/in" },
    });
    await flow.subscribeAsync("trackers/+/in", { qos: 1 });
    const heard = once(flow as unknown as EventEmitter, "message");
    const cloud = await at.broker.raw({ client: "any", ...by(CLOUD) });
    cloud.publish(`trackers/${THIRD}/in`, "{}", { qos: 0 });
    await heard;
    assert.deepEqual(await overheard(), []);
  });

  it("a command, and what a flow writes to topics of devices, also retained", async () => {
    for (const role of ["telemetry", "events", "outputControl"] as const) {
      for (const imei of [IMEI, OTHER]) {
        const topic = PUBLIC[role].replaceAll("%IMEI%", imei);
        await flow.publishAsync(topic, "x", { qos: 1 });
        await flow.publishAsync(topic, "x", { qos: 1, retain: true });
      }
    }
    await passer.subscribe(1, "trackers/+/data", "trackers/events", "trackers/#");
    assert.deepEqual(await overheard(), []);
  });

  it("what was kept before the topics were changed to others", async () => {
    const device = await at.broker.raw(DEVICE);
    device.publish(`trackers/${IMEI}/data`, FRAME);
    await device.until(() => device.of(PUBACK).length > 0);
    at.known.change(IMEI, { topics: BCE });
    const heard = once(flow as unknown as EventEmitter, "message");
    await flow.subscribeAsync("trackers/+/data", { qos: 1 });
    await heard;
    assert.deepEqual(await overheard(), []);
  });

  it("topics of a device config that no device has yet", async () => {
    at.known.configs.push({ ...BCE, telemetry: "trackers/new/%IMEI%" });
    await flow.publishAsync(`trackers/new/${IMEI}`, "x", { qos: 1 });
    assert.deepEqual(await overheard(), []);
  });

  it("anything at all while the registry is closed", async () => {
    at.broker.running.use(undefined);
    await flow.publishAsync(`trackers/${IMEI}/data`, "x", { qos: 1 });
    at.broker.running.use(at.known);
    assert.deepEqual(await overheard(), []);
  });

  it("a filter that is a topic of devices is refused", async () => {
    assert.deepEqual(
      await passer.subscribe(1, `trackers/${IMEI}/data`, "trackers/events", `trackers/${IMEI}/status`),
      [128, 128, 1],
    );
  });

  it("what flows publish for everybody is heard", async () => {
    await flow.publishAsync(`trackers/${IMEI}/status`, "x", { qos: 1 });
    await flow.publishAsync("trackers/data", "x", { qos: 1, retain: true });
    assert.deepEqual(await overheard(), [`trackers/${IMEI}/status`, "trackers/data"]);
  });
});

describe("who may command a device", () => {
  const at = useBroker({ anonymous: true }, account(IMEI));

  it("no vendor's cloud, whatever its topics are", async () => {
    const topics = { ...BCE, telemetry: "%IMEI%/OUTC" };
    at.known.clouds.push({ deviceConfig: "cloud", login: CLOUD, topics });
    for (const qos of [0, 1]) {
      const cloud = await at.broker.raw({ client: "cloud", ...by(CLOUD) });
      cloud.publish(`${IMEI}/OUTC`, "stop", { qos });
      assert.equal(await cloud.ping(), false);
    }
    assert.equal((await at.broker.event(({ event }) => event === "denied")).code, "TOPIC_NOT_OWN");
  });

  it("not the device itself, although it may publish there", async () => {
    at.known.change(IMEI, { topics: { ...BCE, telemetry: "%IMEI%/io", outputControl: "%IMEI%/io" } });
    const flow = await at.broker.service();
    await flow.subscribeAsync("+/io", { qos: 1 });
    const device = await at.broker.raw(DEVICE);
    assert.deepEqual(await device.subscribe(1, `${IMEI}/io`), [1]);
    for (const qos of [0, 1]) {
      const heard = once(flow as unknown as EventEmitter, "message");
      device.publish(`${IMEI}/io`, FRAME, { qos });
      await heard;
    }
    await flow.publishAsync(`${IMEI}/io`, "stop", { qos: 1 });
    await device.until(() => device.messages.length > 0);
    assert.deepEqual(device.messages, [[`${IMEI}/io`, "stop"]]);
  });
});

describe("topics and filters that MQTT does not have", () => {
  const at = useBroker({ anonymous: true }, account(IMEI));
  const WHO = {
    device: DEVICE,
    full: { client: "flow", ...by(SERVICE) },
    read: { client: "phone", ...by(READER) },
    anonymous: { client: "passer-by" },
  };
  const deep = (levels: number) => Array.from({ length: levels }, () => "x").join("/");
  const FILTERS = [
    "a+",
    "+a",
    "a/+b/c",
    "a/b+",
    "++",
    "a#",
    "#a",
    "a/#/b",
    "#/a",
    "a\0",
    "\0",
    "",
    `trackers/${deep(100)}`,
  ];
  const TOPICS = ["a\0b", "\0", "a/+", "#", "a/#/b", "", deep(101)];

  for (const [who, login] of Object.entries(WHO)) {
    for (const filter of FILTERS) {
      it(`${who}: the filter ${JSON.stringify(filter.slice(0, 20))} is answered with 0x80, and told of`, async () => {
        const client = await at.broker.raw(login);
        const good = who === "device" ? `${IMEI}/OUTC` : "trackers/x";
        assert.deepEqual(await client.subscribe(1, filter, good, filter), [128, 1, 128]);
        assert.ok(await client.ping());
        const { code, reason, topic } = await at.broker.event(({ event }) => event === "denied");
        assert.equal(code, "TOPIC_INVALID");
        assert.match(reason, /^it is no topic filter: /);
        assert.equal(topic, shortened(filter));
      });
    }
    for (const topic of TOPICS) {
      for (const qos of [0, 1, 2]) {
        it(`${who}: a publish to ${JSON.stringify(topic.slice(0, 20))}, QoS ${qos}, ends the connection`, async () => {
          const listener = await at.broker.raw({ client: "listener", ...by(SERVICE) });
          await listener.subscribe(1, "#");
          const client = await at.broker.raw(login);
          client.publish(topic, "x", { qos });
          assert.equal(await client.ping(), false);
          assert.deepEqual(client.of(PUBACK), []);
          const denied = await at.broker.event(({ event }) => event === "denied");
          const { code } = await at.broker.event(
            ({ event, client }) => event === "disconnected" && client !== "",
          );
          assert.deepEqual([denied.code, code], ["TOPIC_INVALID", "TOPIC_INVALID"]);
          assert.ok(await listener.ping());
          assert.deepEqual(listener.messages, []);
        });
      }
    }
    for (const topic of TOPICS.filter((one) => one !== "")) {
      it(`${who}: a will on ${JSON.stringify(topic.slice(0, 20))} is not published, and told of`, async () => {
        const listener = await at.broker.raw({ client: "listener", ...by(SERVICE) });
        await listener.subscribe(1, "#");
        const client = await at.broker.raw({ ...login, will: { topic, payload: Buffer.from("x"), qos: 1 } });
        client.drop();
        assert.equal((await at.broker.event(({ event }) => event === "denied")).code, "TOPIC_INVALID");
        assert.ok(await listener.ping());
        assert.deepEqual(listener.messages, []);
      });
    }
  }

  it("a device has it on its page", async () => {
    const device = await at.broker.raw(DEVICE);
    await device.subscribe(1, "a/#/b");
    await at.known.until(() => at.known.told.some((one) => one.startsWith("denied")));
    assert.equal(at.known.told.at(-1), `denied ${IMEI} TOPIC_INVALID a/#/b`);
  });

  it("a hundred levels are allowed", async () => {
    const flow = await at.broker.raw(WHO.full);
    assert.deepEqual(await flow.subscribe(1, deep(100)), [1]);
    flow.publish(deep(100), "x");
    await flow.until(() => flow.messages.length > 0);
    assert.equal(flow.messages.length, 1);
  });

  it("a foreign will is told of as the publish would be, and the client may stay", async () => {
    const device = await at.broker.raw({ ...DEVICE, will: { topic: "BCE/X", payload: Buffer.from("x") } });
    assert.ok(await device.ping());
    device.drop();
    const { code, topic, client } = await at.broker.event(({ event }) => event === "denied");
    assert.deepEqual([code, topic, client], ["TOPIC_NOT_OWN", "BCE/X", IMEI]);
    const again = await at.broker.raw(DEVICE);
    assert.ok(await again.ping());
  });
});

describe("subscriptions of one connection", () => {
  const at = useBroker({ anonymous: true }, account(IMEI));
  const told = (event: string) => at.broker.events.filter((one) => one.event === event);

  it("the same one fifty times is one event, and the registry hears of it once", async () => {
    const device = await at.broker.raw(DEVICE);
    for (let n = 0; n < 50; n++) assert.deepEqual(await device.subscribe(1, `${IMEI}/OUTC`), [1]);
    assert.equal(told("subscribed").length, 1);
    assert.equal(at.known.told.filter((one) => one.startsWith("listening")).length, 1);
    const flow = await at.broker.service();
    for (let n = 0; n < 50; n++) {
      await flow.subscribeAsync("BCE/D", { qos: 1 });
      await flow.unsubscribeAsync("BCE/D");
    }
    assert.equal(told("subscribed").length, 2);
  });

  it("is told anew with each connection", async () => {
    for (let n = 1; n <= 3; n++) {
      const device = await at.broker.raw(DEVICE);
      await device.subscribe(1, `${IMEI}/OUTC`);
      assert.equal(told("subscribed").length, n);
    }
  });

  for (const [who, login, most] of [
    ["somebody without a login", { client: "passer-by" }, 100],
    ["a user", { client: "flow", ...by(SERVICE), clean: false }, 10_000],
  ] as const) {
    it(`of ${who} are at most ${most}, and room again where some are given up`, async () => {
      const client = await at.broker.raw(login);
      const filters = Array.from({ length: most + 50 }, (_, n) => `trackers/${n}`);
      const granted: number[] = [];
      for (let at = 0; at < filters.length; at += 50) {
        granted.push(...(await client.subscribe(0, ...filters.slice(at, at + 50))));
      }
      assert.deepEqual(
        granted,
        filters.map((_, n) => (n < most ? 0 : 128)),
      );
      assert.equal((await at.broker.event(({ event }) => event === "denied")).code, "FILTERS");
      assert.deepEqual(await client.subscribe(0, "trackers/0"), [0], "it has that already");
      client.send(unsubscribe("trackers/0"));
      assert.deepEqual(await client.subscribe(0, "trackers/new"), [0]);
      assert.deepEqual(await client.subscribe(0, "trackers/one more"), [128]);
    });
  }

  it("are bounded in length, too", async () => {
    const client = await at.broker.raw({ client: "passer-by" });
    const long = (n: number) => `trackers/${n}/${"x".repeat(9000)}`;
    assert.deepEqual(await client.subscribe(0, long(1), long(2)), [0, 0]);
    assert.deepEqual(await client.subscribe(0, long(3)), [128]);
  });

  it("of a session that goes on are counted, and all that was granted is back", async () => {
    const options = { client: "flow", ...by(SERVICE), clean: false };
    const first = await at.broker.raw(options);
    await first.subscribe(1, "a", "a+", "$share/x/a", "b");
    first.drop();
    await at.broker.event(({ event }) => event === "disconnected");
    const again = await at.broker.raw(options);
    assert.ok(again.isResumed);
    const flow = await at.broker.service();
    for (const topic of ["a", "b"]) await flow.publishAsync(topic, topic, { qos: 1 });
    await again.until(() => again.messages.length === 2);
    assert.deepEqual(
      again.messages.map(([topic]) => topic),
      ["a", "b"],
    );
  });
});

function unsubscribe(filter: string): Buffer {
  return packet(0xa2, Buffer.from([0, 8]), text(filter));
}
