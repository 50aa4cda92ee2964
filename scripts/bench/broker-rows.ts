// What the rows of the built-in broker have in common: a fleet, brokers to compare, and the load in another process.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toProblem } from "../../nodes/runtime/problems";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { FleetLife } from "../../src/fleet/life";
import { answer } from "../../src/fleet/requests";
import { DEFAULT_RETENTION } from "../../src/history/history";
import { ROUTES } from "../../src/simulator/routes";
import { MemoryHistory } from "../../src/store/history/memory";
import { SqliteStore } from "../../src/store/sqlite/store";
import { OwnBroker, SERVICE } from "../../test/support/own-broker";
import { deviceConfig } from "../../test/support/registry";
import { VirtualTracker } from "../../test/support/virtual-tracker";
import type { Counted, Load } from "./broker-load";

const LOGIN = { user: "bce_device", password: "the bench's" };
export const TOPIC = "BCE/D";
const START = Date.UTC(2026, 0, 1);

export interface Fleet {
  readonly devices: readonly { readonly client: string; readonly user: string; readonly password: string }[];
  readonly payloads: readonly string[];
}

export function fleetOf(count: number): Fleet {
  const trackers = Array.from({ length: count }, (_, n) => new VirtualTracker(n + 1, ROUTES.varna));
  return {
    devices: trackers.map(({ imei }) => ({ client: imei, ...LOGIN })),
    payloads: trackers.map((one) => Buffer.from(one.telemetry(START)).toString("base64")),
  };
}

export async function loaded(load: Load): Promise<Counted> {
  const child = fork(join(__dirname, "broker-load.js"));
  child.send(load);
  const [counted] = (await once(child, "message")) as [Counted];
  return counted;
}

export interface Target {
  readonly port: number;
  readonly flow: Load["flow"];
  stop(): Promise<void>;
}

/** aedes alone, without login, rights or store. With its own bound on messages under way it fails at this load. */
export async function bareAedes(): Promise<Target> {
  const { Aedes } = await import("aedes");
  const aedes = await Aedes.createBroker({ concurrency: 0 });
  const server = createServer({ noDelay: true }, (socket) => void aedes.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    port,
    flow: { client: "flow" },
    stop: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

/** The built-in broker with a registry in a file. */
export async function ownBroker({ devices }: Fleet): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "bench-broker-"));
  const config = { ...deviceConfig("bench", "bench", {}), login: LOGIN };
  const configs = { get: () => config, find: () => config, all: () => [config] };
  const life = new FleetLife(
    () => new SqliteStore(join(folder, "registry.sqlite")),
    { make: () => new MemoryHistory(), retention: DEFAULT_RETENTION, commitEveryMs: 10_000 },
    configs,
    { deviceConfig: "bench", offlineAfter: 600_000, clockTolerance: 600_000, timeZone: "UTC" },
    1000,
    {
      newId: () => "",
      toProblem,
      state: (problem) => problem && console.error(problem),
      tell: console.error,
      warn: console.error,
    },
  );
  const fleet = await life.ready();
  const data = devices.map(({ client }) => ({ imei: client }));
  await answer("import", { data, state: "active" }, { fleet, tools: REGISTRY_TOOLS, by: "bench" } as never);
  const broker = await OwnBroker.start(life.directory);
  return {
    port: broker.port,
    flow: { client: "flow", user: SERVICE.user, password: SERVICE.password },
    stop: async () => {
      await broker.stop();
      await life.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A row as it is printed: what, measured, bar. */
export function row(what: string, measured: number, bar: string, unit: string): void {
  console.log(`${what.padEnd(78)} ${measured.toFixed(2).padStart(9)} ${unit.padEnd(3)} ${bar}`);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
