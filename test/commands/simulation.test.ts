import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Command, isRunning } from "../../src/commands/command";
import { Commander } from "../../src/commands/commander";
import { COMMAND_DEFAULTS, type CommandSettings } from "../../src/commands/settings";
import type { Telemetry } from "../../src/model/message";
import { decodePayload } from "../../src/protocols/iotm/decode";
import { decodeFrame } from "../../src/protocols/iotm/frame";
import type { OutputControlRecord } from "../../src/protocols/iotm/records";
import { newDevice } from "../../src/registry/fields";
import { Registry } from "../../src/registry/registry";
import type { Changes, Store } from "../../src/registry/store";
import { ROUTES } from "../../src/simulator/routes";
import { MemoryStore } from "../../src/store/memory";
import { profile } from "../support/registry";
import { share } from "../support/share";
import { CommandedTracker } from "../support/virtual-tracker";

const START = Date.UTC(2026, 0, 15, 12);
const RUNS = share(10_000);
/** Seconds of a run; nothing is given in the last ones, so that everything can come to its end. */
const SECONDS = 150;
const GIVEN_UNTIL = 50;
const REPORT_EVERY = 4;
const MAX_SPEED = 5;
const FRESH = 20_000;

const FLEET = profile("p", "p", {
  outputStops: ["on", "off"],
  interlock: { freshFor: FRESH / 1000, maxSpeed: MAX_SPEED },
});
const FLEET_THAT_HOLDS = profile("p", "p", {
  outputStops: ["on", "off"],
  interlock: { freshFor: FRESH / 1000, maxSpeed: MAX_SPEED, whenUnsafe: "hold" },
});

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One run of the commander's process; what a dead one still does reaches nobody. */
class Life {
  alive = true;

  /** A place where the process can be killed: what waits there never goes on. */
  async place(random: () => number, risk: number): Promise<void> {
    if (random() < risk) this.alive = false;
    if (!this.alive) await new Promise<never>(() => undefined);
  }
}

/** A store that outlives the processes that use it. */
class SharedStore implements Store {
  readonly kind = "memory";
  constructor(
    private readonly kept: MemoryStore,
    private readonly life: Life,
    private readonly random: () => number,
    private readonly risk: number,
  ) {}
  open() {
    return this.kept.open();
  }
  async commit(changes: Changes): Promise<void> {
    await this.life.place(this.random, this.risk);
    await this.kept.commit(changes);
    await this.life.place(this.random, this.risk);
  }
  history(imei: string) {
    return this.kept.history(imei);
  }
  async close(): Promise<void> {}
}

interface Parcel {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Keeps the order of what it carries; loses some, delays some, and brings some twice in a row. */
class Line {
  private readonly parcels: Parcel[] = [];
  constructor(
    private readonly random: () => number,
    private readonly loss: number,
    private readonly delay: number,
  ) {}
  put(bytes: Uint8Array, now: number): void {
    if (this.random() < this.loss) return;
    const after = this.parcels.at(-1)?.at ?? 0;
    const at = Math.max(after, now + this.random() * this.delay);
    const times = this.random() < 0.2 ? 2 : 1;
    for (let time = 0; time < times; time++) this.parcels.push({ bytes, at });
  }
  take(now: number): Uint8Array[] {
    const due = this.parcels.findIndex(({ at }) => at > now);
    return this.parcels.splice(0, due < 0 ? this.parcels.length : due).map(({ bytes }) => bytes);
  }
}

interface Sent {
  readonly command: Command;
  readonly uniqueId: number;
}

/** A fleet of one, with everything that can go wrong. */
class World {
  now: number;
  readonly random: () => number;
  readonly tracker: CommandedTracker;
  private readonly kept = new MemoryStore();
  private readonly down: Line;
  private readonly up: Line;
  private readonly risk: number;
  private readonly config;
  private life = new Life();
  private registry: Registry | undefined;
  commander: Commander | undefined;
  private downUntil = 0;
  private readonly latency: number;
  /** The device reaches the broker. */
  private connected: boolean;
  /** The broker is the built-in one, which ends with the process and knows who hears commands. */
  private readonly isBuiltIn: boolean;
  private link: "none" | "connected" | "listening" = "none";
  private ids = 0;
  readonly sent: Sent[] = [];
  readonly executed: { readonly uniqueId: number; readonly command: string }[] = [];
  readonly acknowledged = new Set<string>();
  readonly finals = new Map<string, Set<string>>();
  /** What must never be, said outside of what the commander would catch. */
  readonly failures: string[] = [];

  constructor(readonly seed: number) {
    this.random = randomOf(seed);
    this.now = START + Math.floor(this.random() * 180_000);
    this.tracker = new CommandedTracker(1, ROUTES.varna);
    this.latency = this.pick([100, 1000, 8000, 40_000]);
    const loss = this.pick([0, 0.1, 0.4, 1]);
    this.down = new Line(this.random, loss, this.latency);
    this.up = new Line(this.random, this.pick([0, 0.2, 0.5]), this.pick([100, 3000]));
    this.risk = this.pick([0, 0, 0.05, 0.3]);
    this.config = this.pick([FLEET, FLEET_THAT_HOLDS]);
    this.isBuiltIn = this.pick([false, true]);
    this.connected = !this.isBuiltIn || this.random() < 0.5;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.random() * choices.length)] as T;
  }

  async run(): Promise<void> {
    await this.start(0);
    await this.registry?.change(
      () => new Map([[this.tracker.imei, { ...newDevice(this.tracker.imei, 0), state: "active" as const }]]),
      "",
    );
    await this.start();
    for (let second = 0; second < SECONDS; second++) await this.second(second);
    this.life.alive = false;
    await this.start(0);
    for (let late = 0; late < 3; late++) {
      this.now += 60_000;
      await this.commander?.tick();
    }
  }

  private async second(second: number): Promise<void> {
    this.now += 700 + Math.floor(this.random() * 600);
    if (!this.life.alive) await this.rise();
    if (this.random() < 0.03) this.connected = !this.connected;
    if (this.isBuiltIn) this.relink();
    if (this.isBuiltIn ? this.connected && this.link !== "none" : this.connected) {
      for (const frame of this.down.take(this.now)) this.execute(frame);
      if (second % REPORT_EVERY === 0) this.up.put(this.tracker.telemetry(this.now), this.now);
    }
    for (const bytes of this.up.take(this.now)) this.receive(bytes);
    if (second < GIVEN_UNTIL && this.random() < 0.12) this.give();
    this.registry?.tick();
    this.commander?.tick();
    if (this.random() < 0.2) this.registry?.flush().catch(() => undefined);
    await settled();
  }

  /** The built-in broker notices after a while that a device is gone, and the device that it can come back. */
  private relink(): void {
    const { connections } = this.registry ?? {};
    const { imei } = this.tracker;
    if (connections === undefined) return;
    if (!this.connected) {
      if (this.link === "none" || this.random() > 0.2) return;
      connections.disconnected(imei);
      this.link = "none";
    } else if (this.link === "none" && this.random() < 0.3) {
      connections.connected(imei, "192.0.2.1");
      this.link = "connected";
    } else if (this.link === "connected" && this.random() < 0.7) {
      this.link = "listening";
      connections.listens(imei);
    }
  }

  private async rise(): Promise<void> {
    if (this.commander !== undefined) {
      this.commander = undefined;
      this.registry = undefined;
      this.downUntil = this.now + this.pick([0, 2000, 30_000]);
    }
    if (this.now >= this.downUntil) await this.start();
  }

  private async start(risk = this.risk): Promise<void> {
    const life = new Life();
    this.life = life;
    const clock = { day: () => this.now, steady: () => this.now };
    const registry = new Registry(
      new SharedStore(this.kept, life, this.random, risk),
      { get: () => this.config, find: () => this.config, all: () => [this.config] },
      { profile: "p", offlineAfter: 15_000, clockTolerance: 600_000 },
      clock,
    );
    await registry.open();
    this.registry = registry;
    this.link = "none";
    this.commander = new Commander(registry, {
      newId: () => `c${this.ids++}`,
      canSend: () => true,
      send: (command, { frame }) => {
        if (life.alive) this.send(command, frame, registry);
        if (this.random() < risk) life.alive = false;
      },
      report: (command) => {
        if (life.alive) this.note(command);
        if (this.random() < risk / 4) life.alive = false;
      },
    });
  }

  private give(): void {
    const mode = this.pick(["timed", "latching"] as const);
    const payload = {
      imei: this.tracker.imei,
      output: this.pick([1, 2]),
      state: this.pick(["on", "off"]),
      mode,
      ...(mode === "timed" ? { duration: this.pick([0.5, 6, 20]) } : {}),
      expires: this.pick([3, 15, 40]),
      delivery: this.pick(["now", "wait"]),
    };
    const settings: CommandSettings = {
      ...COMMAND_DEFAULTS,
      confirmWithin: this.pick([4000, 12_000]),
      retries: { timed: 0, latching: this.pick([0, 1, 3]) },
    };
    const life = this.life;
    const given = this.commander?.submit(payload, { settings, by: "", origin: "" });
    given?.then(
      ({ id }) => life.alive && this.acknowledged.add(id),
      () => undefined,
    );
  }

  private expect(isSo: unknown, otherwise: string): void {
    if (!isSo) this.failures.push(otherwise);
  }

  private send(command: Command, frame: Uint8Array, registry: Registry): void {
    const record = decodeFrame(frame).records[1] as OutputControlRecord;
    const where = `run ${this.seed}, command ${command.id}`;
    this.expect(this.now < command.expires, `${where}: sent after its expiry`);
    this.expect(record.uniqueId !== this.sent.at(-1)?.uniqueId, `${where}: the last unique id again`);
    const stops = this.config.commands.stops[command.output - 1];
    if (command.mode === "timed" || command.state === stops) {
      const known = registry.live(command.imei)?.position;
      this.expect(
        known?.speed !== undefined && known.speed <= MAX_SPEED,
        `${where}: sent at ${known?.speed} km/h`,
      );
      this.expect(
        known && this.now - known.time <= FRESH && known.time <= this.now,
        `${where}: sent on old news`,
      );
    }
    const isListening = registry.connections.isListening(command.imei);
    this.expect(isListening !== false, `${where}: sent to a device that does not listen`);
    this.sent.push({ command, uniqueId: record.uniqueId });
    // The broker keeps nothing for those who do not listen.
    if (!this.isBuiltIn || this.link === "listening") this.down.put(frame, this.now);
  }

  private execute(frame: Uint8Array): void {
    const record = decodeFrame(frame).records[1] as OutputControlRecord;
    const execution = this.tracker.execute(frame, this.now);
    if (!execution.done) return;
    const where = `run ${this.seed}`;
    this.expect(Math.floor(this.now / 1000) <= record.expires, `${where}: executed after its expiry`);
    const sending = this.sent.findLast(({ uniqueId }) => uniqueId === record.uniqueId);
    this.expect(sending, `${where}: executed what nobody sent`);
    this.executed.push({ uniqueId: record.uniqueId, command: sending?.command.id ?? "" });
  }

  private receive(bytes: Uint8Array): void {
    const { records } = decodePayload(bytes, { receivedAt: this.now });
    for (const record of records) {
      this.registry?.receive(record as Telemetry & { imei: string }, "BCE/D", true);
    }
  }

  private note(command: Command): void {
    if (isRunning(command)) return;
    const finals = this.finals.get(command.id) ?? new Set();
    this.finals.set(command.id, finals.add(command.status));
  }

  check(): readonly Command[] {
    const where = `run ${this.seed}`;
    assert.deepEqual(this.failures, []);
    const commands = this.commander?.list(this.tracker.imei) ?? [];
    for (const command of commands) {
      const finals = command.history.filter(({ status }) => !isRunning({ ...command, status }));
      assert.equal(finals.length, 1, `${where}: ${command.id} has ${finals.length} final states`);
      assert.equal(command.history.at(-1)?.status, command.status);
      assert.ok(!isRunning(command), `${where}: ${command.id} is ${command.status} at the end`);
      const executions = this.executed.filter((one) => one.command === command.id).length;
      assert.ok(executions <= command.retries + 1, `${where}: ${command.id} ran ${executions} times`);
      assert.ok(command.sendings.length <= command.retries + 1);
    }
    for (const id of this.acknowledged) {
      assert.ok(
        commands.some((command) => command.id === id),
        `${where}: ${id} was acknowledged and is lost`,
      );
    }
    for (const [id, finals] of this.finals) assert.equal(finals.size, 1, `${where}: ${id} ${[...finals]}`);
    const ids = this.executed.map(({ uniqueId }) => uniqueId);
    assert.equal(new Set(ids).size, ids.length, `${where}: a unique id ran twice`);
    return commands;
  }
}

/** Everything that can happen without time going by has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined;
}

describe("commands: a device, a commander, and everything that can go wrong", () => {
  it(`${RUNS} runs with loss, delay, duplicates and kills`, async function () {
    this.timeout(120_000);
    const ends = new Map<string, number>();
    let missed = 0;
    let executions = 0;
    const seeds = fc.sample(fc.integer(), { numRuns: RUNS, seed: 4 });
    for (const seed of seeds) {
      const world = new World(seed);
      await world.run();
      executions += world.executed.length;
      for (const { status, history } of world.check()) {
        ends.set(status, (ends.get(status) ?? 0) + 1);
        if (history.some(({ reason }) => reason.includes("not connected before"))) missed++;
      }
    }
    // All of it has happened, and often enough to mean something.
    for (const status of ["confirmed", "refused", "expired", "superseded", "unconfirmed"]) {
      assert.ok((ends.get(status) ?? 0) > RUNS / 20, `${status}: ${ends.get(status)}`);
    }
    assert.ok(executions > RUNS / 2, `${executions} executions`);
    assert.ok(missed > RUNS / 200, `${missed} sent again to a device that was not connected before`);
    if (process.env.SHOW) console.log(Object.fromEntries(ends), executions, missed);
  });
});
