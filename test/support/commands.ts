import { REGISTRY_TOOLS } from "../../nodes/runtime/registry-tools";
import type { Command } from "../../src/commands/command";
import { Commander } from "../../src/commands/commander";
import { COMMAND_DEFAULTS, type CommandSettings } from "../../src/commands/settings";
import type { OutgoingFrame } from "../../src/commands/surroundings";
import type { DeployedConfigs } from "../../src/device-config/deployed";
import type { SavedDeviceConfig } from "../../src/device-config/device-config";
import { Fleet } from "../../src/fleet/fleet";
import { answer } from "../../src/fleet/requests";
import type { Store } from "../../src/fleet/store";
import { type EventDetails, type EventTypeName, makeEvent, type TrackerEvent } from "../../src/model/events";
import type { DeviceEvent, Position, Scalar, Telemetry } from "../../src/model/message";
import { MemoryStore } from "../../src/store/memory/store";
import { deviceConfig, fleetHistory, IMEI, MINUTE, position, reading, START } from "./registry";

/** What most tests give commands with. */
export const SETTINGS: CommandSettings = {
  ...COMMAND_DEFAULTS,
  defaults: { imei: IMEI, output: 1, mode: "latching", duration: 1 },
};

/** A registry with a commander, whose clocks stand still until they are told to go on. */
export class TestCommander {
  wall = START + 300;
  monotonic = 0;
  canSend = true;
  readonly sent: { readonly command: Command; readonly outgoing: OutgoingFrame }[] = [];
  readonly reports: Command[] = [];
  private ids = 0;
  private constructor(
    readonly store: Store,
    readonly fleet: Fleet,
    public commander: Commander,
  ) {}

  static async open(saved: SavedDeviceConfig = {}, store: Store = new MemoryStore()): Promise<TestCommander> {
    const config = { current: deviceConfig("p", "p", saved) };
    const deviceConfigs: DeployedConfigs = {
      get: () => config.current,
      find: () => config.current,
      all: () => [],
    };
    const box: { made?: TestCommander } = {};
    const clock = { wall: () => box.made?.wall ?? START, monotonic: () => box.made?.monotonic ?? 0 };
    const fleet = new Fleet(
      store,
      deviceConfigs,
      { deviceConfig: "p", offlineAfter: 2 * MINUTE, clockTolerance: 10 * MINUTE, timeZone: "UTC" },
      clock,
      fleetHistory(),
    );
    await fleet.open();
    const commander = new Commander(fleet, {
      newId: () => `${box.made?.ids}-${(box.made as TestCommander).ids++}`,
      noSender: () => (box.made?.canSend ? undefined : { code: "NO_SENDER", reason: "there is no node" }),
      send: (command, outgoing) => box.made?.sent.push({ command, outgoing }),
      report: (command) => box.made?.reports.push(command),
    });
    const made = new TestCommander(store, fleet, commander);
    box.made = made;
    made.deviceConfigs = config;
    return made;
  }

  /** The device config there is, which can be replaced or taken away. */
  deviceConfigs: { current: ReturnType<typeof deviceConfig> | undefined } = { current: undefined };

  register(imei = IMEI, state = "active"): Promise<unknown> {
    return this.ask("register", { imei, state });
  }

  ask(command: Parameters<typeof answer>[0], payload: unknown): Promise<unknown> {
    return answer(command, payload, { fleet: this.fleet, tools: REGISTRY_TOOLS, by: "test" });
  }

  submit(payload: unknown, settings: Partial<CommandSettings> = {}): Promise<Command> {
    return this.commander.submit(payload, {
      settings: { ...SETTINGS, ...settings },
      by: "test",
      origin: "n",
    });
  }

  async wait(milliseconds: number): Promise<void> {
    this.wall += milliseconds;
    this.monotonic += milliseconds;
    this.fleet.tick();
    await this.commander.tick();
  }

  /** A reading taken now, or at a time. */
  async hear(
    attributes: Readonly<Record<string, Scalar>> = {},
    where?: Position,
    time = Math.floor(this.wall / 1000) * 1000,
    more: Partial<Telemetry> = {},
  ): Promise<void> {
    const at = where === undefined ? {} : { position: where };
    const record = reading(time, { attributes, ...at, ...more });
    this.fleet.receive(record, "BCE/D", true, "", await this.fleet.recall([record]));
    await this.fleet.exclusively(async () => undefined);
  }

  /** As after a restart: what is not in the store is gone. */
  async restarted(down = 0): Promise<TestCommander> {
    await this.commander.close();
    await this.fleet.close();
    const again = await TestCommander.openAt(this.wall + down, this.store, this.deviceConfigs.current);
    again.ids = this.ids + 1000;
    return again;
  }

  private static async openAt(
    wall: number,
    store: Store,
    current: TestCommander["deviceConfigs"]["current"],
  ): Promise<TestCommander> {
    const again = await TestCommander.open({}, store);
    again.wall = wall;
    again.deviceConfigs.current = current;
    return again;
  }

  status(id: string): string | undefined {
    return this.commander.get(id)?.status;
  }
}

/** The statuses of a command's life with the codes: "sent SENT". */
export function lifeOf(command: Command | undefined): string[] {
  return (command?.history ?? []).map(({ status, code }) => `${status} ${code}`);
}

export function standing(speed = 0): Position {
  return position(54, 25, speed);
}

/** An event as a device says it, now by its clock unless another time is given. */
export async function say(
  it_: TestCommander,
  event: TrackerEvent,
  time = Math.floor(it_.wall / 1000) * 1000,
  more: Partial<DeviceEvent> = {},
): Promise<void> {
  const record = { schema: 1, kind: "event", protocol: "iotm", receivedAt: it_.wall, time, event } as const;
  it_.fleet.receive({ ...record, ...more, imei: IMEI }, "BCE/E", true);
  await it_.fleet.exclusively(async () => undefined);
}
export const madeEvent = (type: EventTypeName, details: EventDetails = {}) =>
  makeEvent(type, "device", details);
export const RECEIVED = madeEvent("commandReceived");
export const changed = (output: number, state: "on" | "off") => madeEvent("outputChanged", { output, state });
