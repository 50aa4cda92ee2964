import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { payloadBytes } from "../../nodes/bce-decoder/payload";
import { jsonPayload } from "../../nodes/globalmatix-decoder/json-payload";
import { foreignImei } from "../../src/broker/sender-check";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import { decodeReadings, readParsed, readPayload } from "../../src/protocols/json/decode";
import { type CompiledMap, compileMap } from "../../src/protocols/json/field-map";
import { IMEI, OTHER, THIRD } from "../support/registry";

/** Registered, too; its IMEI may lose its first digit. */
const ZERO = "012345678901237";
const REGISTERED = [IMEI, OTHER, THIRD, ZERO];
const LIMITS = { property: "payload", maxBytes: 256 * 1024 };

/** As mqtt in gives a payload on: the bytes, and with auto-detect text or what JSON.parse makes of it. */
function given(payload: Buffer): unknown[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return [payload];
  }
  try {
    return [payload, text, JSON.parse(text)];
  } catch {
    return [payload, text];
  }
}

function attempted<T>(run: () => readonly T[]): readonly T[] {
  try {
    return run();
  } catch {
    return [];
  }
}

/** The IMEIs of all records that the decoders make of a value. */
function speakers(value: unknown, map: CompiledMap): (string | null)[] {
  const frame = attempted(
    () =>
      decodePayload(payloadBytes(value, LIMITS, false), {
        receivedAt: 1,
        topicImei: IMEI,
        acceptWrongChecksum: true,
      }).records,
  );
  const json = attempted(() => {
    const payload = jsonPayload(value, LIMITS);
    const read = "bytes" in payload ? readPayload(payload.bytes, map) : readParsed(payload.parsed, map);
    const missing = { noTime: "received", noImei: "pass" } as const;
    const context = { protocol: "json", map, receivedAt: 1, topicImei: IMEI, ...missing };
    return decodeReadings(read, context, () => Buffer.alloc(0)).records;
  });
  return [...frame, ...json].map(({ imei }) => imei);
}

const MAPS = [
  {},
  { rules: [{ from: "x", to: "imei" }] },
  { rules: [{ from: "a.b", to: "imei" }] },
  { rules: [{ from: 'list[name="who"].value', to: "imei" }] },
  { readings: "data", rules: [{ from: "data[].x", to: "imei" }] },
].map((map) => compileMap(map));

const written = fc
  .tuple(fc.constantFrom(OTHER, THIRD, ZERO, IMEI), fc.nat(17))
  .map(([imei, way]): unknown => {
    const digits = imei.replace(/^0/, "");
    const ways: unknown[] = [
      imei,
      Number(imei),
      digits,
      `IMEI:${imei}`,
      `imei ${imei}`,
      imei.replace(/.{5}(?=.)/g, "$&-"),
      imei.replace(/.{4}(?=.)/g, "$& "),
      `${imei.slice(0, 14)}42`,
      Number(`${imei.slice(0, 14)}17`),
      `${digits[0]}.${digits.slice(1)}E+${digits.length - 1}`,
      `${digits}.0`,
      `'${imei}`,
      `="${imei}"`,
      `\u200e${imei}\u00a0`,
      [...imei].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join(""),
      `0${imei}`,
      `${imei}/01`,
      [...imei].map((digit) => String.fromCharCode(0x660 + Number(digit))).join(""),
    ];
    return ways[way];
  });

const name = fc.constantFrom(
  ...["imei", "IMEI", "device_imei", "deviceId", "ident", "id", "serial", "uniqueId", "unitid", "device"],
  ...["x", "a", "b", "data", "list", "value", "name", "who", "v", "im ei", "i.m.e.i", "key", "signals"],
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    written,
    fc.constantFrom<unknown>(1, "who", "imei", "deviceId", null, 1_795_192_200, 17, ""),
    fc.dictionary(name, tie("json"), { maxKeys: 5 }),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.tuple(name, written).map(([key, value]) => ({ name: key, value })),
    fc.array(
      fc.tuple(name, written).map(([key, value]) => ({ name: key, value })),
      { maxLength: 3 },
    ),
    tie("json").map((value) => JSON.stringify(value)),
  ),
})) as { json: fc.Arbitrary<unknown> };

const frame = fc
  .tuple(fc.constantFrom(IMEI, OTHER), fc.constantFrom(OTHER, IMEI), fc.boolean())
  .map(([first, second, isDamaged]) => {
    const bytes = Buffer.from(
      encodeFrame(
        [first, second].flatMap((imei) => [
          { type: 2, imei } as const,
          { type: 1, time: 1_795_192_200, values: [{ id: 0x3008, valueType: 0, value: false }] } as const,
        ]),
      ),
    );
    return isDamaged ? bytes.subarray(0, bytes.length - 3) : bytes;
  });

const text = fc.oneof(
  { arbitrary: json.map((value) => JSON.stringify(value) ?? "null"), weight: 6 },
  fc
    .array(
      json.map((value) => JSON.stringify(value) ?? "null"),
      { maxLength: 4 },
    )
    .map((lines) => lines.join("\n")),
  fc
    .tuple(frame, fc.constantFrom("", " ", ":", "-", "\n"))
    .map(([bytes, between]) => bytes.toString("hex").replace(/..(?=.)/g, `$&${between}`)),
  frame.map((bytes) => JSON.stringify(bytes.toString("hex"))),
  frame.map((bytes) => JSON.stringify(`0x${bytes.toString("hex")}`)),
  frame.map((bytes) => JSON.stringify(bytes.toString("utf8"))),
);

/** Text is changed here and there, because broken text is read, too. */
const mutated = fc
  .tuple(
    text,
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.constantFrom("\n", '"', "\\", ",", "}", "{", "\0", "\ufeff", "nan", "x", " ", "]", "[", ":", "\r"),
      ),
    ),
  )
  .map(([whole, changes]) =>
    changes.slice(0, 3).reduce((kept, [at, put]) => kept.slice(0, at) + put + kept.slice(at), whole),
  );

const payload = fc.oneof(
  fc.tuple(fc.oneof(text, mutated), fc.nat(7)).map(([one, way]): Buffer => {
    const ways: Buffer[] = [
      Buffer.from(one),
      Buffer.from(`\ufeff${one}`),
      Buffer.from(`${one}\0\0`),
      Buffer.from(`\ufeff${one}`, "utf16le"),
      Buffer.from(`\ufeff${one}`, "utf16le").swap16(),
      Buffer.from(`${one}\n"Öl"`, "latin1"),
      gzipSync(one),
      Buffer.from(one, "utf16le"),
    ];
    return ways[way] as Buffer;
  }),
  frame,
  fc.tuple(frame, text).map(([bytes, more]) => Buffer.concat([bytes, Buffer.from(`\n${more}`)])),
);

describe("who speaks", () => {
  it("no decoder makes a record of another registered device of what the guard lets through", () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        if (foreignImei(bytes, IMEI, (imei) => REGISTERED.includes(imei)) !== undefined) return;
        for (const value of given(bytes)) {
          for (const map of MAPS) {
            const others = speakers(value, map).filter(
              (imei) => imei !== null && imei !== IMEI && REGISTERED.includes(imei),
            );
            assert.deepEqual(others, [], bytes.toString("latin1").slice(0, 300));
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
