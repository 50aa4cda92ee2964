import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFile, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect, type MqttClient } from "mqtt";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { fingerprint } from "../../src/dedupe/fingerprint";
import { readNormalized } from "../../src/fleet/read-record";
import { identityNumber, type Timed } from "../../src/history/identity";
import { identityOf } from "../../src/model/identity";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { ROUTES } from "../../src/simulator/routes";
import { HistoryFile } from "../../src/store/history/file";
import { InboxLog } from "../../src/store/sqlite/inbox-log";
import { SaveLog } from "../../src/store/sqlite/save-log";
import { batchOf } from "../history/samples";
import { inboxNodes, mqttBrokerNode } from "./mqtt-broker-node";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";
import { randomOf } from "./seed";
import { VirtualTracker } from "./virtual-tracker";

const DEVICES = 60;
const MOST_READINGS = 4096;
/** At random up to so many readings come out of the registry before a kill. */
const MOST_BEFORE_KILL = 1200;
/** Messages of a device that are on their way at once. */
const WINDOW = 2;
/** Files beside the registry's, of its own and of its history. */
const PARTS = [
  ...["-wal", "-inbox-log0", "-inbox-log1", "-saves-log0", "-saves-log1"],
  ...["", "-wal", "-log0", "-log1"].map((part) => `-history.sqlite${part}`),
];
/** The readings are from long ago. */
const KEPT = { historyDays: "36500", historyEvery: "1" };
const PASSWORD = "for the test";

/** A message's records, all of which have a time. */
function recordsOf(payload: Uint8Array): Timed[] {
  return decodePayload(payload, { receivedAt: 0 }).records.map((record) => readNormalized(record) as Timed);
}

/** A device that publishes readings with times of their own, one after the other, as long as it may. */
class Device {
  /** Readings that were acknowledged, each with a time of its own. */
  readonly acknowledged: Timed[] = [];
  private readonly client: MqttClient;
  private readonly tracker: VirtualTracker;
  /**
   * On their way, by packet id, as seen on the wire: while MQTT.js sends again what was not acknowledged, it may forget
   * callbacks, and what it is given to publish.
   */
  private readonly sent = new Map<number, Uint8Array>();
  private readings = 0;
  // Long ago, because a second goes by with every reading.
  private time = Date.UTC(2025, 0, 1);
  running = true;

  constructor(
    n: number,
    port: number,
    private readonly onAcknowledged: () => void,
  ) {
    this.tracker = new VirtualTracker(n, ROUTES.varna);
    this.client = connect(`mqtt://127.0.0.1:${port}`, {
      clientId: this.imei,
      username: "bce_device",
      password: PASSWORD,
      clean: false,
      reconnectPeriod: 250,
    });
    // The broker is away whenever Node-RED is.
    this.client.on("error", () => undefined);
    this.client.on("packetsend", (packet) => {
      if (packet.cmd === "publish") this.sent.set(packet.messageId ?? 0, packet.payload as Buffer);
    });
    this.client.on("packetreceive", (packet) => {
      if (packet.cmd === "puback") this.acknowledge(packet.messageId ?? 0);
    });
    this.client.on("connect", () => this.fill());
  }

  get imei(): string {
    return this.tracker.imei;
  }

  get isIdle(): boolean {
    return this.sent.size === 0;
  }

  /** Publishes a reading. Returns its time. */
  publish(): number {
    this.time += 1000;
    this.readings++;
    this.client.publish("BCE/D", Buffer.from(this.tracker.telemetry(this.time)), { qos: 1 });
    return this.time;
  }

  private acknowledge(packetId: number): void {
    const payload = this.sent.get(packetId);
    if (payload === undefined) return;
    this.sent.delete(packetId);
    this.acknowledged.push(...recordsOf(payload));
    setImmediate(() => this.fill());
    this.onAcknowledged();
  }

  private fill(): void {
    const most = this.running ? Math.min(WINDOW - this.sent.size, MOST_READINGS - this.readings) : 0;
    for (let turn = 0; turn < most; turn++) this.publish();
  }

  stop(): Promise<void> {
    return this.client.endAsync(true);
  }
}

/** What history lacks of each device, and by IMEI the fingerprints of what is in messages that are kept. */
interface StoredRecords {
  readonly missing: ReadonlyMap<Device, readonly Timed[]>;
  readonly kept: ReadonlyMap<string, Set<number>>;
}

/** Kills Node-RED while devices publish to its broker. `saveEvery`: as in the registry's dialog, in seconds. */
export function powerCutSuite(kills: number, saveEvery: string): void {
  let packed: PackedUserDir;
  let nodeRed: NodeRed | undefined;
  let brokerPort: number;
  const devices: Device[] = [];
  const random = randomOf("power cut");
  /** Readings that came out of the registry, all and since the last start. */
  const passed = new Set<string>();
  let passedNow = 0;
  let observer: MqttClient;
  let check = (): void => undefined;

  before(async () => {
    packed = await packedUserDir();
    brokerPort = await anyPort();
    // Node-RED's own client, which comes before the broker listens, shall not be away for most of the time.
    const settings = join(packed.userDir, "settings.js");
    await appendFile(settings, "module.exports.mqttReconnectTime = 250;\n");
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(flow(brokerPort, saveEvery)));
    await writeFile(
      join(packed.userDir, "flows_cred.json"),
      JSON.stringify({ config: { password: PASSWORD } }),
    );
  });
  after(async () => {
    await Promise.all([observer?.endAsync(true), ...devices.map((device) => device.stop())]);
    await nodeRed?.stop();
    await packed?.remove();
  });

  const start = async (): Promise<void> => {
    passedNow = 0;
    const port = await anyPort();
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port });
  };

  /** Resolves once something holds that only changes with an acknowledgement or with what comes out. */
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (holds()) resolve();
      };
      check();
    });

  const kill = async (): Promise<void> => {
    const { process } = nodeRed as NodeRed;
    const killed = once(process, "exit");
    process.kill("SIGKILL");
    await killed;
    nodeRed = undefined;
  };

  /** Looks at a copy of the files, so that the next start finds it as it was left. */
  const stored = async (): Promise<StoredRecords> => {
    const folder = await mkdtemp(join(tmpdir(), "power-cut-"));
    const file = join(packed.userDir, "trackers.sqlite");
    await copyFile(file, join(folder, "copy"));
    for (const part of PARTS) {
      await copyFile(file + part, join(folder, `copy${part}`)).catch(() => undefined);
    }
    const database = new DatabaseSync(join(folder, "copy"));
    const saves = new SaveLog(join(folder, "copy-saves"));
    assert.ok(saves.replay(database), "the log of saves is damaged");
    saves.close();
    const kept = new Map<string, Set<number>>();
    const put = (imei: string, payload: Uint8Array) => {
      const known = kept.get(imei) ?? new Set();
      for (const record of recordsOf(payload)) known.add(fingerprint(record));
      kept.set(imei, known);
    };
    for (const { client, payload } of database.prepare("SELECT client, payload FROM inbox").all())
      put(String(client), payload as Uint8Array);
    const log = new InboxLog(join(folder, "copy-inbox"));
    for (const { client, payload } of log.messages) put(client, payload);
    log.close();
    assert.deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
    database.close();
    const history = new HistoryFile(join(folder, "copy-history.sqlite"));
    history.open();
    const missing = new Map(
      devices.map((device) => {
        const { acknowledged } = device;
        const batch = batchOf(acknowledged, (record) => identityNumber(identityOf(record)));
        const seen = acknowledged.length === 0 ? [] : history.wasSeen(batch);
        return [device, acknowledged.filter((_, at) => seen[at] !== "yes")];
      }),
    );
    history.close();
    await rm(folder, { recursive: true });
    return { missing, kept };
  };

  /** Returns how many were not in the history yet, but kept. */
  const checkStored = (when: string, { missing, kept }: StoredRecords): number => {
    let onlyKept = 0;
    for (const [{ imei, acknowledged }, records] of missing) {
      assert.equal(new Set(acknowledged.map(({ time }) => time)).size, acknowledged.length);
      for (const record of records)
        assert.ok(kept.get(imei)?.has(fingerprint(record)), `${when}: a reading of ${imei} is missing`);
      onlyKept += records.length;
    }
    return onlyKept;
  };

  /** Everything that was acknowledged is in the history, and nothing is there twice. */
  const checkHistory = async (): Promise<void> => {
    for (const { imei, acknowledged } of devices) {
      const times = acknowledged.map(({ time }) => time);
      const answer = await fetch(
        `${nodeRed?.url}/trackers/registry/registry/devices/${imei}/history?from=0&paths=event`,
      );
      const found = ((await answer.json()) as { time: number }[]).map(({ time }) => time);
      const there = new Set(found);
      assert.equal(there.size, found.length, `history of ${imei} has a reading twice`);
      assert.deepEqual(
        times.filter((time) => !there.has(time)),
        [],
        `history of ${imei} lacks readings`,
      );
    }
  };

  it(`are in the registry and once in its history, or kept for it, after each of ${kills} kills`, async () => {
    await start();
    const url = `${nodeRed?.url}/trackers/registry/registry/request`;
    const trackers = Array.from({ length: DEVICES }, (_, n) => new VirtualTracker(n + 1, ROUTES.varna));
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        request: "import",
        payload: { data: trackers.map(({ imei }) => ({ imei })), state: "active" },
      }),
    });
    assert.ok(answer.ok, await answer.text());
    observer = connect(`mqtt://127.0.0.1:${brokerPort}`, { reconnectPeriod: 100 });
    observer.on("error", () => undefined);
    observer.on("connect", () => observer.subscribe("trackers/+/telemetry"));
    observer.on("message", (_, payload) => {
      const { imei, time } = JSON.parse(payload.toString());
      passed.add(`${imei} ${time}`);
      passedNow++;
      check();
    });
    for (let n = 1; n <= DEVICES; n++) {
      devices.push(new Device(n, brokerPort, () => check()));
    }

    let onlyKept = 0;
    for (let round = 1; round <= kills; round++) {
      const goal = 1 + Math.floor(random() * MOST_BEFORE_KILL);
      // What was kept may pass before the devices are back.
      await until(() => passedNow >= goal && devices.some(({ isIdle }) => !isIdle));
      await kill();
      onlyKept += checkStored(`kill ${round}`, await stored());
      await start();
    }

    for (const device of devices) device.running = false;
    await until(() => devices.every(({ isIdle }) => isIdle));
    // What is handed over is handed over in order: with the last readings, all before them have gone.
    const last = devices.map((device) => `${device.imei} ${device.publish()}`);
    await until(() => last.every((reading) => passed.has(reading)));
    await checkHistory();
    await nodeRed?.stop();
    nodeRed = undefined;
    checkStored("at the end", { ...(await stored()), kept: new Map() });
    assert.ok(onlyKept > 0, "no kill came between an acknowledgement and a commit");
    const acknowledged = devices.reduce((sum, device) => sum + device.acknowledged.length, 0);
    console.log(`      ${acknowledged} acknowledged; at a kill, ${onlyKept / kills} of them were only kept`);
  });
}

function flow(port: number, saveEvery: string): object[] {
  return [
    { id: "tab", type: "tab" },
    {
      z: "tab",
      x: 1,
      y: 1,
      id: "broker",
      type: "tracker-broker",
      registry: "registry",
      port: String(port),
      local: "full",
      // Twenty at once and two a second: about as many as the flow gets done until it is killed, so that what is kept
      // does not grow and grow.
      messagesPerSecond: "2",
      wires: [[]],
    },
    { id: "config", type: "tracker-device-config", name: "BCE" },
    { id: "registry", type: "tracker-registry", deviceConfig: "config", saveEvery, ...KEPT },
    mqttBrokerNode(port, "own"),
    ...inboxNodes("own"),
  ];
}
