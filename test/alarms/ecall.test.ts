import assert from "node:assert/strict";
import type { AlarmMessage } from "../../src/alarms/alarm";
import { ecallOf } from "../../src/alarms/ecall";

const PLACE = { latitude: -33.8, longitude: 151.2 };
const alarm = (more: object) =>
  ({
    alarm: "crash",
    past: false,
    revision: 3,
    begin: 1_768_478_439_999,
    position: PLACE,
    ...more,
  }) as AlarmMessage;
const vehicle = { vin: "WVWZZZ1KZAW000001", fix: { ...PLACE, course: 359.5 } };

describe("eCall", () => {
  it("a crash has what EN 15722 wants of it, in its units", () => {
    assert.deepEqual(ecallOf(alarm({}), vehicle), {
      messageIdentifier: 3,
      control: { automaticActivation: true, testCall: false, positionCanBeTrusted: true },
      vehicleIdentificationNumber: "WVWZZZ1KZAW000001",
      timestamp: 1_768_478_439,
      vehicleLocation: { positionLatitude: -121_680_000, positionLongitude: 544_320_000 },
      vehicleDirection: 0,
    });
  });

  it("says unknown in the standard's words, and never more than its ranges", () => {
    const found = ecallOf(alarm({ position: null, revision: 900 }), vehicle);
    assert.equal(found?.messageIdentifier, 255);
    assert.equal(found?.control.positionCanBeTrusted, false);
    assert.deepEqual(found?.vehicleLocation, {
      positionLatitude: 2_147_483_647,
      positionLongitude: 2_147_483_647,
    });
    assert.equal(found?.vehicleDirection, 255);
    const moved = { ...vehicle, fix: { latitude: -33.9, longitude: 151.2, course: 90 } };
    assert.equal(ecallOf(alarm({}), moved)?.vehicleDirection, 255, "the course is of another place");
  });

  it("is of emergencies alone, and not of what was long over", () => {
    assert.equal(ecallOf(alarm({ alarm: "overspeed" }), vehicle), undefined);
    assert.equal(ecallOf(alarm({ alarm: "constructor" }), vehicle), undefined);
    assert.equal(ecallOf(alarm({ past: true }), vehicle), undefined);
    assert.equal(ecallOf(alarm({ alarm: "panic" }), vehicle)?.control.automaticActivation, false);
  });
});
