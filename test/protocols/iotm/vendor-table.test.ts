import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SENSORS, sensorIdText } from "../../../src/protocols/iotm/sensors";

/** A row of docs/protocols/iotm-sensors.tsv: facts of the vendor's, and what they are called here. */
interface Row {
  readonly id: number;
  readonly vendor: string;
  readonly name: string;
  readonly key: string;
  /** Why the name here has no word of the vendor's, or another number. */
  readonly reason: string;
}

/** The copy of the vendor's table; rows of many ids are spread. */
const ROWS: readonly Row[] = readFileSync("docs/protocols/iotm-sensors.tsv", "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .flatMap((line) => {
    const [ids = "", vendor = "", name = "", key = "", reason = ""] = line.split("\t");
    const [first = 0, last = first] = ids.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => ({
      id: first + at,
      vendor: nth(vendor, at),
      name: nth(name, at),
      key,
      reason,
    }));
  });

/** `U8_0..21` to `U8_3`, with `at` 3. */
function nth(name: string, at: number): string {
  return name.replace(/(\d+)\.\.\d+$/, (_, first) => String(Number(first) + at));
}

const BY_ID = new Map(SENSORS.map((sensor) => [sensor.id, sensor]));

describe("IOTM sensors and the vendor's table", () => {
  it("have the same ids", () => {
    assert.ok(ROWS.length > 500, `${ROWS.length} rows`);
    assert.deepEqual(
      ROWS.map(({ id }) => sensorIdText(id)).sort(),
      SENSORS.map(({ id }) => sensorIdText(id)).sort(),
    );
  });

  it("are called alike, or it is said why not", () => {
    for (const { id, vendor, name, key, reason } of ROWS) {
      const place = `${sensorIdText(id)} ${vendor} ${name}`;
      const sensor = BY_ID.get(id);
      assert.deepEqual([sensor?.name, sensor?.meaning?.key ?? ""], [name, key], place);
      assert.equal(isAlike(vendor, name), reason === "", `${place}: ${reason}`);
    }
  });
});

/** Whether two names have a word in common, and the same numbers. */
function isAlike(vendor: string, name: string): boolean {
  const own = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  const other = vendor.toLowerCase().replace("user_defined", "script");
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).join();
  const shares = (words: string, text: string) =>
    words.split(/[^a-z]+/).some((word) => word.length > 1 && text.replaceAll("_", "").includes(word));
  return numbers(other) === numbers(own) && (shares(own, other) || shares(other, own));
}
