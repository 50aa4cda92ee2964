import assert from "node:assert/strict";
import { helper, NODES, useHelperServer } from "../support/flow";

describe("device config node", () => {
  useHelperServer();
  const load = (config: object, credentials: object = {}) =>
    helper.load(NODES, [{ id: "device", type: "tracker-device-config", ...config }], { device: credentials });
  const settings = () =>
    (helper.getNode("device") as unknown as { settings?: Record<string, unknown> }).settings;

  it("with nothing set has every default", async () => {
    await load({});
    assert.equal(settings()?.protocol, "iotm");
    assert.equal(settings()?.user, "bce_device");
  });

  it("takes nested environment variables", async () => {
    process.env.TEST_TRACKERS_TOPIC = "env/D";
    try {
      await load({ topics: { telemetry: "${TEST_TRACKERS_TOPIC}" } });
      assert.equal((settings()?.topics as { telemetry: string }).telemetry, "env/D");
    } finally {
      delete process.env.TEST_TRACKERS_TOPIC;
    }
  });

  it("has no settings where the saved config is wrong, and does not stop Node-RED", async () => {
    await load({ host: "mqtt://x" });
    assert.equal(settings(), undefined);
  });

  it("tells the password on request only", async () => {
    await load({}, { user: "u", password: "geheim" });
    assert.equal(settings()?.password, "geheim");
    const found = await helper.request().get("/trackers/device-config/device/password");
    assert.deepEqual([found.status, found.body], [200, { password: "geheim" }]);
    const missing = await helper.request().get("/trackers/device-config/other/password");
    assert.equal(missing.status, 404);
    assert.equal((missing.body as { code: string }).code, "NOT_FOUND");
  });
});
