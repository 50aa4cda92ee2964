import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { account, SHARED, TestDirectory } from "../support/directory";
import { type Certificates, makeCertificates, OwnBroker, READER, SERVICE } from "../support/own-broker";
import { IMEI, OTHER } from "../support/registry";
import { CAPTURES } from "../support/vectors";

const frameOf = (imei: string) =>
  Buffer.from(CAPTURES.find(({ normalized }) => normalized[0]?.imei === imei)?.hex ?? "", "hex");

/** Arguments that say who a client is. */
const as = (id: string, user: string, password: string) => ["-i", id, "-u", user, "-P", password];
const DEVICE = as(IMEI, SHARED.user, SHARED.password);
const FULL = as("flow", SERVICE.user, SERVICE.password);
const READ = as("phone", READER.user, READER.password);

/** Who, and whether Mosquitto's client gets in. */
const CONNECTS = [
  ["a device", DEVICE, true],
  ["a device, wrong password", as(IMEI, SHARED.user, "x"), false],
  ["a device, wrong user", as(IMEI, "x", SHARED.password), false],
  ["a device that is not registered", as("490154203237518", SHARED.user, SHARED.password), false],
  ["a device without a login", ["-i", IMEI], false],
  ["a service user", FULL, true],
  ["a service user, wrong password", as("flow", SERVICE.user, "x"), false],
  ["nobody", ["-i", "x"], false],
] as const;

const PUBLISHES = [
  ["a device", DEVICE, "BCE/D", true],
  ["a device", DEVICE, "BCE/X", false],
  ["a device", DEVICE, `${OTHER}/OUTC`, false],
  ["a service user", FULL, `${IMEI}/OUTC`, true],
  ["a service user", FULL, "$SYS/x", false],
  ["a reader", READ, "x", false],
] as const;

const SUBSCRIBES = [
  ["a device", DEVICE, `${IMEI}/OUTC`, true],
  ["a device", DEVICE, `${OTHER}/OUTC`, false],
  ["a device", DEVICE, "#", false],
  ["a service user", FULL, "#", true],
  ["a reader", READ, "BCE/#", true],
] as const;

for (const way of ["plain TCP", "TLS"] as const) {
  describe(`Mosquitto's own clients at the built-in broker, over ${way}`, () => {
    let broker: OwnBroker;
    let known: TestDirectory;
    let certificates: Certificates;
    let where: string[] = [];
    before(async () => {
      certificates = makeCertificates("nobody");
      const { key, cert, ca } = certificates;
      known = new TestDirectory().add(account(IMEI), account(OTHER));
      const tls = { port: 0, key: { file: key }, cert: { file: cert }, clientCertificates: false };
      broker = await OwnBroker.start(known, { listening: { port: 0, host: "127.0.0.1", tls } });
      const { plain, tls: secure } = broker.running.ports;
      const port = String(way === "TLS" ? secure : plain);
      where = ["-h", "127.0.0.1", "-p", port, ...(way === "TLS" ? ["--cafile", ca] : [])];
      writeFileSync(`${ca}.frame`, frameOf(IMEI));
      writeFileSync(`${ca}.foreign`, frameOf(OTHER));
    });
    after(async () => {
      await broker?.stop();
      certificates?.remove();
    });
    beforeEach(() => {
      broker.events.length = 0;
    });

    /** Runs a client to its end; returns its exit code and all it printed. */
    const run = (program: string, args: readonly string[]): Promise<{ code: number; printed: string }> =>
      new Promise((resolve) =>
        execFile(program, [...where, ...args], (error, out, err) =>
          resolve({ code: typeof error?.code === "number" ? error.code : 0, printed: `${out}${err}` }),
        ),
      );
    const publish = (who: readonly string[], topic: string, file = "frame") =>
      run("mosquitto_pub", [...who, "-q", "1", "-t", topic, "-f", `${certificates.ca}.${file}`]);

    for (const [name, who, may] of CONNECTS) {
      it(`${may ? "lets in" : "refuses"} ${name}`, async () => {
        const { code, printed } = await run("mosquitto_pub", [...who, "-q", "0", "-t", "BCE/D", "-n"]);
        assert.equal(code === 0, may, printed);
        if (!may) assert.match(printed, /not authori[sz]ed/i);
      });
    }

    for (const [name, who, topic, may] of PUBLISHES) {
      it(`${name} ${may ? "publishes" : "does not publish"} to ${topic}`, async () => {
        // After a refusal, its client connects and tries again until it is ended.
        const client = spawn("mosquitto_pub", [...where, ...who, "-q", "1", "-t", topic, "-m", "x"]);
        const ended = once(client, "exit").then(([code]) => code === 0);
        const denied = broker.event(({ event }) => event === "denied").then(() => false);
        assert.equal(await Promise.race([ended, denied]), may);
        client.kill();
        await ended;
      });
    }

    for (const [name, who, filter, may] of SUBSCRIBES) {
      it(`${name} ${may ? "subscribes" : "does not subscribe"} to ${filter}`, async () => {
        const { printed } = await run("mosquitto_sub", [...who, "-d", "-q", "1", "-E", "-t", filter]);
        assert.match(
          printed,
          may
            ? /Subscribed \(mid: 1\): 1/
            : /All subscription requests were denied|Subscribed \(mid: 1\): 128/,
        );
      });
    }

    it("brings a frame up and a command down, QoS 1", async () => {
      const flow = spawn("mosquitto_sub", [
        ...where,
        ...FULL,
        "-d",
        "-q",
        "1",
        "-t",
        "BCE/D",
        "-C",
        "1",
        "-F",
        "%x",
      ]);
      const lines = createInterface({ input: flow.stdout });
      const heard = new Promise<string>((resolve) =>
        lines.on("line", (line) => /^[0-9a-f]+$/.test(line) && resolve(line)),
      );
      await broker.event(({ event, client }) => event === "subscribed" && client === "flow");
      assert.equal((await publish(DEVICE, "BCE/D")).code, 0);
      assert.equal(await heard, frameOf(IMEI).toString("hex"));
      const device = spawn("mosquitto_sub", [
        ...where,
        ...DEVICE,
        "-q",
        "1",
        "-t",
        `${IMEI}/OUTC`,
        "-C",
        "1",
      ]);
      const command = once(device.stdout, "data");
      await broker.event(({ event, imei }) => event === "subscribed" && imei === IMEI);
      await run("mosquitto_pub", [...FULL, "-q", "1", "-t", `${IMEI}/OUTC`, "-m", "switch"]);
      assert.equal(String((await command)[0]).trim(), "switch");
    });

    it("refuses a frame of another device", async () => {
      const client = spawn("mosquitto_pub", [
        ...where,
        ...DEVICE,
        "-q",
        "1",
        "-t",
        "BCE/D",
        "-f",
        `${certificates.ca}.foreign`,
      ]);
      assert.equal((await broker.event(({ event }) => event === "denied")).code, "IMEI_OTHER");
      client.kill();
      await once(client, "exit");
    });

    it("publishes a will within a device's rights, and none beyond", async () => {
      for (const [topic, code] of [
        ["BCE/E", "PROTOCOL"],
        [`${OTHER}/OUTC`, "TOPIC_NOT_OWN"],
      ] as const) {
        broker.events.length = 0;
        known.all.length = 0;
        const will = ["--will-topic", topic, "--will-payload", "gone", "--will-qos", "1"];
        const device = spawn("mosquitto_sub", [...where, ...DEVICE, ...will, "-t", `${IMEI}/OUTC`]);
        await broker.event(({ event }) => event === "subscribed");
        device.kill("SIGKILL");
        await once(device, "exit");
        if (code === "TOPIC_NOT_OWN") {
          assert.equal((await broker.event(({ event }) => event === "denied")).code, code);
          assert.equal(known.all.length, 0);
        } else {
          await known.until(() => known.all.length === 1);
          assert.equal(known.all[0]?.topic, topic);
        }
      }
    });
  });
}
