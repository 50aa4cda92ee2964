import assert from "node:assert/strict";
import { placeNameOf } from "../../nodes/runtime/place-names";
import type { RegistryNode } from "../../nodes/runtime/registry-node";
import type { Coordinates } from "../../src/model/earth";
import type { Interval } from "../../src/trips/interval";
import { helper, type Message, NodeFlow, useHelperServer } from "../support/flow";
import { SEED } from "../support/seed";
import { IMEI, recordOf } from "../support/trip-client";
import { type Scene, SceneDrive } from "../support/trip-scenes";

const OUTPUTS = ["intervals", "events", "answers"] as const;
const REGISTRY = { id: "registry", type: "tracker-registry", storage: "memory" };
const load = (config: object = {}) =>
  NodeFlow.load("tracker-trips", OUTPUTS, { registry: "registry", ...config }, [REGISTRY]);

/** A drive that has just ended: it stood, drove 6 km, and has stood for ten minutes. */
function drive(): Scene {
  const scene = (start: number) => {
    const vehicle = new SceneDrive({ seed: SEED, start });
    vehicle.stand(600);
    vehicle.ignition = true;
    vehicle.drive(6000, 60);
    vehicle.ignition = false;
    return vehicle.stand(600);
  };
  const lasts = scene(0).time;
  return scene(Date.now() - lasts);
}

interface Told extends Message {
  readonly payload: {
    readonly kind: string;
    readonly id: string;
    readonly revision: number;
    readonly change: string;
    readonly open: boolean;
    readonly distance?: number;
    readonly score?: { readonly value: number };
    readonly start: Partial<Coordinates> & { readonly time: number; readonly place?: string };
  };
}
const said = (messages: readonly Message[]) =>
  (messages as Told[]).map(
    ({ payload: { kind, change, open } }) => `${kind} ${change}${open ? " open" : ""}`,
  );

/** Waits for what comes out of an output when late records are counted. */
const next = (output: string): Promise<Message> =>
  new Promise((resolve) => helper.getNode(output).once("input", resolve));

describe("trips node", function () {
  this.timeout(20_000);
  useHelperServer();

  it("tells a trip when it has begun and when it has ended, and the stops around it", async () => {
    const flow = await load();
    const { points, trips } = drive();
    const told: Message[] = [];
    for (const point of points) {
      const { intervals, errors } = await flow.send({ payload: recordOf(point) });
      assert.deepEqual(errors, []);
      told.push(...intervals);
    }
    assert.deepEqual(said(told), [
      "stop created open",
      "stop updated",
      "trip created open",
      "trip updated",
      "stop created open",
    ]);
    const [, , begun, ended] = told as Told[];
    assert.equal(begun?.payload.id, ended?.payload.id);
    assert.match(String(ended?.payload.id), new RegExp(`^${IMEI}-trip-\\d{8}T\\d{6}Z$`));
    assert.equal(ended?.topic, `trackers/${IMEI}/trip`);
    assert.ok(Math.abs((ended?.payload.distance ?? 0) - 6) < 0.18, String(ended?.payload.distance));
    assert.equal(ended?.payload.score?.value, 100);
    assert.equal(ended?.payload.start.place, placeNameOf(ended?.payload.start as Coordinates, "en"));
    assert.ok(ended?.payload.start.place);
    assert.ok(Math.abs((ended?.payload.start.time ?? 0) - (trips[0]?.start ?? 0)) < 20_000);
  });

  it("takes a list in any order, and tells what it makes once it has settled", async () => {
    const flow = await load();
    const first = next("intervals");
    const { points } = drive();
    await flow.send({ payload: points.toReversed().map((point) => recordOf(point)) });
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    const { intervals } = flow.take();
    const ids = new Set((intervals as Told[]).map(({ payload }) => payload.id));
    assert.equal([...ids].filter((id) => id.includes("-trip-")).length, 1, JSON.stringify(said(intervals)));
  });

  it("tells driving events as events", async () => {
    const flow = await load({ braking: "3" });
    const [point] = drive().points;
    assert.ok(point);
    const { events } = await flow.send({
      payload: recordOf({ ...point, time: Date.now(), arrival: Date.now() }, { acceleration: -0.4 }),
    });
    const settled = events.length > 0 ? events : [await next("events")];
    const { payload, topic } = settled[0] as Message & { payload: { event: object; kind: string } };
    assert.equal(topic, `trackers/${IMEI}/event`);
    assert.equal(payload.kind, "event");
    assert.deepEqual(payload.event, {
      type: "harshBraking",
      source: "device",
      severity: "warning",
      value: -0.4,
    });
  });

  it("answers with the trips of a device as records, CSV and a logbook", async () => {
    const flow = await load();
    const { life } = helper.getNode("registry") as unknown as RegistryNode;
    const fleet = await life?.ready();
    await helper
      .request()
      .post("/trackers/registry/registry/request")
      .set("Content-Type", "application/json")
      .send(
        JSON.stringify({
          request: "register",
          payload: { imei: IMEI, state: "active", name: "Van <1>", group: "vans", driver: "Ida" },
        }),
      );
    for (const point of drive().points) fleet?.receive(recordOf(point), "", true);
    const ask = async (payload: object) => {
      const { answers, errors } = await flow.send({ request: "trips", payload });
      assert.deepEqual(errors, []);
      return answers[0]?.payload as never;
    };
    const report: { trips: { driver: string }[]; totals: { distance: number }; drivers: object } = await ask({
      imei: IMEI,
    });
    assert.deepEqual(
      report.trips.map(({ driver }) => driver),
      ["Ida"],
    );
    assert.ok(Math.abs(report.totals.distance - 6) < 0.18);
    assert.deepEqual(Object.keys(report.drivers), ["Ida"]);
    const [trip] = (report as never as { trips: { trip: Interval }[] }).trips;
    assert.ok(trip?.trip.start.place && trip.trip.end.place, "places have names");
    const csv: string = await ask({ group: "vans", format: "csv" });
    assert.match(csv, /^id,imei,name,plate,kind,start,end,/);
    assert.equal(csv.trim().split("\r\n").length, 2);
    assert.ok(csv.includes(trip.trip.start.place), csv);
    const html: string = await ask({
      driver: "Ida",
      format: "html",
      language: "de",
      timeZone: "Europe/Berlin",
    });
    assert.match(html, /<h1>Fahrtenbuch<\/h1>.*Van &lt;1&gt;/s);
    assert.ok(html.includes(`<td>${placeNameOf(trip.trip.start as Coordinates, "de")}</td>`), html);
    const none: { trips: unknown[] } = await ask({ driver: "Bo" });
    assert.deepEqual(none.trips, []);
  });

  it("says what is wrong with a message", async () => {
    const flow = await load();
    const codeOf = async (message: object) => {
      const { errors } = await flow.send(message);
      return (errors[0] as unknown as { error: { code?: string; message: string } }).error.message;
    };
    assert.match(await codeOf({ payload: "on" }), /no record of a decoder/);
    assert.match(await codeOf({ payload: { ...recordOf(drive().points[0] as never), imei: null } }), /whose/);
    assert.match(await codeOf({ request: "tracks" }), /there is trips/);
    assert.match(await codeOf({ request: "trips", payload: { imie: IMEI } }), /can be asked for by/);
    assert.match(
      await codeOf({ request: "trips", payload: { format: "html", timeZone: "Mars" } }),
      /Europe\/Berlin/,
    );
  });

  it("says what is wrong with its config", async () => {
    const flow = await load({ registry: "" });
    const { errors } = await flow.send({ payload: {} });
    assert.match(
      (errors[0] as unknown as { error: { message: string } }).error.message,
      /no tracker registry/,
    );
  });
});
