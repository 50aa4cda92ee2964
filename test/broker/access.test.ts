import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { IClientOptions, MqttClient } from "mqtt";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { Quiet } from "../../src/broker/events";
import { DEFAULT_LIMITS } from "../../src/broker/limits";
import type { TlsSettings } from "../../src/broker/listeners";
import { resolveDeviceConfig } from "../../src/device-config/device-config";
import { imeiOf } from "../../src/simulator/plan";
import { account, SHARED, TestDirectory } from "../support/directory";
import { type Certificates, makeCertificates, OwnBroker, READER, SERVICE } from "../support/own-broker";
import { IMEI, OTHER, THIRD } from "../support/registry";
import { CAPTURES } from "../support/vectors";

/** With a password of its own. */
const OWN = "860000000000017";
const SLEEPING = "860000000000025";
const CLOUD = { user: "globalmatix_device", password: "the cloud's" };

const BARE = imeiOf("car", 77);

async function directory(): Promise<TestDirectory> {
  const made = new TestDirectory().add(
    account(IMEI),
    account(OTHER),
    account(OWN, { ownPassword: await REGISTRY_TOOLS.hashPassword("only mine") }),
    account(SLEEPING, { state: "deactivated" }),
    account(BARE, { shared: undefined }),
  );
  const { topics } = resolveDeviceConfig({ protocol: "globalmatix" });
  made.clouds.push({ deviceConfig: "cloud", login: CLOUD, topics });
  made.clouds.push({ deviceConfig: "bare", login: { user: "bare_cloud", password: "" }, topics });
  return made;
}

const as = (clientId: string, username?: string, password?: string): IClientOptions => ({
  clientId,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
});
const DEVICE = as(IMEI, SHARED.user, SHARED.password);
const WHO = {
  device: DEVICE,
  cloud: as("any id", CLOUD.user, CLOUD.password),
  full: as("flow", SERVICE.user, SERVICE.password),
  read: as("phone", READER.user, READER.password),
  anonymous: as("passer-by"),
} as const;
type Who = keyof typeof WHO;

const FRAME = Buffer.from(CAPTURES.find(({ normalized }) => normalized[0]?.imei === IMEI)?.hex ?? "", "hex");
const payloadOf = (who: Who) => (who === "device" ? FRAME : Buffer.from("{}"));

/** Why not; null where it is let in. */
const CONNECTS: readonly [string, IClientOptions, string | null][] = [
  ["a device with its device config's login", DEVICE, null],
  ["a device with its own password", as(OWN, "anything", "only mine"), null],
  ["a device with its own password and no user", as(OWN, "", "only mine"), null],
  [
    "a device with its own password that gives the shared one",
    as(OWN, SHARED.user, SHARED.password),
    "LOGIN",
  ],
  ["a device for which nobody has set a password", as(BARE, SHARED.user, "guessed"), "PASSWORD_UNSET"],
  ["a device for which nobody has set a password, which gives none", as(BARE), "PASSWORD_UNSET"],
  ["a vendor's cloud for which nobody has set a password", as("any", "bare_cloud", "x"), "PASSWORD_UNSET"],
  ["a wrong password", as(IMEI, SHARED.user, "the fleets"), "LOGIN"],
  ["an empty password", as(IMEI, SHARED.user, ""), "LOGIN"],
  ["no password", as(IMEI, SHARED.user), "LOGIN"],
  ["a wrong user", as(IMEI, "bce", SHARED.password), "LOGIN"],
  ["neither user nor password", as(IMEI), "LOGIN"],
  ["another device's own password", as(IMEI, SHARED.user, "only mine"), "LOGIN"],
  ["a service's login with a device's id", as(IMEI, SERVICE.user, SERVICE.password), "LOGIN"],
  ["an IMEI that is not registered", as(THIRD, SHARED.user, SHARED.password), "DEVICE_UNKNOWN"],
  ["a device that is not active", as(SLEEPING, SHARED.user, SHARED.password), "DEVICE_INACTIVE"],
  ["a device that is not active, wrong password", as(SLEEPING, SHARED.user, "x"), "LOGIN"],
  ["15 digits that are no IMEI", as("869595061374195", SHARED.user, SHARED.password), "CLIENT_ID"],
  [
    "15 digits that are no IMEI, as a service",
    as("869595061374195", SERVICE.user, SERVICE.password),
    "CLIENT_ID",
  ],
  ["the shared login with any id", as("tracker", SHARED.user, SHARED.password), "CLIENT_ID"],
  ["the shared login with a digit too few", as(IMEI.slice(0, -1), SHARED.user, SHARED.password), "CLIENT_ID"],
  [
    "the shared login with a space behind the IMEI",
    as(`${IMEI} `, SHARED.user, SHARED.password),
    "CLIENT_ID",
  ],
  ["the placeholder as it is, wrong password", as("%IMEI%", SHARED.user, "the fleets"), "CLIENT_ID"],
  ["no id but the shared login", as("", SHARED.user, SHARED.password), "CLIENT_ID"],
  ["an id in letters of another script", as("٨٦٩٥٩٥٠٦١٣٧٤١٩٤", SHARED.user, SHARED.password), "CLIENT_ID"],
  ["a vendor's cloud", WHO.cloud, null],
  ["a vendor's cloud for a device that is not registered", as(THIRD, CLOUD.user, CLOUD.password), null],
  ["a vendor's cloud with a registered device's id", as(IMEI, CLOUD.user, CLOUD.password), "LOGIN"],
  ["a vendor's cloud, wrong password", as("any id", CLOUD.user, "the clouds"), "LOGIN"],
  ["a service user", WHO.full, null],
  ["a service user without an id", as("", SERVICE.user, SERVICE.password), null],
  ["a service user, wrong password", as("flow", SERVICE.user, SERVICE.password.toUpperCase()), "LOGIN"],
  ["a service user with another's password", as("flow", SERVICE.user, READER.password), "LOGIN"],
  ["a service user, no password", as("flow", SERVICE.user), "LOGIN"],
  ["a user that nobody has", as("flow", "admin", "admin"), "LOGIN"],
  ["a user named as something that objects have", as("flow", "__proto__", "x"), "LOGIN"],
  ["nobody in particular, where that is allowed", WHO.anonymous, null],
];

/** Who × topic: whether it may. A device's frames are its own. */
const PUBLISHES: readonly [topic: string, Readonly<Record<Who, boolean>>][] = [
  ["BCE/D", { device: true, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/E", { device: true, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/F", { device: true, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/R", { device: true, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/d", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/D/", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["/BCE/D", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["BCE/Ｄ", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["globalmatix/in", { device: false, cloud: true, full: true, read: false, anonymous: false }],
  [`${IMEI}/OUTC`, { device: false, cloud: false, full: true, read: false, anonymous: false }],
  [`${OTHER}/OUTC`, { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["%IMEI%/OUTC", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["trackers/x/telemetry", { device: false, cloud: false, full: true, read: false, anonymous: false }],
  ["$SYS/x", { device: false, cloud: false, full: false, read: false, anonymous: false }],
  ["$kept", { device: false, cloud: false, full: false, read: false, anonymous: false }],
];

const SUBSCRIBES: readonly [filter: string, Readonly<Record<Who, boolean>>][] = [
  [`${IMEI}/OUTC`, { device: true, cloud: false, full: true, read: true, anonymous: false }],
  [`${OTHER}/OUTC`, { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["+/OUTC", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  [`${IMEI}/+`, { device: false, cloud: false, full: true, read: true, anonymous: false }],
  [`${IMEI}/OUTC/#`, { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["#", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["BCE/D", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["globalmatix/in", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["trackers/#", { device: false, cloud: false, full: true, read: true, anonymous: true }],
  ["trackers/+/status", { device: false, cloud: false, full: true, read: true, anonymous: true }],
  ["+/x/status", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["$SYS/#", { device: false, cloud: false, full: true, read: true, anonymous: false }],
  ["$kept", { device: false, cloud: false, full: false, read: false, anonymous: false }],
  ["$share/all/BCE/D", { device: false, cloud: false, full: false, read: false, anonymous: false }],
];

/** What a client that publishes sees: its message taken, or its connection ended. */
async function publishes(
  client: MqttClient,
  topic: string,
  payload: Buffer,
  qos: 0 | 1 | 2,
): Promise<boolean> {
  const gone = new Promise<boolean>((resolve) => client.once("close", () => resolve(false)));
  const done = client.publishAsync(topic, payload, { qos }).then(
    () => true,
    () => false,
  );
  // Nothing answers a QoS 0, but an answered ping tells that the connection was not ended.
  const answered = new Promise<boolean>((resolve) =>
    client.on("packetreceive", ({ cmd }) => cmd === "pingresp" && resolve(true)),
  );
  if (qos > 0 && !(await Promise.race([done, gone]))) return false;
  await done;
  if (client.connected) client.sendPing();
  return Promise.race([answered, gone]);
}

async function subscribes(client: MqttClient, filter: string): Promise<readonly number[]> {
  return client.subscribeAsync(filter, { qos: 1 }).then(
    (grants) => grants.map(({ qos }) => qos as number),
    // mqtt.js rejects where the only filter was refused.
    () => [128],
  );
}

type Scheme = "mqtt" | "mqtts";

/** A broker with all kinds of clients, started before the tests of a suite. */
class Setting {
  broker!: OwnBroker;
  known!: TestDirectory;
  private certificates: Certificates | undefined;
  private secrets: IClientOptions = {};

  constructor(private readonly scheme: Scheme) {
    before(() => this.start());
    after(() => this.stop());
    beforeEach(() => {
      this.broker.events.length = 0;
      this.known.told.length = 0;
      // What one test left waiting is not for the next.
      this.known.all.length = 0;
      this.broker.running.use(this.known);
    });
    afterEach(() => assert.deepEqual(this.broker.problems, []));
  }

  enter(options: IClientOptions): Promise<MqttClient> {
    return this.broker.client({ ...this.secrets, ...options }, this.broker.url(this.scheme));
  }

  denied() {
    return this.broker.event(({ event }) => event === "denied");
  }

  private async start(): Promise<void> {
    const isTls = this.scheme === "mqtts";
    this.certificates = makeCertificates("nobody");
    const { ca, key, cert } = this.certificates;
    this.secrets = isTls ? { ca: readFileSync(ca) } : {};
    this.known = await directory();
    const tls = { port: 0, key: { file: key }, cert: { file: cert }, clientCertificates: false };
    const host = "127.0.0.1";
    this.broker = await OwnBroker.start(this.known, {
      listening: isTls ? { port: undefined, host, tls } : { port: 0, host, tls: undefined },
      anonymous: true,
      limits: { ...DEFAULT_LIMITS, wrongLogins: 1000 },
    });
  }

  private async stop(): Promise<void> {
    await this.broker?.stop();
    this.certificates?.remove();
  }
}

const leave = (client: MqttClient) => client.endAsync(true);

function connects(setting: Setting, [name, options, refusal]: (typeof CONNECTS)[number]): void {
  if (refusal === null) {
    it(`lets in ${name}`, async () => leave(await setting.enter(options)));
    return;
  }
  it(`refuses ${name}`, async () => {
    await assert.rejects(setting.enter(options), { code: 5 });
    const { code, user, imei } = await setting.broker.event(({ event }) => event === "refused");
    assert.deepEqual([code, user], [refusal, options.username ?? ""]);
    assert.deepEqual(setting.known.told, imei === null ? [] : [`refused ${imei} ${refusal} 127.0.0.1`]);
  });
}

function publishing(setting: Setting, who: Who, topic: string, may: boolean): void {
  for (const qos of [0, 1, 2] as const) {
    it(`${who} ${may ? "publishes" : "does not publish"} to ${topic}, QoS ${qos}`, async () => {
      const client = await setting.enter(WHO[who]);
      assert.equal(await publishes(client, topic, payloadOf(who), qos), may);
      if (!may) assert.equal((await setting.denied()).topic, topic);
      const told = setting.known.told.filter((one) => one.startsWith("denied"));
      const code = topic.startsWith("$") ? "TOPIC_RESERVED" : "TOPIC_NOT_OWN";
      assert.deepEqual(told, !may && who === "device" ? [`denied ${IMEI} ${code} ${topic}`] : []);
      await leave(client);
    });
  }
}

function subscribing(setting: Setting, who: Who, filter: string, may: boolean): void {
  it(`${who} ${may ? "subscribes" : "does not subscribe"} to ${filter}`, async () => {
    const client = await setting.enter(WHO[who]);
    assert.deepEqual(await subscribes(client, filter), [may ? 1 : 128]);
    await leave(client);
  });
}

function willing(setting: Setting, who: Who, topic: string, may: boolean): void {
  it(`${who}: a will on ${topic} is ${may ? "" : "not "}published`, async () => {
    const listener = await setting.enter(as("listener", SERVICE.user, SERVICE.password));
    const heard = new Promise<string>((resolve) =>
      listener.once("message", (_, payload) => resolve(payload.toString("hex"))),
    );
    await listener.subscribeAsync(topic, { qos: 1 });
    const will = { topic, payload: payloadOf(who), qos: 1, retain: false } as const;
    const client = await setting.enter({ ...WHO[who], will });
    client.stream.destroy();
    if (!may) {
      await setting.denied();
      await listener.publishAsync(topic, Buffer.from("aa", "hex"), { qos: 1 });
    }
    assert.ok((await heard) === (may ? payloadOf(who).toString("hex") : "aa"));
    await leave(client);
    await leave(listener);
  });
}

for (const scheme of ["mqtt", "mqtts"] as const) {
  describe(`who may do what, over ${scheme === "mqtt" ? "plain TCP" : "TLS"}`, () => {
    const setting = new Setting(scheme);
    for (const row of CONNECTS) connects(setting, row);
    for (const who of Object.keys(WHO) as Who[]) {
      for (const [topic, may] of PUBLISHES) publishing(setting, who, topic, may[who]);
      for (const [filter, may] of SUBSCRIBES) subscribing(setting, who, filter, may[who]);
      for (const [topic, may] of PUBLISHES) {
        if (!topic.startsWith("$")) willing(setting, who, topic, may[who]);
      }
    }
  });
}

describe("who may do what, elsewhere", () => {
  let broker: OwnBroker;
  afterEach(() => broker?.stop());

  it("lets nobody in without a login unless told to", async () => {
    broker = await OwnBroker.start(await directory());
    await assert.rejects(broker.client(WHO.anonymous), { code: 5 });
    assert.equal((await broker.event(({ event }) => event === "refused")).code, "CLIENT_ID");
  });

  it("lets programs on this computer in without a login where told to, but not as a device", async () => {
    broker = await OwnBroker.start(await directory(), { local: "full" });
    const client = await broker.client(as("node-red"));
    await client.publishAsync("anything", "x", { qos: 1 });
    await assert.rejects(broker.client(as(IMEI)), { code: 5 });
    await assert.rejects(broker.client(as("node-red-2", "", "")), { code: 5 });
  });

  it("takes a client certificate with an IMEI for that device only", async () => {
    const certificates = makeCertificates(OTHER);
    try {
      const pem = (file: string) => ({ file });
      const { key, cert, ca } = certificates;
      const tls = { port: 0, key: pem(key), cert: pem(cert), ca: pem(ca), clientCertificates: true };
      broker = await OwnBroker.start(await directory(), {
        listening: { port: undefined, host: "127.0.0.1", tls },
      });
      const authority = { ca: readFileSync(ca) };
      const shown = {
        ...authority,
        key: readFileSync(certificates.clientKey),
        cert: readFileSync(certificates.clientCert),
      };
      await assert.rejects(
        broker.client({ ...authority, ...as(OTHER, SHARED.user, SHARED.password) }, broker.url("mqtts")),
      );
      await assert.rejects(broker.client({ ...shown, ...DEVICE }, broker.url("mqtts")), { code: 5 });
      await broker.client({ ...shown, ...as(OTHER, SHARED.user, SHARED.password) }, broker.url("mqtts"));
    } finally {
      certificates.remove();
    }
  });
});

describe("who comes to the wrong port, or with the wrong certificate", () => {
  let certificates: Certificates;
  let broker: OwnBroker;
  before(async () => {
    certificates = makeCertificates("nobody");
    const [key, cert, ca] = [certificates.key, certificates.cert, certificates.ca].map((file) => ({ file }));
    const tls = { port: 0, key, cert, ca, clientCertificates: true } as TlsSettings;
    broker = await OwnBroker.start(await directory(), {
      listening: { port: 0, host: "127.0.0.1", tls },
    });
  });
  beforeEach(async () => {
    broker.events.length = 0;
  });
  after(async () => {
    await broker.stop();
    certificates.remove();
  });

  const ports = () => broker.running.ports as { plain: number; tls: number };
  const openssl = (port: number, ...more: string[]) =>
    spawn("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...more], { stdio: "ignore" });
  const raw = (port: number, bytes: string) =>
    connect(port, "127.0.0.1")
      .on("error", () => undefined)
      .resume()
      .end(bytes);
  const CASES: Readonly<Record<string, readonly [() => unknown, code: string, reason: RegExp]>> = {
    "TLS at the plain port": [() => openssl(ports().plain), "TLS", /without TLS$/],
    "something else at the plain port": [
      () => raw(ports().plain, "GET / HTTP/1.1\r\n\r\n"),
      "PROTOCOL",
      /no?t MQTT/,
    ],
    "MQTT at the TLS port": [
      () => raw(ports().tls, "\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04abcd"),
      "TLS",
      /^it speaks without TLS/,
    ],
    "one that does not trust the certificate": [
      () => openssl(ports().tls, "-verify_return_error", "-CAfile", certificates.clientCert),
      "TLS",
      /does not trust/,
    ],
    "one that has no certificate": [
      () => openssl(ports().tls, "-CAfile", certificates.ca),
      "TLS",
      /has shown no certificate/,
    ],
  };
  for (const [name, [come, code, reason]] of Object.entries(CASES)) {
    it(`is told of: ${name}`, async () => {
      // The same is told once a minute for an address.
      (broker.running as unknown as { quiet: Quiet }).quiet = new Quiet(0);
      come();
      const event = await broker.event(({ event }) => event === "refused");
      assert.deepEqual([event.code, event.client, event.imei, event.address], [code, "", null, "127.0.0.1"]);
      assert.match(event.reason, reason);
    });
  }
});
