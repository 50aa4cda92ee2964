import assert from "node:assert/strict";
import { brokerSettings } from "../nodes/broker/settings";
import { anyText, choice, count, flag, readOptions } from "../nodes/runtime/options";
import { checkDeviceConfig } from "../src/device-config/device-config";
import type { Problem } from "../src/errors";
import { decodeReadings, readPayload } from "../src/protocols/json/decode";
import { checkFieldMap, compileMap } from "../src/protocols/json/field-map";
import { readRoute } from "../src/simulator/route-text";
import { TestCommander } from "./support/commands";
import { IMEI, TestRegistry } from "./support/registry";

/** Characters of what was sent that a problem may repeat. */
const MOST = 200;
const LONG = "x".repeat(5000);
const REPEATED = new RegExp(`x{${MOST + 1}}`);

/** Long text as a value, as a key, inside of both, and in the places of numbers and lists. */
const ODD: readonly unknown[] = [
  LONG,
  [LONG],
  { [LONG]: 1 },
  { a: LONG },
  [{ [LONG]: LONG }],
  `1${LONG}`,
  `{"${LONG}":1}`,
];

function fits({ code, message, path = "" }: Problem, what: string): void {
  for (const said of [code, message, path]) assert.doesNotMatch(said, REPEATED, `${what}: ${code}`);
}

async function tried(what: string, work: () => unknown): Promise<number> {
  try {
    const result = (await work()) as { lines?: readonly Partial<Problem>[] } | undefined;
    for (const line of result?.lines ?? []) if (line.code !== undefined) fits(line as Problem, what);
    return 0;
  } catch (error) {
    fits(error as Problem, what);
    return 1;
  }
}

const DEVICE_FIELDS = "imei name state deviceConfig plate vin group tags notes driver password vehicle".split(
  " ",
);
const COMMAND_FIELDS = "imei output state mode duration expires delivery id override".split(" ");
const CONFIG_FIELDS =
  "protocol platform host port tls topics clientId inputNames outputNames sensors outputStops interlock delivery offlineAfter fieldMap".split(
    " ",
  );
const BROKER_FIELDS =
  "bind address port tls tlsPort certFile clientCertificates services local acknowledge packetSize".split(
    " ",
  );
const JSON_NAMES = "imei ts lat lon speed fix battery odometer vin".split(" ");

/** Everything that is wrong with device configs and field maps that have one odd value. */
function wrongWith(odd: unknown): Problem[] {
  const rules = RULE_FIELDS.flatMap((field) =>
    checkFieldMap({ rules: [{ from: "a", to: "speed", [field]: odd }] }),
  );
  return [
    ...CONFIG_FIELDS.flatMap((field) => checkDeviceConfig({ [field]: odd } as object)),
    ...checkFieldMap({ rules: [odd] }),
    ...checkFieldMap({ readings: odd, name: odd }),
    ...rules,
  ];
}

/** Everything that is wrong with a payload. */
function wrongInside(payload: unknown): Problem[] {
  const map = compileMap({});
  const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  try {
    const context = { protocol: "json", map, receivedAt: 0, noTime: "error", noImei: "error" } as const;
    const { error, warnings } = decodeReadings(readPayload(bytes, map), context, () => bytes);
    return [...warnings, ...(error === undefined ? [] : [error])];
  } catch (error) {
    return [error as Problem];
  }
}

const RULE_FIELDS = ["from", "to", "unit", "when", "default", "factor", "offset"];

describe("what was sent", () => {
  it("is not repeated at length by any request, nor by the report of an import", async () => {
    const { ask } = await (async () => {
      const it_ = await TestRegistry.open();
      return { ask: (name: string, payload: unknown) => it_.ask(name, payload) };
    })();
    let refused = 0;
    for (const name of [
      "register",
      "update",
      "activate",
      "remove",
      "ignore",
      "import",
      "get",
      "list",
      "export",
      LONG,
    ]) {
      for (const odd of ODD) refused += await tried(name.slice(0, 20), () => ask(name, odd));
    }
    for (const field of [...DEVICE_FIELDS, LONG]) {
      for (const odd of ODD) {
        refused += await tried(`register ${field.slice(0, 20)}`, () =>
          ask("register", { imei: IMEI, [field]: odd }),
        );
        await tried(`import ${field.slice(0, 20)}`, () => ask("import", [{ imei: IMEI, [field]: odd }]));
        await tried(`csv ${field.slice(0, 20)}`, () =>
          ask("import", `imei;${field}\n${IMEI};${String(odd)}\n${LONG};1`),
        );
      }
    }
    for (const option of ["data", "onExisting", "state", "allOrNothing", "check", "columns", LONG]) {
      for (const odd of ODD)
        refused += await tried(`option ${option.slice(0, 20)}`, () =>
          ask("import", { data: [], [option]: odd }),
        );
    }
    assert.ok(refused > 100, String(refused));
  });

  it("is not repeated at length by commands", async () => {
    const it_ = await TestCommander.open();
    let refused = 0;
    for (const odd of ODD) refused += await tried("command", () => it_.submit(odd));
    for (const field of [...COMMAND_FIELDS, LONG]) {
      for (const odd of ODD)
        refused += await tried(`command ${field.slice(0, 20)}`, () =>
          it_.submit({ state: "on", [field]: odd }),
        );
    }
    assert.ok(refused > 50, String(refused));
  });

  it("is not repeated at length by what is wrong with a saved config", async () => {
    const problems = ODD.flatMap(wrongWith);
    assert.ok(problems.length > 30, String(problems.length));
    for (const problem of problems) fits(problem, "saved");
    for (const odd of ODD) {
      for (const field of BROKER_FIELDS)
        await tried(`broker ${field}`, () => brokerSettings({ [field]: odd }, {}, "."));
      for (const option of [choice("a", "b"), count(1, 9), flag(true), anyText("a")])
        await tried("option", () =>
          readOptions({ o: option as never }, { o: odd, [LONG]: 1 }, undefined, "msg."),
        );
      await tried("route", () => readRoute(String(odd)));
    }
  });

  it("is not repeated at length by a decoder", () => {
    const payloads = ODD.flatMap((odd) => [odd, ...JSON_NAMES.map((name) => ({ imei: IMEI, [name]: odd }))]);
    for (const problem of payloads.flatMap(wrongInside)) fits(problem, "decoder");
  });
});
