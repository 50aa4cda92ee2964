import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Format, FormatSubject, Made, TellableRecord } from "../../src/formats/format";
import { termsAs } from "../../src/formats/format";
import { FORMATS, settingsOf } from "../../src/formats/index";
import { EVENT_TYPE_NAMES, makeEvent } from "../../src/model/events";
import { VOCABULARY } from "../../src/model/vocabulary";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { FAULT_LEVELS } from "../../src/simulator/faults";
import { VirtualFleet } from "../../src/simulator/fleet";
import { plannedDevices } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { ROUTES } from "../../src/simulator/routes";
import { VECTORS } from "../support/vectors";
import { RULES } from "./rules";

const TIME = Date.UTC(2026, 10, 26, 12, 0, 1);
const IMEI = "869595061374194";
const BASE: TellableRecord = {
  schema: 1,
  kind: "telemetry",
  protocol: "iotm",
  imei: IMEI,
  receivedAt: TIME,
  time: TIME,
  position: {
    valid: true,
    latitude: 43.2,
    longitude: 27.9,
    altitude: 210,
    speed: 43,
    course: 0,
    satellites: 12,
    hdop: 1,
  },
  attributes: {},
  sensors: {},
};

const make = (format: Format, subject: FormatSubject): Made => format.make(subject, settingsOf(format));

/** A value in the middle of what a term can be. */
function example({ type, range, values }: (typeof VOCABULARY)[number]): boolean | number | string {
  if (type === "boolean") return true;
  if (type === "number") return range === undefined ? 1 : (range[0] + range[1]) / 2;
  return values?.[0] ?? "text";
}

const fromVectors = VECTORS.flatMap(
  ({ hex, topic }) => decodePayload(Buffer.from(hex, "hex"), { receivedAt: TIME, topic }).records,
).filter((record): record is TellableRecord => record.kind !== "file" && record.imei !== null);

function anHourOfTheFleet(): TellableRecord[] {
  const records: TellableRecord[] = [];
  const fleet = new VirtualFleet({
    devices: plannedDevices({ car: 2, carWithoutCan: 1, lorry: 2, trailer: 1, light: 1, xtcu: 0 }),
    routes: [new Route(ROUTES.varna)],
    seed: "formats",
    start: TIME,
    interval: 10,
    eventsPerHour: 20,
    faults: FAULT_LEVELS.off,
  });
  fleet.advance(TIME + 3_600_000, ({ payload }) => {
    const { records: found } = decodePayload(payload as Uint8Array, { receivedAt: TIME });
    for (const record of found) if (record.kind !== "file") records.push(record as TellableRecord);
  });
  return records;
}

const FASTEST = { speed: 500, course: 360, altitude: 20_000, satellites: 100 };
const ODD_POSITIONS = [
  { valid: true, latitude: 90, longitude: 180, ...FASTEST },
  { valid: true, latitude: -90, longitude: -180, ...FASTEST },
  { valid: true, latitude: 0, longitude: 0.001 },
  { valid: false, latitude: 43, longitude: 27, ...FASTEST },
  { valid: false, latitude: null, longitude: null },
  undefined,
];

/** Written by the targets' documents, not by running the code. */
const PINNED = JSON.parse(readFileSync("test/vectors/formats/one-record.json", "utf8"));

describe("formats", () => {
  for (const [id, messages] of Object.entries(PINNED.expected))
    it(`${id} says a record as its documents have it`, () => {
      const format = FORMATS.find((one) => one.id === id) as Format;
      assert.deepEqual(make(format, PINNED).messages, messages);
    });

  it("have a name and rules each", () => {
    assert.deepEqual(
      FORMATS.map(({ id }) => id),
      Object.keys(RULES).sort(
        (a, b) => FORMATS.findIndex(({ id }) => id === a) - FORMATS.findIndex(({ id }) => id === b),
      ),
    );
  });

  for (const format of FORMATS) {
    describe(format.id, () => {
      const check = RULES[format.id] as NonNullable<(typeof RULES)[string]>;

      it("says or expressly leaves out every name of the vocabulary", () => {
        for (const term of VOCABULARY) {
          const record = { ...BASE, attributes: { [term.key]: example(term) } } as TellableRecord;
          const { values, leftOut } = termsAs(record, format.names);
          const isElsewhere = format.names.elsewhere.includes(term.key);
          assert.equal(Object.keys(values).length + leftOut.length + Number(isElsewhere), 1, term.key);
          for (const message of make(format, { record }).messages) check(message);
        }
        for (const name of Object.keys(format.names.named))
          assert.ok(
            VOCABULARY.some(({ key }) => key === name),
            `${name} is in the vocabulary`,
          );
      });

      it("has no two values under one name", () => {
        const attributes = Object.fromEntries(VOCABULARY.map((term) => [term.key, example(term)]));
        const { values, leftOut } = termsAs({ ...BASE, attributes } as TellableRecord, format.names);
        assert.equal(
          Object.keys(values).length + leftOut.length + format.names.elsewhere.length,
          VOCABULARY.length,
        );
      });

      it("says every event as its rules have it", () => {
        for (const type of EVENT_TYPE_NAMES) {
          const event = makeEvent(type, "derived", { fence: "Depot", output: 1, state: "on" });
          const record = { ...BASE, kind: "event", event } as TellableRecord;
          const { messages } = make(format, { record });
          assert.ok(messages.length > 0, type);
          for (const message of messages) check(message);
        }
      });

      it("makes of all vectors, and of an hour of the simulated fleet, what its rules allow, and drops none in silence", () => {
        const records = [...fromVectors, ...anHourOfTheFleet()];
        assert.ok(records.length > 1000);
        for (const record of records) {
          const { messages, leftOut } = make(format, { record });
          for (const message of messages) check(message);
          assert.ok(messages.length > 0 || leftOut.some(({ path }) => path === ""), JSON.stringify(record));
        }
      });

      for (const position of ODD_POSITIONS)
        it(`says ${JSON.stringify(position)} as its rules allow`, () => {
          const record = { ...BASE, attributes: { ignition: true }, position } as TellableRecord;
          for (const message of make(format, { record }).messages) check(message);
        });

      it("changes nothing of what it was given", () => {
        const record = Object.freeze({ ...BASE, attributes: Object.freeze({ ignition: true }) });
        make(format, { record });
      });
    });
  }
});
