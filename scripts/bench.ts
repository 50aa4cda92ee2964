// Measures what the code costs, as ratios between things run in turn in one process (npm run bench).
// What came out, and on what machine, stands in docs/performance.md.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fingerprint } from "../src/dedupe/fingerprint";
import { newDevice } from "../src/devices/fields";
import { SETTLE_MS } from "../src/inbox/inbox";
import { identityOfBytes } from "../src/model/identity";
import type { Telemetry } from "../src/model/message";
import { ShapeCache } from "../src/model/shape-cache";
import { VOCABULARY } from "../src/model/vocabulary";
import { decodePayload } from "../src/protocols/iotm/decode";
import { decodeFrame, recordSources } from "../src/protocols/iotm/frame";
import { decodeReadings, readPayload } from "../src/protocols/json/decode";
import { type CompiledMap, compileMap } from "../src/protocols/json/field-map";
import { FAULT_LEVELS } from "../src/simulator/faults";
import { VirtualFleet } from "../src/simulator/fleet";
import { plannedDevices } from "../src/simulator/plan";
import { Route } from "../src/simulator/route";
import { ROUTES } from "../src/simulator/routes";
import { SqliteStore } from "../src/store/sqlite/store";
import { helper, loadDecoder } from "../test/support/flow";
import { TestRegistry } from "../test/support/registry";
import { CAPTURES, withoutIdentity } from "../test/support/vectors";
import { brokerBench } from "./bench-broker";
import { historyBench } from "./bench-history";
import { limitsBench } from "./bench-limits";

const ROUNDS = 15;

interface Candidate {
  readonly name: string;
  readonly run: () => unknown;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** Times candidates in turn, round by round, and prints the medians and their ratio to the first. */
function compare(title: string, times: number, candidates: readonly Candidate[]): void {
  const measured = candidates.map((): number[] => []);
  for (let round = -3; round < ROUNDS; round++) {
    candidates.forEach(({ run }, index) => {
      const start = process.hrtime.bigint();
      for (let turn = 0; turn < times; turn++) run();
      if (round >= 0) measured[index]?.push(Number(process.hrtime.bigint() - start) / times / 1000);
    });
  }
  report(
    title,
    "µs",
    candidates.map(({ name }, index) => [name, median(measured[index] ?? [])]),
  );
}

function report(title: string, unit: string, rows: readonly [string, number][]): void {
  console.log(`\n${title}`);
  const first = rows[0]?.[1] ?? 1;
  for (const [name, value] of rows) {
    console.log(
      `  ${name.padEnd(44)} ${value.toFixed(2).padStart(9)} ${unit}  × ${(value / first).toFixed(2)}`,
    );
  }
}

/** Heap bytes of one object, from many of them kept at once. */
function heapOf(build: () => object): number {
  const count = 50_000;
  const kept: object[] = new Array(count);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) kept[index] = build();
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  return kept.length > 0 ? bytes : 0;
}

function decoding(): void {
  const capture = CAPTURES.find(({ name }) => name.includes("13 records"));
  const bytes = Buffer.from(capture?.hex ?? "", "hex");
  const sources = recordSources(bytes, decodeFrame(bytes).records.length);
  const json = JSON.stringify(decodePayload(bytes, { receivedAt: 0 }).records);
  compare("An upload of 13 readings", 5_000, [
    { name: "frame decoded", run: () => decodeFrame(bytes) },
    {
      name: "identities of its records",
      run: () => sources.map((source) => identityOfBytes({ imei: null, kind: "telemetry" }, source)),
    },
    { name: "frame decoded and normalized", run: () => decodePayload(bytes, { receivedAt: 0 }) },
    { name: "for scale: JSON.parse of the result", run: () => JSON.parse(json) },
  ]);
}

/** Messages of 30 signals from an xTCU, by a map of 30 rules and by their names. */
function globalmatix(): void {
  const numbers = VOCABULARY.filter(({ type }) => type === "number").slice(0, 26);
  const own = { imei: "869595061374194", ts: 1779631011, lat: 43.248249, lon: 27.978071 };
  const values = Object.fromEntries(numbers.map(({ key }, index) => [key, index + 0.5]));
  const bytes = Buffer.from(JSON.stringify({ ...own, can: values }));
  const targets = { imei: "imei", ts: "time", lat: "latitude", lon: "longitude" };
  const rules = [
    ...Object.entries(targets).map(([from, to]) => ({ from, to })),
    ...numbers.map(({ key }) => ({ from: `can.${key}`, to: key })),
  ];
  const decode = (map: CompiledMap) => {
    const context = { protocol: "json", map, receivedAt: 0, noTime: "error", noImei: "error" } as const;
    return () => decodeReadings(readPayload(bytes, map), context, () => bytes);
  };
  compare("A message of 30 signals from an xTCU", 5_000, [
    { name: "decoded by a map of 30 rules", run: decode(compileMap({ rules, recognise: false })) },
    { name: "decoded by 30 rules and the usual names", run: decode(compileMap({ rules })) },
    { name: "decoded by the usual names alone", run: decode(compileMap()) },
    { name: "for scale: JSON.parse of it", run: () => JSON.parse(bytes.toString("utf8")) },
  ]);
}

function shapes(): void {
  for (const count of [12, 30]) {
    const entries = new Map(VOCABULARY.slice(0, count).map(({ key }, index) => [key, index + 0.5]));
    const cache = new ShapeCache();
    const keyByKey = () => {
      const built: Record<string, number> = {};
      for (const [key, value] of entries) built[key] = value;
      return built;
    };
    const cached = () => cache.build(entries);
    const candidates = [
      { name: "filled key by key", run: keyByKey },
      { name: "through the shape cache", run: cached },
    ];
    compare(`An object of ${count} attributes: time`, 20_000, candidates);
    report(
      `An object of ${count} attributes: memory`,
      "bytes",
      candidates.map(({ name, run }) => [name, heapOf(run)]),
    );
  }
}

/** Readings of a real device, again and again with later times, so that none is a duplicate. */
function freshReadings(): () => Telemetry & { imei: string } {
  const capture = CAPTURES.find(({ name }) => name.includes("13 records"));
  const bytes = Buffer.from(capture?.hex ?? "", "hex");
  const [first] = decodePayload(bytes, { receivedAt: 0 }).records as (Telemetry & { imei: string })[];
  let time = 0;
  return () => ({ ...(first as Telemetry & { imei: string }), time: time++ });
}

async function registry(): Promise<void> {
  const next = freshReadings();
  const { imei } = next();
  const { fleet } = await openWith([imei]);
  compare("A reading and the registry", 5_000, [
    { name: "fingerprint, by the decoder's identity", run: () => fingerprint(next()) },
    { name: "fingerprint of a record of a user's flow", run: () => fingerprint(withoutIdentity(next())) },
    { name: "taken in: state, duplicates, late, online", run: () => fleet.receive(next(), "BCE/D", true) },
    { name: "for scale: JSON.stringify of it", run: () => JSON.stringify(next()) },
  ]);
  const imeis = Array.from({ length: 10_000 }, (_, n) => String(350_000_000_000_000 + n));
  const all = await openWith(imeis);
  const perDevice = (readings: number) => {
    global.gc?.();
    const before = process.memoryUsage();
    for (let turn = 0; turn < readings; turn++) {
      for (const one of imeis) all.fleet.receive({ ...next(), imei: one }, "", true);
    }
    global.gc?.();
    const after = process.memoryUsage();
    return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / imeis.length;
  };
  report("Memory of a device, of 10,000", "bytes", [
    ["its last state, after one reading", perDevice(1)],
    ["what 1,024 more readings add", perDevice(1024)],
  ]);
}

/** Messages that are in the file before they are acknowledged; so many come before the first one is. */
async function inbox(): Promise<void> {
  const payload = Buffer.from(CAPTURES.find(({ name }) => name.includes("13 records"))?.hex ?? "", "hex");
  const rows: [string, number][] = [];
  for (const [atOnce, times] of [
    [1, 100],
    [10, 50],
    [100, 20],
    [1000, 5],
  ] as const) {
    rows.push([`${atOnce} at a time`, await acknowledgedPerSecond(payload, atOnce, times)]);
  }
  report(`Inbox of ${payload.length} bytes acknowledged after storing, in a file`, "/s", rows);
}

async function acknowledgedPerSecond(payload: Buffer, atOnce: number, times: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const next = freshReadings();
  const { imei: client } = next();
  const made = await openWith([client], new SqliteStore(join(folder, "fleet.sqlite")));
  const { fleet } = made;
  const message = { client, topic: "BCE/D", payload, receivedAt: 0 };
  const group = async () => {
    const kept = Array.from({ length: atOnce }, () => fleet.inbox.keep(message));
    for (const message of await Promise.all(kept)) {
      fleet.receive(next(), message.topic, true);
      fleet.inbox.deliver(message);
    }
  };
  /** Part of the work: the state is saved, and what the flow has had is deleted. */
  const save = async (after: number) => {
    made.wait(after);
    await fleet.flush();
  };
  const rounds: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let turn = 0; turn < times; turn++) await group();
    for (const after of [SETTLE_MS, 0]) await save(after);
    if (round >= 0) rounds.push((times * atOnce) / (Number(process.hrtime.bigint() - start) / 1e9));
  }
  await fleet.close();
  await rm(folder, { recursive: true });
  return median(rounds);
}

async function openWith(imeis: readonly string[], store?: SqliteStore): Promise<TestRegistry> {
  const made = await TestRegistry.open(store);
  const devices = new Map(imeis.map((imei) => [imei, { ...newDevice(imei, 0), state: "active" as const }]));
  await made.fleet.change(() => devices, "bench");
  return made;
}

/** 5,000 devices: what a second of theirs costs, and what they take. */
function simulator(): void {
  const routes = Object.values(ROUTES).map((points) => new Route(points));
  const make = (interval: number) =>
    new VirtualFleet({
      devices: plannedDevices({
        car: 2500,
        carWithoutCan: 500,
        lorry: 1000,
        trailer: 250,
        light: 250,
        xtcu: 500,
      }),
      routes,
      seed: "bench",
      start: Date.UTC(2026, 0, 1),
      interval,
      eventsPerHour: 2,
      faults: FAULT_LEVELS.little,
    });
  const everySecond = (fleet: VirtualFleet) => () => fleet.advance(fleet.time + 1000, () => undefined);
  const silent = make(86_400);
  const usual = make(10);
  for (const fleet of [silent, usual]) fleet.advance(60_000, () => undefined);
  compare("A simulated second of 5,000 devices", 20, [
    { name: "driving alone", run: everySecond(silent) },
    { name: "and reporting every 10 s", run: everySecond(usual) },
  ]);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const fleet = make(10);
  fleet.advance(60_000, () => undefined);
  global.gc?.();
  report("Memory of a simulated device", "bytes", [
    ["after a minute", (process.memoryUsage().heapUsed - before) / fleet.devices.length],
  ]);
}

async function node(): Promise<void> {
  const payload = Buffer.from(CAPTURES.find(({ name }) => name.includes("13 records"))?.hex ?? "", "hex");
  const rows: [string, number][] = [];
  for (const [name, mode] of [
    ["one message a record", "record"],
    ["one message a frame", "frame"],
  ] as const) {
    await helper.startServer();
    const flow = await loadDecoder({ mode });
    const rounds: number[] = [];
    for (let round = -3; round < ROUNDS; round++) {
      const start = process.hrtime.bigint();
      for (let turn = 0; turn < 300; turn++) await flow.send({ payload, topic: "BCE/D" });
      if (round >= 0) rounds.push(Number(process.hrtime.bigint() - start) / 300 / 13 / 1000);
    }
    rows.push([name, median(rounds)]);
    await helper.unload();
    await helper.stopServer();
  }
  report("The decoder node in a flow, with a Catch and a Complete node: a reading", "µs", rows);
}

async function main(): Promise<void> {
  console.log(`Node.js ${process.version}, ${ROUNDS} rounds in turn, medians`);
  decoding();
  globalmatix();
  shapes();
  await registry();
  await inbox();
  simulator();
  historyBench(report);
  await brokerBench(report);
  await limitsBench();
  await node();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
