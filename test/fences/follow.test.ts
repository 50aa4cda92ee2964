import assert from "node:assert/strict";
import { areaOf } from "../../src/fences/area";
import type { Fence } from "../../src/fences/fence";
import { FenceIndex } from "../../src/fences/fence-index";
import { type FenceTrack, type FenceTransition, followFences, NO_FENCE_TRACK } from "../../src/fences/follow";
import { readFence } from "../../src/fences/read-fence";
import { type FenceFix, Way } from "../../src/fences/way";
import { earthPointOf } from "../../src/model/earth";
import { fencesAround, REGIONS, randomPlace } from "../support/fences";
import { IMEI, OTHER } from "../support/registry";
import { randomOf } from "../support/seed";
import { share } from "../support/share";

const START = Date.UTC(2026, 0, 12, 12);
const VAN = { imei: IMEI, group: "vans" };
/** Metres of a degree of longitude at the equator. */
const DEGREE = 111_319.49;

const fence = (given: Record<string, unknown> = {}): Fence => {
  const input = readFence({
    name: "Yard",
    kind: "circle",
    center: { latitude: 0, longitude: 0 },
    radius: 1000,
    outerEdge: 0,
    ...given,
  });
  return { id: "f", ...input, createdAt: 0, changedAt: 0 };
};

/** A fix so many seconds after the start, so many metres east of the middle. */
const fix = (seconds: number, east: number, north = 0): FenceFix => ({
  time: START + seconds * 1000,
  latitude: north / 110_574.3,
  longitude: east / DEGREE,
});

function follow(
  fences: readonly Fence[],
  fixes: readonly FenceFix[],
  subject = VAN,
  track: FenceTrack = NO_FENCE_TRACK,
): FenceTransition[] {
  const index = new FenceIndex(fences);
  let now = track;
  return fixes.flatMap((one) => {
    const step = followFences(now, one, subject, index);
    now = step.track;
    return step.transitions;
  });
}

/** "entered 500": what, and how many seconds after the start. */
const said = (transitions: readonly FenceTransition[]) =>
  transitions.map(({ kind, time }) => `${kind} ${Math.round((time - START) / 1000)}`);

describe("what a device does at fences", () => {
  it("enters and leaves, with time and place of the edge", () => {
    const transitions = follow([fence()], [fix(0, -2000), fix(100, 0), fix(200, 2000)]);
    assert.deepEqual(said(transitions), ["entered 50", "left 150"]);
    const [entered, left] = transitions;
    assert.ok(Math.abs((entered?.longitude ?? 0) * DEGREE + 1000) < 0.1, `${entered?.longitude}`);
    assert.ok(Math.abs((left?.longitude ?? 0) * DEGREE - 1000) < 0.1, `${left?.longitude}`);
    assert.deepEqual(
      [entered?.after, left?.after],
      [START, START + 100_000],
      "it was between this fix and the next",
    );
  });

  it("crosses between sparse fixes, also a corner of it, and an edge that it only comes near to it does not", () => {
    assert.deepEqual(said(follow([fence()], [fix(0, -10_000), fix(1000, 10_000)])), [
      "entered 450",
      "left 550",
    ]);
    assert.deepEqual(
      follow([fence()], [fix(0, -10_000, 999), fix(1000, 10_000, 999)]).map(({ kind }) => kind),
      ["entered", "left"],
    );
    assert.deepEqual(follow([fence()], [fix(0, -10_000, 1001), fix(1000, 10_000, 1001)]), []);
  });

  it("crosses what is thin on a long way, and each of many", () => {
    const thin = Array.from({ length: 20 }, (_, index): Fence => {
      const longitude = (index * 4000 + 777) / DEGREE;
      const points = [-1, 1].map((latitude) => ({ latitude, longitude }));
      const { center: _center, radius: _radius, ...rules } = fence() as Extract<Fence, { kind: "circle" }>;
      return { ...rules, id: `f${index}`, kind: "corridor", points, width: 3 };
    });
    const transitions = follow(thin, [fix(0, 0), fix(1000, 100_000)]);
    assert.equal(transitions.length, 40);
    assert.ok(transitions.every(({ kind }, at) => kind === (at % 2 === 0 ? "entered" : "left")));
  });

  it("is seen where it is, and nowhere between, after a long silence", () => {
    const hour = 3600;
    assert.deepEqual(follow([fence()], [fix(0, -10_000), fix(hour, 10_000)]), []);
    const transitions = follow([fence()], [fix(0, -10_000), fix(hour, 0), fix(3 * hour, 9000)]);
    assert.deepEqual(said(transitions), [`entered ${hour}`, `left ${3 * hour}`]);
    assert.equal(transitions[1]?.longitude, fix(0, 9000).longitude);
  });

  it("is entered where a device is seen for the first time, and nobody knows since when", () => {
    const [entered] = follow([fence()], [fix(0, 0), fix(10, 1)]);
    assert.deepEqual([entered?.kind, entered?.time, entered?.after], ["entered", START, null]);
  });

  it("with an inner and an outer edge, does not flutter between them", () => {
    const edges = fence({ innerEdge: 50, outerEdge: 100 });
    const drift = [1010, 990, 1040, 1090, 980, 1005];
    const parked = drift.map((east, at) => fix(100 + at, east));
    assert.deepEqual(follow([edges], parked), []);
    const transitions = follow([edges], [fix(0, 2000), fix(50, 0), ...parked, fix(200, 3000)]);
    assert.deepEqual(
      transitions.map(({ kind, longitude }) => `${kind} ${Math.round(longitude * DEGREE)}`),
      ["entered 950", "left 1100"],
    );
  });

  it("counts only after the dwell time, with the time of the edge; what is shorter is none", () => {
    const slow = fence({ dwell: 60 });
    const through = [fix(0, -2000), fix(10, -1500), fix(20, 1500), fix(30, 2000), fix(300, 2000)];
    assert.deepEqual(follow([slow], through), []);
    const stay = [fix(0, -2000), fix(10, 0), fix(64, 0), fix(66, 0), fix(100, 0)];
    const index = new FenceIndex([slow]);
    let track = NO_FENCE_TRACK;
    const told = stay.map((one) => {
      const step = followFences(track, one, VAN, index);
      track = step.track;
      return said(step.transitions).join();
    });
    assert.deepEqual(told, ["", "", "", "entered 5", ""]);
    const jump = [fix(110, 5000), fix(120, 0), fix(200, 0)];
    assert.deepEqual(follow([slow], jump, VAN, track), [], "a jump out of it for some seconds");
  });

  it("tells once that it is inside for too long, also where it leaves right after", () => {
    const short = fence({ maxStay: 600 });
    const stay = [fix(0, 0), fix(300, 10), fix(900, 20), fix(1200, 20)];
    assert.deepEqual(said(follow([short], stay)), ["entered 0", "overstayed 600"]);
    const leaves = [fix(0, 0), fix(599, 0), fix(1199, 6000)];
    assert.deepEqual(said(follow([short], leaves)), ["entered 0", "overstayed 600", "left 699"]);
    const inTime = [fix(0, 0), fix(400, 0), fix(500, 5000), fix(2000, 5000)];
    assert.deepEqual(said(follow([short], inTime)), ["entered 0", "left 420"]);
    assert.deepEqual(
      said(follow([short], [fix(0, 0), fix(300, 0), fix(30_000, 90_000)])),
      ["entered 0", "left 30000"],
      "after a silence nobody knows",
    );
  });

  it("is for its groups and devices alone", () => {
    const drive = [fix(0, -2000), fix(100, 0)];
    const count = (given: object, subject = VAN) => follow([fence({ ...given })], drive, subject).length;
    assert.deepEqual(
      [
        count({ groups: ["vans"] }),
        count({ groups: ["lorries"] }),
        count({ devices: [IMEI] }),
        count({ devices: [OTHER] }),
        count({ groups: ["lorries"], devices: [IMEI] }),
        count({ groups: ["vans"] }, { imei: OTHER, group: "" }),
      ],
      [1, 0, 1, 0, 1, 0],
    );
  });

  it("counts within its hours alone: who is inside when they begin enters then, and leaves at their end", () => {
    // 12 January 2026 is a Monday; 12:00 UTC is 13:00 in Berlin.
    const hours = (days: number[], from: string, to: string, timeZone = "Europe/Berlin") =>
      fence({ schedule: { days, from, to, timeZone } });
    const parked = Array.from({ length: 13 }, (_, hour) => fix(hour * 1200, hour));
    assert.deepEqual(said(follow([hours([1], "14:00", "15:30")], parked)), ["entered 3600", "left 9000"]);
    assert.deepEqual(follow([hours([2], "14:00", "15:30")], parked), []);
    assert.deepEqual(said(follow([hours([7], "22:00", "14:00")], parked)), ["entered 0", "left 3600"]);
    assert.deepEqual(said(follow([hours([1], "00:00", "24:00")], parked)), ["entered 0"]);
    assert.deepEqual(said(follow([hours([1], "09:00", "10:00", "America/New_York")], parked)), [
      "entered 7200",
      "left 10800",
    ]);
    const through = [fix(3500, -3000), fix(3700, 3000)];
    assert.deepEqual(said(follow([hours([1], "14:00", "15:30")], through)), ["entered 3600", "left 3633"]);
  });

  it("of a fence that is drawn round a standing vehicle, only what is now is told", () => {
    const drawn = { ...fence(), createdAt: START + 50_000, changedAt: START + 50_000 };
    const { track } = followFences(NO_FENCE_TRACK, fix(0, 0), VAN, new FenceIndex([]));
    assert.deepEqual(said(follow([drawn], [fix(100, 10)], VAN, track)), ["entered 100"]);
  });

  it("forgets a fence that is gone, without a word", () => {
    const index = new FenceIndex([fence()]);
    const { track } = followFences(NO_FENCE_TRACK, fix(0, 0), VAN, index);
    const step = followFences(track, fix(10, 0), VAN, new FenceIndex([]));
    assert.deepEqual([step.transitions, step.track.stays], [[], []]);
  });

  it("takes nothing that is not newer than the last", () => {
    const index = new FenceIndex([fence()]);
    const { track } = followFences(NO_FENCE_TRACK, fix(10, 0), VAN, index);
    for (const late of [fix(10, 5000), fix(0, 5000)])
      assert.deepEqual(followFences(track, late, VAN, index), { track, transitions: [] });
  });

  it("enters a circle on the date line, one on the pole, and a polygon over the date line", () => {
    const place = (seconds: number, longitude: number, latitude: number): FenceFix => ({
      time: START + seconds * 1000,
      latitude,
      longitude,
    });
    const dateLine = fence({ center: { latitude: 0, longitude: 180 } });
    const east = [place(0, 179.9, 0), place(100, -179.9, 0)];
    assert.deepEqual(said(follow([dateLine], east)), ["entered 46", "left 54"]);
    const pole = fence({ center: { latitude: 90, longitude: 0 } });
    assert.deepEqual(said(follow([pole], [place(0, 20, 89.9), place(100, -160, 89.9)])), [
      "entered 46",
      "left 54",
    ]);
    assert.deepEqual(follow([pole], [place(0, 20, 89.9), place(100, 25, 89.9)]), []);
    const corners = [179.99, -179.99].flatMap((longitude) => [
      { latitude: longitude > 0 ? -1 : 1, longitude },
      { latitude: longitude > 0 ? 1 : -1, longitude },
    ]);
    const { center: _, radius: __, ...rules } = fence() as Extract<Fence, { kind: "circle" }>;
    const box: Fence = { ...rules, kind: "polygon", points: corners };
    assert.deepEqual(said(follow([box], east)), ["entered 45", "left 55"]);
  });
});

describe("what a device does at fences, at random", () => {
  const drive = (region: (typeof REGIONS)[number], random: () => number): FenceFix[] => {
    let [time, at] = [START, randomPlace(region, random)];
    return Array.from({ length: 40 }, () => {
      time += 1000 + Math.floor(random() * (random() < 0.1 ? 4_000_000 : 120_000));
      const isStanding = random() < 0.3;
      const step = isStanding ? 0 : region.reach * 0.2 * random() ** 2;
      at = isStanding
        ? at
        : {
            latitude: Math.max(-90, Math.min(90, at.latitude + (random() - 0.5) * step)),
            longitude: ((at.longitude + (random() - 0.5) * step + 540) % 360) - 180,
          };
      return { time, ...at };
    });
  };
  const rules = (random: () => number) => (): object => ({
    dwell: random() < 0.5 ? 0 : Math.floor(random() * 200),
    maxStay: random() < 0.5 ? null : 60 + Math.floor(random() * 1000),
    innerEdge: 0,
    outerEdge: random() < 0.5 ? 0 : random() * 50,
    schedule:
      random() < 0.7 ? null : { days: [1, 2], from: "12:20", to: "14:00", timeZone: "Europe/Vilnius" },
  });

  for (const region of REGIONS) {
    it(`is the same wherever it is cut by a restart, and is told in turns: ${region.name}`, () => {
      const random = randomOf(`follow ${region.name}`);
      let told = 0;
      // Of few runs none may come to a fence.
      for (let run = 0; run < share(100) || (told === 0 && run < 1000); run++) {
        const fences = fencesAround(region, 40, random, rules(random));
        const fixes = drive(region, random);
        const whole = follow(fences, fixes);
        told += whole.length;
        let track = NO_FENCE_TRACK;
        const cut = fixes.flatMap((one) => {
          // Saved, read again, with fences that are read again.
          const index = new FenceIndex(JSON.parse(JSON.stringify(fences)));
          const step = followFences(JSON.parse(JSON.stringify(track)), one, VAN, index);
          track = step.track;
          return step.transitions;
        });
        assert.deepEqual(cut, whole);
        for (const { id } of fences) {
          const kinds = whole
            .filter(({ fence: of }) => of === id)
            .map(({ kind }) => kind)
            .join(" ");
          assert.match(kinds, /^(entered( overstayed)? left ?)*(entered( overstayed)?)?$/, kinds);
        }
      }
      assert.ok(told > 0);
    });

    it(`misses nothing that a way goes through: ${region.name}`, () => {
      const random = randomOf(`through ${region.name}`);
      const small = { ...region, reach: Math.min(region.reach, 0.5) };
      const fences = fencesAround(small, 40, random, () => ({ outerEdge: 0 }));
      const [areas, index] = [fences.map(areaOf), new FenceIndex(fences)];
      /** Fences of which one of many places on the way is clearly inside. */
      const through = (way: Way) =>
        areas.filter((area) => {
          const metres = Array.from({ length: 301 }, (_, part) => way.distance(area, part / 300));
          return Math.min(...metres) < -1;
        });
      let count = 0;
      for (let run = 0; run < share(300); run++) {
        const from = { time: START, ...randomPlace(small, random) };
        const to = { time: START + 600_000, ...randomPlace({ ...from, name: "", reach: 0.05 }, random) };
        const { track, transitions } = followFences(NO_FENCE_TRACK, from, VAN, index);
        const more = followFences(track, to, VAN, index).transitions;
        const seen = new Set([...transitions, ...more].map((transition) => transition.fence));
        const missed = through(new Way(from, to)).filter(({ fence: { id } }) => !seen.has(id));
        count += seen.size;
        assert.deepEqual(
          missed.map(({ fence: one }) => one),
          [],
          JSON.stringify({ from, to }),
        );
      }
      assert.ok(count > 0);
    });

    it(`at each fix is inside what a search through all fences finds: ${region.name}`, () => {
      const random = randomOf(`inside ${region.name}`);
      const fences = fencesAround(region, 60, random, () => ({ outerEdge: 0 }));
      const [areas, index] = [fences.map(areaOf), new FenceIndex(fences)];
      for (let run = 0; run < share(200); run++) {
        let track = NO_FENCE_TRACK;
        for (const one of drive(region, random)) {
          track = followFences(track, one, VAN, index).track;
          const distances = areas.map((area) => area.distance(one, earthPointOf(one)));
          const inside = new Set(track.stays.filter(({ isInside }) => isInside).map((stay) => stay.fence));
          distances.forEach((metres, at) => {
            // Within a centimetre both are right.
            if (Math.abs(metres) > 0.02)
              assert.equal(inside.has(`f${at}`), metres < 0, `${metres} m of f${at}`);
          });
        }
      }
    });
  }
});
