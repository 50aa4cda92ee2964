import assert from "node:assert/strict";
import type { Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import { type ReadingSettings, readingContext } from "../../../src/protocols/iotm/settings";

const CAN = "0x006D";
const ACTIVE = "0x009F";
const IN5 = "0x0013";
const IN7 = "0x0014";

/** The ignition of a record with these switches. */
function ignition(switches: Readonly<Record<string, boolean>>, settings: ReadingSettings = {}): unknown {
  const values = Object.entries(switches).map(([id, value]) => ({
    id: Number(id),
    valueType: value ? 1 : 0,
    value,
  }));
  const both = [values, values.toReversed()].map((ordered) => {
    const bytes = encodeFrame([{ type: 1, time: 1, values: ordered }]);
    const { records } = decodePayload(bytes, { receivedAt: 0, ...readingContext(settings) });
    return (records[0] as Telemetry).attributes.ignition;
  });
  assert.equal(both[0], both[1]);
  return both[0];
}

describe("the ignition of an IOTM device", () => {
  const cases: [
    what: string,
    switches: Record<string, boolean>,
    expected: boolean | undefined,
    settings?: ReadingSettings,
  ][] = [
    ["is CAN's where the bus is active", { [ACTIVE]: true, [CAN]: false, [IN5]: true }, false],
    ["is input 5 where the bus is silent", { [ACTIVE]: false, [CAN]: false, [IN5]: true }, true],
    ["is input 5 where the bus is silent, also off", { [ACTIVE]: false, [CAN]: true, [IN5]: false }, false],
    ["is input 5 where the bus is active and has none", { [ACTIVE]: true, [IN5]: true }, true],
    ["is input 5 where nobody knows of a bus", { [CAN]: false, [IN5]: true }, true],
    ["is CAN's where that is on", { [CAN]: true, [IN5]: false }, true],
    ["is CAN's where nobody knows of a bus and there is no input 5", { [CAN]: false }, false],
    [
      "is not known where the bus is silent and there is no input 5",
      { [ACTIVE]: false, [CAN]: false },
      undefined,
    ],
    ["is no other input by itself", { [IN7]: true, "0x0010": true }, undefined],
    [
      "is not an input that has a name of its own",
      { [IN5]: true },
      undefined,
      { inputNames: ["", "", "", "", "panic"] },
    ],
    [
      "is input 5 where another input has a name",
      { [IN5]: true },
      true,
      { inputNames: ["", "panic", "", " ", ""] },
    ],
    [
      "is not input 5 under another name",
      { [IN5]: true },
      undefined,
      { sensors: [{ id: IN5, key: "panic" }] },
    ],
    [
      "is not input 5 where that is ignored",
      { [IN5]: true },
      undefined,
      { sensors: [{ id: IN5, ignore: true }] },
    ],
    [
      "is a sensor that is called so, and it alone",
      { [IN5]: true, [CAN]: true, "0x0010": false },
      false,
      { sensors: [{ id: "0x0010", key: "ignition" }] },
    ],
    [
      "is CAN's alone where that is chosen",
      { [CAN]: false, [IN5]: true },
      false,
      { choices: { ignition: "can" } },
    ],
    [
      "is not CAN's where that is chosen and silent",
      { [ACTIVE]: false, [CAN]: false, [IN5]: true },
      undefined,
      { choices: { ignition: "can" } },
    ],
    [
      "is input 5 where that is chosen, whatever CAN says",
      { [ACTIVE]: true, [CAN]: true, [IN5]: false },
      false,
      { choices: { ignition: "input5" } },
    ],
    [
      "is input 5 where that is chosen, also with a name",
      { [IN5]: true },
      true,
      { choices: { ignition: "input5" }, inputNames: ["", "", "", "", "key"] },
    ],
    [
      "is input 7 where that is chosen",
      { [ACTIVE]: true, [CAN]: false, [IN5]: false, [IN7]: true },
      true,
      { choices: { ignition: "input7" } },
    ],
    [
      "is none where that is chosen",
      { [ACTIVE]: true, [CAN]: true, [IN5]: true, [IN7]: true },
      undefined,
      { choices: { ignition: "off" } },
    ],
  ];
  for (const [what, switches, expected, settings] of cases) {
    it(what, () => assert.equal(ignition(switches, settings), expected));
  }

  it("leaves the input an input, and what did not count under its id", () => {
    const values = [
      { id: 0x0013, valueType: 1, value: true },
      { id: 0x006d, valueType: 0, value: false },
    ];
    const { records } = decodePayload(encodeFrame([{ type: 1, time: 1, values }]), { receivedAt: 0 });
    const { attributes, sensors } = records[0] as Telemetry;
    assert.deepEqual([attributes, sensors], [{ input5: true, ignition: true }, { [CAN]: false }]);
  });
});
