import assert from "node:assert/strict";
import { judgeImei } from "../../nodes/editor/sidebar/imei-check";
import type { Row, Status } from "../../src/fleet/views";

const GOOD = "869595061374194";
const none = () => undefined;
const known =
  (status: Status, more: Partial<Row> = {}) =>
  (): Row => ({
    imei: GOOD,
    status,
    name: "Van 12",
    plate: "",
    group: "",
    lastSeen: null,
    speed: null,
    ignition: null,
    ...more,
  });

describe("the IMEI as it is typed", () => {
  it("is good with and without spaces and dashes", () => {
    for (const typed of [
      GOOD,
      ` ${GOOD} `,
      "869595-06-137419-4",
      "8695 9506 1374 194",
      "869595.06/137419-4",
    ]) {
      assert.deepEqual(judgeImei(typed, none), { imei: GOOD }, typed);
    }
  });

  it("is not finished, with how many digits there are", () => {
    assert.deepEqual(judgeImei("", none), { code: "IMEI_MISSING", unfinished: true });
    assert.deepEqual(judgeImei("8695 95", none), {
      code: "IMEI_LENGTH",
      values: { digits: 6 },
      unfinished: true,
    });
  });

  it("is wrong, with the rule that failed", () => {
    assert.equal(judgeImei("86959506137419x", none).code, "IMEI_DIGITS");
    assert.deepEqual(judgeImei(`${GOOD}1`, none), { imei: GOOD });
    assert.deepEqual(judgeImei(`${GOOD}12`, none), { code: "IMEI_LENGTH", values: { digits: 17 } });
    assert.deepEqual(judgeImei("869595061374197", none), {
      code: "IMEI_CHECK_DIGIT",
      values: { last: "7", expected: 4 },
    });
    assert.equal(judgeImei("8.69595E+14", none).code, "IMEI_SCIENTIFIC");
  });

  it("is registered already, by name", () => {
    assert.deepEqual(judgeImei(GOOD, known("online")), { code: "DEVICE_EXISTS", values: { name: "Van 12" } });
  });

  it("was heard already, whatever its check digit", () => {
    const heard = known("pending", { count: 3 });
    assert.deepEqual(judgeImei("869595061374197", heard), {
      imei: "869595061374197",
      code: "heard",
      values: { count: 3 },
    });
    const both = known("pending", { count: 3, refusals: 9 });
    assert.equal(judgeImei(GOOD, both).code, "heard");
  });

  it("has only tried to connect so far", () => {
    const tried = known("pending", { count: 0, refusals: 2 });
    assert.deepEqual(judgeImei(GOOD, tried), { imei: GOOD, code: "tried", values: { count: 2 } });
  });
});
