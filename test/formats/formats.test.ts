import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Targets } from "../../nodes/format/targets";
import { ALARM_CHANGES } from "../../src/alarms/alarm";
import { ALARM_KIND_NAMES } from "../../src/alarms/kinds";
import type { Format, FormatSubject, Made, TellableRecord } from "../../src/formats/format";
import { LEFT_OUT_REASONS, termsAs } from "../../src/formats/format";
import { FORMATS, settingsOf } from "../../src/formats/index";
import { EVENT_TYPE_NAMES, EVENT_TYPES, makeEvent } from "../../src/model/events";
import { VOCABULARY } from "../../src/model/vocabulary";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { FAULT_LEVELS } from "../../src/simulator/faults";
import { VirtualFleet } from "../../src/simulator/fleet";
import { plannedDevices } from "../../src/simulator/plan";
import { Route } from "../../src/simulator/route";
import { ROUTES } from "../../src/simulator/routes";
import { VECTORS } from "../support/vectors";
import { ALARM, alarmOf, TRIP } from "./found";
import { receiverOf } from "./targets/of-format";

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

/** What the node tells of one message, to a target that knows nothing yet. */
const tellAll = ({ id }: Format, subjects: readonly FormatSubject[], targets = new Targets()): Made =>
  targets.tell({ format: id, topic: "", url: "", measurement: "" }, subjects);
const make = (format: Format, ...subjects: FormatSubject[]): Made => tellAll(format, subjects);

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

type Ends = [targets: Targets, receiver: ReturnType<typeof receiverOf>];

/** All that was said, in one text, to look for values in. */
const saidIn = ({ messages }: Made): string =>
  messages.map(({ payload }) => JSON.stringify(payload)).join("\n");

describe("formats", () => {
  for (const [id, messages] of Object.entries(PINNED.expected))
    it(`${id} says a record as its documents have it`, () => {
      const format = FORMATS.find((one) => one.id === id) as Format;
      assert.deepEqual(format.make(PINNED, settingsOf(format)).messages, messages);
    });

  for (const format of FORMATS) {
    describe(format.id, () => {
      /** Fails where the target would not take what it is told. */
      function told(
        subjects: readonly FormatSubject[],
        targets = new Targets(),
        receiver = receiverOf(format.id),
      ): Made {
        const made = tellAll(format, subjects, targets);
        for (const message of made.messages) {
          const { status, why } = receiver(JSON.parse(JSON.stringify(message)));
          assert.equal(status, 200, `${why}: ${JSON.stringify(message)}`);
        }
        for (const { path, why } of made.leftOut)
          assert.ok(typeof path === "string" && LEFT_OUT_REASONS[why] !== undefined, path);
        return made;
      }

      it("says or expressly leaves out every name of the vocabulary", () => {
        for (const term of VOCABULARY) {
          const record = { ...BASE, attributes: { [term.key]: example(term) } } as TellableRecord;
          const { values, leftOut } = termsAs(record, format.names);
          const isElsewhere = format.names.elsewhere.includes(term.key);
          assert.equal(Object.keys(values).length + leftOut.length + Number(isElsewhere), 1, term.key);
          told([{ record }]);
        }
        const named = [
          ...Object.keys(format.names.named),
          ...format.names.elsewhere,
          ...(format.names.without ?? []),
        ];
        assert.equal(new Set(named).size, named.length, "each once");
        for (const name of named)
          assert.ok(
            VOCABULARY.some(({ key }) => key === name),
            `${name} is in the vocabulary`,
          );
        if (format.names.others !== "leftOut") return;
        const forgotten = VOCABULARY.filter(({ key }) => !named.includes(key)).map(({ key }) => key);
        assert.deepEqual(forgotten, [], "neither named nor expressly left out");
      });

      it("has no two values under one name", () => {
        const attributes = Object.fromEntries(VOCABULARY.map((term) => [term.key, example(term)]));
        const { values, leftOut } = termsAs({ ...BASE, attributes } as TellableRecord, format.names);
        assert.equal(
          Object.keys(values).length + leftOut.length + format.names.elsewhere.length,
          VOCABULARY.length,
        );
      });

      it("says every event with each of its details, or leaves it out expressly", () => {
        for (const type of EVENT_TYPE_NAMES) {
          const details = Object.fromEntries(
            EVENT_TYPES[type].details.map((name) => [name, DETAILS[name] ?? `${name} of it`]),
          );
          const record = {
            ...BASE,
            kind: "event",
            event: makeEvent(type, "derived", details),
          } as TellableRecord;
          const made = told([{ record }]);
          assert.ok(made.messages.length > 0, type);
          const said = saidIn(made);
          for (const [name, value] of Object.entries(details))
            assert.ok(
              said.includes(String(value)) ||
                made.leftOut.some(
                  ({ path }) => path.toLowerCase().includes(name) || path === `event ${type}`,
                ),
              `${name} of ${type}: ${said}`,
            );
        }
      });

      it("says every fact of a trip, a stop and idling, or leaves it out expressly", () => {
        for (const kind of ["trip", "carried", "stop", "idling"] as const) {
          const trip = { ...TRIP.message, kind };
          const made = told([{ record: trip }]);
          assertFacts(made, kind, TRIP.facts);
        }
      });

      it("says every alarm with all that is known of it, or leaves it out expressly", () => {
        for (const kind of ALARM_KIND_NAMES)
          assertFacts(told([{ record: alarmOf(kind) }]), "alarm", ALARM.facts);
        for (const change of ALARM_CHANGES) {
          const { messages, leftOut } = told([{ record: { ...alarmOf("panic"), change } }]);
          assert.ok(messages.length > 0 || leftOut.some(({ path }) => path === "alarm"), change);
        }
      });

      it("takes nothing back that was told, and tells of no event twice where it happens twice then", () => {
        const event = { ...BASE, kind: "event", event: makeEvent("overspeed", "derived") } as TellableRecord;
        const { imei, id, revision, kind, start } = TRIP.message;
        const gone = { schema: 1, imei, id, revision, kind, start, change: "deleted" } as const;
        for (const record of [gone, { ...event, change: "deleted" } as const]) {
          const { messages, leftOut } = told([{ record }]);
          assert.deepEqual(
            [messages.length, leftOut[0]?.why === "itsOwn" || leftOut[0]?.why],
            [0, "takenBack"],
          );
        }
        const again = told([{ record: { ...event, change: "updated" } }]);
        assert.equal(again.messages.length > 0, !format.tellsEventsOnce);
      });

      it("makes of all vectors, and of an hour of the simulated fleet, what its rules allow, and drops none in silence", () => {
        const assertTold = (
          record: TellableRecord,
          targets = new Targets(),
          receiver = receiverOf(format.id),
        ) => {
          const { messages, leftOut } = told([{ record }], targets, receiver);
          assert.ok(messages.length > 0 || leftOut.some(({ path }) => path === ""), JSON.stringify(record));
        };
        // A fleet is told as it drives, and vectors each by itself, since they are of no one order.
        for (const record of fromVectors) assertTold(record);
        const ends: Ends = [new Targets(), receiverOf(format.id)];
        const fleet = anHourOfTheFleet();
        for (const record of fleet) assertTold(record, ...ends);
        assert.ok(fromVectors.length + fleet.length > 1000);
      });

      it("stores each record of the simulated fleet, or has said that it is not stored", () => {
        const targets = new Targets();
        const receiver = receiverOf(format.id);
        for (const record of anHourOfTheFleet()) {
          const { messages, leftOut } = tellAll(format, [{ record }], targets);
          const dropped = messages
            .map((message) => receiver(JSON.parse(JSON.stringify(message))))
            .filter(({ stored }) => !stored);
          if (dropped.length === 0) continue;
          assert.ok(
            leftOut.some(({ why }) => why === "notStored") ||
              dropped.every(({ why }) => why === "goes back in time"),
            JSON.stringify([dropped, record]),
          );
        }
      });

      for (const position of ODD_POSITIONS)
        it(`says ${JSON.stringify(position)} as its rules allow`, () => {
          const record = { ...BASE, attributes: { ignition: true }, position } as TellableRecord;
          told([{ record }]);
          told([{ record: { ...alarmOf("panic"), position: null } }]);
          const { start, end } = TRIP.message;
          const [begin, over] = [{ time: start.time }, { time: end.time }];
          told([{ record: { ...TRIP.message, start: begin, end: over } }]);
        });

      it("names that a user gave take nothing else's place", () => {
        const taken = {
          name: "x",
          speed: 5,
          time: 6,
          place: "y",
          event: "z",
          lat: 7,
          icon: true,
          deleted: false,
          ttl: 1,
        };
        const record = { ...BASE, attributes: taken } as TellableRecord;
        told([{ record, device: { name: "Car 1" } }]);
        const event = { ...record, kind: "event", event: makeEvent("panic", "device") } as TellableRecord;
        told([{ record: event, device: { name: "Car 1" } }]);
      });

      it("changes nothing of what it was given", () => {
        const record = Object.freeze({ ...BASE, attributes: Object.freeze({ ignition: true }) });
        make(
          format,
          { record },
          { record: Object.freeze(alarmOf("tow")) },
          { record: Object.freeze(TRIP.message) },
        );
      });
    });
  }

  for (const format of FORMATS.filter(({ document }) => document !== undefined))
    it(`${format.id} makes one document of a whole message, and says what it has no place for`, () => {
      const later = { ...BASE, time: TIME + 5000, attributes: { ignition: true } } as TellableRecord;
      const other = { ...BASE, imei: "869595061374202" } as TellableRecord;
      const subjects: FormatSubject[] = [later, BASE, other, TRIP.message, alarmOf("tow")].map((record) => ({
        record,
      }));
      const { messages, leftOut } = make(format, ...subjects);
      assert.equal(messages.length, 1);
      const text = String(messages[0]?.payload);
      const [places, tracks] = {
        gpx: [/<trkpt /g, /<trk>/g],
        kml: [/<gx:coord>/g, /<gx:MultiTrack>/g],
        csv: [/,telemetry,/g, /,telemetry,.*,869595061374202,/g],
      }[format.id] as [RegExp, RegExp];
      assert.equal([...text.matchAll(places)].length, 3);
      assert.equal([...text.matchAll(tracks)].length, format.id === "csv" ? 1 : 2);
      assert.equal(leftOut.length, format.id === "csv" ? 0 : 1);
      assert.deepEqual(
        make(format, { record: { kind: "status", imei: IMEI, change: "online", time: TIME } }),
        {
          messages: [],
          leftOut: [{ path: "", why: "kind" }],
        },
      );
    });
});

const DETAILS: Readonly<Record<string, unknown>> = {
  output: 3,
  state: "on",
  seconds: 4711,
  speed: 123.5,
  limit: 97.5,
  value: 0.875,
  of: "gnss",
  fence: "Depot 7",
};

/** Each fact has a value that no other has, so that it is found wherever it was put. */
function assertFacts(made: Made, kind: string, facts: Readonly<Record<string, unknown>>): void {
  if (made.messages.length === 0) {
    assert.ok(
      made.leftOut.some(({ path }) => path === kind),
      kind,
    );
    return;
  }
  const said = saidIn(made);
  for (const [name, value] of Object.entries(facts)) {
    const isSaid = said.includes(String(value)) || said.includes(new Date(Number(value) || 0).toISOString());
    assert.ok(
      isSaid || made.leftOut.some(({ path }) => path === `${kind} ${name}`),
      `${name} of ${kind}: ${said}`,
    );
  }
}
