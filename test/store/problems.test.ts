import assert from "node:assert/strict";
import { TrackerError } from "../../src/errors";
import { isDamage, problemOf } from "../../src/store/sqlite/problems";

const sqlite = (errcode: number) =>
  Object.assign(new Error("as it said"), { code: "ERR_SQLITE_ERROR", errcode });
const system = (code: string) => Object.assign(new Error("as it said"), { code });

describe("problems of a registry's file", () => {
  for (const [name, error, code] of [
    ["SQLITE_BUSY", sqlite(5), "STORE_LOCKED"],
    ["SQLITE_BUSY_RECOVERY", sqlite(261), "STORE_LOCKED"],
    ["SQLITE_READONLY", sqlite(8), "STORE_READ_ONLY"],
    ["SQLITE_READONLY_DIRECTORY", sqlite(1544), "STORE_READ_ONLY"],
    ["SQLITE_CANTOPEN", sqlite(14), "STORE_READ_ONLY"],
    ["SQLITE_FULL", sqlite(13), "STORE_FULL"],
    ["SQLITE_IOERR_WRITE", sqlite(778), "STORE_FAILED"],
    ["SQLITE_NOMEM", sqlite(7), "STORE_FAILED"],
    ["SQLITE_CORRUPT", sqlite(11), "STORE_LOST"],
    ["EACCES", system("EACCES"), "STORE_READ_ONLY"],
    ["EROFS", system("EROFS"), "STORE_READ_ONLY"],
    ["ENOSPC", system("ENOSPC"), "STORE_FULL"],
    ["ENOTDIR", system("ENOTDIR"), "STORE_FAILED"],
    ["something else", new TypeError("as it said"), "STORE_FAILED"],
    ["no error at all", "as it said", "STORE_FAILED"],
    ["nothing", undefined, "STORE_FAILED"],
  ] as const) {
    it(`${name} is ${code}, in a sentence with the path`, () => {
      const problem = problemOf(error, "/data/registry.db");
      assert.equal(problem.code, code);
      assert.match(problem.message, /^[^\n]*\/data\/registry\.db[^\n]+$/);
      if (code === "STORE_FAILED" && error !== undefined) assert.match(problem.message, /as it said/);
    });
  }

  it("what has a sentence keeps it", () => {
    const problem = { code: "STORE_NEWER", message: "as it is" };
    assert.deepEqual(problemOf(new TrackerError(problem), "/data/registry.db"), problem);
  });

  it("only what is wrong with the content counts as damage", () => {
    assert.deepEqual([sqlite(11), sqlite(267), sqlite(26), new SyntaxError()].map(isDamage), [
      true,
      true,
      true,
      true,
    ]);
    for (const error of [sqlite(1), sqlite(5), sqlite(10), sqlite(7), new RangeError(), system("EIO")]) {
      assert.equal(isDamage(error), false);
    }
  });
});
