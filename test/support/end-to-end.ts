import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { connectAsync, type MqttClient } from "mqtt";
import type { Broker } from "../../scripts/broker";
import { type NodeRed, startNodeRed } from "../../scripts/node-red";
import { eventInWords, type TrackerEvent } from "../../src/model/events";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { imeiOf } from "../../src/simulator/plan";
import { ROUTES } from "../../src/simulator/routes";
import { listen, NgpReceiver, type Sent, TraccarReceiver, type Verdict } from "../formats/targets/receivers";
import { EditorClient } from "./editor-client";
import { vehiclesOn } from "./map-events";
import { mqttBrokerNode } from "./mqtt-broker-node";
import { NODE_RED_FROM } from "./node-red";
import { type PackedUserDir, packedUserDir } from "./packed";
import { anyPort } from "./port";
import { USES } from "./use-list";
import { CAPTURES, withoutIdentity } from "./vectors";
import { CommandedTracker } from "./virtual-tracker";

export interface FlowNode {
  id: string;
  type: string;
  name?: string;
  port?: string;
  /** Of a debug node: what it shows. */
  complete?: string;
  /** Of a tab: its environment variables. */
  env?: { name: string; value: string }[];
  wires?: string[][];
}

/** An example with its broker, be it its own or another, on the given port. */
export function example(file: string, mqttPort: number): FlowNode[] {
  const nodes: FlowNode[] = JSON.parse(readFileSync(file, "utf8"));
  return nodes.map((node) => (/broker$/.test(node.type) ? { ...node, port: String(mqttPort) } : node));
}

/** A virtual tracker that stands, or drives, for the next 15 seconds at least. */
function trackerThat(does: "stands" | "drives"): CommandedTracker {
  const now = Date.now();
  const speedAt = (tracker: CommandedTracker, time: number) => {
    const [record] = decodePayload(tracker.telemetry(time), { receivedAt: time }).records;
    return record?.kind === "telemetry" ? record.position?.speed : undefined;
  };
  const found = Array.from({ length: 180 }, (_, index) => new CommandedTracker(index + 1, ROUTES.varna)).find(
    (tracker) =>
      [0, 5_000, 10_000, 15_000].every(
        (later) => (speedAt(tracker, now + later) === 0) === (does === "stands"),
      ),
  );
  assert.ok(found);
  return found;
}

export const EXAMPLES = globSync("examples/*.json").sort();

/**
 * The package as a user has it, installed from its tarball in a real Node-RED, against a real broker:
 * captures go in at an MQTT client and come back to it decoded, and every example runs as it stands.
 */
export function endToEndSuite(startBroker: () => Promise<Broker>): void {
  let broker: Broker;
  let packed: PackedUserDir;
  let nodeRed: NodeRed;
  let editor: EditorClient;
  let client: MqttClient;

  before(async function () {
    this.timeout(120_000);
    broker = await startBroker();
    packed = await packedUserDir();
    nodeRed = await startNodeRed({
      from: NODE_RED_FROM,
      userDir: packed.userDir,
      port: await anyPort(),
    });
    editor = await EditorClient.connect(nodeRed.url);
    client = await connectAsync(broker.url);
    await client.subscribeAsync("probe");
  });
  after(async () => {
    await client?.endAsync(true);
    editor?.close();
    await nodeRed?.stop();
    await broker?.stop();
    await packed?.remove();
  });

  /** The next message to the client on this topic. */
  const heard = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const listener = (topic: string) => {
        if (topic !== wanted) return;
        client.off("message", listener);
        resolve();
      };
      client.on("message", listener);
    });

  /**
   * Deploys a flow and waits until its subscriptions are in force. The status "connected" comes before that, so
   * a probe publishes over the same connection: what comes of it has passed the broker after the subscriptions.
   */
  let deployments = 0;
  const deploy = async (nodes: readonly FlowNode[]): Promise<void> => {
    const connection = nodes.find(({ type }) => type === "mqtt-broker")?.id;
    const probe = `probe-${++deployments}`;
    const at = { z: probe, x: 1, y: 1 };
    await editor.deploy([
      ...nodes,
      { id: probe, type: "tab", label: probe },
      {
        ...at,
        id: `${probe}-in`,
        type: "inject",
        props: [{ p: "payload" }],
        payload: "",
        payloadType: "date",
        wires: [[`${probe}-out`]],
      },
      {
        ...at,
        id: `${probe}-out`,
        type: "mqtt out",
        topic: "probe",
        qos: "1",
        broker: connection,
        wires: [],
      },
    ]);
    await editor.connected(`${probe}-out`);
    const answer = heard("probe");
    await editor.press(`${probe}-in`);
    await answer;
  };

  it("decodes what a client publishes and publishes it again", async () => {
    const mqtt = { z: "tab", broker: "broker", qos: "1", x: 1, y: 1 };
    const nodes = [
      { id: "tab", type: "tab", label: "end to end" },
      mqttBrokerNode(broker.port),
      { ...mqtt, id: "in", type: "mqtt in", topic: "BCE/#", datatype: "buffer", wires: [["decoder"]] },
      {
        id: "decoder",
        type: "tracker-bce-decoder",
        z: "tab",
        x: 1,
        y: 1,
        wires: [["out"], ["out"], ["out"]],
      },
      { ...mqtt, id: "out", type: "mqtt out", topic: "", wires: [] },
    ];
    await deploy(nodes);
    await client.subscribeAsync("trackers/#", { qos: 1 });
    for (const capture of CAPTURES) {
      const received: [string, Record<string, unknown>][] = [];
      client.on("message", (topic, payload) => received.push([topic, JSON.parse(payload.toString())]));
      await client.publishAsync(capture.topic, Buffer.from(capture.hex, "hex"), { qos: 1 });
      while (received.length < capture.normalized.length)
        await once(client as unknown as EventEmitter, "message");
      client.removeAllListeners("message");
      const expected = capture.normalized.map((record) => {
        const topic = `trackers/${record.imei}/${record.kind}`;
        return [topic, { ...record, receivedAt: undefined }];
      });
      const found = received.map(([topic, record]) => [
        topic,
        { ...withoutIdentity(record), receivedAt: undefined },
      ]);
      assert.deepEqual(found, expected);
    }
  });

  const idOf = (nodes: readonly FlowNode[], type: string, name: string): string => {
    const node = nodes.find((one) => one.type === type && one.name === name);
    assert.ok(node, name);
    return node.id;
  };
  const press = (nodes: readonly FlowNode[], name: string) => editor.press(idOf(nodes, "inject", name));
  const debug = (nodes: readonly FlowNode[], name: string) => editor.debug(idOf(nodes, "debug", name));
  const deployExample = async (number: string): Promise<FlowNode[]> => {
    const nodes = example(EXAMPLES.find((file) => file.includes(`/${number}-`)) as string, broker.port);
    await deploy(nodes);
    return nodes;
  };

  it("runs example 01: buttons, a real broker, and the damaged frame", async () => {
    const nodes = await deployExample("01");
    await press(nodes, "a moving car");
    const car = (await debug(nodes, "telemetry")) as { imei: string };
    assert.equal(car.imei, "867035046242895");
    assert.equal(await debug(nodes, "where it is"), "867035046242895 is at 25.162024, 55.402519, 18 km/h");
    await press(nodes, "two events");
    const event = (await debug(nodes, "events")) as { event: TrackerEvent };
    assert.deepEqual([event.event.type, event.event.raw?.text], ["powerConnected", "FT2P"]);
    await press(nodes, "a damaged frame");
    assert.equal(
      await debug(nodes, "not decoded"),
      "IOTM_CHECKSUM: checksum 0 instead of 110: the frame is damaged (byte 68, topic BCE/D)",
    );
    const [capture] = CAPTURES;
    await client.publishAsync("BCE/D", Buffer.from(capture?.hex ?? "", "hex"), { qos: 1 });
    const overMqtt = (await debug(nodes, "telemetry")) as { imei: string };
    assert.equal(overMqtt.imei, "867035046242895");
    await client.publishAsync("BCE/F", Buffer.from("ffd8ffe0", "hex"), { qos: 1 });
    const file = (await debug(nodes, "files")) as { recordType: null };
    assert.equal(file.recordType, null);
  });

  it("runs example 02: publish Hello and World!, and react", async () => {
    const nodes = await deployExample("02");
    await press(nodes, "publish Hello");
    assert.equal(await debug(nodes, "what was done"), "Received message #1, do something");
    await press(nodes, "publish World!");
    assert.equal(await debug(nodes, "what was done"), "Received message #2, do something else");
    await client.publishAsync("RakTest/topic", "World!");
    assert.equal(await debug(nodes, "what was done"), "Received message #2, do something else");
  });

  it("runs example 03: a car that nobody knows, activated as the sidebar does", async () => {
    const nodes = await deployExample("03");
    const registry = nodes.find(({ type }) => type === "tracker-registry")?.id;
    const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
      const init = body && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      };
      const answer = await fetch(`${nodeRed.url}/trackers/registry/${registry}/${path}`, init);
      assert.ok(answer.ok, `${path}: ${answer.status}`);
      return answer.json() as Promise<Record<string, unknown>>;
    };
    const car = "867035046242895";
    await press(nodes, "a car that nobody knows");
    let rows: { imei: string; status: string }[] = [];
    while (rows.length === 0) {
      await editor.changed(registry as string);
      ({ rows } = (await ask("rows")) as { rows: typeof rows });
    }
    assert.deepEqual(
      rows.map(({ imei, status }) => [imei, status]),
      [[car, "pending"]],
    );
    await ask("request", { request: "activate", payload: car });
    assert.deepEqual(await debug(nodes, "status"), `${car} is registered`);
    assert.deepEqual(await debug(nodes, "status"), `${car} is activated`);
    await press(nodes, "a car that nobody knows");
    assert.deepEqual(await debug(nodes, "status"), `${car} is online`);
    assert.equal(await debug(nodes, "where it is"), `${car} is at 25.162024, 55.402519, 18 km/h`);

    await press(nodes, "import a list");
    assert.equal(await debug(nodes, "status"), "Lorry is registered");
    const report = (await debug(nodes, "status")) as { added: number; failed: number };
    assert.deepEqual([report.added, report.failed], [1, 1]);
    await press(nodes, "register Delivery van");
    assert.match(
      (await debug(nodes, "refused")) as string,
      /^DEVICE_EXISTS: IMEI 867035046242895 is registered already/,
    );
    await press(nodes, "remove Delivery van");
    assert.deepEqual(await debug(nodes, "status"), `${car} is removed`);
    await debug(nodes, "status");
    const [capture] = CAPTURES;
    await ask("request", { request: "update", payload: { imei: "869595061374194", state: "active" } });
    assert.equal(await debug(nodes, "status"), "Lorry is activated");
    const upload = CAPTURES.find(({ normalized }) => normalized[0]?.imei === "869595061374194");
    assert.ok(upload && capture);
    for (const _ of [1, 2]) await client.publishAsync("BCE/D", Buffer.from(upload.hex, "hex"), { qos: 1 });
    await client.publishAsync("BCE/D", Buffer.from("00", "hex"), { qos: 1 });
    await debug(nodes, "refused");
    const { live } = (await ask("devices/869595061374194")) as {
      live: { counters: { records: number; duplicates: number } };
    };
    assert.equal(live.counters.records, 2 * upload.normalized.length);
    assert.equal(live.counters.duplicates, upload.normalized.length);
  });

  it("runs example 04 as it stands: the simulated car obeys, and reports it", async function () {
    this.timeout(120_000);
    const nodes = await deployExample("04");
    const becomes = async (wanted: RegExp): Promise<string> => {
      for (;;) {
        const what = String(await debug(nodes, "what became of it"));
        if (wanted.test(what)) return what;
      }
    };
    /** A pulse can fall between two readings, and a position be too old: pressed again, as a person would. */
    const untilItBecomes = async (button: string, wanted: RegExp, final: RegExp): Promise<void> => {
      do await press(nodes, button);
      while (!wanted.test(await becomes(final)));
    };
    await debug(nodes, "its outputs");
    await press(nodes, "beacon on");
    await becomes(/^confirmed: on at OUT1/);
    await untilItBecomes("horn for 2 s", /^confirmed/, /^(confirmed|unconfirmed): on at OUT3/);
    // It drives and stops.
    const stopped = /^(refused: on at OUT2, .*km\/h|confirmed: on at OUT2)/;
    await untilItBecomes("cut the fuel", stopped, /^(refused|confirmed): on at OUT2/);
  });

  it("runs example 04 with real trackers, whose outputs were named: the fuel only while it stands", async () => {
    const nodes = await realTrackers(await deployExample("04"));
    const [standing, driving] = [trackerThat("stands"), trackerThat("drives")];
    const command = nodes.find(({ type }) => type === "tracker-output-command") as FlowNode & {
      imei: string;
    };
    const registry = nodes.find(({ type }) => type === "tracker-registry")?.id;
    const report = (tracker: CommandedTracker) =>
      client.publishAsync("BCE/D", Buffer.from(tracker.telemetry(Date.now())), { qos: 1 });
    /** Executes the next command that comes for the tracker, and reports in the next second. */
    const obey = (tracker: CommandedTracker) =>
      new Promise<void>((resolve) => {
        const listener = (topic: string, frame: Buffer, { retain }: { retain: boolean }) => {
          if (topic !== `${tracker.imei}/OUTC`) return;
          client.off("message", listener);
          assert.ok(!retain && tracker.execute(frame, Date.now()).done);
          setTimeout(() => report(tracker).then(() => resolve()), 1000 - (Date.now() % 1000) + 5);
        };
        client.on("message", listener);
      });
    const became = () => debug(nodes, "what became of it");
    for (const tracker of [standing, driving]) {
      await client.subscribeAsync(`${tracker.imei}/OUTC`, { qos: 1 });
      const url = `${nodeRed.url}/trackers/registry/${registry}/request`;
      const body = { request: "register", payload: { imei: tracker.imei, name: "it", state: "active" } };
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      assert.ok(answer.ok || answer.status === 409);
    }

    await deploy(nodes.map((node) => (node.id === command.id ? { ...node, imei: standing.imei } : node)));
    const beacon = obey(standing);
    await press(nodes, "beacon on");
    assert.match(String(await became()), /^accepted: on at OUT1/);
    assert.match(String(await became()), /^sent: on at OUT1/);
    await beacon;
    assert.match(String(await became()), /^confirmed: on at OUT1/);
    assert.ok(standing.isOn(1, Date.now()));
    const fuel = obey(standing);
    await press(nodes, "cut the fuel");
    assert.match(String(await became()), /^accepted: on at OUT2/);
    assert.match(String(await became()), /^sent: on at OUT2/);
    await fuel;
    assert.match(String(await became()), /^confirmed: on at OUT2/);

    await deploy(nodes.map((node) => (node.id === command.id ? { ...node, imei: driving.imei } : node)));
    await report(driving);
    await debug(nodes, "outputs");
    await press(nodes, "cut the fuel");
    assert.match(String(await became()), /^accepted: on at OUT2/);
    assert.match(String(await became()), /^refused: on at OUT2, .*km\/h/);
    assert.ok(!driving.isOn(2, Date.now()));
  });

  /** As its third comment says: names for their outputs, a wire to the mqtt out node, and no simulated car. */
  const realTrackers = async (nodes: FlowNode[]): Promise<FlowNode[]> => {
    const simulated = nodes.find(({ name }) => name === "simulated car") as FlowNode & object;
    const out = idOf(nodes, "mqtt out", "to the tracker");
    const shown = idOf(nodes, "debug", "what became of it");
    return nodes
      .filter(({ type, name }) => type !== "tracker-simulator" && name !== "register the car")
      .map((node) => {
        if (node.type === "tracker-output-command") return { ...node, wires: [[out], [shown]] };
        if (node.name === "vans") return { ...simulated, id: node.id, name: "vans" };
        return node;
      });
  };

  it("runs example 05: JSON by its field map, an event, usual names, and what is no JSON", async () => {
    const nodes = await deployExample("05");
    const unknown = () => debug(nodes, "unknown or inactive");
    await press(nodes, "a van on its way");
    const van = (await unknown()) as Record<string, unknown>;
    assert.deepEqual([van.kind, van.imei, van.time], ["telemetry", "356938035643809", 1779631011000]);
    assert.deepEqual(van.position, {
      valid: true,
      latitude: 43.248249,
      longitude: 27.978071,
      speed: 52.56,
      course: 184,
      satellites: 11,
    });
    assert.deepEqual(van.attributes, {
      ignition: true,
      odometer: 117243.953,
      externalVoltage: 13.94,
      fuelLevel: 61,
      engineSpeed: 1740,
    });
    assert.deepEqual(van.sensors, { "dev.fw": "4.11", "hdr.ev": "PERIODIC", x9: 7 });
    await press(nodes, "the driver presses SOS");
    const alarm = (await unknown()) as { kind: string; event: object };
    assert.deepEqual([alarm.kind, alarm.event], ["event", eventInWords("SOS")]);
    await press(nodes, "two readings of another van");
    for (const time of [1779631101000, 1779631131000]) {
      assert.equal(((await unknown()) as { time: number }).time, time);
    }
    await press(nodes, "not JSON");
    assert.match(String(await debug(nodes, "refused")), /^JSON_SYNTAX: .* begins with 47 42 59/);
    const payload = '{"imei":"352099001761481","timestamp":"2026-05-24T13:58:00Z","odometer_m":41234567}';
    await client.publishAsync("globalmatix/in", payload, { qos: 1 });
    const overMqtt = (await unknown()) as { imei: string; attributes: object };
    assert.deepEqual([overMqtt.imei, overMqtt.attributes], ["352099001761481", { odometer: 41234.567 }]);
  });

  it("runs example 07: a fleet without a broker, an event, and a command that goes back to it", async function () {
    this.timeout(60_000);
    const nodes = example(EXAMPLES.find((file) => file.includes("/07-")) as string, broker.port);
    await editor.deploy(nodes);
    const car = imeiOf("car", 1);
    const says = async (name: string, wanted: RegExp): Promise<void> => {
      while (!wanted.test(String(await debug(nodes, name))));
    };
    await says("where it is", new RegExp(`^${car} is at \\d+\\.\\d+, \\d+`));
    await press(nodes, "panic");
    await says("where it is", /^\d{15} reports panic$/);
    await press(nodes, "beacon on");
    for (const status of ["accepted", "sent", "confirmed"]) {
      await says("what became of it", new RegExp(`^${status}: on at OUT1`));
    }
    await press(nodes, "stop");
    await press(nodes, "panic");
    await says("not possible", /stopped/);
  });

  it("runs example 06: a broker of its own, a device that is let in, one that is not", async () => {
    const port = await anyPort();
    const nodes = example(EXAMPLES.find((file) => file.includes("/06-")) as string, port);
    const registry = nodes.find(({ type }) => type === "tracker-registry")?.id;
    await editor.deploy(nodes);
    await editor.connected(idOf(nodes, "mqtt in", "from BCE/D"));
    const ask = async (command: string, payload: object) => {
      const url = `${nodeRed.url}/trackers/registry/${registry}/request`;
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: JSON.stringify({ request: command, payload }),
      });
      assert.ok(answer.ok, `${command}: ${answer.status}`);
    };
    const tracker = trackerThat("stands");
    const login = { clientId: tracker.imei, username: "bce_device", password: "its own", reconnectPeriod: 0 };
    const url = `mqtt://127.0.0.1:${port}`;
    const shown = async (wanted: RegExp) => {
      while (!wanted.test(String(await debug(nodes, "connections"))));
    };
    await assert.rejects(connectAsync(url, login, false));
    await shown(new RegExp(`^refused: ${tracker.imei}, `));
    // The examples share a registry, which may know it from before.
    await ask("register", { imei: tracker.imei, state: "active" }).catch(() => undefined);
    await ask("update", { imei: tracker.imei, state: "active", password: "its own" });
    const device = await connectAsync(url, login, false);
    try {
      await shown(new RegExp(`^connected: ${tracker.imei}`));
      await device.publishAsync("BCE/D", Buffer.from(tracker.telemetry(Date.now())), { qos: 1 });
      assert.match(String(await debug(nodes, "where it is")), / is at /);
    } finally {
      await device.endAsync(true);
    }
    await press(nodes, "as if a tracker reported");
    let rows: { imei: string }[] = [];
    while (!rows.some(({ imei }) => imei === "867035046242895")) {
      await editor.changed(registry as string);
      const answer = await fetch(`${nodeRed.url}/trackers/registry/${registry}/rows`);
      ({ rows } = (await answer.json()) as { rows: typeof rows });
    }
    // Its broker goes with it, or the next flow would find the port taken.
    await editor.deploy([{ id: "empty", type: "tab", label: "empty" }]);
  });

  it("runs example 09: the simulated car is in a fence, which is an alarm; its trips, and a logbook of them", async function () {
    this.timeout(180_000);
    const nodes = example(EXAMPLES.find((file) => file.includes("/09-fence")) as string, broker.port);
    await editor.deploy(nodes);
    const alarm = (await debug(nodes, "alarms")) as Record<string, unknown>;
    assert.deepEqual([alarm.kind, alarm.change, alarm.alarm], ["alarm", "begin", "fenceEntered"]);
    await press(nodes, "all alarms");
    const listed = JSON.stringify(await debug(nodes, "list of alarms"));
    assert.ok(listed.includes(String(alarm.id)), listed);
    const told = String(await debug(nodes, "trips and stops"));
    assert.match(told, /^\d{15}: (trip|stop|idling) created, \S+ .*(Varna|\bof\b).* \((North|South) side\)/);
    await press(nodes, "logbook of today, to print");
    assert.match(String(await debug(nodes, "report")), /<h1>Logbook<\/h1>/);
    await editor.deploy([{ id: "empty", type: "tab", label: "empty" }]);
  });

  it("runs example 08: a map that has every vehicle of the fleet, by name and with its place", async () => {
    const nodes = example(EXAMPLES.find((file) => file.includes("/08-")) as string, broker.port);
    await editor.deploy(nodes);
    await editor.status(idOf(nodes, "tracker-map", "live map"), /^\/live-map · this machine only/);
    const names = await vehiclesOn(`${nodeRed.url}/live-map/events`, 10);
    assert.deepEqual(names.slice(0, 3), ["Lorry 1", "Lorry 2", "Motorcycle 1"]);
    assert.equal((await fetch(`${nodeRed.url}/live-map/`)).status, 200);
    await editor.deploy([{ id: "empty", type: "tab", label: "empty" }]);
    assert.equal((await fetch(`${nodeRed.url}/live-map/`)).status, 404);
  });

  it("runs example 16: a car as Navixy takes it", async () => {
    const nodes = example(EXAMPLES.find((file) => file.includes("/16-")) as string, broker.port);
    await editor.deploy(nodes);
    const navixy = new NgpReceiver((id) => id === imeiOf("car", 161));
    // It stores a point as soon as the car has a fix.
    let verdict: ReturnType<NgpReceiver["mqtt"]>;
    do verdict = navixy.mqtt((await debug(nodes, "for Navixy")) as Sent);
    while (verdict.why === "fewer than 3 satellites");
    assert.deepEqual(verdict, { status: 200, stored: true });
  });

  it("runs example 17: a car in Home Assistant, whose switch turns the beacon on", async function () {
    this.timeout(60_000);
    const nodes = example(EXAMPLES.find((file) => file.includes("/17-")) as string, broker.port);
    await editor.deploy(nodes);
    const config = `homeassistant/device/tracker_${imeiOf("car", 171)}/config`;
    let told: { topic: string; payload: object };
    do told = (await debug(nodes, "for Home Assistant")) as typeof told;
    while (told.topic !== config);
    assert.ok("components" in told.payload);
    await press(nodes, "switch on");
    while (!/^confirmed: on at OUT1/.test(String(await debug(nodes, "what became of it"))));
  });

  /** An example that goes to a system which is not here: what it sends comes to `take`, and has its answer. */
  const sentBy = async (
    file: string,
    take: (sent: Sent) => Verdict,
    change: (node: FlowNode, url: string) => object,
  ): Promise<{ nodes: FlowNode[]; heard: EventEmitter; stop(): Promise<void> }> => {
    const heard = new EventEmitter();
    const { url, server } = await listen((sent) => {
      const verdict = take(sent);
      heard.emit("sent", sent, verdict);
      return verdict;
    });
    const nodes = example(EXAMPLES.find((one) => one.includes(file)) as string, broker.port).map(
      ({ ...node }) => ({ ...node, ...(node.type === "http request" && { d: false }), ...change(node, url) }),
    );
    await editor.deploy(nodes);
    const stop = async () => {
      await editor.deploy([{ id: "empty", type: "tab", label: "empty" }]);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    };
    return { nodes, heard, stop };
  };

  it("runs example 18: a car as Traccar takes it, and its answer comes back", async () => {
    const traccar = new TraccarReceiver((id) => id === imeiOf("car", 181));
    const { nodes, stop } = await sentBy(
      "/18-",
      (sent) => traccar.http(sent),
      ({ type }, url) => (type === "tracker-format" ? { url } : {}),
    );
    try {
      assert.equal(String(await debug(nodes, "its answer")), "200");
      assert.ok(traccar.stored.length > 0);
    } finally {
      await stop();
    }
  });

  it("runs example 19: a call for help goes to a phone by each way that is switched on", async () => {
    const ways = {
      NTFY_TOPIC: "fleet-7",
      TELEGRAM_CHAT: "42",
      TELEGRAM_TOKEN: "t0k",
      MAIL_TO: "ann@example.org",
      MAIL_FROM: "fleet@example.org",
      MAIL_KEY: "k3y",
    };
    for (const switchedOn of [false, true]) {
      const arrived = new Map<string, Record<string, unknown>>();
      const { nodes, heard, stop } = await sentBy(
        "/19-",
        ({ path = "", payload }) => {
          if (String(payload).includes("Panic: ")) arrived.set(path, JSON.parse(String(payload)));
          return { status: 200, stored: true };
        },
        ({ type, env = [] }, url) => {
          if (type !== "tab" || !switchedOn) return {};
          const own: Record<string, string> = {
            ...ways,
            NTFY_SERVER: url,
            TELEGRAM_SERVER: url,
            MAIL_SERVER: `${url}/emails`,
          };
          return { env: env.map(({ name, value }) => ({ name, value: own[name] ?? value, type: "str" })) };
        },
      );
      try {
        const rang = (async () => {
          // The car may be too fast before.
          while (!/^Panic: .*\n/.test(String(await debug(nodes, "alarm"))));
        })();
        await press(nodes, "as if the driver called for help");
        await rang;
        if (!switchedOn) continue;
        while (arrived.size < 3) await once(heard, "sent");
        const { "/": ntfy, "/bott0k/sendMessage": telegram, "/emails": mail } = Object.fromEntries(arrived);
        assert.deepEqual([ntfy?.topic, ntfy?.priority], ["fleet-7", 5]);
        assert.match(String(ntfy?.title), /^Panic: /);
        assert.match(String(ntfy?.click), /mlat=43\.2141&mlon=27\.9147/);
        assert.equal(telegram?.chat_id, "42");
        assert.match(String(telegram?.text), /^Panic: /);
        assert.deepEqual([mail?.from, mail?.to], [ways.MAIL_FROM, [ways.MAIL_TO]]);
        assert.match(String(mail?.subject), /^Panic: /);
      } finally {
        await stop();
      }
    }
  });

  it("runs example 22: a car as lines that InfluxDB takes", async () => {
    const { heard, stop } = await sentBy(
      "/22-",
      ({ payload }) => {
        const isLine = /^trackers,imei=\d{15}(,[^ ]+)? [^ ]+=.+ \d{13}$/.test(String(payload));
        return { status: isLine ? 200 : 400, stored: isLine };
      },
      ({ type }, url) => (type === "tracker-format" ? { url: `${url}/write?db=trackers&precision=ms` } : {}),
    );
    try {
      const [{ path, payload }, verdict] = await once(heard, "sent");
      assert.equal(path, "/write?db=trackers&precision=ms");
      assert.ok(verdict.stored, payload);
    } finally {
      await stop();
    }
  });

  it("runs example 21: the core in a function node, as the palette installs it", async () => {
    const nodes = example(EXAMPLES.find((file) => file.includes("/21-")) as string, broker.port);
    await editor.deploy(nodes);
    await press(nodes, "a frame as hex text");
    assert.match(
      String(await debug(nodes, "in words")),
      /^867035046242895: .*External voltage: 14\.51 V.*GNSS speed: 18 km\/h/,
    );
    await press(nodes, "11.2 V");
    assert.equal(await debug(nodes, "in words"), "490154203237518: External voltage: 11.2 V");
    await press(nodes, "half a frame");
    assert.match(String(await debug(nodes, "refused")), /^IOTM_CHECKSUM: checksum \d+ instead of \d+/);
  });

  it("runs every example that there is", () => {
    const others = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "16", "17", "18", "19", "21", "22"];
    const tested = [...new Set([...others, ...USES.map(({ file }) => file.slice(0, 2))])].sort();
    assert.deepEqual(
      EXAMPLES.map((file) => file.slice("examples/".length, "examples/".length + 2)),
      tested,
    );
  });
}
