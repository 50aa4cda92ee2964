import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { imeiOf } from "../../src/simulator/plan";
import { SCREENSHOTS } from "../support/browser";
import { useEditorInBrowser } from "../support/editor-in-browser";
import { inOrder } from "../support/in-order";

const WORLDMAP = "node-red-contrib-web-worldmap";
const CAR = imeiOf("car", 181);
const TAB = "e18a000000000001";
const LEVEL = { id: "alarm-1", revision: 1, node: "n", rule: "r", level: "critical", alarm: "panic" };

/** The example that tells Traccar, told to tell worldmap; buttons that remove the car, and ring. */
function flows(): object[] {
  const nodes: { id: string; type: string; wires?: string[][] }[] = JSON.parse(
    readFileSync("examples/18-to-traccar.json", "utf8"),
  );
  const format = nodes.find(({ type }) => type === "tracker-format")?.id as string;
  const inject = (id: string, payload: object) => ({
    id,
    type: "inject",
    z: TAB,
    name: id,
    props: [{ p: "payload" }],
    payload: JSON.stringify(payload),
    payloadType: "json",
    once: false,
    x: 150,
    y: 400,
    wires: [[format]],
  });
  const about = { kind: "alarm", imei: CAR, name: "Panic", details: {}, begin: 1, time: 2 };
  const alarm = { ...about, ...LEVEL, position: { latitude: 43.21, longitude: 27.91 } };
  return [
    ...nodes.map((node) =>
      node.id === format ? { ...node, format: "worldmap", wires: [["worldmap"], []] } : node,
    ),
    {
      id: "worldmap",
      type: "worldmap",
      z: TAB,
      name: "",
      path: "/worldmap",
      layer: "OSMG",
      lat: "43.21",
      lon: "27.91",
      zoom: "12",
      maplist: "OSMG",
      overlist: "DR",
      x: 1000,
      y: 320,
      wires: [],
    },
    inject("ring", { ...alarm, change: "begin", state: "active" }),
    inject("over", { ...alarm, change: "end", state: "cleared" }),
  ];
}

/** What the map's page has as globals. */
interface Page {
  readonly markers?: Readonly<Record<string, { getPopup(): { getContent(): unknown } }>>;
}

describe("worldmap shows what tracker format says, in Chromium", function () {
  this.timeout(120_000);
  inOrder();
  const session = useEditorInBrowser(flows, async (userDir) => {
    const modules = join(userDir, "node_modules");
    await mkdir(modules, { recursive: true });
    await symlink(dirname(require.resolve(`${WORLDMAP}/package.json`)), join(modules, WORLDMAP));
  });

  it("has a marker of the car with its speed in km/h, and one of an alarm as long as it is active", async () => {
    const { browser, url } = session();
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    // The internet is away: no tiles.
    await page
      .context()
      .route(/^https?:/, (route) =>
        new URL(route.request().url()).origin === url ? route.continue() : route.abort(),
      );
    await page.goto(`${url}/worldmap/`);
    const markers = page.locator(".leaflet-marker-pane .leaflet-marker-icon");
    const named = (name: string) =>
      page.waitForFunction((wanted) => (globalThis as unknown as Page).markers?.[wanted] !== undefined, name);
    await markers.first().waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, "worldmap.png") });
    const press = (id: string) => fetch(`${url}/inject/${id}`, { method: "POST" });
    await named(CAR);
    await press("ring");
    await named(`${CAR}: Panic`);
    await press("over");
    await page.waitForFunction(
      (gone) => (globalThis as unknown as Page).markers?.[gone] === undefined,
      `${CAR}: Panic`,
    );
    const about = await page.evaluate(
      (name) => String((globalThis as unknown as Page).markers?.[name]?.getPopup().getContent()),
      CAR,
    );
    assert.match(about, /\d+ kph/);
    assert.ok((await markers.count()) >= 1);
    await page.close();
  });
});
