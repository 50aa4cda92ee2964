import assert from "node:assert/strict";
import { readCommand } from "../../src/commands/read";
import { COMMAND_DEFAULTS, type CommandSettings } from "../../src/commands/settings";
import type { SavedDeviceConfig } from "../../src/device-config/device-config";
import { newDevice } from "../../src/devices/fields";
import { deviceConfig, IMEI, OTHER, START, THIRD, WRONG } from "../support/registry";

const NOW = START + 300;
const NAMED: SavedDeviceConfig = { outputNames: ["Starter relay", "out3", "", ""] };

function read(
  payload: unknown,
  settings: Partial<CommandSettings> = {},
  saved: SavedDeviceConfig | null = NAMED,
) {
  const states: Readonly<Record<string, "active" | "deactivated">> = {
    [IMEI]: "active",
    [OTHER]: "deactivated",
  };
  const config = saved === null ? undefined : deviceConfig("p", "p", saved);
  return readCommand(
    payload,
    { ...COMMAND_DEFAULTS, ...settings },
    {
      devices: {
        get: (imei) => {
          const state = states[imei];
          return state && { ...newDevice(imei, 0), state };
        },
      },
      configFor: () => config,
    },
    NOW,
  );
}

const DEFAULTS = { defaults: { imei: IMEI, output: "OUT1", mode: "timed", duration: "2.5" } } as const;
const FULL = { imei: IMEI, output: 1, state: "on", mode: "timed", duration: 1 } as const;

describe("commands: reading", () => {
  const plain = {
    imei: IMEI,
    output: 1,
    state: "on",
    mode: "timed",
    duration: 2.5,
    delivery: "now",
    expires: START + 60_000,
    override: false,
    id: undefined,
  };
  for (const [payload, state] of [
    [true, "on"],
    [false, "off"],
    ["on", "on"],
    ["off", "off"],
    [{ state: true }, "on"],
    [{ state: "off", output: "", duration: null, id: "" }, "off"],
  ] as const) {
    it(`${JSON.stringify(payload)} takes the rest from the settings`, () => {
      assert.deepEqual(read(payload, DEFAULTS), { ...plain, state });
    });
  }

  it("an object says everything itself", () => {
    const given = {
      imei: "86-959506-137419-4",
      output: " starter RELAY ",
      state: "off",
      mode: "latching",
      expires: 90.9,
      delivery: "wait",
      id: "my.id:1",
      override: true,
    };
    assert.deepEqual(read(given, { ...DEFAULTS, allowOverride: true }), {
      imei: IMEI,
      output: 1,
      state: "off",
      mode: "latching",
      duration: null,
      expires: START + 91_000,
      delivery: "wait",
      id: "my.id:1",
      override: true,
    });
  });

  for (const [expires, at] of [
    [1, START + 1000],
    ["30", START + 30_000],
    ["2026-01-15T12:00:59.9Z", START + 59_000],
    ["2026-01-15T13:05+01:00", START + 300_000],
    [30 * 86_400, START + 30 * 86_400_000],
  ] as const) {
    it(`the expiry ${expires} is a whole second`, () => {
      assert.equal(read({ ...FULL, expires }).expires, at);
    });
  }

  it("the delivery is the command's, else the device config's, else the settings'", () => {
    assert.equal(read(FULL, { delivery: "wait" }).delivery, "wait");
    assert.equal(read(FULL, { delivery: "wait" }, { delivery: "now" }).delivery, "now");
    assert.equal(read({ ...FULL, delivery: "wait" }, {}, { delivery: "now" }).delivery, "wait");
  });

  for (const [output, number] of [
    [2, 2],
    ["2", 2],
    ["OUT2", 2],
    ["out1", 1],
    ["STARTER RELAY", 1],
  ] as const) {
    it(`the output ${JSON.stringify(output)} is OUT${number}`, () => {
      assert.equal(read({ ...FULL, output }).output, number);
    });
  }

  const WRONG_ONES: readonly (readonly [string, unknown, string, string, Partial<CommandSettings>?])[] = [
    ["nothing", undefined, "PAYLOAD_TYPE", "msg.payload"],
    ["null", null, "PAYLOAD_TYPE", "msg.payload"],
    ["a number", 1, "PAYLOAD_TYPE", "msg.payload"],
    ["a list", [FULL], "PAYLOAD_TYPE", "msg.payload"],
    ["another word", "ON", "FIELD_VALUE", "state", DEFAULTS],
    ["an empty text", "", "FIELD_MISSING", "state", DEFAULTS],
    ["no state", { ...FULL, state: undefined }, "FIELD_MISSING", "state"],
    ["a number as state", { ...FULL, state: 1 }, "FIELD_VALUE", "state"],
    ["no IMEI", { ...FULL, imei: undefined }, "IMEI_MISSING", "imei"],
    ["a wrong IMEI", { ...FULL, imei: WRONG }, "IMEI_CHECK_DIGIT", "imei"],
    ["an unknown device", { ...FULL, imei: THIRD }, "DEVICE_UNKNOWN", "imei"],
    ["an inactive device", { ...FULL, imei: OTHER }, "DEVICE_INACTIVE", "imei"],
    ["no output", { ...FULL, output: undefined }, "FIELD_MISSING", "output"],
    ["output 0", { ...FULL, output: 0 }, "OUTPUT_UNKNOWN", "output"],
    ["output 5", { ...FULL, output: 5 }, "OUTPUT_UNKNOWN", "output"],
    ["output 1.5", { ...FULL, output: 1.5 }, "OUTPUT_UNKNOWN", "output"],
    ["output OUT12", { ...FULL, output: "OUT12" }, "OUTPUT_UNKNOWN", "output"],
    ["an unknown name", { ...FULL, output: "horn" }, "OUTPUT_UNKNOWN", "output"],
    ["a list as output", { ...FULL, output: [1] }, "OUTPUT_UNKNOWN", "output"],
    ["a name that is another's number", { ...FULL, output: "OUT3" }, "OUTPUT_UNKNOWN", "output"],
    ["no mode", { ...FULL, mode: undefined }, "FIELD_MISSING", "mode"],
    ["an unknown mode", { ...FULL, mode: "pulse" }, "FIELD_VALUE", "mode"],
    ["a mode that the output has not", { ...FULL, output: 4 }, "OUTPUT_MODE", "mode"],
    ["no duration", { ...FULL, duration: undefined }, "FIELD_MISSING", "duration"],
    ["a duration that is no number", { ...FULL, duration: "long" }, "FIELD_VALUE", "duration"],
    ["a duration of true", { ...FULL, duration: true }, "FIELD_VALUE", "duration"],
    ["a duration too long", { ...FULL, duration: 655.36 }, "DURATION_RANGE", "duration"],
    ["a duration too short", { ...FULL, duration: 0 }, "DURATION_RANGE", "duration"],
    ["a latching one with a duration", { ...FULL, mode: "latching" }, "FIELD_VALUE", "duration"],
    ["an expiry that is over", { ...FULL, expires: -1 }, "EXPIRES", "expires"],
    ["an expiry of now", { ...FULL, expires: 0 }, "EXPIRES", "expires"],
    ["an expiry in milliseconds", { ...FULL, expires: NOW + 60_000 }, "EXPIRES", "expires"],
    ["an expiry without a zone", { ...FULL, expires: "2026-01-15T12:01:00" }, "EXPIRES", "expires"],
    ["an expiry that does not exist", { ...FULL, expires: "2026-13-15T12:01:00Z" }, "EXPIRES", "expires"],
    ["an expiry in the past", { ...FULL, expires: "2026-01-15T12:00:00Z" }, "EXPIRES", "expires"],
    ["an expiry of true", { ...FULL, expires: true }, "EXPIRES", "expires"],
    ["an unknown delivery", { ...FULL, delivery: "later" }, "FIELD_VALUE", "delivery"],
    ["an id with spaces", { ...FULL, id: "a b" }, "FIELD_VALUE", "id"],
    ["an id that is a number", { ...FULL, id: 7 }, "FIELD_VALUE", "id"],
    [
      "an override in words",
      { ...FULL, override: "true" },
      "FIELD_VALUE",
      "override",
      { allowOverride: true },
    ],
    ["an override that is not allowed", { ...FULL, override: true }, "OVERRIDE_FORBIDDEN", "override"],
    ["an unknown field", { ...FULL, time: 3 }, "FIELD_UNKNOWN", "time"],
  ];
  for (const [name, payload, code, path, settings] of WRONG_ONES) {
    it(`${name} is refused: ${code}`, () => {
      assert.throws(() => read(payload, settings), { name: "TrackerError", code, path });
    });
  }

  it("a Globalmatix device has no command channel", () => {
    const refusal = { code: "NO_COMMAND_CHANNEL", path: "imei", message: /no public command channel/ };
    assert.throws(() => read(FULL, {}, { protocol: "globalmatix" }), refusal);
  });

  it("a device that no device config describes gets none", () => {
    assert.throws(() => read(FULL, {}, null), { code: "DEVICE_CONFIG_UNKNOWN", path: "imei" });
  });
});
