import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isGzip } from "../../src/bytes/gzip";
import { resolveDeviceConfig } from "../../src/device-config/device-config";
import { setupSheet } from "../../src/device-config/setup-sheet";
import { checkImei } from "../../src/model/imei";
import type { Telemetry } from "../../src/model/message";
import { MODES, OUTPUT_STATES, outputAttribute } from "../../src/model/output";
import { findProtocol, PROTOCOLS } from "../../src/protocols/index";
import type { IOTM } from "../../src/protocols/iotm/index";
import type { TrackerModel } from "../../src/protocols/protocol";
import { findSenders } from "../../src/protocols/senders";
import type { SetUpTool } from "../../src/protocols/sheet";
import { checkTopic, IMEI_PLACEHOLDER } from "../../src/protocols/topics";
import { GLOBALMATIX_VECTORS, vectorBytes } from "../support/globalmatix";
import { wildPayload } from "../support/payloads";
import { IMEI } from "../support/registry";
import { randomOf } from "../support/seed";
import { share } from "../support/share";
import { VECTORS } from "../support/vectors";

/** Payloads of each protocol that are read without a field map. */
const SAMPLES: Readonly<Record<string, readonly Uint8Array[]>> = {
  iotm: VECTORS.map(({ hex }) => Buffer.from(hex, "hex")),
  globalmatix: GLOBALMATIX_VECTORS.filter(({ map }) => map === undefined)
    .map(vectorBytes)
    .map((bytes) => (isGzip(bytes) ? gunzipSync(bytes) : bytes)),
};

const TEXTS = ["en-US", "de"].map((language) => ({
  language,
  config: JSON.parse(readFileSync(`nodes/device-config/locales/${language}/device-config.json`, "utf8")),
  sidebar: JSON.parse(readFileSync(`plugins/locales/${language}/trackers-sidebar.json`, "utf8")),
}));

const SWITCHINGS = [1, 2, 3, 4].flatMap((output) =>
  MODES.flatMap((mode) => OUTPUT_STATES.map((state) => ({ output, mode, state }))),
);

/** Every IMEI that a payload is said to be of. */
function sendersOf(bytes: Uint8Array): Set<string> {
  const imeis = new Set<string>();
  findSenders(bytes, ({ imei }) => {
    imeis.add(imei);
    return false;
  });
  return imeis;
}

/** Options of some decoders leave out what few people want. */
const NOTHING_LEFT_OUT: Parameters<typeof IOTM.decode>[1] = { receivedAt: 0, recordEvents: true };

describe("the list of protocols", () => {
  it("has each id, and each model of a tracker, once", () => {
    const ids = PROTOCOLS.map(({ id }) => id);
    assert.ok(ids.length > 1);
    assert.deepEqual([...new Set(ids)], ids);
    const models = PROTOCOLS.flatMap(({ models }) => models.map(({ id }) => id));
    assert.ok(models.length >= ids.length);
    assert.deepEqual([...new Set(models)], models);
  });

  it("has samples of each, and there are no others", () => {
    assert.deepEqual(Object.keys(SAMPLES).sort(), PROTOCOLS.map(({ id }) => id).sort());
  });

  it("finds none but those", () => {
    for (const id of [undefined, null, "", "IOTM", "toString", "__proto__", 0, {}]) {
      assert.equal(findProtocol(id), undefined);
    }
  });
});

for (const protocol of PROTOCOLS) {
  const { id, connects, defaults, outputs } = protocol;
  const tools: readonly SetUpTool[] = protocol.tools;
  const models: readonly TrackerModel[] = protocol.models;
  const samples = SAMPLES[id] ?? [];

  describe(`protocol ${id}`, () => {
    it("has a protocol sheet, and a text for each place in both languages", () => {
      const sheet = `docs/protocols/${id}.md`;
      assert.ok(existsSync(sheet), sheet);
      for (const { language, config, sidebar } of TEXTS) {
        const { name, protocol } = config["device-config"];
        const texts = {
          [`device-config.json: device-config.name.${id}`]: name[id],
          [`device-config.json: device-config.protocol.${id}`]: protocol[id],
          [`trackers-sidebar.json: sidebar.add.model.${id}`]: sidebar.sidebar.add.model[id],
        };
        const missing = Object.keys(texts).filter((place) => !texts[place]);
        assert.deepEqual(missing, [], language);
      }
    });

    it("has default topics that a device can use, and a login", () => {
      for (const topic of Object.values(defaults.topics)) assert.equal(checkTopic(topic), undefined);
      assert.ok(defaults.topics.telemetry);
      assert.ok(defaults.user);
      assert.equal(defaults.clientId.includes(IMEI_PLACEHOLDER), connects === "device");
    });

    it("has tools with names of their own, and all that its models are set up in", () => {
      const names = tools.map(({ name }) => name);
      assert.deepEqual([...new Set(names)], names);
      for (const { tool } of models) assert.ok(tool === undefined || tools.includes(tool));
    });

    for (const tool of tools) {
      it(`has a set-up sheet with all that ${tool.name} has to know`, () => {
        const config = resolveDeviceConfig({ protocol: id, host: "gps.example.com" }, { password: "secret" });
        const linesOf = (password: string | null) =>
          setupSheet(config, { name: "vans", password, tool }).flatMap(({ lines }) => lines);
        const lines = linesOf("secret");
        const typed = lines.map(({ value }) => value).join("\n");
        for (const part of [config.host, config.user, "secret", ...Object.values(defaults.topics)]) {
          assert.ok(typed.includes(part), part);
        }
        // A line is found by its field where it is copied.
        const fields = lines.map(({ field }) => field);
        assert.deepEqual([...new Set(fields)], fields);
        assert.ok(!linesOf(null).some(({ value }) => value.includes("secret")));
        assert.deepEqual(
          lines.filter(({ value }) => value.includes("secret")).map(({ secret }) => secret),
          [true],
        );
      });
    }

    it("has a text for every note of its sheets in both languages", () => {
      const config = resolveDeviceConfig({ protocol: id, host: "localhost" }, {});
      const sections = tools.flatMap((tool) => setupSheet(config, { name: "", password: "", tool }));
      const notes = sections.flatMap(({ note, lines }) => [note, ...lines.map((line) => line.note)]);
      for (const note of notes.filter((one) => one !== undefined)) {
        for (const { language, config } of TEXTS)
          assert.ok(config["device-config"].note[note], `${language}: ${note}`);
      }
    });

    it("makes of its samples records that say in which protocol they came", () => {
      const records = samples.flatMap((bytes) => protocol.decode(bytes, { receivedAt: 0 }).records);
      assert.ok(records.filter(({ kind }) => kind === "telemetry").length > 0, "it has samples");
      assert.deepEqual([...new Set(records.map((record) => record.protocol))], [id]);
    });

    it("says whose a payload is as its decoder does", () => {
      let compared = 0;
      for (const bytes of samples) {
        const senders = sendersOf(bytes);
        for (const { imei } of protocol.decode(bytes, { receivedAt: 0 }).records) {
          if (imei === null || checkImei(imei)?.code === "IMEI_LENGTH") continue;
          assert.ok(senders.has(imei), `${imei} of ${Buffer.from(bytes).toString("latin1")}`);
          compared++;
        }
      }
      assert.ok(compared > 0, "samples have senders");
    });

    it("gives records or an error for any payload, and never says more than findSenders", () => {
      const random = randomOf(`protocol ${id}`);
      for (let runs = share(20_000); runs > 0; runs--) {
        const bytes = wildPayload(random);
        const { records, error } = protocol.decode(bytes, NOTHING_LEFT_OUT);
        assert.ok(records.length > 0 || error !== undefined);
        const senders = sendersOf(bytes);
        for (const { imei } of records) assert.ok(imei === null || senders.has(imei));
      }
    });

    if (outputs === undefined) {
      it("takes no commands, so it has no topic for them", () => {
        assert.equal(defaults.topics.outputControl, undefined);
      });
    } else {
      it("encodes what its outputs can, and refuses the rest", () => {
        const envelope = { expires: Date.UTC(2026, 0, 1), uniqueId: 1, invertTimed: false };
        const frames = new Set<string>();
        for (const { mode, ...switching } of SWITCHINGS) {
          const duration = mode === "timed" ? outputs.duration.max : null;
          const encode = () => outputs.encode(IMEI, { ...switching, mode, duration }, envelope);
          if (outputs.modes(switching.output).includes(mode))
            frames.add(Buffer.from(encode()).toString("hex"));
          else assert.throws(encode, { code: "OUTPUT_MODE" });
        }
        const can = [1, 2, 3, 4].flatMap((output) => outputs.modes(output)).length;
        assert.ok(can > 0);
        assert.equal(frames.size, can * OUTPUT_STATES.length, "each is told otherwise");
        const tooLong = {
          output: 1,
          mode: "timed",
          state: "on",
          duration: outputs.duration.max * 2,
        } as const;
        assert.throws(() => outputs.encode(IMEI, tooLong, envelope), { code: "DURATION_RANGE" });
      });

      it("takes for done what a record says of that output, and nothing else", () => {
        const record = (attributes: Telemetry["attributes"]): Telemetry => ({
          schema: 1,
          kind: "telemetry",
          protocol: id,
          imei: IMEI,
          time: 0,
          receivedAt: 0,
          attributes,
          sensors: {},
        });
        const said = record({ [outputAttribute(1)]: true, [outputAttribute(2)]: false });
        assert.ok(outputs.confirm(said, { output: 1, state: "on" }));
        assert.ok(outputs.confirm(said, { output: 2, state: "off" }));
        assert.ok(!outputs.confirm(said, { output: 1, state: "off" }));
        assert.ok(!outputs.confirm(said, { output: 3, state: "off" }));
        assert.ok(!outputs.confirm(record({ [outputAttribute(1)]: 1 }), { output: 1, state: "on" }));
      });
    }
  });
}
