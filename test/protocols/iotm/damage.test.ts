import assert from "node:assert/strict";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { checksum, decodeFrame, MAX_RECORDS } from "../../../src/protocols/iotm/frame";
import { MAX_VALUES } from "../../../src/protocols/iotm/records";
import { withoutIdentity } from "../../support/vectors";

/** Bytes from hex text with the right checksum appended. */
function sound(hex: string): Uint8Array {
  const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return Buffer.from([...bytes, checksum(bytes)]);
}

const IMEI = "02 0800 8E4C2BEBCABD0100"; // 490154203237518
const IGNITION_ON = "01 0700 00F15365 01 6D00";

describe("damaged IOTM frames", () => {
  const errors: [string, Uint8Array, string, number, number][] = [
    ["an empty payload", Buffer.alloc(0), "IOTM_EMPTY", 0, 0],
    ["a version alone", Buffer.from([2]), "IOTM_TOO_SHORT", 1, 0],
    ["another version", sound(`03 ${IMEI}`), "IOTM_VERSION", 0, 0],
    [
      "a wrong checksum",
      Buffer.from(`02${IGNITION_ON.replaceAll(" ", "")}00`, "hex"),
      "IOTM_CHECKSUM",
      11,
      0,
    ],
    ["a record header that is cut off", sound(`02 ${IGNITION_ON} 01 07`), "IOTM_HEADER_CUT_OFF", 11, 1],
    ["a length past the end", sound(`02 ${IGNITION_ON} 01 FFFF 00`), "IOTM_LENGTH_PAST_END", 11, 1],
    [
      "an absurd number of records",
      sound(`02${" 09 0000".repeat(MAX_RECORDS + 1)}`),
      "IOTM_TOO_MANY_RECORDS",
      1 + 3 * MAX_RECORDS,
      MAX_RECORDS,
    ],
  ];
  for (const [what, bytes, code, offset, records] of errors) {
    it(`${what}: ${code} at byte ${offset}`, () => {
      const frame = decodeFrame(bytes);
      assert.equal(frame.error?.code, code);
      assert.equal(frame.error?.offset, offset);
      assert.equal(frame.records.length, records, "the records before the damage");
      const decoded = decodePayload(bytes, { receivedAt: 0 });
      assert.equal(decoded.error?.code, code);
      assert.equal(decoded.records.length, records);
    });
  }

  const warnings: [string, string, string, number, string][] = [
    ["a telemetry body without time", "01 0300 00F153", "IOTM_RECORD_TOO_SHORT", 4, "file"],
    ["an event body that is too short", "03 0500 00F1536501", "IOTM_RECORD_TOO_SHORT", 4, "file"],
    ["an IMEI of 7 bytes", "02 0700 8E4C2BEBCABD01", "IOTM_RECORD_TOO_SHORT", 4, "file"],
    ["an IMEI of 9 bytes", "02 0900 8E4C2BEBCABD0100 FF", "IOTM_RECORD_TRAILING", 12, "file"],
    [
      "an output control with a byte too many",
      "04 0900 00F15365 08 01 01 01 FF",
      "IOTM_RECORD_TRAILING",
      12,
      "file",
    ],
    [
      "an output control whose data is cut off",
      "04 0800 00F15365 08 01 02 01",
      "IOTM_RECORD_TOO_SHORT",
      4,
      "file",
    ],
    ["an unknown value type", "01 0800 00F15365 0F 0000 00", "IOTM_VALUE_TYPE_UNKNOWN", 8, "telemetry"],
    ["a value header that is cut off", "01 0600 00F15365 01 6D", "IOTM_VALUE_CUT_OFF", 8, "telemetry"],
    ["a value that is cut off", "01 0900 00F15365 06 0730 0102", "IOTM_VALUE_CUT_OFF", 8, "telemetry"],
    ["a text longer than its record", "01 0900 00F15365 20 00C0 0541", "IOTM_VALUE_CUT_OFF", 8, "telemetry"],
  ];
  for (const [what, record, code, offset, kind] of warnings) {
    it(`${what}: warning ${code} at byte ${offset}, and the next record is read`, () => {
      const bytes = sound(`02 ${record} ${IGNITION_ON}`);
      const { records, error, warnings } = decodePayload(bytes, {
        receivedAt: 0,
        topicImei: "490154203237518",
      });
      assert.equal(error, undefined);
      assert.deepEqual(
        warnings.map((w) => [w.code, w.offset]),
        [[code, offset]],
      );
      const spoilt = records.find((one) => one.warnings);
      assert.equal(spoilt?.kind, kind);
      assert.equal(spoilt?.warnings?.[0]?.code, code);
      const whole = records.find((one) => !one.warnings);
      assert.ok(whole?.kind === "telemetry" && whole.attributes.ignition === true);
    });
  }

  it("an absurd number of values: the rest of the record is kept unread", () => {
    const body = Buffer.concat([
      Buffer.from("00F15365", "hex"),
      Buffer.alloc(3 * (MAX_VALUES + 1), Buffer.from("017777", "hex")),
    ]);
    const header = Buffer.from([2, 1, body.length & 0xff, body.length >> 8]);
    const { records } = decodePayload(sound(Buffer.concat([header, body]).toString("hex")), {
      receivedAt: 0,
    });
    assert.deepEqual(
      records.map((r) => r.warnings?.map((w) => w.code)),
      [["IOTM_TOO_MANY_VALUES", "IMEI_MISSING"]],
    );
    assert.equal(records[0]?.unread, "017777");
  });

  it("a wrong checksum is accepted where asked for, with a warning on every record", () => {
    const bytes = Buffer.from(`02${`${IMEI}${IGNITION_ON}${IGNITION_ON}`.replaceAll(" ", "")}00`, "hex");
    const { records, error } = decodePayload(bytes, { receivedAt: 0, acceptWrongChecksum: true });
    assert.equal(error, undefined);
    assert.deepEqual(
      records.map((record) => record.warnings?.map(({ code, offset }) => [code, offset])),
      [[["IOTM_CHECKSUM", 32]], [["IOTM_CHECKSUM", 32]]],
    );
  });

  it("on a file topic, what is not a sound frame passes through untouched", () => {
    const bytes = Buffer.from("ffd8ffe000104a464946", "hex");
    const { records, error } = decodePayload(bytes, {
      receivedAt: 7,
      topic: "BCE/F",
      mayBeFile: true,
      acceptWrongChecksum: true,
    });
    assert.equal(error, undefined);
    assert.deepEqual(records.map(withoutIdentity), [
      {
        schema: 1,
        kind: "file",
        protocol: "iotm",
        imei: null,
        receivedAt: 7,
        recordType: null,
        data: bytes,
        topic: "BCE/F",
      },
    ]);
  });

  it("on a file topic, a sound frame is decoded", () => {
    const { records } = decodePayload(sound(`02 ${IMEI} ${IGNITION_ON}`), { receivedAt: 0, mayBeFile: true });
    assert.deepEqual(
      records.map((record) => [record.kind, record.imei]),
      [["telemetry", "490154203237518"]],
    );
  });

  it("the IMEI in the topic counts only where the frame has none", () => {
    const context = { receivedAt: 0, topicImei: "356938035643809" };
    assert.equal(decodePayload(sound(`02 ${IGNITION_ON}`), context).records[0]?.imei, "356938035643809");
    const { records, warnings } = decodePayload(sound(`02 ${IMEI} ${IGNITION_ON}`), context);
    assert.equal(records[0]?.imei, "490154203237518");
    assert.deepEqual(
      [records[0].warnings, warnings.map(({ code }) => code)],
      [warnings, ["IMEI_TOPIC"]],
      "somebody may be speaking for another",
    );
  });

  it("an IMEI of zero is none", () => {
    const zero = "02 0800 0000000000000000";
    const context = { receivedAt: 0, topicImei: "356938035643809" };
    assert.equal(
      decodePayload(sound(`02 ${zero} ${IGNITION_ON}`), context).records[0]?.imei,
      "356938035643809",
    );
    const { records, warnings } = decodePayload(sound(`02 ${zero}`), { receivedAt: 0 });
    assert.deepEqual([records[0]?.kind, records[0]?.imei], ["file", null]);
    assert.deepEqual([records[0]?.warnings, warnings.map(({ code }) => code)], [warnings, ["IMEI_MISSING"]]);
  });

  it("a frame with nothing but an IMEI keeps its sender and its warnings", () => {
    const frame = Buffer.from(`02${IMEI.replaceAll(" ", "").replace("8E", "8F")}00`, "hex");
    const { records } = decodePayload(frame, { receivedAt: 0, acceptWrongChecksum: true });
    assert.equal(records[0]?.imei, "490154203237519");
    assert.deepEqual(
      records[0]?.warnings?.map(({ code }) => code),
      ["IOTM_CHECKSUM", "IMEI_CHECK_DIGIT"],
    );
  });

  it("each record takes the IMEI before it, the first ones that of the first IMEI record", () => {
    const other = "02 0800 A145D21CA2440100"; // 356938035643809
    const { records } = decodePayload(
      sound(`02 ${IGNITION_ON} ${IMEI} ${IGNITION_ON} ${other} ${IGNITION_ON}`),
      { receivedAt: 0 },
    );
    assert.deepEqual(
      records.map((r) => r.imei?.slice(0, 6)),
      ["490154", "490154", "356938"],
    );
  });
});
