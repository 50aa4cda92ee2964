import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import type { Broker } from "../../scripts/broker";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { imeiOf } from "../../src/simulator/plan";
import { ConnectedVehicle } from "../support/command-world/connected-vehicle";
import { Random } from "../support/command-world/random";
import { commandsFlow } from "../support/commands-end-to-end";
import { useFolder } from "../support/folder";
import { NODE_RED_FROM } from "../support/node-red";
import { type PackedUserDir, packedUserDir } from "../support/packed";
import { anyPort } from "../support/port";
import { seedOf } from "../support/seed";
import { startMosquitto } from "./mosquitto";

const RUNS = 100;
const SEED = seedOf("vehicles with Mosquitto");
const STEP_MS = 250;
const STEPS = 280;
/** A busy computer does fewer of them in a step, so there may be more steps. */
const MOST_STEPS = 3 * STEPS;
const ENOUGH_STOPS = RUNS;
/** Steps at which something is restarted. */
const BROKER_RESTARTS = [60, 170];
const NODE_RED_KILLS = [110, 220];
const FRESH_S = 3;
const LIFE_S = 5;
/** From the key to the road: longer than a command may take, and the second in which that ends. */
const HABITS = { start: FRESH_S + LIFE_S + 1.5, park: [4, 12], drive: [5, 15], reportEvery: 1 } as const;

/** The flow of the commands, with an interlock on both outputs and a session that the broker keeps. */
function flow(port: number): object[] {
  return commandsFlow(port).map((node) => {
    const { type } = node as { type?: string };
    if (type === "mqtt-broker") return { ...node, clientid: "node-red", cleansession: false };
    if (type !== "tracker-device-config") return node;
    const interlock = { freshFor: `${FRESH_S}`, frameLife: `${LIFE_S}`, ignitionOff: true };
    return { ...node, outputStops: ["on", "off"], interlock };
  });
}

describe("commands to vehicles over a real Mosquitto that queues", function () {
  this.timeout(240_000);
  const folder = useFolder("mosquitto-kept");
  const random = new Random(SEED);
  let broker: Broker;
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let client: MqttClient;
  let httpPort = 0;
  let vehicles: ConnectedVehicle[] = [];
  const problems: unknown[] = [];

  const startFlows = async () => {
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir: packed.userDir, port: httpPort });
  };
  const ask = async (command: string, payload: unknown): Promise<void> => {
    const url = `${nodeRed.url}/trackers/registry/registry/request`;
    const headers = { "Content-Type": "application/json" };
    await fetch(url, { method: "POST", headers, body: JSON.stringify({ request: command, payload }) });
  };

  before(async () => {
    broker = await startMosquitto(undefined, folder());
    packed = await packedUserDir();
    httpPort = await anyPort();
    await writeFile(join(packed.userDir, "flows.json"), JSON.stringify(flow(broker.port)));
    client = await connectAsync(broker.url, { reconnectPeriod: 200 });
    client.on("error", () => undefined);
    await startFlows();
    vehicles = Array.from({ length: RUNS }, (_, index) => {
      const own = new Random(SEED + 1 + index);
      return new ConnectedVehicle(imeiOf("car", index + 1), HABITS, own, broker.url);
    });
    for (const { imei } of vehicles) await ask("register", { imei, state: "active" });
  });
  after(async () => {
    await Promise.all(vehicles.map((vehicle) => vehicle.end()));
    await nodeRed?.stop();
    await client?.endAsync(true);
    await broker?.stop();
    await packed?.remove();
  });

  const give = () => {
    const { imei } = random.pick(vehicles);
    const mode = random.pick(["latching", "timed"]);
    const command = {
      imei,
      output: random.pick([1, 2]),
      state: random.pick(["on", "off"]),
      mode,
      ...(mode === "timed" ? { duration: 1 } : {}),
      expires: random.pick([5, 60, 3600]),
      delivery: random.pick(["now", "wait"]),
    };
    client.publish("test/command", JSON.stringify(command), { qos: 1 });
  };
  const restartBroker = async () => {
    const { port } = broker;
    await broker.stop();
    broker = await startMosquitto(port, folder());
  };
  const restartNodeRed = async () => {
    const ended = once(nodeRed.process, "exit");
    nodeRed.process.kill("SIGKILL");
    await ended;
    await startFlows();
  };
  const step = (number: number) => {
    for (const vehicle of vehicles) vehicle.live();
    for (let each = 0; each < 12; each++) give();
    if (number % 20 === 0) {
      const { imei } = random.pick(vehicles);
      ask("deactivate", imei)
        .then(() => ask("activate", imei))
        // Node-RED is being restarted.
        .catch(() => undefined);
    }
    const work = [
      ...(BROKER_RESTARTS.includes(number) ? [restartBroker()] : []),
      ...(NODE_RED_KILLS.includes(number) ? [restartNodeRed()] : []),
    ];
    return Promise.all(work).catch((error) => problems.push(error));
  };

  it(`${RUNS} vehicles: none is stopped while it drives`, async () => {
    const sum = (count: (vehicle: ConnectedVehicle) => number) =>
      vehicles.reduce((total, vehicle) => total + count(vehicle), 0);
    const isEnough = () => sum((one) => one.stops) > ENOUGH_STOPS;
    const restarts: Promise<unknown>[] = [];
    await new Promise<void>((resolve) => {
      let number = 0;
      const timer = setInterval(() => {
        restarts.push(step(number++));
        if (number < STEPS || (number < MOST_STEPS && !isEnough())) return;
        clearInterval(timer);
        resolve();
      }, STEP_MS);
    });
    await Promise.all(restarts);
    assert.deepEqual(problems, []);
    const [done, stops, ignored] = [
      sum((one) => one.done),
      sum((one) => one.stops),
      sum((one) => one.ignored),
    ];
    console.log(
      `      ${done} commands done, ${stops} that could stop it; ${ignored} came too late or again`,
    );
    assert.deepEqual(
      vehicles.flatMap(({ failures }) => failures),
      [],
    );
    assert.ok(isEnough(), `${stops} stops`);
    assert.ok(ignored > 0, "the broker has kept some until they were over");
  });
});
