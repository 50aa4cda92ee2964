import assert from "node:assert/strict";
import { definitionsIn } from "../support/definitions";
import {
  type FlowNode,
  helper,
  type Message,
  NODE_NAMES,
  NODES,
  NodeFlow,
  useHelperServer,
} from "../support/flow";
import { IMEI } from "../support/registry";
import { savedNodeVectors } from "../support/saved-nodes";

/** A version that no node will have. */
const LATER = 1_000_000;
const NEWER = /^saved by a newer version of this package/;
const CONFIG = {
  id: "config",
  type: "tracker-device-config",
  name: "vans",
  outputNames: ["beacon", "fuel cut"],
};
const REGISTRY = { id: "registry", type: "tracker-registry", storage: "memory", deviceConfig: "config" };

/** What a node showed last. */
function statusOf(node: FlowNode): { fill?: string; text?: string } | undefined {
  const { status } = node as unknown as { status: { args: { fill?: string; text?: string }[][] } };
  return status.args.at(-1)?.[0];
}
const codeOf = ([message]: readonly Message[] = []) =>
  (message?.error as { code?: string } | undefined)?.code;

/** The flow nodes of the package: type, number of inputs and names for the outputs. */
const FLOW_NODES = NODE_NAMES.flatMap((name) => [...definitionsIn(`dist/nodes/${name}/${name}.html`)])
  .filter(([, { category }]) => category !== "config")
  .map(([type, { inputs = 0, outputs = 0 }]) => ({
    type,
    inputs,
    outputs: Array.from({ length: outputs }, (_, index) => `output${index + 1}`),
  }));

describe("saved nodes in a running flow", () => {
  useHelperServer();

  it("there are nodes of every kind", () => assert.ok(FLOW_NODES.length > 5));

  for (const { saved, today } of savedNodeVectors(0)) {
    if (saved.type !== "tracker-registry") continue;
    it(`a registry of version 0 has the device config ${JSON.stringify(today.deviceConfig)}: ${JSON.stringify(saved)}`, async () => {
      const memory = { ...saved, id: "registry", storage: "memory" };
      const config = { ...CONFIG, id: today.deviceConfig || "config" };
      await helper.load(NODES, [config, memory]);
      const registry = helper.getNode("registry") as unknown as { deviceConfig: string; life?: object };
      assert.deepEqual([registry.deviceConfig, registry.life !== undefined], [today.deviceConfig, true]);
    });
  }

  it("commands find the output names of a device config that a registry of version 0 chose", async () => {
    const { deviceConfig: profile, ...registry } = REGISTRY;
    const flow = await loadCommand([CONFIG, { ...registry, profile }]);
    const { frames, errors } = await flow.send({ payload: { output: "beacon", state: "on" } });
    assert.deepEqual([frames.length, codeOf(errors)], [1, undefined]);
  });

  for (const { type, inputs, outputs } of FLOW_NODES) {
    it(`${type}: saved by a newer version, it does nothing but say so`, async () => {
      const config = { version: LATER, registry: "registry", storage: "memory" };
      const flow = await NodeFlow.load(type, outputs, config, [CONFIG, REGISTRY]);
      assert.equal(statusOf(flow.node)?.fill, "red");
      assert.match(String(statusOf(flow.node)?.text), NEWER);
      if (inputs === 0) return;
      const { errors, ...sent } = await flow.send({ payload: "start", topic: "BCE/D" });
      assert.deepEqual([codeOf(errors), Object.values(sent).flat()], ["VERSION_NEWER", []]);
    });

    it(`${type}: what is no version is said`, async () => {
      const config = { version: "new", registry: "registry", storage: "memory" };
      const flow = await NodeFlow.load(type, outputs, config, [CONFIG, REGISTRY]);
      assert.match(String(statusOf(flow.node)?.text), /^"new" is not a version/);
    });
  }

  for (const [newer, code] of [
    [{ ...REGISTRY, version: LATER }, "REGISTRY"],
    [{ ...CONFIG, version: LATER }, "DEVICE_CONFIG_UNKNOWN"],
  ] as const) {
    it(`no command is sent where ${newer.type} was saved by a newer version`, async () => {
      const others = [CONFIG, REGISTRY].map((node) => (node.id === newer.id ? newer : node));
      const flow = await loadCommand(others);
      for (const output of [1, 2]) {
        const { frames, errors } = await flow.send({ payload: { output, state: "on" } });
        assert.deepEqual([frames, codeOf(errors)], [[], code]);
      }
    });
  }

  it("a decoder says that its device config was saved by a newer version", async () => {
    const flow = await NodeFlow.load("tracker-bce-decoder", ["telemetry"], { device: "config" }, [
      { ...CONFIG, version: LATER },
    ]);
    const { errors } = await flow.send({ payload: "0a", topic: "BCE/D" });
    assert.equal(codeOf(errors), "DEVICE_CONFIG");
    assert.match((errors[0]?.error as { message: string }).message, /is wrong: saved by a newer version/);
  });
});

/** A flow of one output command for a device that is registered, where the registry works. */
async function loadCommand(others: readonly object[]): Promise<NodeFlow<"frames" | "states">> {
  const config = { registry: "registry", imei: IMEI };
  const flow = await NodeFlow.load("tracker-output-command", ["frames", "states"] as const, config, [
    ...others,
  ]);
  await helper
    .request()
    .post("/trackers/registry/registry/request")
    .set("Content-Type", "application/json")
    .send(JSON.stringify({ request: "register", payload: { imei: IMEI, state: "active" } }));
  return flow;
}
