import { type Command, isRunning } from "../../../src/commands/command";
import { Commander } from "../../../src/commands/commander";
import { mayStop } from "../../../src/commands/interlock";
import { COMMAND_DEFAULTS } from "../../../src/commands/settings";
import type { DeployedConfig } from "../../../src/device-config/deployed";
import { newDevice } from "../../../src/devices/fields";
import { Fleet } from "../../../src/fleet/fleet";
import type { NormalizedRecord, Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { decodeFrame, encodeFrame } from "../../../src/protocols/iotm/frame";
import type { OutputControlRecord } from "../../../src/protocols/iotm/records";
import { MemoryStore } from "../../../src/store/memory/store";
import { deviceConfig, fleetHistory, IMEI, START } from "../registry";
import { type BrokerModel, BuiltInModel, type Ends, QueueingModel } from "./brokers";
import { Life, SharedStore } from "./life";
import { Random } from "./random";
import { type Habits, Vehicle } from "./vehicle";

/** Seconds of a run; nothing is given in the last ones, so that everything can come to its end. */
const SECONDS = 240;
const GIVEN_UNTIL = 150;
const MAX_SPEED = 5;
/** A device does a command in the whole second in which that ends, too. */
const WHOLE_SECOND = 1000;

/**
 * Ways to make what is tested worse, to see that it would be noticed: `command` gives frames the command's own expiry,
 * as they had it once; `clock` does without the device's clock; `events` takes events for new whenever they come.
 */
export type Weakness = "none" | "command" | "clock" | "events";

interface Sent {
  readonly command: Command;
  readonly uniqueId: number;
  readonly stops: boolean;
  /** True time. */
  readonly at: number;
}

interface Executed {
  readonly uniqueId: number;
  readonly command: string;
  /** It could stop the vehicle, and whether that drove. */
  readonly stops: boolean;
  readonly driving: boolean;
}

/**
 * A vehicle, a registry with its commands, a broker between them, and everything that can go wrong: kills at any
 * place, clocks that are set, silence, late uploads, new connections before the old one is noticed to be dead,
 * deactivation, restarts of Node-RED and of the broker. `now` is the true time.
 */
export class World {
  now: number;
  readonly random: Random;
  readonly isBuiltIn: boolean;
  /** The interlock looks at the ignition; only then does the vehicle say that it will drive before it does. */
  readonly looksAtIgnition: boolean;
  readonly sent: Sent[] = [];
  readonly executed: Executed[] = [];
  readonly acknowledged = new Set<string>();
  readonly finals = new Map<string, Set<string>>();
  /** What must never be. */
  readonly failures: string[] = [];
  commander: Commander | undefined;
  private readonly freshFor: number;
  private readonly frameLife: number;
  private readonly config: DeployedConfig;
  private readonly vehicle: Vehicle;
  private readonly broker: BrokerModel;
  private readonly kept = new MemoryStore();
  private readonly risk: number;
  private life = new Life();
  private fleet: Fleet | undefined;
  private downUntil = 0;
  private hasRadio = true;
  /** How far this computer's wall clock is ahead, and since when the process runs. */
  private ahead = 0;
  private wasSetBack = false;
  private bornAt = 0;
  /** When the device was last heard. */
  private heardAt = 0;
  private ids = 0;

  constructor(
    readonly seed: number,
    private readonly weakness: Weakness = "none",
  ) {
    const random = new Random(seed);
    this.random = random;
    this.now = START + Math.floor(random.between(0, 180_000));
    this.isBuiltIn = random.chance(0.5);
    this.looksAtIgnition = random.chance(0.7);
    this.freshFor = random.pick([4, 10]);
    this.frameLife = random.pick([5, 15]);
    this.risk = random.pick([0, 0, 0.01, 0.05]);
    const whenUnsafe = random.pick(["refuse", "hold"]);
    const { freshFor, frameLife, looksAtIgnition: ignitionOff } = this;
    this.config = deviceConfig("p", "p", {
      outputStops: ["on", "off"],
      timedPolarity: ["normal", "normal"],
      interlock: { freshFor, frameLife, maxSpeed: MAX_SPEED, ignitionOff, whenUnsafe },
    });
    this.vehicle = new Vehicle(IMEI, this.habits(), random, random.between(-2500, 500), this.now);
    this.broker = this.isBuiltIn ? new BuiltInModel(random) : new QueueingModel(random);
  }

  /** What stands between the last reading that shows the vehicle safe and the last moment of a frame. */
  get bound(): number {
    return (this.freshFor + this.frameLife) * 1000 + WHOLE_SECOND;
  }

  private habits(): Habits {
    const shortest = this.looksAtIgnition ? this.freshFor + this.frameLife + 1 : 0;
    return {
      start: shortest + this.random.between(0, 5),
      park: [10, 60],
      drive: [10, 40],
      reportEvery: this.random.pick([1, 2, 3]),
    };
  }

  async run(): Promise<void> {
    await this.start(0);
    const active = { ...newDevice(IMEI, 0), state: "active" as const };
    await this.fleet?.change(() => new Map([[IMEI, active]]), "");
    await this.start();
    for (let second = 0; second < SECONDS; second++) await this.second(second);
    await this.end();
  }

  /** Everything that runs comes to its end. */
  private async end(): Promise<void> {
    this.life.alive = false;
    this.ahead = 0;
    await this.start(0);
    for (let late = 0; late < 3; late++) {
      this.now += 60_000;
      await this.commander?.tick();
    }
  }

  private async second(second: number): Promise<void> {
    this.now += 700 + Math.floor(this.random.between(0, 600));
    if (!this.life.alive) await this.rise();
    this.vehicle.live(this.now);
    this.upset();
    this.broker.step(this.ends());
    if (second < GIVEN_UNTIL && this.random.chance(0.12)) this.give();
    this.fleet?.tick();
    this.commander?.tick().catch(() => undefined);
    if (this.random.chance(0.1)) this.fleet?.flush().catch(() => undefined);
    await settled();
  }

  /** What goes wrong outside of the broker. */
  private upset(): void {
    const { random } = this;
    if (random.chance(this.hasRadio ? 0.02 : 0.1)) this.hasRadio = !this.hasRadio;
    if (random.chance(0.01)) this.set(random.pick([0, 0, -3000, 3000, 9000, -30_000, 60_000, -3_600_000]));
    // A clock that is set back would make old news fresh.
    if (!this.hasRadio && random.chance(0.05)) this.set(this.ahead - random.between(3000, 20_000));
    if (random.chance(0.005)) this.life.alive = false;
    if (random.chance(0.01)) this.deactivate();
  }

  private deactivate(): void {
    const { fleet } = this;
    const set = (state: "active" | "deactivated") =>
      fleet?.change(() => {
        const device = fleet.devices.get(IMEI);
        return new Map(device === undefined ? [] : [[IMEI, { ...device, state }]]);
      }, "");
    set("deactivated")?.catch(() => undefined);
    this.broker.shutOut(this.ends());
    set("active")?.catch(() => undefined);
  }

  private ends(): Ends {
    const { vehicle, hasRadio, fleet } = this;
    return {
      vehicle,
      hasRadio,
      connections: this.life.alive ? fleet?.connections : undefined,
      receive: (bytes) => this.receive(bytes),
      execute: (frame) => this.execute(frame),
    };
  }

  private async rise(): Promise<void> {
    if (this.commander !== undefined) {
      this.commander = undefined;
      this.fleet = undefined;
      this.broker.nodeRedEnded();
      this.downUntil = this.now + this.random.pick([0, 2000, 20_000]);
    }
    if (this.now >= this.downUntil) await this.start();
  }

  private async start(risk = this.risk): Promise<void> {
    const life = new Life();
    this.life = life;
    this.bornAt = this.now;
    const { bornAt } = this;
    const clock = { wall: () => this.now + this.ahead, monotonic: () => this.now - bornAt };
    const fleet = new Fleet(
      new SharedStore(this.kept, life, this.random, risk),
      { get: () => this.config, find: () => this.config, all: () => [this.config] },
      { deviceConfig: "p", offlineAfter: 15_000, clockTolerance: 600_000, timeZone: "UTC" },
      clock,
      fleetHistory(),
    );
    await fleet.open();
    this.fleet = fleet;
    fleet.connections.onListening(() => {
      this.heardAt = this.now;
    });
    this.broker.nodeRedEnded();
    const down = { code: "BROKER_OFFLINE", reason: "down" };
    this.commander = new Commander(fleet, {
      newId: () => `c${this.ids++}`,
      noSender: () => (this.broker.isKnownDown ? down : undefined),
      send: (command, { frame }) => {
        if (life.alive) this.send(command, frame);
        if (this.random.chance(risk)) life.alive = false;
      },
      report: (command) => {
        if (life.alive) this.note(command);
        if (this.random.chance(risk / 4)) life.alive = false;
      },
    });
  }

  private give(): void {
    const mode = this.random.pick(["timed", "latching"] as const);
    const payload = {
      imei: IMEI,
      output: this.random.pick([1, 2]),
      state: this.random.pick(["on", "off"]),
      mode,
      ...(mode === "timed" ? { duration: this.random.pick([0.5, 6, 20]) } : {}),
      expires: this.random.pick([3, 15, 60, 120]),
      delivery: this.random.pick(["now", "wait"]),
    };
    const { life } = this;
    const settings = {
      ...COMMAND_DEFAULTS,
      confirmWithin: this.random.pick([4000, 12_000]),
      retries: this.random.pick([0, 1, 3]),
    };
    this.commander?.submit(payload, { settings, by: "", origin: "" }).then(
      ({ id }) => life.alive && this.acknowledged.add(id),
      () => undefined,
    );
  }

  private expect(isSo: boolean, otherwise: string): void {
    if (!isSo) this.failures.push(`run ${this.seed}: ${otherwise}`);
  }

  private send(command: Command, whole: Uint8Array): void {
    const frame = this.weakened(command, whole);
    const { uniqueId, expires } = controlOf(frame);
    const stops = mayStop(command, this.config.commands.stops[command.output - 1] ?? "");
    const wall = this.now + this.ahead;
    this.expect(wall < command.expires, `${command.id} was sent after its expiry`);
    this.expect(uniqueId !== this.sent.at(-1)?.uniqueId, `${command.id} has the last unique id again`);
    const isAgain = command.sendings.length > 1;
    this.expect(!isAgain || this.heardAt === this.now, `${command.id} was sent again by the clock alone`);
    this.expect(!isAgain || command.mode === "latching", `${command.id} is timed and was sent again`);
    const life = (stops ? this.frameLife : 60) * 1000;
    const most = stops ? Math.min(wall, this.vehicle.clock(this.now)) : wall;
    this.expect(expires * 1000 <= most + life, `${command.id} may take effect for too long`);
    const isListening = this.fleet?.connections.isListening(IMEI);
    this.expect(isListening !== false, `${command.id} was sent to a device that does not listen`);
    this.sent.push({ command, uniqueId, stops, at: this.now });
    this.broker.publish(frame, this.ends());
  }

  private weakened(command: Command, frame: Uint8Array): Uint8Array {
    if (this.weakness === "none" || this.weakness === "events") return frame;
    const end = this.weakness === "command" ? command.expires : this.now + this.ahead + this.frameLife * 1000;
    const expires = Math.floor(Math.min(command.expires, end) / 1000);
    return encodeFrame([
      { type: 2, imei: IMEI },
      { ...controlOf(frame), expires },
    ]);
  }

  private execute(frame: Uint8Array): void {
    const { vehicle, now } = this;
    if (!vehicle.execute(frame, now).done) return;
    const { uniqueId } = controlOf(frame);
    const sending = this.sent.findLast((one) => one.uniqueId === uniqueId);
    this.expect(sending !== undefined, "something was executed that nobody sent");
    const stops = sending?.stops === true;
    const driving = stops && vehicle.speed > MAX_SPEED;
    this.executed.push({ uniqueId, command: sending?.command.id ?? "", stops, driving });
    if (!driving) return;
    this.expect(!this.looksAtIgnition, "the vehicle was stopped while it drove");
    const drivenFor = now - (vehicle.drivesSince ?? 0);
    this.expect(
      drivenFor <= this.bound,
      `the vehicle was stopped ${drivenFor} ms after it had begun to drive`,
    );
  }

  private receive(bytes: Uint8Array): void {
    this.heardAt = this.now;
    const { records } = decodePayload(bytes, { receivedAt: this.now + this.ahead });
    for (const record of records) {
      this.fleet?.receive(this.taken(record) as Telemetry & { imei: string }, "BCE/D", true);
    }
  }

  private taken(record: NormalizedRecord): NormalizedRecord {
    if (this.weakness !== "events" || record.kind !== "event") return record;
    return { ...record, time: Math.floor((this.now + this.ahead) / 1000) * 1000 };
  }

  private note(command: Command): void {
    if (isRunning(command)) return;
    const finals = this.finals.get(command.id) ?? new Set();
    this.finals.set(command.id, finals.add(command.status));
  }

  /** Sets this computer's clock. */
  private set(ahead: number): void {
    this.wasSetBack ||= ahead < this.ahead;
    this.ahead = ahead;
  }

  /** The commands there were; what must not be of them goes to the failures. */
  check(): readonly Command[] {
    const commands = this.commander?.list(IMEI) ?? [];
    for (const command of commands) {
      const { id, mode, status, history, sendings, retries } = command;
      const finals = history.filter((entry) => !isRunning({ ...command, status: entry.status }));
      this.expect(finals.length === 1, `${id} has ${finals.length} final states`);
      this.expect(!isRunning(command), `${id} is ${status} at the end`);
      const most = mode === "timed" ? 1 : retries + 1;
      const times = this.executed.filter((one) => one.command === id).length;
      this.expect(times <= most, `${id} was done ${times} times`);
      const wasReceived = history.some(({ code }) => code === "RECEIVED");
      this.expect(!wasReceived || times > 0, `${id} counts as received and has never come`);
      // Where this computer's clock was set back, an event from before the sending may look later than it.
      const isSure = !this.wasSetBack;
      if (isSure)
        this.expect(status !== "confirmed" || this.wasSoSince(command), `${id} was confirmed and never so`);
      this.expect(sendings.length <= most, `${id} was sent ${sendings.length} times`);
    }
    for (const id of this.acknowledged) {
      const isKept = commands.some((command) => command.id === id);
      this.expect(isKept, `${id} was acknowledged and is lost`);
    }
    for (const [id, finals] of this.finals) this.expect(finals.size === 1, `${id} ended as ${[...finals]}`);
    const ids = this.executed.map(({ uniqueId }) => uniqueId);
    this.expect(new Set(ids).size === ids.length, "a unique id was done twice");
    return commands;
  }

  /** The output was in the wanted state at a moment since the first sending, or ever where that was never handed over. */
  private wasSoSince({ id, output, state }: Command): boolean {
    const since = this.sent.find(({ command }) => command.id === id)?.at ?? 0;
    const changes = this.vehicle.changes.filter(({ event }) => event.function === BEFORE_OUT1 + output);
    const before = changes.findLast(({ at }) => at <= since)?.event.event ?? 0;
    const later = changes.filter(({ at }) => at > since).map(({ event }) => event.event);
    return [before, ...later].includes(Number(state === "on"));
  }
}

/** Function of a change of OUT1, less one. Source: docs/protocols/iotm.md, "Events". */
const BEFORE_OUT1 = 220;

function controlOf(frame: Uint8Array): OutputControlRecord {
  return decodeFrame(frame).records[1] as OutputControlRecord;
}

/** Everything that can happen without time going by has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}
