import assert from "node:assert/strict";
import { checkImei } from "../../src/model/imei";
import type { Telemetry } from "../../src/model/message";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { along, ROUTES } from "../../src/simulator/routes";
import { VirtualTracker } from "../../src/simulator/tracker";

const NOON = Date.UTC(2026, 10, 21, 12);

describe("virtual tracker", () => {
  const tracker = new VirtualTracker(3, ROUTES.varna);
  const at = (seconds: number): Telemetry => {
    const { records, error, warnings } = decodePayload(tracker.telemetry(NOON + seconds * 1000), {
      receivedAt: 0,
    });
    assert.deepEqual([error, warnings, records.length], [undefined, [], 1]);
    return records[0] as Telemetry;
  };

  it("has an IMEI with a right check digit, each another one", () => {
    const imeis = Array.from({ length: 50 }, (_, index) => new VirtualTracker(index, ROUTES.varna).imei);
    assert.equal(new Set(imeis).size, 50);
    for (const imei of imeis) assert.equal(checkImei(imei), undefined);
  });

  it("drives the route, and the distance between readings fits its speed", () => {
    for (let seconds = 0; seconds < 600; seconds += 5) {
      const [from, to] = [at(seconds), at(seconds + 5)];
      const metres = ((to.attributes.odometer as number) - (from.attributes.odometer as number)) * 1000;
      const most = (45 / 3.6) * 5;
      assert.ok(metres >= 0 && metres <= most + 0.01, `${metres} m`);
      const north = ((to.position?.latitude ?? 0) - (from.position?.latitude ?? 0)) * 111_320;
      assert.ok(Math.abs(north) <= most + 1, `${north} m north`);
    }
  });

  it("stands in between, with the ignition off", () => {
    const states = Array.from({ length: 40 }, (_, index) => at(index * 5));
    assert.ok(
      states.some(({ attributes, position }) => attributes.ignition === true && position?.speed === 45),
    );
    assert.ok(
      states.some(({ attributes, position }) => attributes.ignition === false && position?.speed === 0),
    );
  });

  it("sends events", () => {
    const { records } = decodePayload(tracker.event(NOON, 4, "FT2P"), { receivedAt: 0 });
    assert.deepEqual(records, [
      {
        schema: 1,
        kind: "event",
        protocol: "iotm",
        imei: tracker.imei,
        time: NOON,
        receivedAt: 0,
        event: { function: 0, code: 4, data: "46543250", text: "FT2P" },
      },
    ]);
  });
});

describe("routes", () => {
  it("begin again after a loop", () => {
    assert.deepEqual(along(ROUTES.hamburg, 0).point, ROUTES.hamburg[0]);
  });
  it("have courses from 0 to 359", () => {
    for (const route of Object.values(ROUTES)) {
      for (let metres = 0; metres < 10_000; metres += 100) {
        const { course } = along(route, metres);
        assert.ok(Number.isInteger(course) && course >= 0 && course < 360);
      }
    }
  });
});
