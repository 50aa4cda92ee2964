import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import type { Telemetry } from "../../src/model/message";
import {
  type DecoderFlow,
  helper,
  loadGlobalmatixDecoder,
  type Message,
  useHelperServer,
} from "../support/flow";
import { GLOBALMATIX_VECTORS, toVectorRecord, vectorBytes } from "../support/globalmatix";
import { wildPayload } from "../support/payloads";
import { randomOf } from "../support/seed";

const IMEI = "869595061374194";
const CONFIG = { id: "vans", type: "tracker-device-config", protocol: "globalmatix" };
const READING = { imei: IMEI, ts: 1779631011, odd: "12.5" };
const codeOf = (message: Message | undefined) => (message?.error as { code: string } | undefined)?.code;
const placeOf = (message: Message | undefined) =>
  (message?.error as { cause: { path?: string } } | undefined)?.cause.path;
const attributesOf = ({ telemetry }: { telemetry: Message[] }) =>
  telemetry.map(({ payload }) => (payload as { attributes: object }).attributes);
const expression = (from: string) => ({
  fieldMap: { rules: [{ from, language: "jsonata", to: "fuelLevel" }] },
});

const HELP = ["en-US", "de"].map(
  (language) => `nodes/globalmatix-decoder/locales/${language}/globalmatix-decoder.html`,
);

describe("Globalmatix decoder node", () => {
  useHelperServer();

  for (const vector of GLOBALMATIX_VECTORS) {
    const { name, map, records, error, noTime, noImei } = vector;
    it(`decodes: ${name}`, async () => {
      const settings = { fieldMap: map, noTime, noImei };
      const flow = await loadGlobalmatixDecoder(settings);
      const { telemetry, events, files, errors } = await flow.send({
        payload: vectorBytes(vector),
        topic: "globalmatix/in",
      });
      const payloads = [...telemetry, ...events, ...files].map(
        ({ payload }) => payload as { time: number; receivedAt: number },
      );
      const expected = records.map((record) =>
        record.kind === "file" ? { ...record, topic: "globalmatix/in" } : record,
      );
      const comparable = payloads.map((payload) =>
        toVectorRecord(
          payload.time === payload.receivedAt ? { ...payload, time: 1_800_000_000_000 } : payload,
        ),
      );
      assert.deepEqual(comparable, expected);
      assert.equal(codeOf(errors[0]), error?.code);
    });
  }

  it("gives no location where the time that was said cannot be read", async () => {
    const flow = await loadGlobalmatixDecoder();
    const at = (ts: unknown) => flow.send({ payload: { imei: IMEI, ts, lat: 54.6, lon: 25.2 } });
    const { telemetry } = await at("2026-11-20 16:30:00+00");
    assert.deepEqual(telemetry[0]?.location, { lat: 54.6, lon: 25.2 });
    const { telemetry: unread } = await at("20/11/2026 16:30");
    const payload = unread[0]?.payload as {
      timeUnknown?: true;
      warnings?: { code: string; path?: string }[];
    };
    assert.equal(unread[0]?.location, undefined);
    assert.deepEqual(
      [payload.timeUnknown, payload.warnings?.map(({ code, path }) => [code, path])],
      [true, [["VALUE_UNFIT", "ts"]]],
    );
  });

  it("takes text, Buffer, bytes of another context, an object, an array", async () => {
    const flow = await loadGlobalmatixDecoder();
    const text = JSON.stringify(READING);
    for (const payload of [
      text,
      Buffer.from(text),
      runInNewContext("new Uint8Array(bytes)", { bytes: [...Buffer.from(text)] }),
      READING,
      runInNewContext(`(${text})`),
      [READING],
      runInNewContext(`[${text}]`),
    ]) {
      const { telemetry, errors } = await flow.send({ payload });
      assert.deepEqual(errors, []);
      const { imei, sensors } = telemetry[0]?.payload as { imei: string; sensors: object };
      assert.equal(imei, IMEI);
      assert.deepEqual(sensors, { odd: "12.5" });
    }
  });

  it("sends a message a reading, oldest first, or one with all of them", async () => {
    const payload = JSON.stringify([
      { ...READING, ts: 1779631012 },
      { ...READING, lat: 43.2, lon: 27.9 },
    ]);
    const one = await loadGlobalmatixDecoder();
    const { telemetry } = await one.send({ payload, mine: 1 });
    assert.deepEqual(
      telemetry.map(({ topic, parts, location, mine }) => [
        topic,
        (parts as { index: number }).index,
        location,
        mine,
      ]),
      [
        [`trackers/${IMEI}/telemetry`, 0, { lat: 43.2, lon: 27.9 }, 1],
        [`trackers/${IMEI}/telemetry`, 1, undefined, 1],
      ],
    );
    const { telemetry: all } = await one.send({ payload, decoder: { mode: "frame" } });
    assert.equal(all.length, 1);
    assert.deepEqual(
      (all[0]?.payload as { time: number }[]).map(({ time }) => time),
      [1779631011000, 1779631012000],
    );
  });

  it("sends an event to its own output, with what was measured and where", async () => {
    const fieldMap = { rules: [{ from: "odd", to: "event" }] };
    const flow = await loadGlobalmatixDecoder({ fieldMap });
    const { telemetry, events } = await flow.send({ payload: { ...READING, lat: 43.2, lon: 27.9 } });
    assert.deepEqual(telemetry, []);
    assert.deepEqual(
      [events[0]?.topic, events[0]?.location],
      [`trackers/${IMEI}/event`, { lat: 43.2, lon: 27.9 }],
    );
  });

  it("keeps the original where it is asked to, and finds the IMEI in the topic", async () => {
    const topics = { telemetry: "gm/%IMEI%/in" };
    const flow = await loadGlobalmatixDecoder({ device: "vans", keepRaw: true }, [{ ...CONFIG, topics }]);
    const { telemetry } = await flow.send({ payload: '{"ts":1779631011}', topic: `gm/${IMEI}/in` });
    assert.deepEqual(
      [telemetry[0]?.raw, telemetry[0]?.topic],
      ['{"ts":1779631011}', `trackers/${IMEI}/telemetry`],
    );
    const parsed = await flow.send({ payload: READING });
    assert.deepEqual(JSON.parse(String(parsed.telemetry[0]?.raw)), READING);
    const other = await flow.send({ payload: READING, topic: "gm/356938035643809/in" });
    const { imei, warnings } = other.telemetry[0]?.payload as Telemetry;
    assert.deepEqual([imei, warnings?.map(({ code }) => code)], [IMEI, ["IMEI_TOPIC"]]);
  });

  it("takes the field map of its device config, or its own", async () => {
    const ofDevice = { fieldMap: { schema: 1, name: "vans", rules: [{ from: "odd", to: "fuelLevel" }] } };
    const own = { schema: 1, rules: [{ from: "odd", to: "range" }] };
    const config = { device: "vans", fieldMap: own };
    const others = [{ ...CONFIG, ...ofDevice }];
    const flow = await loadGlobalmatixDecoder(config, others);
    assert.deepEqual(attributesOf(await flow.send({ payload: READING })), [{ range: 12.5 }]);
    await helper.unload();
    const shared = await loadGlobalmatixDecoder({ ...config, mapFrom: "device" }, others);
    assert.deepEqual(attributesOf(await shared.send({ payload: READING })), [{ fuelLevel: 12.5 }]);
  });

  for (const [what, config, code, place] of [
    [
      "a wrong field map",
      { fieldMap: { rules: [{ from: "a..b", to: "vin" }] } },
      "RULE_FROM",
      "map.rules[0].from",
    ],
    ["an expression that cannot be read", expression("$$$("), "EXPRESSION", "map.rules[0]"],
    ["a device config of other devices", { device: "other" }, "DEVICE_CONFIG", "device"],
    ["a missing device config", { device: "none" }, "DEVICE_CONFIG", "device"],
    ["a setting that is none", { noTime: "guess" }, "OPTION", "noTime"],
  ] as const) {
    it(`with ${what} tells so with every message`, async () => {
      const flow = await loadGlobalmatixDecoder(config, [{ ...CONFIG, id: "other", protocol: "iotm" }]);
      const { errors } = await flow.send({ payload: READING });
      assert.deepEqual([codeOf(errors[0]), placeOf(errors[0])], [code, place]);
      // A message to mend the field map with.
      if (code !== "OPTION") {
        const { body } = await helper.request().get("/trackers/globalmatix/node/last");
        assert.deepEqual(JSON.parse((body as { text: string }).text), READING);
      }
    });
  }

  for (const [what, payload, code] of [
    ["nothing", undefined, "PAYLOAD_MISSING"],
    ["a number", 5, "PAYLOAD_TYPE"],
    ["damaged gzip", gzipSync("{}").subarray(0, 15), "PAYLOAD_GZIP"],
    ["gzip that becomes huge", gzipSync(Buffer.alloc(300_000, 32)), "PAYLOAD_TOO_LARGE"],
    ["a long text", " ".repeat(262_145), "PAYLOAD_TOO_LARGE"],
    ["a long Buffer", Buffer.alloc(262_145), "PAYLOAD_TOO_LARGE"],
    ["a text with long characters", "ä".repeat(200_000), "PAYLOAD_TOO_LARGE"],
    ["an object with a function", { imei: IMEI, f: () => 1 }, "JSON_VALUE"],
    ["an object with a Map", { imei: IMEI, m: new Map([[1, 2]]) }, "JSON_VALUE"],
    ["an object with an ArrayBuffer", { imei: IMEI, b: new ArrayBuffer(4) }, "JSON_VALUE"],
    ["a Map", new Map([["imei", IMEI]]), "JSON_NOT_OBJECT"],
    ["what only calls itself a date", { imei: IMEI, t: { [Symbol.toStringTag]: "Date" } }, "JSON_VALUE"],
    ["an object that holds itself", circular(), "JSON_DEPTH"],
    ["coordinates that are no number", { imei: IMEI, lat: Number.NaN, lon: 5 }, "POSITION_RANGE"],
  ] as const) {
    it(`refuses ${what}: ${code}`, async () => {
      const flow = await loadGlobalmatixDecoder();
      const { errors } = await flow.send({ payload });
      assert.equal(codeOf(errors[0]), code);
    });
  }

  it("asks expressions about each reading, in Node-RED's own engine", async () => {
    const flow = await loadGlobalmatixDecoder(expression("$sum(tanks.level) / 2"));
    const tanks = (...levels: number[]) => ({ ...READING, tanks: levels.map((level) => ({ level })) });
    const outcome = await flow.send({ payload: [tanks(10, 20), tanks(30, 40)] });
    assert.deepEqual(attributesOf(outcome), [{ fuelLevel: 15 }, { fuelLevel: 35 }]);
  });

  it("an expression means by msg a key of the payload, as in the dialog", async () => {
    const flow = await loadGlobalmatixDecoder(expression("msg.level"));
    assert.deepEqual(
      attributesOf(await flow.send({ payload: { ...READING, level: 1, msg: { level: 2 } } })),
      [{ fuelLevel: 2 }],
    );
  });

  it("an expression that fails takes only its own signal from the reading, and spoils no other", async () => {
    const flow = await loadGlobalmatixDecoder(expression("$number(level)"));
    const { telemetry, errors } = await flow.send({
      payload: [
        { ...READING, level: "n/a", soc: 5 },
        { ...READING, ts: READING.ts + 1, level: "7" },
      ],
    });
    assert.deepEqual(attributesOf({ telemetry }), [{ stateOfCharge: 5 }, { fuelLevel: 7 }]);
    assert.deepEqual(errors.map(codeOf), ["EXPRESSION"]);
  });

  for (const [from, to, payload, expected] of [
    ["$floor(di / $power(2, 3)) % 2 = 0", "ignition", { di: 7 }, { attributes: { ignition: true } }],
    ["$floor(di / $power(2, 3)) % 2 = 0", "ignition", { di: 8 }, { attributes: { ignition: false } }],
    [
      '$toMillis(ts, "[M01]/[D01]/[Y0001] [H01]:[m01]")',
      "time",
      { ts: "11/21/2026 16:30" },
      { time: Date.UTC(2026, 10, 21, 16, 30) },
    ],
    [
      'day & "T" & clock & "Z"',
      "time",
      { ts: undefined, day: "2026-11-21", clock: "16:30:00" },
      { time: Date.UTC(2026, 10, 21, 16, 30) },
    ],
  ] as const) {
    it(`reads ${JSON.stringify(payload)} as the help says: ${from}`, async () => {
      const flow = await loadGlobalmatixDecoder({ fieldMap: { rules: [{ from, language: "jsonata", to }] } });
      const { telemetry } = await flow.send({ payload: { ...READING, ...payload } });
      assert.partialDeepStrictEqual(telemetry[0]?.payload, expected);
      for (const help of ["docs/globalmatix.md", ...HELP]) {
        const said = (await readFile(help, "utf8")).replaceAll("&amp;", "&");
        assert.ok(said.includes(from), `${help} has it`);
      }
    });
  }

  it("what an expression divides by zero is no value", async () => {
    const rules = [{ from: "1 / level", language: "jsonata", to: "ratio", default: 3 }];
    const flow = await loadGlobalmatixDecoder({ fieldMap: { rules } });
    assert.deepEqual(attributesOf(await flow.send({ payload: { ...READING, level: 0 } })), [{ ratio: 3 }]);
  });

  it("cuts off an expression that never ends, and goes on with the next message", async () => {
    const endless = "($f := function($n) { $f($n + 1) }; odd = 'loop' ? $f(1) : 7)";
    const flow = await loadGlobalmatixDecoder(expression(endless));
    const { errors, telemetry } = await flow.send({ payload: { ...READING, odd: "loop" } });
    assert.deepEqual(
      [codeOf(errors[0]), placeOf(errors[0]), telemetry],
      ["EXPRESSION_TIME", "map.rules[0]", []],
    );
    assert.deepEqual(attributesOf(await flow.send({ payload: READING })), [{ fuelLevel: 7 }]);
  });

  it("keeps the order of messages also with expressions, and refuses more than can wait", async () => {
    const flow = await loadGlobalmatixDecoder(expression("level"));
    const times = Array.from({ length: 1200 }, (_, index) => 1779631011 + index);
    for (const ts of times.slice(0, -1)) flow.node.receive({ payload: { ...READING, ts, level: 1 } });
    const ended = new Promise<void>((resolve) => {
      helper.getNode("completed").on("input", () => {
        count++;
        if (count === 1000) resolve();
      });
    });
    let count = 0;
    flow.node.receive({ payload: { ...READING, ts: times.at(-1), level: 1 } });
    await ended;
    const { telemetry, errors } = flow.take();
    const came = telemetry.map(({ payload }) => (payload as { time: number }).time / 1000);
    assert.deepEqual(came, times.slice(0, 1000));
    assert.deepEqual([errors.length, codeOf(errors[0])], [200, "EXPRESSION_BUSY"]);
  });

  it("lets the field map editor have the last message", async () => {
    const flow = await loadGlobalmatixDecoder({ device: "vans" }, [CONFIG]);
    const ask = (id: string) => helper.request().get(`/trackers/globalmatix/${id}/last`);
    assert.equal((await ask("node")).status, 404);
    await flow.send({ payload: gzipSync("not JSON"), topic: "globalmatix/in" });
    for (const id of ["node", "vans"]) {
      const { status, body } = await ask(id);
      const { receivedAt, ...rest } = body as { receivedAt: number };
      assert.equal(status, 200);
      assert.deepEqual(rest, { text: "not JSON", topic: "globalmatix/in" });
      assert.ok(Math.abs(receivedAt - Date.now()) < 60_000);
    }
    await flow.send({ payload: READING });
    assert.deepEqual(JSON.parse(((await ask("vans")).body as { text: string }).text), READING);
    for (const payload of [5, { ...READING, pad: "x".repeat(1024 * 1024) }]) {
      await flow.send({ payload });
      assert.equal((await ask("node")).status, 422);
    }
  });

  it("survives what is no payload at all", async () => {
    const flow: DecoderFlow = await loadGlobalmatixDecoder();
    const random = randomOf("Globalmatix decoder");
    for (let count = 0; count < 5000; count++) {
      const { telemetry, events, files, errors } = await flow.send({ payload: wildPayload(random) });
      assert.ok(telemetry.length + events.length + files.length + errors.length > 0);
    }
  }).timeout(60_000);
});

function circular(): object {
  const object: Record<string, unknown> = { imei: IMEI };
  object.self = object;
  return object;
}
