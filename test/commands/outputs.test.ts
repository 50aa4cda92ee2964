import assert from "node:assert/strict";
import { fromHex, toHex } from "../../src/bytes/hex";
import type { Switching } from "../../src/model/output";
import { decodeFrame, encodeFrame } from "../../src/protocols/iotm/frame";
import { encodeCommand, outputControl } from "../../src/protocols/iotm/output-control";

const IMEI = "869595061374194";
const EXPIRES = Date.UTC(2026, 0, 15, 12, 1);

// From the protocol sheet by another program: u64 of the IMEI, u32 of the expiry, the bytes of one command.
const IMEI_BYTES = "f24cbb60e4160300";
const EXPIRES_BYTES = "fcd66869";
const WHOLE = "02020800f24cbb60e4160300040800fcd66869080101011c";

const CASES: readonly (readonly [string, Switching, boolean, number, string])[] = [
  ["OUT1 on for 1 s", { output: 1, state: "on", mode: "timed", duration: 1 }, false, 0, "016400"],
  ["OUT1 off for 1 s", { output: 1, state: "off", mode: "timed", duration: 1 }, false, 0, "006400"],
  ["OUT2 on for 0.01 s", { output: 2, state: "on", mode: "timed", duration: 0.01 }, false, 1, "010100"],
  ["OUT3 on for 655.35 s", { output: 3, state: "on", mode: "timed", duration: 655.35 }, false, 2, "01ffff"],
  ["OUT3 on for 2.57 s", { output: 3, state: "on", mode: "timed", duration: 2.57 }, false, 2, "010101"],
  ["OUT1 on, inverted", { output: 1, state: "on", mode: "timed", duration: 1 }, true, 0, "006400"],
  ["OUT1 off, inverted", { output: 1, state: "off", mode: "timed", duration: 1 }, true, 0, "016400"],
  [
    "OUT1 on until further notice",
    { output: 1, state: "on", mode: "latching", duration: null },
    false,
    8,
    "01",
  ],
  [
    "OUT1 off until further notice",
    { output: 1, state: "off", mode: "latching", duration: null },
    false,
    8,
    "00",
  ],
  [
    "OUT2 on, inverted for timed ones only",
    { output: 2, state: "on", mode: "latching", duration: null },
    true,
    9,
    "01",
  ],
];

describe("commands: bytes", () => {
  for (const [name, switching, invertTimed, outputId, data] of CASES) {
    it(name, () => {
      const frame = encodeCommand(IMEI, switching, { expires: EXPIRES, uniqueId: 17, invertTimed });
      const length = data.length / 2;
      // Version; type 2, 8 bytes, IMEI; type 4, length, expiry, output id, unique id, length, data.
      const body = [
        "02",
        "020800",
        IMEI_BYTES,
        "04",
        byte(7 + length),
        "00",
        EXPIRES_BYTES,
        byte(outputId),
        "11",
        byte(length),
        data,
      ].join("");
      const sum = (body.match(/../g) ?? []).reduce((all, hex) => all + Number.parseInt(hex, 16), 0) % 256;
      assert.equal(toHex(frame), body + byte(sum));
      const { records, error, warnings, checksumValid } = decodeFrame(frame);
      assert.deepEqual([error, warnings, checksumValid], [undefined, [], true]);
      assert.deepEqual(records, [
        { type: 2, imei: IMEI },
        { type: 4, expires: EXPIRES / 1000, outputId, uniqueId: 17, data: fromHex(data) },
      ]);
    });
  }

  it("the vendor's example, which has no IMEI record: its function 0 switches on", () => {
    const record = outputControl(
      { output: 1, state: "on", mode: "timed", duration: 1 },
      { expires: Date.UTC(2017, 8, 4, 7, 27, 12), uniqueId: 17, invertTimed: true },
    );
    assert.equal(toHex(encodeFrame([record])), "02040a005000ad59001103006400de");
  });

  it("a whole frame, every byte written down", () => {
    const switching = { output: 1, state: "on", mode: "latching", duration: null } as const;
    const frame = encodeCommand(IMEI, switching, { expires: EXPIRES, uniqueId: 1, invertTimed: false });
    assert.equal(toHex(frame), WHOLE);
  });

  for (const duration of [0, -1, 0.009, 655.36, 655.351, 1e9, Number.NaN, null]) {
    it(`a duration of ${duration} s is refused and never wrapped`, () => {
      const switching = { output: 1, state: "on", mode: "timed", duration } as const;
      const envelope = { expires: EXPIRES, uniqueId: 1, invertTimed: false };
      assert.throws(() => outputControl(switching, envelope), { code: "DURATION_RANGE", path: "duration" });
    });
  }

  for (const [output, mode, said] of [
    [3, "latching", /OUT3 .*only be timed/],
    [4, "latching", /OUT4 .*no command for it is known/],
    [4, "timed", /OUT4 .*no command/],
  ] as const) {
    it(`OUT${output} cannot be ${mode}`, () => {
      const switching = { output, state: "on", mode, duration: 1 } as const;
      const envelope = { expires: EXPIRES, uniqueId: 1, invertTimed: false };
      assert.throws(() => outputControl(switching, envelope), { code: "OUTPUT_MODE", message: said });
    });
  }
});

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
