import assert from "node:assert/strict";
import {
  checkDeviceConfig,
  type DeviceCredentials,
  resolveDeviceConfig,
  type SavedDeviceConfig,
  withDefaults,
} from "../../src/device-config/device-config";
import { setupSheet } from "../../src/device-config/setup-sheet";
import { IOTM } from "../../src/protocols/iotm/index";
import { checkTopic, expandTopic, matchTopic } from "../../src/protocols/topics";

describe("topics", () => {
  it("take the IMEI for %IMEI%", () => {
    assert.equal(expandTopic("%IMEI%/OUTC", "490154203237518"), "490154203237518/OUTC");
    assert.equal(expandTopic("BCE/D", "490154203237518"), "BCE/D");
  });
  for (const [template, topic, expected] of [
    ["BCE/D", "BCE/D", null],
    ["BCE/D", "BCE/E", undefined],
    ["", "", null],
    ["fleet/%IMEI%/D", "fleet/490154203237518/D", "490154203237518"],
    ["%IMEI%", "490154203237518", "490154203237518"],
    ["fleet/%IMEI%/D", "fleet/49015420323751/D", undefined],
    ["fleet/%IMEI%/D", "fleet/4901542032375180/D", undefined],
    ["%IMEI%/%IMEI%", "490154203237518/490154203237518", "490154203237518"],
    ["%IMEI%/%IMEI%", "490154203237518/356938035643809", undefined],
  ] as const) {
    it(`${template} against ${topic} gives ${expected}`, () =>
      assert.equal(matchTopic(template, topic), expected));
  }
  for (const [topic, expected] of [
    ["BCE/D", undefined],
    ["BCE/+", "TOPIC_WILDCARD"],
    ["#", "TOPIC_WILDCARD"],
    ["a\0b", "TOPIC_CHARACTER"],
    [" BCE/D", "TOPIC_CHARACTER"],
    ["ä".repeat(32767), undefined],
    ["ä".repeat(32768), "TOPIC_LENGTH"],
  ] as const) {
    it(`${JSON.stringify(topic.slice(0, 9))} … is checked: ${expected}`, () =>
      assert.equal(checkTopic(topic), expected));
  }
});

describe("device config", () => {
  it("of nothing has every default", () => {
    assert.deepEqual(resolveDeviceConfig(), {
      fieldMap: {},
      protocol: "iotm",
      platform: "own",
      host: "",
      port: 1883,
      tls: false,
      topics: {
        telemetry: "BCE/D",
        events: "BCE/E",
        outputControl: "%IMEI%/OUTC",
        outputConfirm: "",
        file: "BCE/F",
        realTime: "BCE/R",
      },
      clientId: "%IMEI%",
      user: "bce_device",
      password: "",
      inputNames: ["", "", "", "", "", "", "", ""],
      outputNames: ["", "", "", ""],
      sensors: [],
      choices: {
        ignition: "",
        engineTemperature: "",
        pedal: "",
        totals: "",
        axleWeight: "",
        acceleration: "",
      },
      showPersonal: false,
      invertTimedOutputs: false,
      timedPolarity: ["", "", "", ""],
      outputStops: ["", "", "", ""],
      interlock: {
        freshFor: 60_000,
        maxSpeed: 5,
        frameLife: 15_000,
        ignitionOff: false,
        whenUnsafe: "refuse",
      },
      delivery: null,
      offlineAfter: null,
    });
  });
  for (const interlock of [null, "", {}]) {
    it(`has the usual interlock where none is saved: ${JSON.stringify(interlock)}`, () => {
      const saved = { interlock } as SavedDeviceConfig;
      assert.deepEqual(resolveDeviceConfig(saved).interlock, resolveDeviceConfig().interlock);
    });
  }
  const resolved: [string, SavedDeviceConfig, DeviceCredentials, Record<string, unknown>][] = [
    [
      "Navixy EU",
      { platform: "navixy-eu" },
      {},
      { host: "mqtt.eu.navixy.com", port: 1883, password: "secretword" },
    ],
    [
      "Navixy US over TLS",
      { platform: "navixy-us", tls: true },
      {},
      { host: "mqtt.us.navixy.com", port: 8883, tls: true },
    ],
    [
      "a preset wins over a host and port left from before",
      { platform: "navixy-eu", host: "old", port: 99 },
      {},
      { host: "mqtt.eu.navixy.com", port: 1883 },
    ],
    [
      "on-premise takes the user's host",
      { platform: "navixy-on-premise", host: " gps.example.com " },
      {},
      { host: "gps.example.com", port: 1883, password: "secretword" },
    ],
    ["TLS moves the default port", { host: "h", tls: "true" }, {}, { port: 8883, tls: true }],
    ["a port of one's own stays", { host: "h", tls: true, port: "18883" }, {}, { port: 18883 }],
    [
      "the user's login counts",
      { platform: "navixy-eu" },
      { user: "u", password: "p" },
      { user: "u", password: "p" },
    ],
    [
      "Globalmatix has a login and a topic of its own",
      { protocol: "globalmatix" },
      {},
      { user: "globalmatix_device", clientId: "" },
    ],
    [
      "names are trimmed and filled up",
      { outputNames: [" starter relay "] },
      {},
      { outputNames: ["starter relay", "", "", ""] },
    ],
    ["inverting is kept", { invertTimedOutputs: true }, {}, { invertTimedOutputs: true }],
  ];
  for (const [what, saved, credentials, expected] of resolved) {
    it(what, () => {
      const config = resolveDeviceConfig(saved, credentials) as unknown as Record<string, unknown>;
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(config[name], value, name);
    });
  }
  it("replaces single topics only", () => {
    const { topics } = resolveDeviceConfig({ topics: { telemetry: "my/D", events: "" } });
    assert.equal(topics.telemetry, "my/D");
    assert.equal(topics.events, "BCE/E");
  });

  const wrong: [SavedDeviceConfig, string, string][] = [
    [{ protocol: "teltonika" }, "PROTOCOL", "protocol"],
    [{ protocol: "toString" }, "PROTOCOL", "protocol"],
    [{ platform: "mars" }, "PLATFORM", "platform"],
    [{ host: "mqtt://broker" }, "HOST", "host"],
    [{ host: "broker:1883" }, "HOST", "host"],
    [{ host: "a b" }, "HOST", "host"],
    [{ port: "0" }, "PORT", "port"],
    [{ port: 65536 }, "PORT", "port"],
    [{ port: "18 83" }, "PORT", "port"],
    [{ topics: { telemetry: "BCE/#" } }, "TOPIC_WILDCARD", "topics.telemetry"],
    [{ inputNames: ["door", "", "Door "] }, "NAME_TWICE", "inputNames"],
    [{ outputNames: ["a", "a"] }, "NAME_TWICE", "outputNames"],
    [{ sensors: [{ id: "0x1", key: "a" }, { id: "nope" }] }, "SENSOR_ID", "sensors[1].id"],
    [
      {
        sensors: [
          { id: "0x1", key: "a" },
          { id: 1, key: "b" },
        ],
      },
      "SENSOR_TWICE",
      "sensors[1].id",
    ],
  ];
  for (const [saved, code, path] of wrong) {
    it(`${JSON.stringify(saved)} is refused: ${code} at ${path}`, () => {
      assert.deepEqual(
        checkDeviceConfig(saved).map((p) => [p.code, p.path]),
        [[code, path]],
      );
      assert.throws(() => resolveDeviceConfig(saved), { code, path });
    });
  }
  const odd: [Record<string, unknown>, string | undefined][] = [
    [{ host: 5, clientId: 7, topics: { telemetry: 5 } }, undefined],
    [{ host: null, port: null, topics: null, inputNames: null, sensors: null }, undefined],
    [{ inputNames: "door" }, "NAMES"],
    [{ outputNames: [1] }, "NAMES"],
    [{ sensors: "0x3008" }, "SENSORS"],
    [{ sensors: [null] }, "SENSOR_ID"],
    [{ port: {} }, "PORT"],
    [{ offlineAfter: {} }, "MINUTES"],
    [{ offlineAfter: "soon" }, "MINUTES"],
    [{ offlineAfter: 0 }, "MINUTES"],
    [{ offlineAfter: 43_201 }, "MINUTES"],
    [{ offlineAfter: null }, undefined],
    [{ interlock: null, outputStops: null, delivery: null }, undefined],
    [{ outputStops: [null, "on"] }, undefined],
    [{ outputStops: "on" }, "STOP_STATE"],
    [{ timedPolarity: null }, undefined],
    [{ timedPolarity: [null, "", "normal", "inverted"] }, undefined],
    [{ timedPolarity: "normal" }, "POLARITY"],
    [{ timedPolarity: ["both"] }, "POLARITY"],
    [{ interlock: [] }, "INTERLOCK"],
    [{ interlock: "on" }, "INTERLOCK"],
    [{ interlock: { freshFor: null, maxSpeed: null, frameLife: null, whenUnsafe: null } }, undefined],
    [{ interlock: { maxSpeed: true } }, "INTERLOCK"],
    [{ interlock: { maxSpeed: [] } }, "INTERLOCK"],
    [{ interlock: { frameLife: "4.9" } }, "INTERLOCK"],
    [{ interlock: { frameLife: 61 } }, "INTERLOCK"],
    [{ interlock: { frameLife: {} } }, "INTERLOCK"],
    [{ interlock: { frameLife: "${LIFE}" } }, "INTERLOCK"],
  ];
  for (const [saved, code] of odd) {
    it(`takes odd types without falling over: ${JSON.stringify(saved)}`, () => {
      assert.equal(checkDeviceConfig(saved as SavedDeviceConfig)[0]?.code, code);
      if (code === undefined) assert.equal(resolveDeviceConfig(saved as SavedDeviceConfig).protocol, "iotm");
    });
  }
  it("counts the time until a device is offline in milliseconds", () => {
    assert.equal(resolveDeviceConfig({ offlineAfter: "0.5" }).offlineAfter, 30_000);
  });
  it("takes true and false also as text, as environment variables bring them", () => {
    assert.equal(resolveDeviceConfig({ invertTimedOutputs: "true" }).invertTimedOutputs, true);
    assert.equal(resolveDeviceConfig({ invertTimedOutputs: "false", tls: "false" }).tls, false);
  });
  it("does not repeat a host in its message, because it may have a password in it", () => {
    assert.ok(!checkDeviceConfig({ host: "mqtt://u:geheim@b" })[0]?.message.includes("geheim"));
  });
  it("takes host names, IPv4 and IPv6 addresses", () => {
    for (const host of ["pi.local", "192.168.1.5", "::1", "[2001:db8::1]", "größe.example", "my_host-1"]) {
      assert.deepEqual(checkDeviceConfig({ host }), [], host);
    }
  });
});

describe("set-up sheet", () => {
  it("has host and port of the built-in broker where the device config leaves them to it", () => {
    const broker = { hosts: ["192.0.2.7"], port: 1884, tlsPort: 8884 };
    const sheet = (saved: SavedDeviceConfig, where = broker) => {
      const config = withDefaults(saved, {}, where);
      const [first] = setupSheet(config, { name: "", password: null });
      return first?.lines.slice(0, 2).map(({ value }) => value);
    };
    assert.deepEqual(sheet({}), ["192.0.2.7", "1884"]);
    assert.deepEqual(sheet({ tls: true }), ["192.0.2.7", "8884"]);
    assert.deepEqual(sheet({ host: "gps.example.com" }), ["gps.example.com", "1884"]);
    assert.deepEqual(sheet({ host: "gps.example.com", port: "2000" }), ["gps.example.com", "2000"]);
    assert.deepEqual(sheet({}, { ...broker, hosts: [] }), ["", "1884"]);
    assert.deepEqual(sheet({ platform: "navixy-eu" }), ["mqtt.eu.navixy.com", "1883"]);
    assert.deepEqual(sheet({ platform: "navixy-on-premise" }), ["", "1883"]);
  });

  const lines = (saved: SavedDeviceConfig, password: string | null, credentials: DeviceCredentials = {}) =>
    Object.fromEntries(
      setupSheet(resolveDeviceConfig(saved, credentials), { name: "vans", password }).flatMap((section) =>
        section.lines.map(({ field, value, note }) => [field, note ? `${value}|${note}` : value]),
      ),
    );

  it("of IOTM on Navixy EU", () => {
    assert.deepEqual(lines({ platform: "navixy-eu" }, "secretword"), {
      "Domain name": "mqtt.eu.navixy.com",
      Port: "1883",
      Protocol: "TCP",
      "Client ID": "%IMEI%|imei",
      "User name": "bce_device",
      Password: "secretword",
      "Telemetry topic name": "BCE/D",
      "Events topic name": "BCE/E",
      "File topic name": "BCE/F",
      "Real-time data topic name": "BCE/R",
      "Output control topic name": "%IMEI%/OUTC|imei",
      "Output confirm topic name": "|leaveEmpty",
    });
  });
  it("of newer IOTM models is that of another tool, with its device server", () => {
    const config = resolveDeviceConfig({ host: "gps.example.com" }, { password: "p" });
    for (const id of ["xg37", "xg40", "gx47"]) {
      const model = IOTM.models.find((model) => model.id === id);
      assert.ok(model && "tool" in model, id);
      const sections = setupSheet(config, { name: "vans", password: "p", tool: model.tool });
      const [server, broker] = sections.map(({ path, lines }) => [
        path.slice(0, 3),
        ...lines.map(({ value }) => value),
      ]);
      assert.deepEqual(server, ["XDM", "devices.xgfleet.eu", "1888", "TCP"]);
      assert.deepEqual(broker, ["XDM", "gps.example.com", "1883", "TCP"]);
      assert.ok(!JSON.stringify(sections).includes("FMSET"));
    }
  });
  it("says what is missing", () => {
    const sheet = lines({}, "");
    assert.equal(sheet["Domain name"], "|hostMissing");
    assert.equal(sheet.Password, "|passwordMissing");
    assert.equal(lines({ host: "localhost" }, "x")["Domain name"], "localhost|hostLocal");
    assert.equal(lines({ host: "127.0.0.1" }, "x")["Domain name"], "127.0.0.1|hostLocal");
  });
  it("says what is wrong instead of showing something else", () => {
    const config = withDefaults(
      { host: "tcp://x", port: "99999", topics: { telemetry: "BCE/#", file: "my/F" } },
      {},
    );
    const wrong = ["host", "port", "topics.telemetry"];
    const sections = setupSheet(config, { name: "", password: "", wrong });
    const found = sections.flatMap(({ lines }) => lines).filter(({ note }) => note === "wrong");
    assert.deepEqual(
      found.map(({ field, value }) => [field, value]),
      [
        ["Domain name", "tcp://x"],
        ["Port", "99999"],
        ["Telemetry topic name", "BCE/#"],
      ],
    );
    const file = sections.flatMap(({ lines }) => lines).find(({ field }) => field === "File topic name");
    assert.deepEqual([file?.value, file?.note], ["my/F", undefined]);
  });
  it("hides the password", () => {
    assert.equal(lines({}, null).Password, "••••••••");
  });
  it("of Globalmatix is a callback", () => {
    const saved = { protocol: "globalmatix", host: "2001:db8::1", tls: true };
    assert.deepEqual(lines(saved, "p@ss/w", { user: "u:1" }), {
      Name: "vans",
      Profile: "153",
      URL: "mqtts://u%3A1:p%40ss%2Fw@[2001:db8::1]:8883",
      Type: "GBY",
      Period: "30",
      "Message topic": "globalmatix/in",
    });
    assert.equal(
      lines({ protocol: "globalmatix", host: "h" }, null).URL,
      "mqtt://globalmatix_device:••••••••@h:1883",
    );
  });
});
