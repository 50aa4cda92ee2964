import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { decodeAny, type FrameContext } from "../../../src/protocols/iotm/decode-any";
import { MOST_PLANS } from "../../../src/protocols/iotm/fast/layouts";
import { FastReader } from "../../../src/protocols/iotm/fast/reader";
import { checksum, encodeFrame } from "../../../src/protocols/iotm/frame";
import { AUTOMATIC_IGNITION } from "../../../src/protocols/iotm/ignition";
import { sensorMap } from "../../../src/protocols/iotm/mapping";
import type { SensorValue, TelemetryRecord } from "../../../src/protocols/iotm/records";
import { type ReadingSettings, readingContext } from "../../../src/protocols/iotm/settings";
import { FAULT_LEVELS } from "../../../src/simulator/faults";
import { VirtualFleet } from "../../../src/simulator/fleet";
import { plannedDevices } from "../../../src/simulator/plan";
import { Route } from "../../../src/simulator/route";
import { ROUTES } from "../../../src/simulator/routes";
import { anyFrame, anyReading, DEVICES, nextReading } from "../../support/any-frame";
import { wildPayload } from "../../support/payloads";
import { randomOf, SEED } from "../../support/seed";
import { share } from "../../support/share";
import { CAPTURES, VECTORS } from "../../support/vectors";

/** What device configs say of how values are read. */
const SETTINGS: Readonly<Record<string, ReadingSettings>> = {
  "as the catalogue has it": {},
  "with everything shown": { showPersonal: true },
  "with the ignition of input 7": { choices: { ignition: "input7" } },
  "without an ignition": { choices: { ignition: "off" } },
  "with all choices": {
    choices: {
      engineTemperature: "offset40",
      pedal: "unknown",
      totals: "j1939",
      axleWeight: "fms",
      acceleration: "yBackwards",
    },
  },
  "with names of the user's own": {
    sensors: [
      { id: "0x3000", key: "constructor", scale: "0.001", unit: "V" },
      { id: "0x006d", key: "ignition" },
      { id: "0x0013", key: "motion" },
      { id: "0x300c", key: "12", scale: 2, offset: -1 },
      { id: "0x2007", key: "odd name", unit: "l" },
      { id: "0x5000", key: "toString" },
      { id: "0x9001", key: "fuelLevel" },
      { id: "0x0002", ignore: true },
      { id: "0xd000", ignore: true },
    ],
  },
  "with names that meet": {
    sensors: [
      { id: "0x0010", key: "door" },
      { id: "0x0011", key: "door" },
      { id: "0x0012", key: "input5" },
      { id: "0x3004", key: "externalVoltage", scale: "0.001" },
    ],
  },
};

interface Way {
  readonly fast: FastReader;
  readonly context: Omit<FrameContext, "receivedAt">;
}

/** A reader of each kind, with code made for it and without, by name. */
const WAYS: ReadonlyMap<string, Way> = new Map(
  Object.entries(SETTINGS).flatMap(([name, settings]) =>
    [true, false].map((canCompile): [string, Way] => {
      const context = readingContext(settings);
      const { sensors = sensorMap(), ignition = AUTOMATIC_IGNITION, showPersonal = false } = context;
      const fast = new FastReader({ map: sensors, ignition, showPersonal }, canCompile);
      return [canCompile ? name : `${name}, without code`, { fast, context }];
    }),
  ),
);

/** Reads a frame both ways and compares all that came of it; says whether it could be read fast. */
function isFast(bytes: Uint8Array, { fast, context }: Way, more: Partial<FrameContext> = {}): boolean {
  const whole = { receivedAt: 0, ...context, ...more };
  const read = fast.decode(bytes, whole);
  if (read === undefined) return false;
  const expected = decodeAny(bytes, whole);
  const where = `seed ${SEED}, frame ${Buffer.from(bytes).toString("hex")}`;
  assert.deepStrictEqual(read, expected, where);
  assert.equal(ordered(read), ordered(expected), `order of keys, ${where}`);
  return true;
}

/** With the keys in their order, as deepStrictEqual does not compare it. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? [...inner] : inner));
}

const frameOf = (reading: TelemetryRecord) => encodeFrame([{ type: 2, imei: DEVICES[0] }, reading]);

/** Reads a frame so often that code is made for it. */
function readOften(bytes: Uint8Array, { fast, context }: Way): void {
  for (let turn = 0; turn < 1100; turn++) fast.decode(bytes, { receivedAt: 0, ...context });
}

/** A reading of a layout that has code by now; of those that are read step by step anyhow, any number may come before. */
function codedReading(random: () => number, way: Way): TelemetryRecord {
  for (;;) {
    const reading = anyReading(random);
    if (!isFast(frameOf(reading), way)) continue;
    readOften(frameOf(reading), way);
    return reading;
  }
}

/** Changes a byte, and the checksum with it. */
function damage(random: () => number, bytes: Uint8Array): void {
  const last = bytes.length - 1;
  bytes[1 + Math.floor(random() * (last - 1))] = Math.floor(random() * 256);
  bytes[last] = checksum(bytes, last);
}

describe("a frame that is read fast", () => {
  for (const [name, way] of WAYS) {
    it(`says what it says read step by step: all vectors, ${name}`, () => {
      for (const { hex, topic } of VECTORS) {
        readOften(Buffer.from(hex, "hex"), way);
        isFast(Buffer.from(hex, "hex"), way);
        isFast(Buffer.from(hex, "hex"), way, { topic, recordEvents: true, mayBeFile: true });
      }
    });
  }

  it("is every capture of a real device", () => {
    const way = WAYS.get("as the catalogue has it") ?? assert.fail();
    for (const { name, hex } of CAPTURES) assert.ok(isFast(Buffer.from(hex, "hex"), way), name);
  });

  it("is most of what a simulated fleet sends", function () {
    this.timeout(60_000);
    const start = Date.UTC(2026, 0, 1);
    const fleet = new VirtualFleet({
      devices: plannedDevices({ car: 5, carWithoutCan: 5, lorry: 5, trailer: 5, light: 5, xtcu: 0 }),
      routes: Object.values(ROUTES).map((points) => new Route(points)),
      seed: SEED,
      start,
      interval: 10,
      eventsPerHour: 20,
      faults: FAULT_LEVELS.little,
    });
    const way = WAYS.get("as the catalogue has it") ?? assert.fail();
    let frames = 0;
    let fast = 0;
    fleet.advance(start + 1_800_000, ({ payload }) => {
      if (!(payload instanceof Uint8Array)) return;
      frames++;
      if (isFast(payload, way, { receivedAt: fleet.time })) fast++;
    });
    assert.ok(frames > 1000, `${frames} frames`);
    assert.ok(fast > frames * 0.9, `only ${fast} of ${frames} could be read fast`);
  });

  const generated = share(300_000);
  it(`says what it says read step by step: ${generated} generated frames`, function () {
    this.timeout(300_000);
    const random = randomOf("generated frames");
    const ways = [...WAYS.values()];
    let fast = 0;
    for (let run = 0; run < generated; run++) {
      const way = ways[Math.floor(random() * ways.length)] as Way;
      const topicImei =
        random() < 0.2 ? (DEVICES[Math.floor(random() * DEVICES.length)] as string) : undefined;
      const more = {
        recordEvents: random() < 0.3,
        mayBeFile: random() < 0.2,
        acceptWrongChecksum: random() < 0.2,
        ...(topicImei === undefined ? {} : { topicImei }),
        receivedAt: random() < 0.9 ? 1_795_000_000_000 : 0,
      };
      if (isFast(anyFrame(random), way, more)) fast++;
    }
    // There are more layouts among them than are kept.
    const enough = Math.min(generated / 4, 3 * MOST_PLANS);
    assert.ok(fast > enough, `only ${fast} of ${generated} could be read fast`);
  });

  const mutated = share(200_000);
  it(`says what it says read step by step: ${mutated} frames with bytes changed`, function () {
    this.timeout(300_000);
    const random = randomOf("mutated frames");
    const ways = [...WAYS.values()];
    let fast = 0;
    for (let run = 0; run < mutated; run++) {
      const way = ways[Math.floor(random() * ways.length)] as Way;
      if (isFast(wildPayload(random), way, { mayBeFile: random() < 0.5 })) fast++;
    }
    assert.ok(fast > mutated / 50, `only ${fast} of ${mutated} could be read fast`);
  });

  const changed = share(15_000);
  for (const [name, { fast, context }] of WAYS) {
    if (name.endsWith("without code")) continue;
    it(`says what it says read step by step: ${changed} frames of layouts that have code, ${name}`, () => {
      const random = randomOf("frames of layouts that have code");
      const way = { fast: new FastReader(fast.reading), context };
      const readings = Array.from({ length: 40 }, () => codedReading(random, way));
      assert.ok(way.fast.coded > 10, `code for ${way.fast.coded} layouts`);
      let count = 0;
      for (let run = 0; run < changed; run++) {
        const last = readings[Math.floor(random() * readings.length)] as TelemetryRecord;
        const bytes = frameOf(nextReading(random, last));
        if (random() < 0.2) damage(random, bytes);
        if (isFast(bytes, way)) count++;
      }
      assert.ok(count > changed / 3, `only ${count} of ${changed} could be read fast`);
    });
  }

  it("is not taken for one of another layout that is as long and begins alike", () => {
    const { fast, context } = WAYS.get("as the catalogue has it") ?? assert.fail();
    const way = { fast: new FastReader(fast.reading), context };
    const reading = (...values: SensorValue[]) => frameOf({ type: 1, time: 1_795_000_000, values });
    readOften(reading({ id: 0x3000, valueType: 6, value: 12_345 }), way);
    assert.equal(way.fast.coded, 1);
    const zero = { id: 0x3000, valueType: 3, value: 0 };
    assert.ok(isFast(reading(zero, { id: 0x2003, valueType: 4, value: 7 }), way));
    assert.ok(isFast(reading(zero), way));
    assert.ok(isFast(reading({ id: 0x2003, valueType: 6, value: 7 }), way));
  });

  it("has the same meaning where no code may be made of text", () => {
    const script = `
      const { readFileSync } = require("node:fs");
      const { CAN_COMPILE } = require("./dist/src/protocols/iotm/fast/code");
      const { decodePayload } = require("./dist/src/protocols/iotm/decode");
      const decoded = JSON.parse(readFileSync("test/vectors/captures.json", "utf8")).map(({ hex }) => {
        let last;
        for (let turn = 0; turn < 1100; turn++) last = decodePayload(Buffer.from(hex, "hex"), { receivedAt: 0 });
        return last;
      });
      process.stdout.write(JSON.stringify({ CAN_COMPILE, decoded }));`;
    const printed = execFileSync(process.execPath, [
      "--disallow-code-generation-from-strings",
      "--eval",
      script,
    ]);
    const expected = CAPTURES.map(({ hex }) => decodeAny(Buffer.from(hex, "hex"), { receivedAt: 0 }));
    assert.deepEqual(JSON.parse(printed.toString()), {
      CAN_COMPILE: false,
      decoded: JSON.parse(JSON.stringify(expected)),
    });
  });

  it("is also one whose layout comes when there are too many to keep, read step by step", () => {
    const { fast, context } = WAYS.get("as the catalogue has it") ?? assert.fail();
    const own = new FastReader(fast.reading);
    const way = { fast: own, context };
    const frame = (id: number, value: number) =>
      encodeFrame([
        { type: 2, imei: DEVICES[0] },
        {
          type: 1,
          time: 1_795_000_000,
          values: [0x3000, id].map((one) => ({ id: one, valueType: 5, value })),
        },
      ]);
    const read = Array.from({ length: 6000 }, (_, at) => isFast(frame(0x3001 + at, at), way));
    assert.equal(read.indexOf(false), MOST_PLANS);
    assert.ok(isFast(frame(0x3001, 7), way), "what is kept is read fast all the same");
    assert.ok(decodePayload(frame(0x3001 + 5999, 7), { receivedAt: 0 }).records.length === 1);
  });
});
