import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { LoginMemory } from "../../src/broker/login-memory";
import { type Asker, NotHashed, Passwords } from "../../src/broker/passwords";

/** Somebody who is there until hashing begins, so that whether there is a hash to work out can be told without a clock. */
const GONE: Asker = { address: "127.0.0.1", gone: () => true };
const THERE: Asker = { address: "127.0.0.1", gone: () => false };

describe("the broker's passwords", () => {
  let folder: string;
  let path: string;
  const problems: Error[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "logins-"));
    path = join(folder, "trackers-broker-1");
    problems.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = () => LoginMemory.open(path, (error) => problems.push(error));

  describe("that the registry has made", () => {
    const { password, hash } = REGISTRY_TOOLS.newPassword();

    it("have at least 128 bits, in letters and digits that can be typed, and are never the same", () => {
      assert.match(password, /^[0-9a-hjkmnp-tv-z]{26}$/);
      assert.notEqual(REGISTRY_TOOLS.newPassword().password, password);
      assert.match(hash, /^sha256\$[^$]{24}\$[^$]{44}$/);
      assert.ok(!hash.includes(password));
    });

    it("are right without any stretching, from the first time on", async () => {
      const passwords = new Passwords(await LoginMemory.open());
      assert.equal(await passwords.fitsHash(hash, Buffer.from(password), GONE), true);
    });

    for (const [what, given] of [
      ["another", REGISTRY_TOOLS.newPassword().password],
      ["none", ""],
      ["a part of it", password.slice(0, -1)],
    ] as const) {
      it(`that are not given right take the time of a stretched one: ${what}`, async () => {
        const passwords = new Passwords(await LoginMemory.open());
        await assert.rejects(passwords.fitsHash(hash, Buffer.from(given), GONE), NotHashed);
        assert.equal(await passwords.fitsHash(hash, Buffer.from(given), THERE), false);
      });
    }

    for (const broken of ["sha256$$", "sha256$AAAA$AAAA", `${hash}$x`, hash.slice(0, -8), "sha1$a$b"]) {
      it(`fit no hash that cannot be read: ${broken.replace(/\$.*\$/, "$…$")}`, async () => {
        const passwords = new Passwords(await LoginMemory.open());
        await assert.rejects(passwords.fitsHash(broken, Buffer.from(password), GONE), NotHashed);
        assert.equal(await passwords.fitsHash(broken, Buffer.from(password), THERE), false);
      });
    }
  });

  describe("that a person has chosen", () => {
    const right = Buffer.from("chosen by a person");
    let hash: string;
    before(async () => {
      hash = await REGISTRY_TOOLS.hashPassword(String(right));
    });
    const learnt = async () => {
      const memory = await open();
      assert.equal(await new Passwords(memory).fitsHash(hash, right, THERE), true);
      await memory.close();
    };

    it("are stretched once, and after a restart known at once", async () => {
      await assert.rejects(new Passwords(await open()).fitsHash(hash, right, GONE), NotHashed);
      await learnt();
      const passwords = new Passwords(await open());
      assert.equal(await passwords.fitsHash(hash, right, GONE), true);
      await assert.rejects(passwords.fitsHash(hash, Buffer.from("guessed"), GONE), NotHashed);
      assert.equal(await passwords.fitsHash(hash, Buffer.from("guessed"), THERE), false);
      assert.deepEqual(problems, []);
    });

    it("are looked at anew where they were set anew, to the same or another", async () => {
      await learnt();
      const again = await REGISTRY_TOOLS.hashPassword(String(right));
      await assert.rejects(new Passwords(await open()).fitsHash(again, right, GONE), NotHashed);
    });

    it("leave nothing on the disk by which they could be found but a keyed checksum, and the key, for its owner alone", async () => {
      await learnt();
      const [key, macs] = await Promise.all([readFile(`${path}.key`), readFile(`${path}.macs`, "utf8")]);
      assert.equal(key.length, 32);
      assert.match(macs, /^[^ \n]{44} [^ \n]{44}\n$/);
      for (const part of [String(right), ...hash.split("$").slice(4)]) assert.ok(!macs.includes(part));
      for (const end of ["key", "macs"]) assert.equal((await stat(`${path}.${end}`)).mode & 0o077, 0);
    });

    it("are only slower where the key or the checksums are gone, or are no more than noise", async () => {
      for (const spoil of [
        () => rm(`${path}.key`),
        () => writeFile(`${path}.key`, "short"),
        () => rm(`${path}.macs`),
        () => writeFile(`${path}.macs`, "noise\n\n a b c\n"),
      ]) {
        await learnt();
        await spoil();
        await assert.rejects(new Passwords(await open()).fitsHash(hash, right, GONE), NotHashed);
      }
      assert.deepEqual(problems, []);
    });

    it("are remembered in memory where no file can be written, which is told", async () => {
      path = join(folder, "missing", "trackers-broker-1");
      const memory = await open();
      const passwords = new Passwords(memory);
      assert.equal(await passwords.fitsHash(hash, right, THERE), true);
      assert.equal(await passwords.fitsHash(hash, right, GONE), true);
      await memory.close();
      assert.equal(problems.length, 1);
    });
  });

  it("are forgotten with their broker", async () => {
    await (await open()).close();
    await LoginMemory.remove(path);
    await assert.rejects(stat(`${path}.key`), { code: "ENOENT" });
  });
});
