import assert from "node:assert/strict";
import { BIRTH_TOPIC } from "../../src/formats/home-assistant-topics";
import { makeEvent } from "../../src/model/events";
import type { Scalar } from "../../src/model/message";
import { helper, type Message, NodeFlow, useHelperServer } from "../support/flow";
import { IMEI, position, reading } from "../support/registry";

const OUTPUTS = ["target", "commands"] as const;
const TIME = Date.UTC(2026, 10, 26, 12);
const DEVICE = {
  imei: IMEI,
  name: "Van 7",
  group: "North",
  deviceConfig: { name: "vans", inputs: {}, outputs: { "2": "beacon" } },
};
const record = (attributes: Record<string, Scalar> = {}, others: object = {}) => ({
  ...reading(TIME, { attributes, position: position(54, 25) }),
  ...others,
});
const status = (change: string) => ({ schema: 1, kind: "status", imei: IMEI, change, time: TIME, by: "" });
const load = (config: object = {}) => NodeFlow.load("tracker-format", OUTPUTS, config);
const topics = (messages: readonly Message[]) => messages.map(({ topic }) => topic);
const payloadAt = (messages: readonly Message[], topic: string) =>
  messages.find((message) => message.topic === topic)?.payload as Record<string, unknown>;

describe("tracker format", () => {
  useHelperServer();

  it("says a record in the words of the chosen system, and keeps what else the message has", async () => {
    const flow = await load({ format: "ngp" });
    const { target, errors } = await flow.send({
      payload: record({ ignition: true }),
      device: DEVICE,
      mine: 7,
      parts: { id: 1 },
    });
    assert.deepEqual(errors, []);
    const [{ topic, qos, payload, mine, device, ...others }] = target as [Message];
    assert.deepEqual([topic, qos, mine, device], [`ngp/${IMEI}`, 1, 7, DEVICE]);
    assert.equal((payload as Message).custom_ignition, true);
    assert.equal("parts" in others || "location" in others, false);
  });

  it("takes lists, another format for one message, and other settings", async () => {
    const flow = await load({ format: "ngp", topic: "mine" });
    const { target } = await flow.send({ payload: [record(), record()] });
    assert.deepEqual(topics(target), [`mine/${IMEI}`, `mine/${IMEI}`]);
    const other = await flow.send({ payload: record(), format: "geojson" });
    assert.equal((other.target[0]?.payload as Message).type, "Feature");
    assert.equal("format" in (other.target[0] ?? {}), false);
  });

  it("tells a Catch node of what is no record, and of a format that there is not", async () => {
    const flow = await load();
    for (const payload of [
      undefined,
      null,
      7,
      "text",
      {},
      { kind: "file", imei: IMEI },
      { kind: "event", imei: 1 },
      [[1]],
    ]) {
      const { target, errors } = await flow.send({ payload });
      assert.equal((errors[0]?.error as Message | undefined)?.code, "RECORD", JSON.stringify(payload));
      assert.deepEqual(target, []);
    }
    const { errors } = await flow.send({ payload: record(), format: "nmea" });
    assert.equal((errors[0]?.error as Message).code, "OPTION");
  });

  it("warns once of each thing that the system does not get", async () => {
    const flow = await load({ format: "owntracks" });
    const warned: string[] = [];
    const node = helper.getNode("node") as unknown as { warn(text: string): void };
    node.warn = (text) => warned.push(text);
    await flow.send({ payload: record({ gear: 3 }) });
    await flow.send({ payload: [record({ gear: 4 }), record({ gear: 4, clutch: true })] });
    assert.deepEqual(warned, [
      "owntracks: attributes.gear is left out: the target has no word for it",
      "owntracks: attributes.clutch is left out: the target has no word for it",
    ]);
  });

  describe("for Home Assistant", () => {
    const config = `homeassistant/device/tracker_${IMEI}/config`;
    const at = (part: string) => `trackers/${IMEI}/${part}`;

    it("announces a device with its first record, and again only when there is something new", async () => {
      const flow = await load({ format: "homeAssistant" });
      const first = (await flow.send({ payload: record({ ignition: true, odometer: 7 }), device: DEVICE }))
        .target;
      assert.deepEqual(topics(first), [config, at("availability"), at("state"), at("position")]);
      assert.ok(first.every(({ retain, qos }) => retain === true && qos === 1));
      const { device, origin, components } = payloadAt(first, config) as Record<
        string,
        Record<string, Message>
      >;
      assert.equal(device?.name, "Van 7");
      assert.equal(typeof origin?.name, "string");
      assert.deepEqual(
        Object.entries(components ?? {}).map(([key, { platform }]) => `${key} ${platform}`),
        [
          "place device_tracker",
          "event event",
          "ignition binary_sensor",
          "odometer sensor",
          "output2 switch",
        ],
      );
      assert.deepEqual(
        [
          components?.odometer?.device_class,
          components?.odometer?.unit_of_measurement,
          components?.odometer?.state_class,
        ],
        ["distance", "km", "total_increasing"],
      );
      const ids = Object.values(components ?? {}).map(({ unique_id }) => unique_id);
      assert.equal(new Set(ids).size, ids.length);

      const second = (await flow.send({ payload: record({ ignition: false }), device: DEVICE })).target;
      assert.deepEqual(topics(second), [at("state"), at("position")]);
      assert.deepEqual(
        payloadAt(second, at("state")),
        { ignition: false, odometer: 7 },
        "with what it said before",
      );
      const third = (await flow.send({ payload: record({ motion: true }), device: DEVICE })).target;
      assert.ok(topics(third).includes(config));
    });

    it("says everything again when Home Assistant has started", async () => {
      const flow = await load({ format: "homeAssistant" });
      await flow.send({ payload: record({ ignition: true }), device: DEVICE });
      const { target } = await flow.send({ topic: BIRTH_TOPIC, payload: "online" });
      assert.deepEqual(topics(target), [config, at("availability"), at("state")]);
      assert.deepEqual((await flow.send({ topic: BIRTH_TOPIC, payload: "offline" })).target, []);
    });

    it("turns a switch into a command, and nothing else", async () => {
      const flow = await load({ format: "homeAssistant" });
      const { commands, target } = await flow.send({ topic: at("output2/set"), payload: "on" });
      assert.deepEqual(
        [commands.map(({ payload }) => payload), target],
        [[{ imei: IMEI, output: 2, state: "on" }], []],
      );
      const buffer = await flow.send({ topic: at("output1/set"), payload: Buffer.from("OFF") });
      assert.deepEqual(buffer.commands[0]?.payload, { imei: IMEI, output: 1, state: "off" });
      for (const [topic, payload] of [
        [at("output2/set"), "maybe"],
        [at("output9/set"), "on"],
        [at("output2"), "on"],
        [at("output2/set/more"), "on"],
        [`others/${IMEI}/output2/set`, "on"],
      ]) {
        const { commands: none } = await flow.send({ topic, payload });
        assert.deepEqual(none, [], topic);
      }
    });

    it("says who is online, and removes who was removed", async () => {
      const flow = await load({ format: "homeAssistant" });
      await flow.send({ payload: record({ ignition: true }), device: DEVICE });
      const offline = (await flow.send({ payload: status("offline"), device: DEVICE })).target;
      assert.deepEqual([topics(offline), offline[0]?.payload], [[at("availability")], "offline"]);
      const back = (await flow.send({ payload: record({ ignition: true }), device: DEVICE })).target;
      assert.equal(payloadAt(back, at("availability")), "online");
      const removed = (await flow.send({ payload: status("removed") })).target;
      assert.deepEqual(topics(removed), [config, at("state"), at("position"), at("availability")]);
      assert.ok(removed.every(({ payload, retain }) => payload === "" && retain === true));
    });
  });

  it("turns a call of ThingsBoard into a command for the device of that name, and acknowledges it", async () => {
    const flow = await load({ format: "thingsboard" });
    await flow.send({ payload: record(), device: DEVICE });
    const call = (device: string, method: string, params: unknown) =>
      flow.send({
        topic: "v1/gateway/rpc",
        payload: JSON.stringify({ device, data: { id: 4, method, params } }),
      });
    const good = await call("Van 7", "setOutput2", true);
    assert.deepEqual(good.commands[0]?.payload, { imei: IMEI, output: 2, state: "on" });
    assert.deepEqual(good.target[0]?.payload, { device: "Van 7", id: 4, data: { success: true } });
    for (const [device, method, params] of [
      ["Van 8", "setOutput2", true],
      ["Van 7", "setOutput5", true],
      ["Van 7", "setOutput2", 1],
      ["Van 7", "reboot", true],
    ] as const) {
      const { commands, target } = await call(device, method, params);
      assert.deepEqual([commands, (target[0]?.payload as Message).data], [[], { success: false }]);
    }
    assert.deepEqual((await flow.send({ topic: "v1/gateway/rpc", payload: "{" })).commands, []);
  });

  it("tells of a fence that was entered as OwnTracks' transition", async () => {
    const flow = await load({ format: "owntracks" });
    const entered = {
      ...record(),
      kind: "event",
      event: makeEvent("geofenceEnter", "derived", { fence: "Depot" }),
    };
    const { target } = await flow.send({ payload: entered, device: DEVICE });
    const { _type, event, desc } = payloadAt(target, `owntracks/trackers/${IMEI}/event`);
    assert.deepEqual([_type, event, desc], ["transition", "enter", "Depot"]);
  });
});
