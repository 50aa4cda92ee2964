import assert from "node:assert/strict";
import { assertGeoJson, assertGpx, assertKml } from "./documents";
import {
  HomeAssistantReceiver,
  InfluxReceiver,
  listen,
  NgpReceiver,
  OwnTracksReceiver,
  type Sent,
  ThingsBoardReceiver,
  TraccarReceiver,
  type Verdict,
  WorldmapReceiver,
} from "./receivers";

/** What makes a good message break a rule. */
type Break = (message: ReturnType<typeof JSON.parse>) => void;
type Rules = Readonly<Record<string, Break>>;

const copyOf = (sent: Sent) => structuredClone(sent) as ReturnType<typeof JSON.parse>;

/** A rule that nothing can break is none: the good message is taken, and each broken one is not. */
function describeRules(target: string, take: (sent: Sent) => Verdict, good: Sent, rules: Rules): void {
  describe(target, () => {
    it("takes a message that keeps every rule", () => {
      assert.deepEqual(take(copyOf(good)), { status: 200, stored: true });
    });
    for (const [rule, spoil] of Object.entries(rules))
      it(rule, () => {
        const message = copyOf(good);
        spoil(message);
        assert.equal(take(message).stored, false);
      });
  });
}

const PLACE = { latitude: 43.2, longitude: 27.9 };

describe("rules of the targets", () => {
  const ngp: Sent = {
    topic: "ngp/869595061374194",
    qos: 1,
    payload: {
      message_time: "2026-11-26T12:00:01.000Z",
      device_id: "869595061374194",
      location: { ...PLACE, satellites: 3, fix_type: "HAS_FIX", heading: 360, altitude: 10 },
      event_id: 401,
      battery_level: 100,
    },
  };
  const ngpRules: Rules = {
    "message_time is mandatory": ({ payload }) => delete payload.message_time,
    "message_time ends with Z": ({ payload }) => {
      payload.message_time = "2026-11-26T12:00:01+02:00";
    },
    "device_id is mandatory": ({ payload }) => delete payload.device_id,
    "device_id has 6 characters or more": (sent) => {
      sent.payload.device_id = "12345";
      sent.topic = "ngp/12345";
    },
    "device_id has 32 characters at most": (sent) => {
      sent.payload.device_id = "1".repeat(33);
      sent.topic = `ngp/${sent.payload.device_id}`;
    },
    "device_id has letters, digits and - alone": (sent) => {
      sent.payload.device_id = "car_0001";
      sent.topic = "ngp/car_0001";
    },
    "version stands only with source_type or precision": ({ payload }) => {
      payload.version = "1.2";
    },
    "precision wants the version": ({ payload }) => {
      payload.location.precision = 5;
    },
    "fix_type is one of five": ({ payload }) => {
      payload.location.fix_type = "VALID";
    },
    "a text has 10 KB at most": ({ payload }) => {
      payload.custom_text = "x".repeat(10_241);
    },
    "a point without location is not stored": ({ payload }) => delete payload.location,
    "a point with 2 satellites is not stored": ({ payload }) => {
      payload.location.satellites = 2;
    },
    "latitude is within 90": ({ payload }) => {
      payload.location.latitude = 90.1;
    },
    "longitude is within 180": ({ payload }) => {
      payload.location.longitude = -180.1;
    },
    "altitude is within -1,000 and 10,000": ({ payload }) => {
      payload.location.altitude = 10_001;
    },
    "satellites are 64 at most": ({ payload }) => {
      payload.location.satellites = 65;
    },
    "battery_level is 100 at most": ({ payload }) => {
      payload.battery_level = 101;
    },
    "north is 360, not 0": ({ payload }) => {
      payload.location.heading = 0;
    },
    "an event of one's own is 10,000 or more": ({ payload }) => {
      payload.event_id = 9999;
    },
    "a value of one's own begins with custom_": ({ payload }) => {
      payload.rpm = 900;
    },
  };
  describeRules("NGP by MQTT", (sent) => new NgpReceiver().mqtt(sent), ngp, {
    ...ngpRules,
    "the topic is ngp/ and the device": (sent) => {
      sent.topic = "ngp/other-device";
    },
    "QoS is 0 or 1": (sent) => {
      sent.qos = 2;
    },
  });
  describeRules("NGP by HTTP", (sent) => new NgpReceiver().http(sent), ngp, ngpRules);

  it("NGP discards what goes back in time, each device by itself", () => {
    const receiver = new NgpReceiver();
    assert.ok(receiver.mqtt(ngp).stored);
    const earlier = copyOf(ngp);
    earlier.payload.message_time = "2026-11-26T12:00:00.999Z";
    assert.deepEqual(receiver.mqtt(earlier), { status: 200, why: "goes back in time", stored: false });
    earlier.payload.device_id = "869595061374195";
    earlier.topic = "ngp/869595061374195";
    assert.ok(receiver.mqtt(earlier).stored);
    assert.ok(receiver.mqtt(ngp).stored, "the same time is no earlier one");
  });

  it("NGP and Traccar answer by HTTP what became of a message", async () => {
    const isKnown = (id: string) => id === "869595061374194";
    const post = async (url: string, body: string, method = "POST") =>
      (await fetch(url, { method, ...(method === "POST" && { body }) })).status;
    const traccar = { device_id: "869595061374194", location: { timestamp: "2026-11-26T12:00:01Z" } };
    const cases = [
      [new NgpReceiver(isKnown), ngp.payload, 403],
      [new TraccarReceiver(isKnown), traccar, 404],
    ] as const;
    for (const [receiver, good, unknown] of cases) {
      const { url, server } = await listen((sent) => receiver.http(sent));
      try {
        assert.equal(await post(url, JSON.stringify(good)), 200);
        assert.equal(
          await post(url, JSON.stringify({ ...(good as object), device_id: "000000000000000" })),
          unknown,
        );
        assert.equal(await post(url, "{"), 400);
        assert.equal(await post(url, "", "GET"), 400);
        assert.equal(receiver.stored.length, 1);
      } finally {
        await new Promise((done) => server.close(done));
      }
    }
  });

  const traccar: Sent = {
    payload: {
      device_id: "869595061374194",
      location: {
        timestamp: "2026-11-26T12:00:01.000Z",
        coords: { ...PLACE, speed: -1, heading: -1, accuracy: 0, altitude: 0 },
        odometer: 1000,
        battery: { level: 1, is_charging: false },
        extras: { hours: 3_600_000, in1: true, power: 12.1, driverUniqueId: "1" },
      },
      alarm: "sos",
    },
  };
  describeRules("Traccar", (sent) => new TraccarReceiver().http(sent), traccar, {
    ...Object.fromEntries(
      ["latitude", "longitude", "speed", "heading", "accuracy", "altitude"].map((name): [string, Break] => [
        `coords want ${name}`,
        ({ payload }) => delete payload.location.coords[name],
      ]),
    ),
    "the device is named": ({ payload }) => delete payload.device_id,
    "the time is there": ({ payload }) => delete payload.location.timestamp,
    "speed is m/s": ({ payload }) => {
      payload.location.coords.speed = 200;
    },
    "nothing below 0 but -1 is a speed": ({ payload }) => {
      payload.location.coords.speed = -2;
    },
    "battery wants is_charging": ({ payload }) => delete payload.location.battery.is_charging,
    "battery level is 1 at most": ({ payload }) => {
      payload.location.battery.level = 80;
    },
    "odometer is whole metres": ({ payload }) => {
      payload.location.odometer = 1000.5;
    },
    "alarm stands at the top": ({ payload }) => {
      payload.location.alarm = "sos";
    },
    "hours are whole milliseconds": ({ payload }) => {
      payload.location.extras.hours = 1.5;
    },
    "an extra is a plain value": ({ payload }) => {
      payload.location.extras.list = [1];
    },
  });
  it("Traccar counts coordinates as a fix, and nothing else", () => {
    const receiver = new TraccarReceiver();
    const without = copyOf(traccar);
    delete without.payload.location.coords;
    for (const sent of [traccar, without]) receiver.http(sent);
    assert.deepEqual(
      receiver.stored.map(({ valid }) => valid),
      [true, false],
    );
  });

  const place = { lat: 43.2, lon: 27.9, tst: 1_795_694_401 };
  const location: Sent = {
    topic: "owntracks/trackers/869595061374194",
    retain: true,
    payload: {
      _type: "location",
      ...place,
      vel: 43,
      cog: 0,
      alt: 210,
      acc: 5,
      tid: "94",
      odometer: 1.5,
      hmc: 3600,
    },
  };
  describeRules("OwnTracks' location", (sent) => new OwnTracksReceiver().mqtt(sent), location, {
    ...Object.fromEntries(
      ["_type", "lat", "lon", "tst"].map((name): [string, Break] => [
        `${name} is mandatory`,
        ({ payload }) => delete payload[name],
      ]),
    ),
    "vel is whole km/h": ({ payload }) => {
      payload.vel = 43.5;
    },
    "tst is seconds": ({ payload }) => {
      payload.tst = 1_795_694_401_000;
    },
    "tid has two characters at most": ({ payload }) => {
      payload.tid = "194";
    },
    "the topic has user and device": (sent) => {
      sent.topic = "owntracks/869595061374194";
    },
  });
  const transition: Sent = {
    topic: "owntracks/trackers/869595061374194/event",
    retain: false,
    payload: { _type: "transition", event: "enter", desc: "Depot", wtst: place.tst, tst: place.tst, acc: 5 },
  };
  describeRules("OwnTracks' transition", (sent) => new OwnTracksReceiver().mqtt(sent), transition, {
    ...Object.fromEntries(
      ["event", "desc", "wtst", "tst", "acc"].map((name): [string, Break] => [
        `${name} is mandatory`,
        ({ payload }) => delete payload[name],
      ]),
    ),
    "event is enter or leave": ({ payload }) => {
      payload.event = "exit";
    },
    "it goes to /event": (sent) => {
      sent.topic = location.topic;
    },
    "it is not retained": (sent) => {
      sent.retain = true;
    },
  });

  const marker: Sent = {
    payload: {
      name: "Car 1",
      lat: 43.2,
      lon: 27.9,
      speed: "43 kph",
      bearing: 0,
      icon: "car",
      iconColor: "green",
      layer: "cars",
      ttl: 20,
    },
  };
  describeRules("worldmap", (sent) => new WorldmapReceiver().take(sent), marker, {
    "name is mandatory": ({ payload }) => delete payload.name,
    "lat and lon are mandatory": ({ payload }) => delete payload.lon,
    "speed says its unit": ({ payload }) => {
      payload.speed = 43;
    },
    "it does not know km/h": ({ payload }) => {
      payload.speed = "43 km/h";
    },
    "ttl is 0 or 20 and more": ({ payload }) => {
      payload.ttl = 19;
    },
    "deleted is true or absent": ({ payload }) => {
      payload.deleted = false;
    },
  });
  it("worldmap has one marker a name, and none that is deleted", () => {
    const map = new WorldmapReceiver();
    for (const payload of [marker.payload, { ...(marker.payload as object), lat: 1 }]) map.take({ payload });
    assert.deepEqual([...map.markers.keys()], ["Car 1"]);
    assert.ok(map.take({ payload: { name: "Car 1", deleted: true } }).stored);
    assert.equal(map.markers.size, 0);
  });

  const discovery: Sent = {
    topic: "homeassistant/device/car1/config",
    retain: true,
    payload: {
      device: { identifiers: ["car1"], name: "Car 1" },
      origin: { name: "test" },
      availability_topic: "cars/1/availability",
      components: {
        ignition: { platform: "binary_sensor", unique_id: "car1_ignition", state_topic: "cars/1/state" },
        speed: {
          platform: "sensor",
          unique_id: "car1_speed",
          state_topic: "cars/1/state",
          state_class: "measurement",
          default_entity_id: "sensor.car1_speed",
        },
        place: { platform: "device_tracker", unique_id: "car1_place", json_attributes_topic: "cars/1/place" },
        out: { platform: "switch", unique_id: "car1_out", command_topic: "cars/1/set" },
      },
    },
  };
  describeRules("Home Assistant's discovery", (sent) => new HomeAssistantReceiver().mqtt(sent), discovery, {
    ...Object.fromEntries(
      ["device", "origin", "components"].map((name): [string, Break] => [
        `${name} is mandatory`,
        ({ payload }) => delete payload[name],
      ]),
    ),
    "every component has a platform": ({ payload }) => delete payload.components.speed.platform,
    "every entity has a unique_id": ({ payload }) => delete payload.components.speed.unique_id,
    "no two have the same unique_id": ({ payload }) => {
      payload.components.speed.unique_id = "car1_ignition";
    },
    "a sensor has a state topic": ({ payload }) => delete payload.components.speed.state_topic,
    "a switch has a command topic": ({ payload }) => delete payload.components.out.command_topic,
    "default_entity_id has its domain, and takes the place of object_id": ({ payload }) => {
      payload.components.speed.object_id = "car1_speed";
    },
    "it is retained": (sent) => {
      sent.retain = false;
    },
    "it goes to homeassistant/device/<id>/config": (sent) => {
      sent.topic = "homeassistant/sensor/car1/config";
    },
  });
  it("Home Assistant removes a component that has only its platform, and a device by an empty payload", () => {
    const home = new HomeAssistantReceiver();
    assert.ok(home.mqtt(discovery).stored);
    const less = copyOf(discovery);
    less.payload.components.speed = { platform: "sensor" };
    assert.ok(home.mqtt(less).stored);
    assert.deepEqual([...(home.devices.get("car1") ?? []).keys()], ["ignition", "place", "out"]);
    assert.ok(home.mqtt({ ...discovery, payload: "" }).stored);
    assert.equal(home.devices.size, 0);
  });
  it("Home Assistant hears only topics that were named, and takes only the words that they have", () => {
    const home = new HomeAssistantReceiver();
    const states = (topic: string, payload: unknown) => home.mqtt({ topic, payload, retain: true }).stored;
    assert.equal(states("cars/1/state", { speed: 43 }), false, "not named yet");
    home.mqtt(discovery);
    assert.equal(states("cars/1/state", { speed: 43 }), true);
    assert.equal(states("cars/1/availability", "online"), true);
    assert.equal(states("cars/1/availability", "yes"), false);
    assert.equal(states("cars/1/place", { latitude: 43, longitude: 27, gps_accuracy: 5 }), true);
    assert.equal(states("cars/1/place", { latitude: 43, gps_accuracy: 5 }), false);
  });

  describeRules(
    "ThingsBoard",
    (sent) => new ThingsBoardReceiver().mqtt(sent),
    {
      topic: "v1/gateway/telemetry",
      payload: { "Car 1": [{ ts: 1_795_694_401_000, values: { speed: 43 } }] },
    },
    {
      "ts is milliseconds": ({ payload }) => {
        payload["Car 1"][0].ts = 1_795_694_401;
      },
      "values are mandatory": ({ payload }) => delete payload["Car 1"][0].values,
      "a device has a list": (sent) => {
        sent.payload = { "Car 1": { ts: 1_795_694_401_000, values: { speed: 43 } } };
      },
      "the topic is one of the gateway's": (sent) => {
        sent.topic = "v1/devices/me/telemetry";
      },
      "connect names a device": (sent) => {
        sent.topic = "v1/gateway/connect";
      },
    },
  );

  describeRules(
    "InfluxDB",
    (sent) => new InfluxReceiver().take(sent),
    { payload: [{ speed: 43, time: 1_795_694_401_000 }, { imei: "869595061374194" }] },
    {
      "the time is milliseconds": ({ payload }) => {
        payload[0].time *= 1e6;
      },
      "a point has a field": ({ payload }) => delete payload[0].speed,
      "a field is a plain value": ({ payload }) => {
        payload[0].speed = null;
      },
      "a tag is a text": ({ payload }) => {
        payload[1].imei = 869595061374194;
      },
    },
  );
  it("a field of InfluxDB keeps its type", () => {
    const database = new InfluxReceiver();
    const write = (speed: unknown) =>
      database.take({ payload: [{ speed, time: 1_795_694_401_000 }, { imei: "1" }] });
    assert.ok(write(43).stored);
    assert.equal(write("43").stored, false);
  });

  it("GeoJSON, GPX and KML that break their rules are found out", () => {
    const feature = (coordinates: unknown) => ({
      type: "Feature",
      properties: {},
      geometry: { type: "Point", coordinates },
    });
    assertGeoJson(feature([27.9, 43.2]));
    assert.throws(() => assertGeoJson(feature([27.9])));
    assert.throws(() => assertGeoJson({ type: "Feature", properties: {} }));
    const gpx = (inside: string, version = "1.1") =>
      `<gpx version="${version}" creator="x" xmlns="http://www.topografix.com/GPX/1/1">${inside}</gpx>`;
    const wpt = '<wpt lat="43" lon="27"><time>2026-11-26T12:00:01.000Z</time><name>x</name></wpt>';
    assertGpx(gpx(`${wpt}<trk></trk>`));
    for (const wrong of [
      gpx(wpt, "1.0"),
      gpx(`<trk></trk>${wpt}`),
      gpx('<wpt lat="91" lon="27"></wpt>'),
      gpx('<wpt lat="9" lon="180"></wpt>'),
      gpx('<wpt lat="9" lon="18"><name>x</name><time>2026-11-26T12:00:01.000Z</time></wpt>'),
      gpx("<wpt"),
    ])
      assert.throws(() => assertGpx(wrong), /./, wrong);
    const kml = (inside: string) =>
      `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>${inside}</Document></kml>`;
    const point = "<Placemark><name>x</name><Point><coordinates>27,43</coordinates></Point></Placemark>";
    assertKml(kml(point));
    for (const wrong of [
      kml(point.replace("27,43", "27 43")),
      kml("<Placemark><Point></Point><name>x</name></Placemark>"),
      kml("<Track></Track>"),
    ])
      assert.throws(() => assertKml(wrong), /./, wrong);
  });
});
