import assert from "node:assert/strict";
import { type DeployedConfig, deployedConfig } from "../../src/device-config/deployed";
import { resolveDeviceConfig } from "../../src/device-config/device-config";
import { RegistryDirectory } from "../../src/fleet/broker-directory";
import { deviceInfo, knownRecord } from "../../src/fleet/message";
import { detailsOf, rowsSince } from "../../src/fleet/views";
import { MemoryStore } from "../../src/store/memory/store";
import { IMEI, OTHER, reading, START, TestRegistry } from "../support/registry";

const PASSWORD = "only-for-the-broker";
const made = (id: string, protocol: string, credentials = {}) =>
  deployedConfig(
    id,
    id,
    resolveDeviceConfig({ protocol, topics: { telemetry: "fleet/%IMEI%" } }, credentials),
  );

describe("registry: what the built-in broker sees", () => {
  let it_: TestRegistry;
  let configs: DeployedConfig[];
  let open: boolean;
  let directory: RegistryDirectory;
  beforeEach(async () => {
    configs = [made("bce", "iotm", { password: PASSWORD })];
    open = true;
    const get = (id: string) => configs.find((config) => config.id === id);
    const deviceConfigs = { get, find: get, all: () => configs };
    it_ = await TestRegistry.open(new MemoryStore(), { deviceConfig: "bce" }, deviceConfigs);
    directory = new RegistryDirectory(() => (open ? it_.fleet : undefined), deviceConfigs);
  });

  it("is nothing while the registry is not open", async () => {
    await it_.ask("register", { imei: IMEI, state: "active" });
    open = false;
    assert.equal(directory.ready, false);
    assert.equal(directory.device(IMEI), undefined);
    assert.deepEqual(directory.kept(), []);
    directory.connected(IMEI, "192.0.2.1");
    directory.refused(OTHER, "LOGIN", "192.0.2.1");
    directory.denied(IMEI, "TOPIC_NOT_OWN", "t");
    directory.listening(IMEI);
    directory.disconnected(IMEI);
    directory.tellAll();
    const message = { client: IMEI, topic: "t", payload: new Uint8Array(), receivedAt: 0 };
    await assert.rejects(directory.keep(message), { name: "TrackerError", code: "NOT_READY" });
    open = true;
    assert.equal(directory.ready, true);
    assert.equal(it_.fleet.states.get(IMEI), undefined);
  });

  it("is a device with its state, its own password's hash, and what its device config says now", async () => {
    assert.equal(directory.device(IMEI), undefined);
    await it_.ask("register", { imei: IMEI });
    const { topics, login } = configs[0] as DeployedConfig;
    assert.deepEqual(login, { user: "bce_device", password: PASSWORD });
    assert.deepEqual(directory.device(IMEI), {
      imei: IMEI,
      state: "registered",
      ownPassword: "",
      shared: login,
      topics,
    });
    await it_.ask("update", { imei: IMEI, state: "active", password: "secret" });
    assert.equal(directory.device(IMEI)?.state, "active");
    assert.match(directory.device(IMEI)?.ownPassword ?? "", /^scrypt\$/);
    configs = [made("bce", "iotm", { user: "other", password: "new" })];
    assert.deepEqual(directory.device(IMEI)?.shared, { user: "other", password: "new" });
    configs = [made("bce", "iotm")];
    assert.equal(directory.device(IMEI)?.shared, undefined);
    configs = [];
    assert.equal(directory.device(IMEI)?.shared, undefined);
    assert.deepEqual(new Set(Object.values(directory.device(IMEI)?.topics ?? {})), new Set([""]));
  });

  it("knows the topics of all device configs, those anew after a deploy", () => {
    assert.deepEqual(directory.topics(), [(configs[0] as DeployedConfig).topics]);
    configs.push(made("cloud", "globalmatix"));
    directory.tellAll();
    assert.deepEqual(
      directory.topics(),
      configs.map(({ topics }) => topics),
    );
  });

  it("has a gateway for each Globalmatix device config, also without a password, which the broker then says", () => {
    configs.push(made("cloud", "globalmatix", { password: "cloud" }), made("none", "globalmatix"));
    assert.deepEqual(directory.gateways(), [
      {
        deviceConfig: "cloud",
        login: { user: "globalmatix_device", password: "cloud" },
        topics: (configs[1] as DeployedConfig).topics,
      },
      {
        deviceConfig: "none",
        login: { user: "globalmatix_device", password: "" },
        topics: (configs[2] as DeployedConfig).topics,
      },
    ]);
  });

  it("tells of every device that a person changes, after it has changed", async () => {
    const told: [string, string | undefined][] = [];
    it_.fleet.onEdit.add((imei) => directory.tell(imei));
    const stop = directory.onChange((imei) => told.push([imei, directory.device(imei)?.state]));
    await it_.ask("register", { imei: IMEI });
    await it_.ask("activate", IMEI);
    await it_.ask("update", { imei: IMEI, password: "secret" });
    await it_.ask("update", { imei: IMEI, deviceConfig: "bce" });
    await it_.ask("deactivate", IMEI);
    await it_.ask("remove", IMEI);
    assert.deepEqual(told.splice(0), [
      [IMEI, "registered"],
      [IMEI, "active"],
      [IMEI, "active"],
      [IMEI, "active"],
      [IMEI, "deactivated"],
      [IMEI, undefined],
    ]);
    await it_.ask("register", { imei: IMEI });
    await it_.ask("register", { imei: OTHER });
    told.length = 0;
    directory.tellAll();
    assert.deepEqual(told, [
      [IMEI, "registered"],
      [OTHER, "registered"],
    ]);
    stop();
    directory.tellAll();
    assert.equal(told.length, 2);
  });

  it("keeps messages and forgets those that were delivered", async () => {
    const message = await directory.keep({
      client: IMEI,
      topic: "t",
      payload: new Uint8Array(1),
      receivedAt: 5,
    });
    assert.deepEqual(directory.kept(), [message]);
    directory.delivered(message);
    assert.deepEqual(directory.kept(), []);
  });

  it("has the shared password alone: no answer, list or message has it", async () => {
    await it_.ask("register", { imei: IMEI, state: "active", deviceConfig: "bce", password: "its own" });
    const record = reading(START, { attributes: { input1: true } });
    it_.fleet.receive(record, "BCE/D", true);
    const device = it_.fleet.devices.get(IMEI);
    assert.ok(device);
    const deviceConfig = it_.fleet.configFor(device);
    const shown = [
      await detailsOf(it_.fleet, IMEI),
      rowsSince(it_.fleet, "e", undefined),
      await it_.ask("get", IMEI),
      await it_.ask("list"),
      await it_.ask("export"),
      await it_.ask("export", { format: "json" }),
      deviceInfo(device, deviceConfig),
      knownRecord(record, deviceConfig, {}),
      (await it_.store.open()).stored.devices,
    ];
    assert.equal(deviceConfig?.login?.password, PASSWORD);
    assert.ok(!JSON.stringify(shown).includes(PASSWORD));
    assert.ok(!JSON.stringify(shown).includes("its own"));
  });
});
