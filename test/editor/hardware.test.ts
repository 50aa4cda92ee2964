import assert from "node:assert/strict";
import { hardwareOf } from "../../nodes/editor/sidebar/hardware";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import { IMEI } from "../support/registry";

/** What a device's page has of a device that sent hardware type `value` in a frame. */
function shown(value: number, time = 1): { key: string; value: string | number; time: number }[] {
  const frame = encodeFrame([
    { type: 2, imei: IMEI },
    { type: 1, time: 1_779_631_011, values: [{ id: 0x2030, valueType: 4, value }] },
  ]);
  const [record] = decodePayload(frame, { receivedAt: 0 }).records;
  assert.ok(record?.kind === "telemetry");
  return Object.entries({ ...record.attributes, ...record.sensors }).map(([key, value]) => ({
    key,
    value: value as string | number,
    time,
  }));
}

describe("the hardware on a device's page", () => {
  for (const [type, name] of [
    [55, "Light 2G"],
    [71, "Light+ 3G"],
    [86, "StCAN 3G"],
    [102, "XtCAN 2G 32Mb"],
    [117, "Tacho 2G 32Mb"],
  ] as const) {
    it(`is ${name} by type ${type}`, () => assert.equal(hardwareOf(shown(type)), name));
  }

  it("is a number where its name is not known", () => {
    assert.equal(hardwareOf(shown(54)), 54);
    assert.equal(hardwareOf(shown(200)), 200);
  });

  it("is absent where the device does not say or know it", () => {
    assert.equal(hardwareOf([]), undefined);
    assert.equal(hardwareOf(shown(255)), undefined);
  });

  it("is what was said last", () => {
    assert.equal(hardwareOf([...shown(86, 1), ...shown(54, 2)]), 54);
    assert.equal(hardwareOf([...shown(86, 2), ...shown(54, 1)]), "StCAN 3G");
  });
});
