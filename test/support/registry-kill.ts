import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connectAsync, type MqttClient } from "mqtt";
import { type Broker, startBroker } from "../../scripts/broker";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { imeiCheckDigit } from "../../src/model/imei";
import { ROUTES } from "../../src/simulator/routes";
import { inboxNodes, mqttBrokerNode } from "./mqtt-broker-node";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";
import { randomOf } from "./seed";
import { VirtualTracker } from "./virtual-tracker";

const FLEET = 20;
/** States are saved this often… */
const SAVE_EVERY_S = 0.1;
/** …so that what came this long before the kill has to be there: the interval, and time for a slow disk. */
const SAFE_AFTER_MS = 1000;

/** At random up to so many commands come before a kill. */
const MOST_COMMANDS = 800;

/** A reading that came out of the registry, and when. */
interface Reading {
  readonly imei: string;
  readonly time: number;
  readonly at: number;
}

const isSafe = (reading: Reading | undefined): boolean =>
  reading !== undefined && reading.at < Date.now() - SAFE_AFTER_MS;

/** What a device that was acknowledged has to be afterwards; null: removed. */
type Acknowledged = Map<string, { state: string; name: string } | null>;

const imeiOf = (n: number): string => {
  const first14 = `35${String(n).padStart(12, "0")}`;
  return `${first14}${imeiCheckDigit(first14)}`;
};

/** Kills Node-RED while it registers devices and takes in readings. */
export function registryKillSuite(kills: number): void {
  let broker: Broker;
  let packed: PackedUserDir;
  let client: MqttClient;
  let nodeRed: NodeRed | undefined;
  let url = "";
  before(async () => {
    broker = await startBroker();
    packed = await packedUserDir();
    client = await connectAsync(broker.url);
    await client.subscribeAsync("trackers/+/telemetry");
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(flow(broker.port)));
  });
  after(async () => {
    await nodeRed?.stop();
    await client?.endAsync(true);
    await broker?.stop();
    await packed?.remove();
  });

  const start = async (): Promise<void> => {
    const port = await anyPort();
    const started = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port });
    nodeRed = started;
    url = `${started.url}/trackers/registry/registry`;
  };
  const command = async (name: string, payload: unknown): Promise<void> => {
    const answer = await fetch(`${url}/request`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ request: name, payload }),
    });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
  };
  const get = async (path: string): Promise<unknown> => (await fetch(`${url}/${path}`)).json();

  const random = randomOf("registry kill");
  const acknowledged: Acknowledged = new Map();
  const fleet = Array.from({ length: FLEET }, (_, n) => new VirtualTracker(n + 1, ROUTES.varna));
  // Long ago, because a second goes by with every reading, and readings from the future change no state.
  let deviceTime = Date.now() - 365 * 86_400_000;
  let registered = 0;

  const report = (retain = false): void => {
    deviceTime += 1000;
    const tracker = fleet[Math.floor(random() * FLEET)] as VirtualTracker;
    client.publish("BCE/D", Buffer.from(tracker.telemetry(deviceTime)), { retain });
  };

  /** Keeps readings flowing: what comes out of the registry brings the next one in. */
  const flowing = (): { readonly passed: Reading[]; first: Promise<void>; stop(): void } => {
    const passed: Reading[] = [];
    let begun: () => void;
    const first = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const listener = (_: string, payload: Buffer) => {
      const { imei, time } = JSON.parse(payload.toString());
      passed.push({ imei, time, at: Date.now() });
      begun();
      report();
    };
    client.on("message", listener);
    // Node-RED may not have subscribed yet. What is retained comes all the same, and up to ten are on their way.
    for (let n = 0; n < 10; n++) report(n === 9);
    return { passed, first, stop: () => client.off("message", listener) };
  };

  /** Registers a device, and changes or removes some again; each step is noted once it was acknowledged. */
  const registerOne = async (name: string, n: number): Promise<void> => {
    const imei = imeiOf(++registered);
    await command("register", { imei, name, state: "active" });
    acknowledged.set(imei, { state: "active", name });
    if (n % 3 === 0) {
      await command("deactivate", imei);
      acknowledged.set(imei, { state: "deactivated", name });
    }
    if (n % 7 === 0) {
      await command("remove", imei);
      acknowledged.set(imei, null);
    }
  };

  /** Kills Node-RED while a command is on its way; returns when. */
  const kill = async (): Promise<number> => {
    const { process } = nodeRed as NodeRed;
    const onItsWay = command("register", { imei: imeiOf(++registered) }).catch(() => undefined);
    const killed = once(process, "exit");
    const at = Date.now();
    process.kill("SIGKILL");
    await Promise.all([killed, onItsWay]);
    nodeRed = undefined;
    return at;
  };

  const checkDevices = async (round: string): Promise<void> => {
    const { rows } = (await get("rows")) as { rows: { imei: string; name: string; status: string }[] };
    const found = new Map(rows.map((row) => [row.imei, row]));
    for (const [imei, wanted] of acknowledged) {
      const row = found.get(imei);
      const is = row && { state: row.status === "deactivated" ? "deactivated" : "active", name: row.name };
      assert.deepEqual(is ?? null, wanted, `${round}: ${imei}`);
    }
  };

  /** Returns how many states could be checked. */
  const checkStates = async (round: string, passed: readonly Reading[], before: number): Promise<number> => {
    let checked = 0;
    for (const { imei } of fleet) {
      const safe = passed.findLast((one) => one.imei === imei && one.at <= before);
      if (safe === undefined) continue;
      checked++;
      const { live } = (await get(`devices/${imei}`)) as { live: { time: number } };
      assert.ok(live.time >= safe.time, `${round}: the state of ${imei} is too old`);
    }
    return checked;
  };

  it(`has after each of ${kills} kills all that was acknowledged, and fresh states`, async () => {
    let statesChecked = 0;
    await start();
    await command("import", { data: fleet.map(({ imei }) => ({ imei })), state: "active" });
    for (const { imei } of fleet) acknowledged.set(imei, { state: "active", name: "" });

    for (let n = 0; n < kills; n++) {
      const round = `kill ${n}`;
      const { passed, first, stop } = flowing();
      await first;
      const commands = 1 + Math.floor(random() * MOST_COMMANDS);
      const isLast = n === kills - 1;
      for (let turn = 0; turn < commands || (isLast && !isSafe(passed[0])); turn++) {
        await registerOne(`${round}, ${turn}`, turn);
      }
      const at = await kill();
      stop();
      await start();
      await checkDevices(round);
      statesChecked += await checkStates(round, passed, at - SAFE_AFTER_MS);
    }

    assert.ok(statesChecked > 0, "the last kill comes late enough to look at states");
    await nodeRed?.stop();
    nodeRed = undefined;
    const database = new DatabaseSync(join(packed.userDir, "trackers.sqlite"));
    assert.deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
    database.close();
    console.log(`      ${acknowledged.size} devices acknowledged, ${statesChecked} states looked at`);
  });
}

function flow(mqttPort: number): object[] {
  return [
    { id: "tab", type: "tab" },
    mqttBrokerNode(mqttPort),
    { id: "registry", type: "tracker-registry", saveEvery: String(SAVE_EVERY_S) },
    ...inboxNodes("broker"),
  ];
}
