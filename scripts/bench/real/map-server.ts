// A map's page with 10,000 devices, in a process of its own, so that nothing of the server is in what the browser does.
// 800 of them drive and report every second. At /crowd nothing is clustered.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import type { Express } from "express";
import type { PageSource } from "../../../nodes/map/page-source";
import { MapPlaces } from "../../../nodes/map/places";
import { readMapOptions } from "../../../nodes/map/settings";
import { SharedPages } from "../../../nodes/map/shared-pages";
import { Viewers } from "../../../nodes/map/viewers";
import type { MapDevice } from "../../../src/map/feed";
import { LiveStream } from "../../../src/map/live-stream";
import { RoadMap } from "../../../src/map/roads";
import { mapDevice, SampleFeed } from "../../../test/support/map-feed";
import { nodeRedRequire } from "../../../test/support/node-red";
import { listen } from "../../ports";

const DEVICES = 10_000;
const IN_TOWN = 8000;
const DRIVING = 800;
const TOWN = { latitude: 54.69, longitude: 25.28 };
/** Degrees: the town fits a screen at zoom 12, the others are all over the country. */
const TOWN_REACH = 0.07;
const COUNTRY_REACH = 1.5;
const HOUR_MS = 3_600_000;

class Crowd {
  readonly feed = new SampleFeed();
  private seconds = 0;

  constructor() {
    for (let n = 0; n < DEVICES; n++) this.feed.put(this.device(n));
  }

  /** A second later: those that drive have reported. */
  go(): void {
    this.seconds++;
    for (let n = 0; n < DRIVING; n++) this.feed.put(this.device(n));
  }

  /** Spread evenly, by the golden ratio; a driver goes round in a circle of some 300 m. */
  private device(n: number): MapDevice {
    const reach = n < IN_TOWN ? TOWN_REACH : COUNTRY_REACH;
    const part = (number: number): number => ((n * number) % 1) * 2 - 1;
    const angle = n < DRIVING ? n + this.seconds / 10 : 0;
    const now = Date.now();
    return mapDevice(String(350_000_000_000_000 + n), {
      name: `Van ${n}`,
      lastSeen: now,
      speedUntil: now + HOUR_MS,
      ignition: n < DRIVING,
      ignitionUntil: now + HOUR_MS,
      alarmSince: null,
      fix: {
        time: now,
        latitude: TOWN.latitude + part(0.618_033_988_7) * reach + 0.003 * Math.sin(angle),
        longitude: TOWN.longitude + part(0.754_877_666_2) * reach * 1.7 + 0.005 * Math.cos(angle),
        speed: n < DRIVING ? 50 : 0,
        course: n % 360,
      },
    });
  }
}

/** The page's script, which never clusters. */
async function crowdedScript(): Promise<string> {
  const unclustered: Plugin = {
    name: "unclustered",
    setup: (bundle) =>
      bundle.onLoad({ filter: /[\\/]page[\\/]clusters\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const contents = text.replace(/(function isClustered\(.*{)[^}]*}/, "$1 return false; }");
        if (contents === text) throw new Error(`${path} does not say whether to cluster any more.`);
        return { contents, loader: "ts" };
      }),
  };
  const { outputFiles } = await build({
    entryPoints: [join("nodes", "map", "page", "main.ts")],
    outdir: "none",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [unclustered],
  });
  return outputFiles.find(({ path }) => path.endsWith(".js"))?.text ?? "";
}

async function serve(): Promise<number> {
  const { feed } = crowd;
  const app = (nodeRedRequire("express") as () => Express)();
  const script = await crowdedScript();
  app.get("/crowd/page.js", (_, response) => void response.type("js").send(script));
  const places = new MapPlaces(app, () => undefined);
  const options = readMapOptions({});
  const stream = new LiveStream(feed, { groups: [] }, "bench", Date.now);
  const viewers = new Viewers(stream);
  const trails = { read: async () => [], events: async () => [] };
  const roads = new RoadMap(
    trails,
    () => [],
    () => 0,
    Date.now,
  );
  const tick = () => viewers.tick();
  const close = () => viewers.close();
  const none = () => undefined;
  const source: PageSource = {
    feed,
    trails,
    access: "local",
    options,
    stream,
    roads,
    viewers,
    shared: new SharedPages<PageSource>(none, () => source, Date.now),
    link: undefined,
    since: () => 0,
    fences: none,
    draws: false,
    mapsFolder: "none",
    fleet: none,
    tick,
    close,
  };
  for (const path of ["/fleet", "/crowd"]) places.add(path, source);
  setInterval(() => {
    crowd.go();
    viewers.tick();
  }, 1000);
  return listen(createServer(app), 0);
}

const crowd = new Crowd();
void serve().then((port) => process.send?.(port));
process.once("disconnect", () => process.exit());
