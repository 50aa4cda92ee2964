import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Telemetry } from "../../../src/model/message";
import { GLOBALMATIX } from "../../../src/protocols/globalmatix/index";
import { checkFieldMap, compileMap, type FieldMap } from "../../../src/protocols/json/field-map";
import { READY_MADE } from "../../../src/protocols/json/maps/index";

interface Sample extends Pick<Telemetry, "imei" | "time" | "position" | "attributes"> {
  readonly map: string;
  /** What the topic says, where the payload does not. */
  readonly topicImei?: string;
  readonly payload: unknown;
}
/** Messages as the documents of their makers have them. */
const SAMPLES: readonly Sample[] = JSON.parse(readFileSync("test/vectors/ready-made-maps.json", "utf8"));

describe("ready-made field maps", () => {
  it("have a sample each, and a name of their own", () => {
    assert.deepEqual(
      SAMPLES.map(({ map }) => map),
      READY_MADE.map(({ name }) => name),
    );
  });

  for (const { map: name, topicImei, payload, ...wanted } of SAMPLES)
    it(`${name} reads what is sent so`, () => {
      const map = READY_MADE.find((one) => one.name === name) as FieldMap;
      assert.deepEqual(checkFieldMap(map), []);
      const origin = topicImei === undefined ? {} : { topicImei };
      const received = {
        receivedAt: 0,
        map: compileMap(map),
        noTime: "error",
        noImei: "error",
        ...origin,
      } as const;
      const { records, error } = GLOBALMATIX.decode(Buffer.from(JSON.stringify(payload)), received);
      assert.equal(error, undefined);
      const [{ imei, time, position, attributes }] = records as [Telemetry];
      assert.deepEqual({ imei, time, position, attributes }, wanted);
    });
});
