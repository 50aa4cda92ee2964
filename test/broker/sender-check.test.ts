import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { foreignImei } from "../../src/broker/sender-check";
import { IMEI, OTHER } from "../support/registry";
import { SPOOFS, spoofed } from "../support/spoofing";

const isRegistered = (imei: string) => imei === OTHER || imei === LOST_ZERO;
/** An IMEI that a spreadsheet, or a number, shortens. */
const LOST_ZERO = "012345678901237";
const foreign = (payload: string | Buffer, own = IMEI) =>
  foreignImei(Buffer.from(payload), own, isRegistered);

describe("whose message it is", () => {
  for (const spoof of SPOOFS) {
    it(`${spoof.name}: of the device itself, or of another`, () => {
      assert.equal(foreignImei(spoofed(spoof, IMEI, IMEI), IMEI, isRegistered), undefined);
      assert.equal(foreignImei(spoofed(spoof, OTHER, IMEI), IMEI, isRegistered), OTHER);
    });
  }

  it("deeply nested JSON is read to its end", () => {
    const nested = `${'{"a":'.repeat(9000)}{"imei": "${OTHER}"}${"}".repeat(9000)}`;
    assert.equal(foreign(nested), OTHER);
  });

  it("an IMEI that has lost its zero is that of the device", () => {
    assert.equal(foreign('{"x": 12345678901237}'), LOST_ZERO);
    assert.equal(foreign('{"imei": "12345678901237"}'), LOST_ZERO);
  });

  it("what only looks like an IMEI is nobody's, but where the name says that it is the sender's", () => {
    assert.equal(foreign('{"phone": 490154203237518}'), undefined);
    assert.equal(foreign('{"ident": 490154203237518}'), "490154203237518");
    assert.equal(foreign('{"messageId": 1795192200000, "id": 1795192200000}'), undefined);
  });

  for (const number of [
    `${OTHER}.01`,
    `${BigInt(OTHER) - 1n}.99`,
    `${OTHER}0e-1`,
    `${OTHER}00.0e-2`,
    `${OTHER.slice(0, 14)}.${OTHER.slice(14)}e1`,
    `0.${OTHER}e15`,
    `0${OTHER.slice(0, 6)}.${OTHER.slice(6)}`,
  ]) {
    it(`a number is what a reader of JSON makes of it: ${number}`, () => {
      assert.equal(foreign(`{"imei": ${number}}`), OTHER);
    });
  }

  it("a number of few digits may have many", () => {
    assert.equal(foreign('{"imei": 8.6e14}'), "860000000000000");
  });

  it("a fraction is no IMEI", () => {
    assert.equal(foreign(`{"imei": ${OTHER.slice(0, 6)}.${OTHER.slice(6)}}`), undefined);
    assert.equal(foreign(`{"imei": ${OTHER}.5}`), undefined);
  });

  it("passes on what nobody can read", () => {
    for (const one of [
      Buffer.alloc(0),
      Buffer.from([0x1f, 0x8b, 1]),
      Buffer.from("02zz"),
      Buffer.from("{["),
    ]) {
      assert.equal(foreignImei(one, IMEI, isRegistered), undefined);
    }
  });

  it("trusts nothing that is too much to look at", () => {
    assert.equal(
      foreignImei(gzipSync(Buffer.alloc(2 * 1024 * 1024)), IMEI, isRegistered),
      "an unknown device",
    );
  });

  it("trusts nothing that has more to look at than any device says", () => {
    for (const one of [
      "[".repeat(20_000),
      JSON.stringify(Array(3_000).fill("86-00-00-04-00-00-02-7")),
      JSON.stringify(Array(30_000).fill(Number(IMEI))),
      JSON.stringify(`${IMEI} `.repeat(30_000)),
      JSON.stringify(Array(15_000).fill("[[[[[[[[[[[[[[[[")),
    ]) {
      assert.equal(foreign(one), "an unknown device");
    }
  });

  it("passes on a thousand readings of a device, with its times as text", () => {
    const reading = {
      imei: IMEI,
      time: "2026-11-26 12:00:00.000",
      sent: "2026-11-26T12:00:00.000Z",
      values: {},
    };
    const values = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`signal${at}`, at / 3]));
    const batch = JSON.stringify(Array(1000).fill({ ...reading, values }));
    assert.equal(foreign(batch), undefined);
    assert.equal(foreign(batch.replace(/.$/, `,{"imei":"${OTHER}"}]`)), OTHER);
  });
});
