// 5,000 simulated devices: what a second of theirs costs, and what they take.
import { FAULT_LEVELS } from "../../../src/simulator/faults";
import { VirtualFleet } from "../../../src/simulator/fleet";
import { plannedDevices } from "../../../src/simulator/plan";
import { Route } from "../../../src/simulator/route";
import { ROUTES } from "../../../src/simulator/routes";
import { area, inTurn, memoryOf, ratios, timed } from "../frame";

const COUNTS = { car: 2500, carWithoutCan: 500, lorry: 1000, trailer: 250, light: 250, xtcu: 500 };
const DEVICES = plannedDevices(COUNTS);
const START = Date.UTC(2026, 0, 1);
const ROUTES_MADE = Object.values(ROUTES).map((points) => new Route(points));

/** A fleet that has driven for a minute. */
function fleet(interval: number): VirtualFleet {
  const made = new VirtualFleet({
    devices: DEVICES,
    routes: ROUTES_MADE,
    seed: "bench",
    start: START,
    interval,
    eventsPerHour: 2,
    faults: FAULT_LEVELS.little,
  });
  made.advance(START + 60_000, () => undefined);
  return made;
}

const second = (one: VirtualFleet): (() => number) =>
  timed(20, () => one.advance(one.time + 1000, () => undefined));

export const AREA = area("simulator", async (report) => {
  const { driving, reporting } = await inTurn({
    driving: second(fleet(86_400)),
    reporting: second(fleet(10)),
  });
  report.add(
    "driving",
    driving.map((µs) => µs / 1000),
  );
  report.add("reporting", ratios(reporting, driving));
  report.add("memory", [memoryOf(() => fleet(10)) / DEVICES.length]);
});
