import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { DenialCode, Refusal } from "../../src/model/refusal";

/** Complete by its type. */
const REFUSALS: Readonly<Record<Refusal, true>> = {
  CLIENT_ID: true,
  DEVICE_UNKNOWN: true,
  DEVICE_INACTIVE: true,
  LOGIN: true,
  PASSWORD_UNSET: true,
  BLOCKED: true,
  CONNECTIONS: true,
  NOT_READY: true,
  MQTT_VERSION: true,
};

/** Complete by its type. */
const DENIALS: Readonly<Record<DenialCode, true>> = {
  TOPIC_INVALID: true,
  TOPIC_RESERVED: true,
  TOPIC_NOT_OWN: true,
  IMEI_OTHER: true,
  FILTER_NOT_OWN: true,
  SHARED_FILTER: true,
  FILTERS: true,
  READ_ONLY: true,
  COMMAND_LATE: true,
  CLIENT_ID_TWICE: true,
};

/** Where codes of a command's history are given. */
const SOURCES = [
  "src/commands/commander.ts",
  "src/commands/confirmation.ts",
  "src/commands/interlock.ts",
  "src/commands/machine.ts",
  "src/commands/obstacles.ts",
  "src/commands/polarity.ts",
  "nodes/output-command/mqtt-ways.ts",
  "src/fleet/found-problem.ts",
];
/** Say no more than the status that stands beside them. */
const PLAIN = ["ACCEPTED", "SENT", "RECEIVED", "CONFIRMED", "CANCELLED"];
/** Answers to a request and problems of the registry's file, never part of a command's history. */
const OTHERS = ["COMMAND_TWICE", "NOT_READY", "STORE_DAMAGED", "STORE_REPLACED", "STORE_ROWS"];

function givenCodes(): string[] {
  const codes = SOURCES.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:\bcode: |\bunknown\()"([A-Z_]+)"/g)].map(
      ([, code = ""]) => code,
    ),
  );
  return [...new Set(codes)].filter((code) => !PLAIN.includes(code) && !OTHERS.includes(code));
}

function documentedCodes(): string[] {
  const [, table = ""] = readFileSync("docs/commands.md", "utf8").split("In a command's history");
  const firstCells = table.split("\n").map((line) => line.split("|")[1] ?? "");
  const codes = firstCells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => code));
  return codes.filter((code) => !PLAIN.includes(code));
}

for (const language of ["en-US", "de"]) {
  const { sidebar } = JSON.parse(
    readFileSync(`plugins/locales/${language}/trackers-sidebar.json`, "utf8"),
  ) as { sidebar: Record<"reason" | "refusal" | "denial", Record<string, string>> };
  const without = (codes: readonly string[], kind: keyof typeof sidebar) =>
    codes.filter((code) => !sidebar[kind][code]);

  describe(`reasons in the sidebar: ${language}`, () => {
    it("has a text for each code that a command's history can have", () => {
      assert.ok(givenCodes().length >= 15, givenCodes().join());
      assert.deepEqual(without(givenCodes(), "reason"), []);
      assert.deepEqual(without(documentedCodes(), "reason"), []);
    });

    it("has a text for each reason why a device is not let in or denied something", () => {
      assert.deepEqual(without(Object.keys(REFUSALS), "refusal"), []);
      assert.deepEqual(without(Object.keys(DENIALS), "denial"), []);
    });
  });
}

describe("codes of a command's history", () => {
  it("stand in the docs", () => {
    const documented = documentedCodes();
    assert.deepEqual(
      givenCodes().filter((code) => !documented.includes(code)),
      [],
    );
  });
});
