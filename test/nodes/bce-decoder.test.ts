import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import type { DeviceEvent, Telemetry } from "../../src/model/message";
import { checksum, encodeFrame } from "../../src/protocols/iotm/frame";
import { type DecoderFlow, helper, loadDecoder, type Message, useHelperServer } from "../support/flow";
import { wildPayload } from "../support/payloads";
import { randomOf } from "../support/seed";
import { toVectorForm, VECTORS, type Vector, withoutIdentity } from "../support/vectors";

const find = (part: string): Vector => {
  const vector = VECTORS.find(({ name }) => name.includes(part));
  assert.ok(vector, part);
  return vector;
};
const CAR = find("moving car");
const UPLOAD = find("upload of 13");
const EVENTS = find("two events");
const WRITTEN = find("why a record was written, beside it");
const ONLY_WRITTEN = find("why a record was written, alone");
const bytes = (vector: Vector) => Buffer.from(vector.hex, "hex");
const errorOf = (message: Message | undefined) =>
  message?.error as { message: string; code: string; cause: Record<string, unknown> };

describe("BCE decoder node", () => {
  useHelperServer();

  for (const vector of VECTORS) {
    it(`with nothing set decodes: ${vector.name}`, async () => {
      const flow = await loadDecoder();
      const before = Date.now();
      const { telemetry, events, files, errors } = await flow.send({
        payload: bytes(vector),
        topic: vector.topic,
      });
      assert.deepEqual(errors, []);
      const payloads = [...telemetry, ...events, ...files].map(
        ({ payload }) => payload as Record<string, unknown>,
      );
      for (const payload of payloads) {
        const received = payload.receivedAt as number;
        assert.ok(received >= before && received <= Date.now());
        delete payload.receivedAt;
      }
      assert.deepEqual(toVectorForm(payloads.map(withoutIdentity)), vector.normalized);
    });
  }

  it("sends one message a record with topic, location and parts, and keeps the rest of the message", async () => {
    const flow = await loadDecoder();
    const { telemetry } = await flow.send({
      _msgid: "m1",
      payload: bytes(UPLOAD),
      topic: "BCE/D",
      qos: 1,
      mine: { a: 1 },
    });
    assert.equal(telemetry.length, 13);
    const ids = new Set(telemetry.map(({ parts }) => (parts as { id: string }).id));
    assert.equal(ids.size, 1);
    telemetry.forEach((message, index) => {
      assert.equal(message._msgid, "m1");
      assert.equal(message.qos, 1);
      assert.deepEqual(message.mine, { a: 1 });
      assert.equal(message.topic, "trackers/869595061374194/telemetry");
      assert.deepEqual(message.parts, { id: [...ids][0], index, count: 13 });
      assert.ok(!("raw" in message));
    });
    assert.deepEqual(telemetry[0]?.location, { lat: 43.248249, lon: 27.978071 });
    assert.ok(!("location" in (telemetry[1] as Message)), "no location without a fix");
  });

  it("adds nothing else to the message, and leaves alone what is named like its settings", async () => {
    const flow = await loadDecoder({ maxBytes: "1000" });
    const own = { _msgid: "m1", topic: "BCE/D", property: "mine", maxBytes: 7 };
    for (const mode of ["record", "frame"]) {
      const decoder = { mode };
      const { telemetry } = await flow.send({ ...own, decoder, payload: CAR.hex });
      const { payload: _, parts: __, location: ___, ...rest } = telemetry[0] as Message;
      assert.deepEqual(rest, { ...own, decoder, topic: "trackers/867035046242895/telemetry" });
    }
  });

  it("does not pass on a location that is not this record's, and nests parts as the Split node does", async () => {
    const flow = await loadDecoder();
    const parts = { id: "outer", index: 0, count: 1 };
    const { events } = await flow.send({ payload: bytes(EVENTS), location: { lat: 1, lon: 2 }, parts });
    assert.equal(events.length, 2);
    assert.ok(!("location" in (events[0] as Message)));
    assert.deepEqual((events[1]?.parts as { parts: object }).parts, parts);
    assert.equal(events[0]?.topic, "trackers/865209039554705/event");
  });

  it("sends one message a frame where asked for", async () => {
    const flow = await loadDecoder({ mode: "frame" });
    const { telemetry, events } = await flow.send({ payload: bytes(UPLOAD), topic: "BCE/D" });
    assert.deepEqual([telemetry.length, events.length], [1, 0]);
    assert.equal((telemetry[0]?.payload as unknown[]).length, 13);
    assert.equal(telemetry[0]?.topic, "trackers/869595061374194/telemetry");
    assert.ok(!("parts" in (telemetry[0] as Message)));
  });

  const forms: [string, unknown][] = [
    ["a Buffer", bytes(CAR)],
    ["a Uint8Array", new Uint8Array(bytes(CAR))],
    [
      "a Uint8Array in the middle of a larger one",
      new Uint8Array([9, 9, ...bytes(CAR), 9]).subarray(2, 2 + bytes(CAR).length),
    ],
    [
      "a Uint8Array of a Function node",
      runInNewContext("Uint8Array.from(bytes)", { bytes: [...bytes(CAR)] }),
    ],
    ["hex text", CAR.hex],
    ["hex text in upper case with spaces", CAR.hex.toUpperCase().replace(/../g, "$& ")],
  ];
  for (const [what, payload] of forms) {
    it(`takes ${what}`, async () => {
      const flow = await loadDecoder();
      const { telemetry } = await flow.send({ payload });
      assert.equal((telemetry[0]?.payload as { imei: string }).imei, "867035046242895");
    });
  }

  it("turns a frame that mqtt in took for text back into its bytes", async () => {
    const frame = [2, 1, 7, 0, 0, 0, 0, 0, 1, 0x6d, 0];
    const text = Buffer.from([...frame, checksum(Uint8Array.from(frame))]);
    assert.ok(
      text.every((byte) => byte < 0x80),
      "valid UTF-8",
    );
    const flow = await loadDecoder();
    const { telemetry } = await flow.send({ payload: text.toString() });
    assert.deepEqual((telemetry[0]?.payload as { attributes: object }).attributes, { ignition: true });
  });

  it("reads another property and keeps the original on request", async () => {
    const flow = await loadDecoder({ property: "body.frame", keepRaw: true });
    const { telemetry } = await flow.send({ body: { frame: CAR.hex }, payload: "other" });
    assert.equal((telemetry[0]?.payload as { imei: string }).imei, "867035046242895");
    assert.equal(telemetry[0]?.raw, CAR.hex);
    assert.deepEqual(telemetry[0]?.body, { frame: CAR.hex });
  });

  it("takes every setting from msg.decoder, and refuses a wrong one by name", async () => {
    const flow = await loadDecoder();
    const settings = {
      mode: "frame",
      keepRaw: "true",
      acceptWrongChecksum: true,
      recordEvents: true,
      maxBytes: "100000",
      property: "x",
    };
    const { telemetry } = await flow.send({ x: CAR.hex, decoder: settings });
    assert.ok(Array.isArray(telemetry[0]?.payload));
    assert.equal(telemetry[0]?.raw, CAR.hex);
    const wrong = { mode: "x", keepRaw: 1, recordEvents: "yes", maxBytes: 5n, property: 5, mod: "frame" };
    for (const [name, value] of Object.entries(wrong)) {
      const { errors } = await flow.send({ payload: CAR.hex, decoder: { [name]: value } });
      assert.equal(errorOf(errors[0]).code, "OPTION");
      assert.equal(errorOf(errors[0]).cause.path, `msg.decoder.${name}`);
    }
  });

  const refused: [string, object, object, string, object][] = [
    [
      "a wrong checksum",
      {},
      { payload: `${CAR.hex.slice(0, -2)}00`, topic: "BCE/D" },
      "IOTM_CHECKSUM",
      { offset: 68, topic: "BCE/D" },
    ],
    ["another version", {}, { payload: "0302" }, "IOTM_VERSION", { offset: 0 }],
    ["an empty payload", {}, { payload: Buffer.alloc(0) }, "IOTM_EMPTY", { offset: 0 }],
    ["an empty text", {}, { payload: "" }, "IOTM_EMPTY", { offset: 0 }],
    ["no payload", {}, {}, "PAYLOAD_MISSING", { path: "payload" }],
    ["no such property", { property: "a.b.c" }, { payload: "02" }, "PAYLOAD_MISSING", { path: "a.b.c" }],
    ["a number", {}, { payload: 5 }, "PAYLOAD_TYPE", { path: "payload" }],
    ["an object", {}, { payload: { type: "Buffer" } }, "PAYLOAD_TYPE", { path: "payload" }],
    ["a plain text", {}, { payload: "hello" }, "PAYLOAD_HEX", { path: "payload" }],
    ["a text in which bytes were lost", {}, { payload: "\u0002\ufffd" }, "PAYLOAD_TEXT", { path: "payload" }],
    ["too many bytes", { maxBytes: 10 }, { payload: bytes(CAR) }, "PAYLOAD_TOO_LARGE", { path: "payload" }],
    ["too long a text", { maxBytes: "10" }, { payload: CAR.hex }, "PAYLOAD_TOO_LARGE", { path: "payload" }],
    [
      "a payload over the default limit",
      {},
      { payload: Buffer.alloc(256 * 1024 + 1) },
      "PAYLOAD_TOO_LARGE",
      { path: "payload" },
    ],
    [
      "a device config that is gone",
      { device: "gone" },
      { payload: CAR.hex },
      "DEVICE_CONFIG",
      { path: "device" },
    ],
    ["a setting that is wrong", { maxBytes: "many" }, { payload: CAR.hex }, "OPTION", { path: "maxBytes" }],
  ];
  for (const [what, config, message, code, cause] of refused) {
    it(`refuses ${what} with ${code}; the Catch node gets code, place, topic and message`, async () => {
      const flow = await loadDecoder(config);
      const { telemetry, events, files, errors } = await flow.send({ ...message, mine: 1 });
      assert.deepEqual([telemetry, events, files, errors.length], [[], [], [], 1]);
      const { message: text, code: given, cause: place } = errorOf(errors[0]);
      assert.equal(given, code);
      assert.ok(text.startsWith(`${code}: `), text);
      for (const [name, value] of Object.entries(cause)) assert.equal(place[name], value, name);
      assert.equal(errors[0]?.mine, 1);
      assert.deepEqual(errors[0]?.payload, (message as Message).payload);
    });
  }

  it("refuses msg.decoder that is no object", async () => {
    const flow = await loadDecoder();
    const { errors } = await flow.send({ payload: CAR.hex, decoder: "frame" });
    assert.equal(errorOf(errors[0]).cause.path, "msg.decoder");
  });

  it("gives each message its own copy of what they have in common", async () => {
    const flow = await loadDecoder({ keepRaw: true });
    const { telemetry } = await flow.send({ payload: bytes(UPLOAD), vehicle: { plate: "A 1" } });
    assert.equal(new Set(telemetry.map(({ vehicle }) => vehicle)).size, 13);
    assert.equal(new Set(telemetry.map(({ raw }) => raw)).size, 13);
    for (const { vehicle, raw } of telemetry) {
      assert.deepEqual(vehicle, { plate: "A 1" });
      assert.deepEqual(raw, bytes(UPLOAD));
    }
  });

  it("in frame mode, sends one message for each sender, without another message's location and parts", async () => {
    const flow = await loadDecoder({ mode: "frame" });
    const two = Buffer.from(`${CAR.hex.slice(0, -2)}${UPLOAD.hex.slice(2, -2)}`, "hex");
    const payload = Buffer.from([...two, checksum(two)]);
    const parts = { id: "x", index: 0, count: 1 };
    const { telemetry } = await flow.send({ payload, location: { lat: 1, lon: 2 }, parts });
    const topics = telemetry.map(({ topic }) => topic);
    assert.deepEqual(topics, ["trackers/867035046242895/telemetry", "trackers/869595061374194/telemetry"]);
    for (const message of telemetry) assert.ok(!("location" in message) && !("parts" in message));
  });

  for (const [text, hex] of [
    ["hello log file", "68656c6c6f206c6f672066696c65"],
    ["12345678", "3132333435363738"],
    ["", ""],
  ] as const) {
    it(`passes text on a file topic through as its bytes: ${JSON.stringify(text)}`, async () => {
      const flow = await loadDecoder();
      const { files } = await flow.send({ payload: text, topic: "BCE/F" });
      assert.equal((files[0]?.payload as { data: Buffer }).data.toString("hex"), hex);
    });
  }

  it("takes a frame as hex text on a file topic, too", async () => {
    const flow = await loadDecoder();
    const { telemetry } = await flow.send({ payload: CAR.hex, topic: "BCE/R" });
    assert.equal(telemetry.length, 1);
  });

  it("sends what stands before the damage, and reports it", async () => {
    const flow = await loadDecoder();
    const cut = Buffer.from(`02${UPLOAD.hex.slice(2, 2 + 2 * 100)}`, "hex");
    const frame = Buffer.from([...cut, checksum(cut)]);
    const { telemetry, errors } = await flow.send({ payload: frame });
    assert.equal(telemetry.length, 1);
    assert.equal(errorOf(errors[0]).code, "IOTM_LENGTH_PAST_END");
  });

  it("accepts a wrong checksum where set, with a warning in the message", async () => {
    const flow = await loadDecoder({ acceptWrongChecksum: true });
    const { telemetry, errors } = await flow.send({ payload: `${CAR.hex.slice(0, -2)}00` });
    assert.deepEqual(errors, []);
    const { warnings } = telemetry[0]?.payload as { warnings: { code: string }[] };
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["IOTM_CHECKSUM"],
    );
  });

  it("leaves out the events that only say why a record was written, unless they are asked for", async () => {
    const kinds = async (options: object, decoder?: object) => {
      const flow = await loadDecoder(options);
      const { telemetry, events, files, errors } = await flow.send({
        payload: WRITTEN.hex,
        ...(decoder === undefined ? {} : { decoder }),
      });
      assert.deepEqual([files, errors], [[], []]);
      const causes = telemetry.map(({ payload }) => (payload as Telemetry).cause);
      const types = events.map(({ payload }) => (payload as DeviceEvent).event.type);
      await helper.unload();
      return { causes, types };
    };
    const causes = ["distance", undefined];
    assert.deepEqual(await kinds({}), { causes, types: ["sleep"] }, "as saved before there was this setting");
    assert.deepEqual(await kinds({ recordEvents: false }), { causes, types: ["sleep"] });
    const all = { causes, types: ["recordWritten", "sleep"] };
    assert.deepEqual(await kinds({ recordEvents: true }), all);
    assert.deepEqual(await kinds({}, { recordEvents: "true" }), all);
  });

  it("sends nothing, and no error, of a frame that says nothing else", async () => {
    const flow = await loadDecoder();
    const { telemetry, events, files, errors } = await flow.send({ payload: ONLY_WRITTEN.hex });
    assert.deepEqual([telemetry, events, files, errors], [[], [], [], []]);
  });

  it("lets no password out, but in the original payload where that is kept, and numbers of the SIM where asked for", async () => {
    const text = (id: number, value: string) => ({ id, valueType: 32, value });
    const payload = encodeFrame([
      { type: 2, imei: "490154203237518" },
      {
        type: 1,
        time: 1_795_000_000,
        values: [text(0xc009, "apn-user"), text(0xc00a, "apn-secret"), text(0xc014, "8949000000000000001")],
      },
    ]);
    const device = {
      id: "device",
      type: "tracker-device-config",
      sensors: [{ id: "0xC00A", key: "odometer" }],
    };
    const said = async (showPersonal: unknown, keepRaw: boolean) => {
      const flow = await loadDecoder({ device: "device", keepRaw }, [{ ...device, showPersonal }]);
      const logged: string[] = [];
      flow.node.on("call:warn", (call: { args: [string] }) => logged.push(call.args[0]));
      const { telemetry } = await flow.send({ payload, topic: "BCE/D" });
      assert.equal(logged.length, 1, "it does not fit its name");
      const { raw, ...message } = telemetry[0] as Message;
      await helper.unload();
      return { raw, text: JSON.stringify([message, logged]) };
    };
    for (const keepRaw of [false, true]) {
      for (const show of [undefined, false, true, "true"]) {
        const { raw, text: seen } = await said(show, keepRaw);
        assert.ok(seen.includes('"0xC009":"hidden"') && seen.includes('"0xC00A":"hidden"'), seen);
        assert.doesNotMatch(seen, /apn-user|apn-secret/);
        assert.equal(seen.includes("8949000000000000001"), show === true || show === "true");
        assert.equal(raw !== undefined, keepRaw);
      }
    }
  });

  it("uses the device config: sensor overrides, topics of its own, IMEI from the topic", async () => {
    const device = {
      id: "device",
      type: "tracker-device-config",
      sensors: [{ id: "0x300B", key: "heading" }],
      choices: { ignition: "can" },
      topics: { telemetry: "fleet/%IMEI%/D", file: "fleet/%IMEI%/F" },
    };
    const flow = await loadDecoder({ device: "device" }, [device]);
    const car = await flow.send({ payload: CAR.hex, topic: "fleet/490154203237518/D" });
    const { attributes, sensors } = car.telemetry[0]?.payload as Telemetry;
    assert.deepEqual([attributes.heading, attributes.ignition, sensors], [238, false, {}]);
    assert.equal(car.telemetry[0]?.topic, "trackers/867035046242895/telemetry");
    const anonymous = find("without an IMEI");
    const { telemetry } = await flow.send({ payload: anonymous.hex, topic: "fleet/490154203237518/D" });
    assert.equal(telemetry[0]?.topic, "trackers/490154203237518/telemetry");
    const { files } = await flow.send({
      payload: Buffer.from("ffd8", "hex"),
      topic: "fleet/490154203237518/F",
    });
    assert.equal(files[0]?.topic, "trackers/490154203237518/file");
    const payload = files[0]?.payload as { data: Buffer; topic: string };
    assert.ok(Buffer.isBuffer(payload.data));
    assert.equal(payload.data.toString("hex"), "ffd8");
    assert.equal(payload.topic, "fleet/490154203237518/F");
    const { errors } = await flow.send({ payload: Buffer.from("ffd8", "hex"), topic: "BCE/F" });
    assert.equal(errorOf(errors[0]).code, "IOTM_VERSION", "BCE/F is no file topic any more");
  });

  for (const [what, device] of [
    ["is for another protocol", { protocol: "globalmatix" }],
    ["has an error", { port: "99999" }],
  ] as const) {
    it(`refuses to work with a device config that ${what}`, async () => {
      const flow = await loadDecoder({ device: "device" }, [
        { id: "device", type: "tracker-device-config", ...device },
      ]);
      const { errors } = await flow.send({ payload: CAR.hex });
      assert.equal(errorOf(errors[0]).code, "DEVICE_CONFIG");
    });
  }

  it("takes settings from environment variables", async () => {
    process.env.TEST_TRACKERS_LIMIT = "20";
    try {
      const flow = await loadDecoder({ maxBytes: "${TEST_TRACKERS_LIMIT}" });
      const { errors } = await flow.send({ payload: CAR.hex });
      assert.equal(errorOf(errors[0]).code, "PAYLOAD_TOO_LARGE");
    } finally {
      delete process.env.TEST_TRACKERS_LIMIT;
    }
  });

  it("loses none of 20,000 random and mutated payloads", async function () {
    this.timeout(120_000);
    const flow = await loadDecoder({ recordEvents: true });
    const random = randomOf("BCE decoder");
    for (let run = 0; run < 20_000; run++) {
      const payload = wildPayload(random);
      const { telemetry, events, files, errors } = await flow.send({
        payload,
        topic: random() < 0.2 ? "BCE/F" : "BCE/D",
      });
      const sent = telemetry.length + events.length + files.length;
      const hex = Buffer.from(payload).toString("hex");
      assert.ok(sent > 0 || errors.length === 1, `run ${run}, nothing came of ${hex}`);
      assert.ok(errors.length <= 1, `run ${run}, two errors from ${hex}`);
    }
  });
});

describe("BCE decoder status", () => {
  useHelperServer();
  interface Status {
    fill: string;
    shape: string;
    text: string;
  }
  const nextStatus = (flow: DecoderFlow): Promise<Status> =>
    new Promise((resolve) =>
      flow.node.once("call:status", (call: { args: [Status] }) => resolve(call.args[0])),
    );

  it("shows IMEI, time and rate; red for an error; and is told at most once a second", async () => {
    const flow = await loadDecoder();
    const calls: { at: number; status: Status }[] = [];
    flow.node.on("call:status", (call: { args: [Status] }) =>
      calls.push({ at: Date.now(), status: call.args[0] }),
    );
    const first = nextStatus(flow);
    await flow.send({ payload: UPLOAD.hex });
    const { fill, shape, text } = await first;
    assert.deepEqual(
      { fill, shape, text },
      { fill: "green", shape: "dot", text: `869595061374194 · 2026-05-24 · 13/min` },
    );

    for (let run = 0; run < 200; run++) await flow.send({ payload: CAR.hex });
    await flow.send({ payload: "0302" });
    let last = calls.at(-1)?.status;
    while (last?.fill !== "red") last = await nextStatus(flow);
    assert.equal(last.shape, "ring");
    assert.match(last.text, /structure version 3/);
    for (const [index, { at }] of calls.slice(1).entries()) assert.ok(at - (calls[index]?.at ?? 0) >= 950);
  });

  it("shows the rate alone after a frame of which everything was left out", async () => {
    const flow = await loadDecoder();
    const next = nextStatus(flow);
    await flow.send({ payload: ONLY_WRITTEN.hex });
    assert.deepEqual(await next, { fill: "green", shape: "dot", text: "0/min" });
  });

  it("is yellow after a frame with warnings, and red at once where a setting is wrong", async () => {
    const flow = await loadDecoder();
    const status = nextStatus(flow);
    await flow.send({ payload: find("wrong check digit").hex });
    assert.equal((await status).fill, "yellow");
    await helper.unload();
    const wrong = await loadDecoder({ device: "gone" });
    const red = nextStatus(wrong);
    const { errors } = await wrong.send({ payload: CAR.hex });
    assert.equal(errors.length, 1);
    assert.equal((await red).fill, "red");
  });

  it("warns of a kind of problem once, not with every message", async () => {
    const flow = await loadDecoder();
    const warnings: string[] = [];
    flow.node.on("call:warn", (call: { args: [string] }) => warnings.push(call.args[0]));
    const vector = find("wrong check digit");
    for (let run = 0; run < 20; run++) await flow.send({ payload: vector.hex, topic: "BCE/D" });
    assert.deepEqual(warnings, [
      "IMEI_CHECK_DIGIT: IMEI 490154203237519 ends in 9, but its check digit would be 8 (topic BCE/D)",
    ]);
  });
});
