import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fingerprint } from "../../src/dedupe/fingerprint";
import type { NormalizedRecord, Telemetry } from "../../src/model/message";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import { sensorMap } from "../../src/protocols/iotm/mapping";
import type { IotmRecord, SensorValue } from "../../src/protocols/iotm/records";
import type { FieldMap } from "../../src/protocols/json/field-map";
import { decodeBytes } from "../support/globalmatix";
import { IMEI, OTHER, reading, START } from "../support/registry";
import { CAPTURES } from "../support/vectors";
import "../support/seed";

const SECONDS = START / 1000;

/** What the records are recognised by. */
const marks = (records: readonly NormalizedRecord[]) => records.map(fingerprint);

const ofJson = (value: unknown, map: FieldMap = {}) => {
  const { records, error } = decodeBytes(Buffer.from(JSON.stringify(value)), map);
  assert.equal(error, undefined);
  assert.ok(records.length > 0);
  return records;
};

const READING = {
  imei: IMEI,
  ts: SECONDS,
  lat: 54.5,
  lon: 25.25,
  speed: 40,
  tank: 71,
  can: { rpm: 1900, door: true, note: null, empty: {}, list: [1, "1"] },
};

describe("identity of a record: JSON", () => {
  const usual = marks(ofJson(READING));

  for (const [what, map] of Object.entries<FieldMap>({
    "a name for a value that had none": { rules: [{ from: "tank", to: "fuelLevel" }] },
    "another name": { rules: [{ from: "can.rpm", to: "boomSpeed" }] },
    "another unit": { rules: [{ from: "speed", to: "speed", unit: "kn" }] },
    "a value that is left out": { rules: [{ from: "can.note", to: "ignore" }] },
    "no usual names": {
      recognise: false,
      rules: [
        { from: "imei", to: "imei" },
        { from: "ts", to: "time" },
      ],
    },
  })) {
    it(`is the same by a field map with ${what}`, () => {
      const records = ofJson(READING, map);
      assert.notDeepEqual(content(records), content(ofJson(READING)), "the map makes a difference");
      assert.deepEqual(marks(records), usual);
    });
  }

  it("is the same in whatever order the keys come, and for the same message again", () => {
    const reversed = Object.fromEntries(Object.entries(READING).toReversed());
    const inside = { ...reversed, can: Object.fromEntries(Object.entries(READING.can).toReversed()) };
    assert.deepEqual(marks(ofJson(inside)), usual);
    assert.deepEqual(marks(ofJson(READING)), usual);
  });

  const changed: Record<string, unknown> = {
    "another value": { ...READING, tank: 72 },
    "text for a number": { ...READING, tank: "71" },
    "a value more": { ...READING, more: 0 },
    "a value less": { ...READING, tank: undefined },
    "a value under another name": { ...READING, tank: undefined, tank2: 71 },
    "two values that changed places": { ...READING, speed: 71, tank: 40 },
    "a list in another order": { ...READING, can: { ...READING.can, list: ["1", 1] } },
    "a zero for nothing": { ...READING, can: { ...READING.can, note: 0 } },
    "a no for a yes": { ...READING, can: { ...READING.can, door: false } },
    "something in what was empty": { ...READING, can: { ...READING.can, empty: { a: 1 } } },
    "another time": { ...READING, ts: SECONDS + 1 },
    "another device": { ...READING, imei: OTHER },
  };
  for (const [what, value] of Object.entries(changed)) {
    it(`is another one with ${what}`, () => assert.notDeepEqual(marks(ofJson(value)), usual));
  }

  it("readings without a time of their own are not the same because they are alike", () => {
    const { ts: _, ...timeless } = READING;
    const [first] = ofJson(timeless);
    const bytes = Buffer.from(JSON.stringify(timeless));
    assert.ok(first);
    const later = decodeBytes(bytes, {}, {}, first.receivedAt + 1000).records;
    assert.notDeepEqual(marks(later), marks([first]));
    assert.deepEqual(marks(decodeBytes(bytes).records), marks([first]));
  });

  it("each reading of a list has its own", () => {
    const records = ofJson({
      imei: IMEI,
      points: [0, 1, 2].map((n) => ({ ts: SECONDS + n, lat: 54, lon: 25 })),
    });
    assert.equal(new Set(records.map(({ identity }) => identity)).size, 3);
  });

  it("payloads without a reading are told apart by their bytes, topic and sender", () => {
    const of = (text: string) => marks(decodeBytes(Buffer.from(text)).records);
    assert.deepEqual(of("{}"), of("{}"));
    assert.notDeepEqual(of("{}"), of("[]"));
  });
});

const FRAME: readonly IotmRecord[] = [
  { type: 2, imei: IMEI },
  { type: 1, time: SECONDS, values: [value(0x3000, 12_139), value(0x3008, 0)] },
  { type: 3, time: SECONDS, function: 1, event: 2, data: Uint8Array.of(1, 2) },
  { type: 77, body: Uint8Array.of(1, 2) },
];

function value(id: number, number: number): SensorValue {
  return { id, valueType: 5, value: number };
}

const ofFrame = (records: readonly IotmRecord[], context: object = {}) =>
  decodePayload(encodeFrame(records), { receivedAt: START, ...context }).records;

describe("identity of a record: IOTM", () => {
  const usual = marks(ofFrame(FRAME));

  it("is the same by another sensor table", () => {
    const named = sensorMap([
      { id: 0x3008, key: "boomAngle", unit: "°", scale: 2 },
      { id: 0x3000, ignore: true },
    ]);
    const other = ofFrame(FRAME, { sensors: named });
    assert.notDeepEqual(content(other), content(ofFrame(FRAME)));
    assert.deepEqual(marks(other), usual);
  });

  it("is the same for a record that comes again: on another topic, later, in another frame", () => {
    assert.deepEqual(marks(ofFrame(FRAME, { topic: "bridge/BCE/D", receivedAt: START + 5000 })), usual);
    const [imei, telemetry, ...others] = FRAME as [IotmRecord, IotmRecord, ...IotmRecord[]];
    const later = { type: 1 as const, time: SECONDS + 1, values: [] };
    const known = new Set(marks(ofFrame([imei, ...others, later, telemetry])));
    assert.equal(usual.filter((mark) => known.has(mark)).length, 3);
  });

  for (const [what, record] of Object.entries<IotmRecord>({
    "another value": { type: 1, time: SECONDS, values: [value(0x3000, 12_140), value(0x3008, 0)] },
    "another sensor": { type: 1, time: SECONDS, values: [value(0x3000, 12_139), value(0x3009, 0)] },
    "values in another order": { type: 1, time: SECONDS, values: [value(0x3008, 0), value(0x3000, 12_139)] },
    "another type of value": {
      type: 1,
      time: SECONDS,
      values: [value(0x3000, 12_139), { id: 0x3008, valueType: 3, value: 0 }],
    },
    "another time": { type: 1, time: SECONDS + 1, values: [value(0x3000, 12_139), value(0x3008, 0)] },
    "another event": { type: 3, time: SECONDS, function: 1, event: 3, data: Uint8Array.of(1, 2) },
    "other data of an event": { type: 3, time: SECONDS, function: 1, event: 2, data: Uint8Array.of(1, 3) },
    "another type of record": { type: 78, body: Uint8Array.of(1, 2) },
  })) {
    it(`is another one with ${what}`, () => {
      const [mark] = marks(ofFrame([{ type: 2, imei: IMEI }, record]));
      assert.ok(!usual.includes(mark as number));
    });
  }

  it("is another one for another device", () => {
    const theirs = marks(ofFrame([{ type: 2, imei: OTHER }, ...FRAME.slice(1)]));
    assert.ok(theirs.every((mark) => !usual.includes(mark)));
  });

  it("the same bytes as files of two topics are two files", () => {
    const file = (topic: string) =>
      decodePayload(Uint8Array.of(9, 9), { receivedAt: START, topic, mayBeFile: true }).records;
    assert.deepEqual(marks(file("BCE/F")), marks(file("BCE/F")));
    assert.notDeepEqual(marks(file("BCE/F")), marks(file("BCE/R")));
  });

  it("every record of a real upload has one of its own, which JSON keeps", () => {
    const capture = CAPTURES.find(({ name }) => name.includes("13 records"));
    const { records } = decodePayload(Buffer.from(capture?.hex ?? "", "hex"), { receivedAt: START });
    assert.equal(new Set(records.map(({ identity }) => identity)).size, 13);
    for (const { identity } of records) assert.match(identity as string, /^[0-9a-f]{16}$/);
    assert.deepEqual(marks(JSON.parse(JSON.stringify(records))), marks(records));
  });
});

describe("identity of a record: a user's own flow", () => {
  const own = reading(START, { attributes: { fuelLevel: 40, ignition: false }, sensors: { a: 1, b: "x" } });

  it("is of all that the record has, in whatever order", () => {
    const { attributes, ...rest } = own;
    const reversed = { ...rest, attributes: { ignition: false, fuelLevel: 40 } };
    assert.equal(fingerprint(reversed), fingerprint(own));
    assert.equal(fingerprint({ ...own, receivedAt: 1, warnings: [] }), fingerprint(own));
    for (const other of [
      { ...own, attributes: { ...attributes, fuelLevel: 41 } },
      { ...own, attributes: { ...attributes, ignition: true } },
      { ...own, sensors: { ...own.sensors, b: "y" } },
      { ...own, sensors: { "a\u0000b": 1 } },
    ]) {
      assert.notEqual(fingerprint(other), fingerprint(own));
    }
  });

  const odd: Record<string, unknown> = {
    "a number": 7,
    nothing: null,
    "no text": "",
    "an object": { a: 1 },
    "a list": ["0123456789abcdef"],
    "other text": "forged",
    "upper case": "0123456789ABCDEF",
    "a digit more": "0123456789abcdef0",
    "a line more": "0123456789abcdef\n",
    "a very long text": "0".repeat(5_000_000),
  };
  for (const [what, identity] of Object.entries(odd)) {
    it(`counts for nothing where it is ${what}`, () => {
      const forged = { ...own, identity } as unknown as Telemetry;
      assert.equal(fingerprint(forged), fingerprint(own));
      assert.notEqual(fingerprint({ ...forged, attributes: {} }), fingerprint(forged));
    });
  }

  it("what JSON has not is refused, with an identity too", () => {
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    const [decoded] = ofJson(READING) as [Telemetry];
    for (const record of [own, decoded]) {
      for (const bad of [1n, circle, { a: { b: { c: { d: { e: 1n } } } } }]) {
        assert.throws(() => fingerprint({ ...record, attributes: { bad } } as unknown as Telemetry));
        assert.throws(() => fingerprint({ ...record, identity: bad } as unknown as Telemetry));
      }
    }
  });

  it("what a flow makes of a decoded record is not taken for it: an event, another time", () => {
    const [decoded] = ofJson(READING) as [Telemetry];
    const others = [
      { ...decoded, kind: "event", event: { text: "door" } },
      { ...decoded, time: decoded.time + 1 },
    ];
    for (const other of others as unknown as Telemetry[])
      assert.notEqual(fingerprint(other), fingerprint(decoded));
  });

  it("no two of many alike are taken for one", () => {
    const seen = new Set<number>();
    for (let speed = 0; speed < 100; speed++) {
      for (let fuel = 0; fuel < 100; fuel++) {
        for (const heading of [0, 90])
          seen.add(fingerprint({ ...own, attributes: { speed: speed / 2, fuel, heading } }));
      }
    }
    assert.equal(seen.size, 20_000);
  });

  it("takes any JSON, and is the same after JSON", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (sensors) => {
        const record = { ...own, sensors } as unknown as Telemetry;
        assert.equal(fingerprint(JSON.parse(JSON.stringify(record))), fingerprint(record));
      }),
    );
  });
});

/** What a flow sees of records. */
function content(records: readonly NormalizedRecord[]): unknown {
  return records.map(({ identity: _, ...others }) => others);
}
