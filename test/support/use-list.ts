import assert from "node:assert/strict";
import { vehiclesOn } from "./map-events";
import { idOf, pageHas, press, shows, type Use } from "./uses";

/** The examples of the uses, a list for each test file: these run beside each other. */
export const USE_FILES = [
  ["08", "11"],
  ["10", "12", "13"],
  ["14", "15"],
] as const;

/** The uses, each with the example that has it. */
export const USES: readonly Use[] = [
  {
    name: "Vehicle tracking",
    file: "08-live-map.json",
    outcome: "map with every vehicle, the way of a vehicle as GPX, a link to share some of them",
    async reach(imported) {
      await imported.editor.status(idOf(imported, "tracker-map"), /^\/live-map/);
      const names = await vehiclesOn(`${imported.url}/live-map/events`, 10);
      assert.ok(names.includes("Van 1"), `${names}`);
      await press(imported, "link to the vans for a day");
      const link = await shows(imported, "link to share", /^\/live-map\/share\.html#./);
      assert.equal((await fetch(`${imported.url}${link}`)).status, 200);
      await press(imported, "way of Van 1 today, as GPX");
      await shows(imported, "way of Van 1", /^<\?xml[\s\S]*<trkpt lat="/);
    },
  },
  {
    name: "Trailer tracking",
    file: "10-trailers.json",
    outcome:
      "page with each trailer coupled or not, its battery and since when it is parked; alarm when one is towed away",
    async reach(imported) {
      await pageHas(
        imported,
        "/trailers",
        /<td>coupled<\/td><td>closed<\/td><td class="n">\d+<\/td>/,
        /<td>not coupled<\/td>/,
      );
      await press(imported, "tow one away");
      await shows(imported, "alarms", /^Towed away: Trailer \d, begin/);
    },
    // Five minutes of standing are six seconds.
    async reachAtFifty(imported) {
      await pageHas(imported, "/trailers", /<td class="n">\d+<\/td><td class="n">\d\.\d\d<\/td>/);
    },
  },
  {
    name: "Container tracking",
    file: "11-containers.json",
    outcome: "alarms of a port, of an open door and of what has become too warm",
    async reach(imported) {
      await press(imported, "open a door");
      const wanted = ["In the port", "Door open", "Too warm"];
      while (wanted.length > 0) {
        const told = await shows(imported, "alarms", /^.*: Container \d, begin/);
        const at = wanted.findIndex((name) => told.startsWith(name));
        if (at >= 0) wanted.splice(at, 1);
      }
    },
  },
  {
    name: "Fleet management",
    file: "12-fleet-management.json",
    outcome:
      "page with driver, place, trips of today, fuel, engine hours and service; logbook of the month as CSV",
    async reach(imported) {
      await pageHas(
        imported,
        "/fleet-management",
        /<td>Van 1<\/td><td>FM 101<\/td><td>Anna Berg<\/td><td>online<\/td><td>\d+\.\d+, \d+\.\d+<\/td>/,
        /<td class="n">[1-9]\d*<\/td><td class="n">\d+(\.\d)?<\/td><td class="n">\d+<\/td><td class="n">\d+<\/td><td class="n">\d+<\/td>/,
      );
      const { text, type } = await pageHas(imported, "/fleet-management/logbook.csv", /trip/);
      assert.match(type, /^text\/csv/);
      const [head = "", ...trips] = text.trim().split("\r\n");
      assert.ok(head.startsWith("id,imei,name,plate,kind,start,end"), head);
      assert.ok(trips.length > 0 && trips.every((line) => line.split(",").length === head.split(",").length));
    },
  },
  {
    name: "Emergency warning",
    file: "13-emergency-warning.json",
    outcome:
      "panic, crash, power cut: place to a person, beacons of vehicles near, to the deputy after a minute, acknowledged",
    async reach(imported) {
      for (const heard = new Set<string>(); heard.size < 4; )
        heard.add((await shows(imported, "what the cars say", /^Car \d is at /)).slice(0, 5));
      await press(imported, "panic button");
      const told = await shows(imported, "message to a person", /^Panic button/);
      assert.match(
        told,
        /^Panic button: Car \d \(EM 10\d\), driver \w+ \w+\. Where: https:.*mlat=43\.\d+&mlon=27\.\d+#/,
      );
      await shows(imported, "what became of it", /^confirmed: Car \d, beacon on/);
      await press(imported, "power cut");
      await shows(imported, "message to a person", /^Power cut: Car \d/);
      await shows(imported, "message to the deputy", /^Nobody has answered.* Panic button: Car \d/);
      await press(imported, "I take care of it");
      await shows(imported, "acknowledged", /^Panic button: Car \d\. the control room takes care of it/);
      await press(imported, "crash");
      await shows(imported, "message to a person", /^Like a crash: Car \d/);
    },
  },
  {
    name: "Intelligent vehicle",
    file: "14-intelligent-vehicle.json",
    outcome:
      "lights by place, fan by temperature, locks by speed and ignition, each confirmed; no unlocking while it drives",
    async reach(imported) {
      const wanted = ["OUT1 on", "OUT2 on", "OUT3 on"];
      while (wanted.length > 0) {
        const told = await shows(imported, "what became of it", /^confirmed: OUT/);
        const at = wanted.findIndex((name) => told.includes(name));
        if (at >= 0) wanted.splice(at, 1);
      }
      // It drives now and stands now.
      for (let refused = false; !refused; ) {
        await press(imported, "unlock the doors");
        refused = /^refused/.test(
          await shows(imported, "what became of it", /^(refused: OUT2 off.*drives|confirmed: OUT2)/),
        );
      }
    },
  },
  {
    name: "Usage-based insurance",
    file: "15-usage-based-insurance.json",
    outcome: "trips with a score, statement of the month for each driver as table, chart and CSV",
    async reach(imported) {
      const { text } = await pageHas(
        imported,
        "/insurance",
        /<td>[A-Z]\w+ \w+<\/td><td class="n">\d+<\/td><td class="n">[\d.]+<\/td><td class="n">\d+<\/td><td class="n">\d+<\/td><td class="n">[\d.]+<\/td><td>-?\+?\d+ %<\/td>/,
      );
      assert.match(text, /<rect x="180" y="\d+" width="[1-9][\d.]*" height="20"/);
      const { text: csv, type } = await pageHas(imported, "/insurance/statement.csv", /%/);
      assert.match(type, /^text\/csv/);
      assert.ok(csv.startsWith("driver,key,trips,km,minutes,points,score,premium\r\n"), csv);
    },
  },
];
