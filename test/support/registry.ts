import { toProblem } from "../../nodes/runtime/problems";
import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import { type DeployedConfig, type DeployedConfigs, deployedConfig } from "../../src/device-config/deployed";
import { resolveDeviceConfig, type SavedDeviceConfig } from "../../src/device-config/device-config";
import type { Problem } from "../../src/errors";
import { Fleet } from "../../src/fleet/fleet";
import { FleetHistory } from "../../src/fleet/fleet-history";
import type { Verdict } from "../../src/fleet/intake";
import type { RegistrySettings, StatusChange } from "../../src/fleet/owners";
import { answer, readRequest } from "../../src/fleet/requests";
import type { Store } from "../../src/fleet/store";
import { DEFAULT_RETENTION, History } from "../../src/history/history";
import type { HistoryStore } from "../../src/history/port";
import { makeEvent } from "../../src/model/events";
import type { DeviceEvent, OwnRecord, Position, Telemetry } from "../../src/model/message";
import type { Marks } from "../../src/state/live";
import { MemoryHistory } from "../../src/store/history/memory";
import { MemoryStore } from "../../src/store/memory/store";

export const IMEI = "869595061374194";
export const OTHER = "867035046242895";
export const THIRD = "490154203237518";
/** Its check digit would be 8. */
export const WRONG = "490154203237519";

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 0, 15, 12);

/** A device config that is deployed. */
export function deviceConfig(id: string, name: string, saved: SavedDeviceConfig): DeployedConfig {
  return deployedConfig(id, name, resolveDeviceConfig(saved));
}

export const VANS = deviceConfig("vans-id", "vans", {
  inputNames: ["panic button", "", "door"],
  outputNames: ["starter relay"],
  offlineAfter: 2,
});

function profilesOf(...all: DeployedConfig[]): DeployedConfigs {
  const get = (id: string) => all.find((one) => one.id === id);
  return { get, find: (asked) => get(asked) ?? all.find(({ name }) => name === asked), all: () => all };
}

/** A history that tells nobody what is wrong with it, unless asked. */
export function fleetHistory(
  store: HistoryStore = new MemoryHistory(),
  wall: () => number = () => START,
  told: (problem: Problem | undefined) => void = () => undefined,
): FleetHistory {
  return new FleetHistory(new History(store, { retention: DEFAULT_RETENTION }, wall), {
    toProblem,
    state: told,
    found: () => undefined,
  });
}

/** A registry whose clocks stand still until they are told to go on. */
export class TestRegistry {
  wall = START;
  monotonic = 0;
  readonly changes: StatusChange[] = [];
  /** Where damaged files were put. */
  readonly setAside: string[] = [];
  /** What was told of the history: codes, and empty where all is well again. */
  readonly historyProblems: string[] = [];
  readonly fleet: Fleet;

  private constructor(
    readonly store: Store,
    settings: Partial<RegistrySettings>,
    deviceConfigs: DeployedConfigs,
    history: HistoryStore,
  ) {
    this.fleet = new Fleet(
      store,
      deviceConfigs,
      {
        deviceConfig: "",
        offlineAfter: 10 * MINUTE,
        clockTolerance: 10 * MINUTE,
        timeZone: "UTC",
        ...settings,
      },
      { wall: () => this.wall, monotonic: () => this.monotonic },
      fleetHistory(
        history,
        () => this.wall,
        (problem) => this.historyProblems.push(problem?.code ?? ""),
      ),
    );
    this.fleet.onStatus.add((change) => this.changes.push(change));
  }

  static async open(
    store: Store = new MemoryStore(),
    settings: Partial<RegistrySettings> = {},
    deviceConfigs: DeployedConfigs = profilesOf(VANS),
    history: HistoryStore = new MemoryHistory(),
  ): Promise<TestRegistry> {
    const made = new TestRegistry(store, settings, deviceConfigs, history);
    await made.fleet.open(({ setAside }) => {
      if (setAside !== undefined) made.setAside.push(setAside);
    });
    return made;
  }

  /** Lets time go by, with a tick at the end of it. */
  wait(milliseconds: number): void {
    this.wall += milliseconds;
    this.monotonic += milliseconds;
    this.fleet.tick();
  }

  /** Takes in a record as nodes do: what memory cannot tell of it, the store is asked before. */
  async take(record: OwnRecord, node = ""): Promise<Verdict> {
    const recalled = await this.fleet.recall([record]);
    return this.fleet.receive(record, "BCE/D", true, node, recalled);
  }

  /** How a record of an active device is marked when it is taken in. */
  async marksOf(record: OwnRecord, node = ""): Promise<Marks> {
    const verdict = await this.take(record, node);
    if (verdict.kind !== "active") throw new Error(`the device is ${verdict.kind}`);
    return verdict.marks;
  }

  ask(command: string, payload?: unknown): Promise<unknown> {
    const { name } = readRequest(command);
    return answer(name, payload, { fleet: this.fleet, tools: REGISTRY_TOOLS, by: "test" });
  }

  /** What became of devices since the last call: "869… online". */
  told(): string[] {
    return this.changes.splice(0).map(({ imei, change }) => `${imei} ${change}`);
  }
}

export function reading(
  time: number,
  more: Partial<Telemetry> = {},
  imei = IMEI,
): Telemetry & { imei: string } {
  return {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    receivedAt: time,
    time,
    attributes: {},
    sensors: {},
    ...more,
    imei,
  };
}

export function position(latitude: number, longitude: number, speed = 0, valid = true): Position {
  return { valid, latitude, longitude, altitude: 100, speed, course: 0, hdop: 1, satellites: 9 };
}

export function event(time: number, code: number, text = ""): DeviceEvent & { imei: string } {
  const raw = { function: 0, code, data: "", ...(text === "" ? {} : { text }) };
  const about = makeEvent("other", "device", text === "" ? {} : { text }, raw);
  return { schema: 1, kind: "event", protocol: "iotm", imei: IMEI, receivedAt: time, time, event: about };
}
