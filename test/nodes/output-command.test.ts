import assert from "node:assert/strict";
import { startBroker } from "../../scripts/broker";
import type { Command } from "../../src/commands/command";
import { decodeFrame } from "../../src/protocols/iotm/frame";
import { helper, type Message, NodeFlow, useHelperServer } from "../support/flow";
import { anyPort } from "../support/port";
import { IMEI, position, reading, WRONG } from "../support/registry";

const OUTPUTS = ["frames", "states"] as const;
const DEVICE_CONFIG = {
  id: "vans-config",
  type: "tracker-device-config",
  name: "vans",
  outputNames: ["beacon", "fuel cut"],
  outputStops: ["", "on"],
};
const REGISTRY = { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "vans-config" };
const DEVICES = {
  id: "devices",
  z: "tab",
  type: "tracker-device-registry",
  registry: "registry",
  wires: [["heard"], [], ["heard"]],
};

const errorOf = (messages: readonly Message[]) =>
  messages[0]?.error as { message: string; code: string; cause: { path?: string } };
const states = (messages: readonly Message[]) => messages.map(({ payload }) => (payload as Command).status);

describe("output command node", () => {
  useHelperServer();

  const load = async (node: object = {}, others: object[] = []) => {
    const flow = await NodeFlow.load("tracker-output-command", OUTPUTS, { registry: "registry", ...node }, [
      DEVICE_CONFIG,
      REGISTRY,
      DEVICES,
      { id: "heard", z: "tab", type: "helper" },
      ...others,
    ]);
    await tell({ request: "register", payload: { imei: IMEI, name: "Van 1", state: "active" } });
    return flow;
  };
  /** Gives a message to the device registry and waits for what comes of it. */
  const tell = (message: object) =>
    new Promise<void>((resolve) => {
      helper.getNode("heard").once("input", () => resolve());
      helper.getNode("devices").receive(message);
    });
  it("hands the frame to mqtt out, and says what became of it", async () => {
    const flow = await load({ imei: IMEI, output: "beacon" });
    const { frames, states: told, errors } = await flow.send({ payload: true });
    assert.deepEqual(errors, []);
    const [{ _msgid, payload, ...rest } = {}] = frames;
    assert.deepEqual(rest, { topic: `${IMEI}/OUTC`, qos: 1, retain: false });
    assert.ok(Buffer.isBuffer(payload));
    const { records, error } = decodeFrame(payload);
    assert.equal(error, undefined);
    assert.deepEqual(
      records.map(({ type }) => type),
      [2, 4],
    );
    assert.deepEqual(states(told), ["accepted", "sent"]);
    assert.equal(told[1]?.topic, `trackers/${IMEI}/command`);
    assert.equal((told[1]?.device as { name: string }).name, "Van 1");
  });

  it("takes what the dialog does not say from the message, and from elsewhere", async () => {
    const flow = await load({
      imei: "vehicle.imei",
      imeiType: "msg",
      mode: "timed",
      duration: "2",
      durationType: "num",
    });
    const given = { vehicle: { imei: IMEI }, payload: { output: 3, state: "on" } };
    const { states: told } = await flow.send(given);
    const { output, mode, duration } = told.at(-1)?.payload as Command;
    assert.deepEqual([output, mode, duration], [3, "timed", 2]);
    const other = await flow.send({ ...given, payload: { output: 3, state: "on", duration: 1 } });
    assert.equal((other.states.at(-1)?.payload as Command).duration, 1);
  });

  it("sends what is wrong to a Catch node, with the field", async () => {
    const flow = await load({ imei: IMEI });
    const refused = async (payload: unknown) => {
      const { frames, states: told, errors } = await flow.send({ payload });
      assert.deepEqual([frames, told], [[], []]);
      return `${errorOf(errors).code} ${errorOf(errors).cause.path}`;
    };
    assert.equal(await refused(true), "FIELD_MISSING output");
    assert.equal(await refused({ output: 1, state: "maybe" }), "FIELD_VALUE state");
    assert.equal(await refused({ output: "door", state: "on" }), "OUTPUT_UNKNOWN output");
    assert.equal(await refused({ output: 3, state: "on" }), "OUTPUT_MODE mode");
    assert.equal(await refused({ output: 1, state: "on", imei: WRONG }), "IMEI_CHECK_DIGIT imei");
    assert.equal(await refused({ output: 1, state: "on", override: true }), "OVERRIDE_FORBIDDEN override");
    assert.equal(await refused({ output: 1, state: "on", colour: 1 }), "FIELD_UNKNOWN colour");
    assert.equal(await refused(17), "PAYLOAD_TYPE msg.payload");
  });

  it("refuses what would stop a vehicle that drives, and overrides that only where it is allowed", async () => {
    const flow = await load({ imei: IMEI, output: "fuel cut", allowOverride: true });
    const nothingKnown = await flow.send({ payload: "on" });
    assert.deepEqual([nothingKnown.frames, states(nothingKnown.states)], [[], ["accepted", "refused"]]);
    await tell({ payload: reading(Date.now(), { position: position(54, 25, 50) }) });
    const driving = await flow.send({ payload: "on" });
    assert.deepEqual(states(driving.states), ["accepted", "refused"]);
    assert.equal((driving.states[1]?.payload as { code: string }).code, "INTERLOCK_SPEED");
    assert.deepEqual(states((await flow.send({ payload: "off" })).states), ["accepted", "sent"]);
    await tell({ payload: reading(Date.now(), { position: position(54, 25, 0) }) });
    assert.deepEqual(states((await flow.send({ payload: "on" })).states).slice(-1), ["sent"]);
    await tell({ payload: reading(Date.now(), { position: position(54, 25, 50) }) });
    const overridden = await flow.send({ payload: { state: "on", override: true } });
    assert.equal((overridden.states.at(-1)?.payload as { code: string }).code, "SENT_OVERRIDE");
  });

  it("without a registry, or with a wrong setting, every message goes to Catch", async () => {
    const code = async (node: object) => {
      const flow = await load(node);
      const { errors } = await flow.send({ payload: true });
      await helper.unload();
      return errorOf(errors).code;
    };
    assert.equal(await code({ registry: "" }), "REGISTRY");
    assert.equal(await code({ confirmWithin: "soon" }), "OPTION");
    assert.equal(await code({ retriesLatching: "-1" }), "OPTION");
  });

  describe("with an mqtt out node behind it", () => {
    const BROKER = { id: "broker", type: "mqtt-broker", name: "", broker: "127.0.0.1", autoConnect: true };
    const AT = { z: "tab", x: 1, y: 1 };
    const OUT = { id: "out", z: "tab", type: "mqtt out", broker: "broker", topic: "", qos: "", retain: "" };
    const connected = (ways: readonly object[], wires: readonly string[], port: number) =>
      load({ imei: IMEI, output: "beacon", wires: [["frames", ...wires], ["states"]] }, [
        { ...BROKER, port: String(port) },
        ...ways,
      ]);
    const lastCode = (messages: readonly Message[]) => (messages.at(-1)?.payload as { code: string }).code;
    /** Resolves when the mqtt out node says that it is connected. */
    const isUp = (): Promise<void> => {
      const { connected: isConnected } = helper.getNode("broker") as unknown as { connected: boolean };
      const out = helper.getNode("out") as unknown as { status(status: { fill?: string }): void };
      const draw = out.status.bind(out);
      return new Promise((resolve) => {
        out.status = (status) => {
          draw(status);
          if (status.fill === "green") resolve();
        };
        if (isConnected) resolve();
      });
    };

    for (const [name, ways, wires] of [
      ["at once", [OUT], ["out"]],
      [
        "over a change node and a link",
        [
          { id: "set", z: "tab", type: "change", rules: [], wires: [["leave"]] },
          { ...AT, id: "leave", type: "link out", mode: "link", links: ["enter"] },
          { ...AT, id: "enter", type: "link in", links: ["leave"], wires: [["out"]] },
          OUT,
        ],
        ["set"],
      ],
    ] as const) {
      it(`${name}: says that it is not connected, and the command does not count as sent`, async () => {
        const port = await anyPort();
        const flow = await connected(ways, wires, port);
        const refused = await flow.send({ payload: "on" });
        assert.deepEqual(refused.frames, []);
        assert.deepEqual(states(refused.states), ["accepted", "refused"]);
        assert.equal(lastCode(refused.states), "BROKER_OFFLINE");
        const waits = await flow.send({ payload: { state: "on", delivery: "wait" } });
        assert.deepEqual([waits.frames, states(waits.states)], [[], ["accepted", "waiting"]]);
      });

      it(`${name}: sends once it is connected`, async () => {
        const broker = await startBroker();
        try {
          const flow = await connected(ways, wires, broker.port);
          await isUp();
          const { frames, states: told } = await flow.send({ payload: "on", retain: true });
          assert.deepEqual(states(told), ["accepted", "sent"]);
          assert.equal(frames[0]?.retain, false, "a command is never retained, whatever the message says");
        } finally {
          await helper.unload();
          await broker.stop();
        }
      });

      it(`${name}: refuses where that would retain it`, async () => {
        const broker = await startBroker();
        try {
          const retaining = ways.map((way) => (way === OUT ? { ...OUT, retain: "true" } : way));
          const flow = await connected(retaining, wires, broker.port);
          await isUp();
          const { frames, states: told } = await flow.send({ payload: "on" });
          assert.deepEqual(frames, []);
          assert.equal(lastCode(told), "RETAINED");
        } finally {
          await helper.unload();
          await broker.stop();
        }
      });
    }
  });

  it("sends a device's commands at the node that they were given to", async () => {
    const second = {
      id: "second",
      z: "tab",
      type: "tracker-output-command",
      registry: "registry",
      imei: IMEI,
      output: "1",
      wires: [["second-frames"], []],
    };
    const flow = await load({ imei: IMEI, output: "1" }, [
      second,
      { id: "second-frames", z: "tab", type: "helper" },
    ]);
    const frame = new Promise<Message>((resolve) => helper.getNode("second-frames").once("input", resolve));
    helper.getNode("second").receive({ payload: "on" });
    assert.equal((await frame).topic, `${IMEI}/OUTC`);
    assert.deepEqual(flow.take().frames, []);
  });
});
