import assert from "node:assert/strict";
import { decodePayload, type FrameContext } from "../../../src/protocols/iotm/decode";
import { encodeFrame } from "../../../src/protocols/iotm/frame";
import { type SensorOverride, sensorMap } from "../../../src/protocols/iotm/mapping";
import type { IotmRecord, SensorValue } from "../../../src/protocols/iotm/records";
import { VALUE_TYPES, type WireValue } from "../../../src/protocols/iotm/values";

const IMEI: IotmRecord = { type: 2, imei: "490154203237518" };
const USER = 0xc009;
const PASSWORD = 0xc00a;
const SECRET = [USER, PASSWORD];
/** IMSI, ICCID and the phone numbers. */
const PERSONAL = [0xc013, 0xc014, 0xc00f, 0xc010, 0xc011];
const TEXT = "s3cretWord99";
const NUMBER = 310_150_123_456_789n;

const text = (id: number, value = TEXT): SensorValue => ({ id, valueType: 32, value });
const telemetry = (...values: SensorValue[]): IotmRecord => ({ type: 1, time: 1_795_000_000, values });
const event = (said: string): IotmRecord => {
  const data = new TextEncoder().encode(said);
  return { type: 3, time: 1_795_000_000, function: 100, event: 32, data };
};

/** All that leaves the decoder, as text: bytes as they are and as hex. */
function outcome(bytes: Uint8Array, more: Partial<FrameContext> = {}): string {
  const decoded = decodePayload(bytes, { receivedAt: 0, ...more });
  return JSON.stringify(decoded, (_, value) => {
    const isBytes = value?.type === "Buffer" || value instanceof Uint8Array;
    const data = isBytes ? Buffer.from(value.data ?? value) : undefined;
    return data === undefined ? value : `${data.toString("latin1")} ${data.toString("hex")}`;
  });
}

function assertHidden(said: string, ...values: string[]): void {
  for (const value of values) {
    assert.ok(!said.includes(value), `${value} is in ${said}`);
    assert.ok(!said.includes(Buffer.from(value).toString("hex")), `${value} is in ${said} as hex`);
  }
}

/** A value as every value type that can hold it. */
function* everyType(id: number): Generator<SensorValue> {
  const values: WireValue[] = [TEXT, new TextEncoder().encode(TEXT), NUMBER, Number(NUMBER)];
  for (const value of values) {
    for (const { code } of VALUE_TYPES) {
      try {
        encodeFrame([telemetry({ id, valueType: code, value })]);
      } catch {
        continue;
      }
      yield { id, valueType: code, value };
    }
  }
}

describe("what nobody is to see in an IOTM frame", () => {
  for (const id of [...SECRET, ...PERSONAL]) {
    const key = `0x${id.toString(16).toUpperCase()}`;
    it(`${key} is hidden, whatever its value type`, () => {
      let count = 0;
      for (const value of everyType(id)) {
        const bytes = encodeFrame([IMEI, telemetry(value)]);
        assert.ok(outcome(bytes).includes(`"sensors":{"${key}":"hidden"}`), outcome(bytes));
        assertHidden(outcome(bytes), TEXT, String(NUMBER));
        count++;
      }
      assert.ok(count >= 6);
    });
  }

  it("there may be none of it", () => {
    const none = { id: PASSWORD, valueType: 2, value: null };
    assert.ok(outcome(encodeFrame([IMEI, telemetry(none)])).includes('"sensors":{"0xC00A":null}'));
  });

  it("is hidden under any name of the user's", () => {
    for (const override of [
      { key: "apn" },
      { key: "text" },
      { key: "odometer" },
      { key: "odometer", scale: 2 },
      { key: "oneWireId1" },
      { key: "motion" },
    ]) {
      for (const id of [PASSWORD, 0xc013]) {
        const overrides: SensorOverride[] = [{ id, ...override }];
        for (const value of everyType(id)) {
          const said = outcome(encodeFrame([IMEI, telemetry(value)]), { sensors: sensorMap(overrides) });
          assertHidden(said, TEXT, String(NUMBER));
          assert.ok(said.includes('"hidden"'), said);
        }
      }
    }
  });

  it("is hidden where an event or another record of the frame repeats it", () => {
    const said = outcome(
      encodeFrame([
        IMEI,
        event(`APN;${TEXT};`),
        telemetry(text(PASSWORD)),
        { type: 77, body: new TextEncoder().encode(`x${TEXT}y${TEXT}`) },
      ]),
    );
    assertHidden(said, TEXT);
    assert.ok(said.includes('"text":"APN;hidden;"'), said);
    assert.ok(said.includes("xhiddenyhidden"), said);
  });

  for (const [what, before, cut] of [
    ["after a value that cannot be read", [99, 1, 0x30], 0],
    ["where its own value type is not known", [], 0],
    ["where its text is cut off", [], 3],
  ] as const) {
    it(`is hidden in the bytes that could not be read, ${what}`, () => {
      for (const id of [USER, PASSWORD, 0xc014]) {
        const type = what.includes("own") ? 99 : 32;
        const secret = new TextEncoder().encode(TEXT);
        const value = [type, id & 255, id >> 8, secret.length, ...secret];
        const body = [...before, ...value.slice(0, value.length - cut)];
        const record = { type: 1, body: Uint8Array.from([0, 0, 0, 0x6b, ...body]) };
        const said = outcome(encodeFrame([IMEI, record]));
        assertHidden(said, TEXT.slice(0, TEXT.length - cut));
        assert.match(said, /"unread":"/);
        assert.ok(said.includes(Buffer.from("hidden").toString("hex")), said);
      }
    });
  }

  it("is hidden in a frame that is not sound and passes as a file", () => {
    const bytes = encodeFrame([IMEI, telemetry(text(PASSWORD), text(0xc013, "310150123456789"))]);
    const wrong = Uint8Array.from(bytes);
    wrong[wrong.length - 1] = (bytes.at(-1) as number) ^ 1;
    for (const payload of [wrong, bytes.subarray(0, -20), bytes.subarray(0, -1)]) {
      const said = outcome(payload, { mayBeFile: true });
      assert.match(said, /"kind":"file"/);
      assertHidden(said, TEXT, "310150123456789");
    }
  });

  it("is not looked for in a file", () => {
    const file = Uint8Array.from([0x44, 0x44, 0x20, 0x0a, 0xc0, 3, 0x61, 0x62, 0x63, 9]);
    const { records } = decodePayload(file, { receivedAt: 0, mayBeFile: true });
    assert.deepEqual((records[0] as { data: Uint8Array }).data, file);
  });

  it("leaves the identity that the bytes have", () => {
    const identityOf = (password: string) =>
      decodePayload(encodeFrame([IMEI, telemetry(text(PASSWORD, password))]), { receivedAt: 0 }).records[0]
        ?.identity;
    assert.notEqual(identityOf("one"), identityOf("two"));
  });

  it("bytes full of what looks like it end nothing", () => {
    const body = Uint8Array.from({ length: 60_000 }, (_, at) => [32, 0x0a, 0xc0, 1][at % 4] as number);
    const record = { type: 1, body: Uint8Array.from([0, 0, 0, 0x6b, 99, 1, 1, ...body]) };
    assert.match(outcome(encodeFrame([IMEI, record])), /"unread":"/);
  });
});

describe("what is personal in an IOTM frame", () => {
  it("is shown where that is asked for, and a password never", () => {
    for (const id of PERSONAL) {
      const said = outcome(encodeFrame([IMEI, telemetry(text(id), text(PASSWORD, "other"))]), {
        showPersonal: true,
      });
      assert.ok(said.includes(`"0x${id.toString(16).toUpperCase()}":"${TEXT}"`), said);
      assert.ok(said.includes('"0xC00A":"hidden"'), said);
    }
  });
});
