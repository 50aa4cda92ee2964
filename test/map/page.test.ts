import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { clustersOf, isClustered } from "../../nodes/map/page/clusters";
import { EventParser } from "../../nodes/map/page/event-stream";
import { ShownFleet } from "../../nodes/map/page/fleet";
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "../../nodes/map/page/mercator";
import { isMapPath } from "../../src/map/map-path";
import { DRIVING, type FleetEvent, type MapRow, OFFLINE, STANDING, VEHICLE_STATES } from "../../src/map/wire";
import { randomOf } from "../support/seed";

const KB = 1024;

describe("the map's page", () => {
  it("weighs at most 170 KB, packed, with its style and without what is fetched later", () => {
    const read = (file: string) => readFileSync(`resources/map/${file}`, "utf8");
    const withParts = (file: string): string[] => {
      const parts = [...read(file).matchAll(/\bfrom\s*"\.\/([\w-]+\.js)"|\bimport\s*"\.\/([\w-]+\.js)"/g)];
      return [file, ...parts.flatMap(([, part, other]) => withParts(part ?? other ?? ""))];
    };
    const files = [...new Set(["index.html", "page.css", ...withParts("page.js")])];
    const sizes = files.map((file) => gzipSync(read(file)).length);
    assert.ok(files.length > 3 && !files.some((file) => file.startsWith("fences")), files.join());
    assert.ok(sizes.reduce((sum, size) => sum + size) <= 170 * KB, sizes.join(" + "));
  });

  it("has the same texts in both languages, with the same gaps", () => {
    const [en, de] = ["en", "de"].map(
      (language): Record<string, string> =>
        JSON.parse(readFileSync(`nodes/map/page/texts/${language}.json`, "utf8")),
    ) as [Record<string, string>, Record<string, string>];
    assert.deepEqual(Object.keys(de), Object.keys(en));
    const gaps = (text = "") => (text.match(/\{\w+\}/g) ?? []).toSorted();
    for (const key of Object.keys(en)) assert.deepEqual(gaps(de[key]), gaps(en[key]), key);
  });

  it("has every text that is asked for by name, and no other", () => {
    const texts = Object.keys(JSON.parse(readFileSync("nodes/map/page/texts/en.json", "utf8")));
    const source = globSync("nodes/map/page/*.ts")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const named = (call: string) =>
      [...source.matchAll(new RegExp(`\\b${call}\\(\\s*"(\\w+)"`, "g"))].map(([, key]) => key as string);
    const counted = named("pageCounted").flatMap((key) => [`${key}_one`, `${key}_other`]);
    const asked = [...named("pageText"), ...counted, ...VEHICLE_STATES];
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((key) => !texts.includes(key)),
      [],
    );
    // Those that are chosen from a table stand there as words of their own, as do codes of what can be wrong; the server
    // has some by itself.
    const codes = globSync("src/{alarms,fences}/*.ts").map((file) => readFileSync(file, "utf8"));
    const words = [source, ...codes].join("\n").match(/\w+/g) ?? [];
    const known = new Set([
      ...asked,
      ...words,
      "title",
      "refused",
      "refusedTitle",
      "shareEnded",
      "shareLimited",
    ]);
    assert.deepEqual(
      texts.filter((key) => !key.split(".").every((part) => known.has(part))),
      [],
    );
  });

  it("has the notice of everything that is bundled into it", async () => {
    const notices = readFileSync("THIRD-PARTY.md", "utf8");
    const { metafile } = await build({
      entryPoints: ["nodes/map/page/main.ts"],
      outdir: "none",
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
    });
    const names = Object.keys(metafile.inputs).flatMap(
      (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    );
    assert.ok(names.length > 50);
    for (const name of [...new Set(names), "Natural Earth", "GeoNames"])
      assert.match(notices, new RegExp(`^(### |- \\*\\*)${name}`, "m"), name);
  });

  it("loads nothing from another host, and has no style or script in its text", () => {
    const html = readFileSync("nodes/map/page/index.html", "utf8");
    assert.doesNotMatch(html, /https?:|\sstyle=|\son\w+=|<style|<script>/);
  });
});

describe("a map's path", () => {
  for (const [path, fits] of [
    ["/fleet", true],
    ["/my/fleet", true],
    ["/~me/fleet-2.0", true],
    ["fleet", false],
    ["/", false],
    ["/fleet/", false],
    ["//fleet", false],
    ["/a/../b", false],
    ["/.git", false],
    ["/flott ä", false],
    ["/a?b", false],
    ["/a%2fb", false],
    [`/${"a".repeat(100)}`, false],
    ["/a".repeat(9), false],
    ["", false],
  ] as const) {
    it(`${path} is ${fits ? "" : "not "}one`, () => assert.equal(isMapPath(path), fits));
  }
});

describe("server-sent events", () => {
  it("are read whole, however they are cut", () => {
    const sent = ': here\n\nevent: fleet\ndata: {"a":1}\n\nevent: fleet\ndata: {"b":"é\\n"}\n\n';
    for (let size = 1; size < sent.length; size++) {
      const parser = new EventParser();
      const got: string[] = [];
      for (let at = 0; at < sent.length; at += size) got.push(...parser.push(sent.slice(at, at + size)));
      assert.deepEqual(got, ["", '{"a":1}', '{"b":"é\\n"}'], `${size}`);
    }
  });
});

describe("the page's fleet", () => {
  const row = (
    id: number,
    rest: { state?: number; until?: number | null; longitude?: number | null } = {},
  ): MapRow => {
    const { state = DRIVING, until = null, longitude = 25 } = rest;
    return [
      id,
      state,
      until,
      1000,
      longitude,
      longitude === null ? null : 54,
      50,
      90,
      1000,
      `car ${id}`,
      "",
      "",
      "",
    ];
  };
  const event = (rows: MapRow[], rest: Partial<FleetEvent> = {}): FleetEvent => ({
    epoch: "e",
    revision: 1,
    now: Date.now(),
    full: false,
    rows,
    removed: [],
    ...rest,
  });

  it("takes all, what is new and what has gone", () => {
    const fleet = new ShownFleet();
    fleet.take(event([row(0), row(1), row(700)], { full: true }), true);
    assert.deepEqual([...fleet.ids()], [0, 1, 700]);
    fleet.take(event([row(2)], { removed: [0] }), true);
    assert.deepEqual([[...fleet.ids()], fleet.count], [[1, 2, 700], 3]);
    fleet.take(event([row(2)], { full: true }), true);
    assert.deepEqual([[...fleet.ids()], fleet.count], [[2], 1]);
    assert.ok(Math.abs(longitudeOf(fleet.x[2] as number) - 25) < 1e-9);
    assert.ok(Math.abs(latitudeOf(fleet.y[2] as number) - 54) < 1e-9);
  });

  it("keeps a name where a row has none", () => {
    const fleet = new ShownFleet();
    fleet.take(event([row(0)], { full: true }), true);
    fleet.take(event([row(0).slice(0, 9) as unknown as MapRow]), true);
    assert.equal(fleet.vehicles[0]?.name, "car 0");
  });

  it("lets what drove stand when its time is over, by the server's clock", () => {
    const fleet = new ShownFleet();
    const now = Date.now() + 3_600_000;
    fleet.take(
      event([row(0, { until: now + 60_000 }), row(1, { until: now - 1 }), row(2, { state: OFFLINE })], {
        now,
      }),
      true,
    );
    assert.deepEqual(
      [0, 1, 2].map((id) => fleet.state(id)),
      [DRIVING, STANDING, OFFLINE],
    );
  });

  it("slides to a near place, jumps to a far one, and has none where there is none", () => {
    const fleet = new ShownFleet();
    fleet.take(event([row(0), row(1), row(2, { longitude: null })], { full: true }), true);
    assert.deepEqual([fleet.hasPlace(0), fleet.hasPlace(2)], [true, false]);
    fleet.take(event([row(0, { longitude: 25.001 }), row(1, { longitude: 26 }), row(2)]), true);
    assert.deepEqual([...fleet.moving], [0]);
    assert.ok(Math.abs((fleet.x[1] as number) - mercatorX(26)) < 1e-6);
    assert.ok((fleet.x[0] as number) < mercatorX(25.001));
    fleet.step(performance.now() + 60_000);
    assert.deepEqual([fleet.x[0], [...fleet.moving]], [mercatorX(25.001), []]);
  });
});

describe("clusters", () => {
  const random = randomOf("clusters");
  const many = (count: number, spread: number) => {
    const points = Array.from(
      { length: count },
      () => [25 + random() * spread, 54 + random() * spread] as const,
    );
    const x = points.map(([longitude]) => mercatorX(longitude));
    const y = points.map(([, latitude]) => mercatorY(latitude));
    return { x, y, state: (id: number) => id % 4, ids: points.map((_, id) => id) };
  };

  it("have every vehicle once, and count their states", () => {
    for (const spread of [0.001, 0.1, 5]) {
      const places = many(500, spread);
      const { clusters, singles } = clustersOf(places.ids, places, 8);
      const members = clusters.flatMap(({ members }) => [...members]);
      assert.deepEqual(
        [...members, ...singles].toSorted((a, b) => a - b),
        places.ids,
      );
      for (const { count, states, members } of clusters) {
        assert.ok(count >= 4 && count === members.length);
        assert.equal(
          states.reduce((sum, one) => sum + one),
          count,
        );
      }
    }
  });

  it("are the same wherever the map is moved to: they depend on whole zooms alone", () => {
    const places = many(500, 2);
    const sizes = (zoom: number) => clustersOf(places.ids, places, zoom).clusters.map(({ count }) => count);
    assert.deepEqual(sizes(8), sizes(8.9));
    assert.notDeepEqual(sizes(8), sizes(9));
  });

  it("come where the map is far away, or too many are in view", () => {
    assert.deepEqual([isClustered(8, 5), isClustered(13, 5), isClustered(13, 5000)], [true, false, true]);
  });
});
