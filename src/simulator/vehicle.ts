import type { Random } from "./random";
import { BRAKING, type Place, type Route } from "./route";

/** What kind of vehicle it is. Speeds in km/h. */
export interface Build {
  /** On streets, and on long straights. */
  readonly town: number;
  readonly fast: number;
  /** m/s². */
  readonly acceleration: number;
  /** Of the board: 12 or 24 V. */
  readonly volts: 12 | 24;
  /** Kilometres on a full tank or battery. */
  readonly range: number;
  /** Litres; 0 for one that is driven by electricity. */
  readonly tank: number;
  /** Whether the device hears its CAN bus. */
  readonly hasBus: boolean;
  /** It has no engine: another vehicle pulls it and supplies its device, and is uncoupled in long stops. */
  readonly isPulled?: true;
}

/** `waiting`: it stands with the ignition on, as at a traffic light. */
type Phase = "driving" | "waiting" | "parked" | "towed";

const KMH = 3.6;
const GRAVITY = 9.81;
/** m/s: slower than this nobody drives on purpose. */
const CRAWL = 1.5;
const TOWED = 4;
const EMERGENCY_BRAKING = 6;
/** Metres between stops, and how often a stop is a long one with the ignition off. */
const TRIP_M = [1500, 6000] as const;
const LONG_STOPS = 0.3;
/** Seconds. */
const SHORT_STOP_S = [8, 45] as const;
const LONG_STOP_S = [120, 1200] as const;
const START_S = [3, 10] as const;
/** Percent: below the first it is refilled while parked; electricity comes at the last, percent a second. */
const REFILL_BELOW = 25;
const REFILLED = [85, 100] as const;
const CHARGED = 80;
const CHARGING = 0.025;
const IDLE_LITRES_PER_HOUR = 1.2;
const WARM = 90;
/** Seconds for which the bus, as the device has it, is active after the ignition was switched off. */
const BUS_SLEEPS_AFTER_S = 10;
/** Of what it takes before a stop is one in which a trailer is left alone, and when it is uncoupled and coupled again. */
const UNCOUPLED_STOP_S = 180;
const COUPLING_S = 30;
/** °C a second by which cargo warms up through open doors, at most how far, and by which it is cooled again. */
const WARMING = 0.05;
const MOST_WARMTH = 8;
const COOLING = 0.02;
/** V a second: of a device without a supply, of a trailer's that is made to last, and while it is charged. */
const DRAIN = 0.0008;
const TRAILER_DRAIN = 0.00001;
const RECHARGE = 0.0004;
const FULL = 4.1;
const EMPTY = 3.3;
/** Drivers of a fleet: the same ones drive again. */
const DRIVERS = 12;

/** A vehicle on a route: how it moves second by second, and what sensors in it would see. */
export class Vehicle {
  readonly build: Build;
  readonly route: Route;
  private readonly random: Random;
  private phase: Phase = "parked";
  /** Seconds left in a phase that ends by time, and how many it had. */
  private left = 0;
  private lasts = 1;
  /** Metres from the beginning of the route, and the leg that is. */
  private along: number;
  private leg: number;
  /** Metres to the next stop. */
  private toStop = 0;
  private willBeRefilled = false;
  private readonly climate: number;
  private wobble = 0.5;
  /** m/s. */
  speed = 0;
  ignition = false;
  /** Seconds since the ignition was switched off. */
  off = BUS_SLEEPS_AFTER_S;
  /** Metres; never goes back. */
  odometer: number;
  /** Seconds. */
  engineTime: number;
  /** Percent of the tank or of the driving battery. */
  energy: number;
  fuelUsed: number;
  /** Of the engine while it stands: seconds, litres. */
  idleTime: number;
  idleFuel: number;
  coolant: number;
  ambient = 15;
  driver: bigint;
  /** g; the strongest since it was last asked for, negative when braking. */
  private strongest = 0;
  /** Seconds for which the supply is cut, and V of the device's own battery. */
  private cut = 0;
  battery = FULL;
  /** Seconds for which somebody has the doors open, and °C by which the cargo is too warm. */
  private open = 0;
  warmth = 0;

  constructor(build: Build, route: Route, random: Random) {
    this.build = build;
    this.route = route;
    this.random = random;
    this.along = random.between(0, route.length);
    this.leg = route.legAt(this.along);
    this.odometer = random.between(10_000_000, 200_000_000);
    this.engineTime = this.odometer / 10;
    this.energy = random.between(30, 100);
    this.fuelUsed = random.between(1000, 20_000);
    this.idleTime = this.engineTime / 5;
    this.idleFuel = this.fuelUsed / 20;
    this.climate = random.between(-4, 4);
    this.coolant = 15;
    this.driver = this.anyDriver();
    this.stop("parked", random.chance(0.25) ? LONG_STOP_S : START_S);
  }

  /** One second goes by; `time` is Unix time in seconds. */
  step(time: number): void {
    const before = this.speed;
    this.wobble = this.random.next();
    if (this.phase === "driving") this.drive();
    else if (this.phase === "towed") this.beTowed();
    else if (--this.left <= 0) this.leave();
    this.ambient = 12 + this.climate + 8 * Math.sin(((time % 86_400) / 86_400 - 0.35) * 2 * Math.PI);
    this.spend();
    const felt = (this.speed - before) / GRAVITY;
    if (Math.abs(felt) > Math.abs(this.strongest)) this.strongest = felt;
  }

  get place(): Place {
    return this.route.place(this.along, this.leg);
  }

  get moves(): boolean {
    return this.speed > 0;
  }

  /** It stands with the ignition off. */
  get isParked(): boolean {
    return this.phase === "parked";
  }

  /** The device hears the vehicle's CAN bus. */
  get busIsAwake(): boolean {
    return this.build.hasBus && this.off < BUS_SLEEPS_AFTER_S;
  }

  /** No supply at the device. */
  get isCutOff(): boolean {
    return this.cut > 0 || (this.build.isPulled === true && !this.isCoupled);
  }

  /** Of a trailer: the vehicle that pulls it is there. */
  get isCoupled(): boolean {
    if (this.phase === "towed") return false;
    if (this.phase !== "parked" || this.lasts < UNCOUPLED_STOP_S) return true;
    return this.left <= COUPLING_S || this.lasts - this.left < COUPLING_S;
  }

  get kmh(): number {
    return Math.round(this.speed * KMH);
  }

  /** V at the device. */
  get supply(): number {
    if (this.isCutOff) return 0;
    const times = this.build.volts / 12;
    return (this.ignition ? 13.8 + 0.6 * this.wobble : 12.3 + 0.4 * this.wobble) * times;
  }

  get engineSpeed(): number {
    if (!this.ignition) return 0;
    return Math.round(this.moves ? 1200 + ((this.speed * 97) % 900) : 750 + 40 * this.wobble);
  }

  /** Percent. */
  get engineLoad(): number {
    return this.moves ? Math.round(25 + 50 * this.wobble) : 0;
  }

  get throttle(): number {
    return this.moves ? Math.round(10 + 40 * this.wobble) : 0;
  }

  /** l/h. */
  get fuelRate(): number {
    if (!this.ignition || this.build.tank === 0) return 0;
    return IDLE_LITRES_PER_HOUR + (this.speed * KMH * this.build.tank) / this.build.range;
  }

  get isCharging(): boolean {
    return this.phase === "parked" && this.willBeRefilled && this.build.tank === 0;
  }

  /** People load and unload in the middle of a long stop. */
  get doorsOpen(): boolean {
    if (this.open > 0) return true;
    const done = this.left / this.lasts;
    return this.phase === "parked" && this.lasts > 60 && done > 0.3 && done < 0.7;
  }

  /** The strongest acceleration in g since this was last called. */
  takeStrongest(): number {
    const strongest = this.strongest;
    this.strongest = 0;
    return strongest;
  }

  /** Brakes as in an emergency. */
  brake(): void {
    const slower = Math.max(this.speed - EMERGENCY_BRAKING, CRAWL);
    this.strongest = Math.min(this.strongest, (slower - this.speed) / GRAVITY);
    this.speed = slower;
  }

  /** Ends at an obstacle: what the sensor feels is far above what brakes can do. */
  crash(): void {
    this.strongest = -(2 + this.speed / 5);
    this.stop("parked", LONG_STOP_S);
  }

  /** Is pulled away with the ignition off. */
  tow(seconds: number): void {
    this.phase = "towed";
    this.left = seconds;
  }

  openDoors(seconds: number): void {
    this.open = seconds;
    // Nobody drives off meanwhile.
    this.left = Math.max(this.left, seconds);
  }

  cutSupply(seconds: number): void {
    this.cut = seconds;
  }

  private drive(): void {
    const { route, leg, speed, build } = this;
    const ahead = (route.starts[leg + 1] as number) - this.along;
    const limit = route.limits[(leg + 1) % route.points.length] as number;
    const cruise = (route.straights[leg] === 1 ? build.fast : build.town) / KMH;
    // Until the next second it drives on as it does now: that much it needs more.
    const room = (metres: number) => 2 * BRAKING * Math.max(metres - speed, 0);
    const allowed = Math.min(cruise, Math.sqrt(limit ** 2 + room(ahead)), Math.sqrt(room(this.toStop)));
    const wanted = Math.max(allowed, speed - 2 * BRAKING, CRAWL);
    this.speed = Math.min(wanted, speed + build.acceleration);
    const metres = (speed + this.speed) / 2;
    if (metres < this.toStop) {
      this.move(metres);
      return;
    }
    this.move(this.toStop);
    const long = this.random.chance(LONG_STOPS);
    this.stop(long ? "parked" : "waiting", long ? LONG_STOP_S : SHORT_STOP_S);
  }

  private beTowed(): void {
    if (--this.left <= 0) {
      this.stop("parked", LONG_STOP_S);
      return;
    }
    this.speed = Math.min(this.speed + 1, TOWED);
    this.move(this.speed);
  }

  /** On wheels, whoever pulls: the odometer counts. */
  private move(metres: number): void {
    const { route } = this;
    this.odometer += metres;
    this.toStop -= metres;
    this.along += metres;
    while (this.along >= route.length) {
      this.along -= route.length;
      this.leg = 0;
    }
    while (this.along >= (route.starts[this.leg + 1] as number)) this.leg++;
    if (this.ignition) this.energy -= (metres / 1000 / this.build.range) * 100;
  }

  private stop(phase: "waiting" | "parked", [min, max]: readonly [number, number]): void {
    this.phase = phase;
    this.speed = 0;
    this.lasts = this.random.whole(min, max);
    this.left = this.lasts;
    if (phase === "waiting") return;
    this.ignition = false;
    this.willBeRefilled = this.energy < REFILL_BELOW;
    if (this.isCharging) this.left = Math.max(this.left, Math.ceil((CHARGED - this.energy) / CHARGING));
  }

  /** What comes after standing: the ignition is switched on, or it drives off. */
  private leave(): void {
    if (this.phase === "waiting") {
      this.phase = "driving";
      this.toStop = this.nextStop();
      return;
    }
    if (this.willBeRefilled && this.build.tank > 0) this.energy = this.random.between(...REFILLED);
    this.willBeRefilled = false;
    this.ignition = true;
    if (this.random.chance(0.2)) this.driver = this.anyDriver();
    this.stop("waiting", START_S);
  }

  /** Metres to a point of the route some kilometres on. */
  private nextStop(): number {
    const target = this.along + this.random.between(...TRIP_M);
    const within = target % this.route.length;
    const end = this.route.starts[this.route.legAt(within) + 1] as number;
    return target - within + end - this.along;
  }

  private spend(): void {
    this.off = this.ignition ? 0 : this.off + 1;
    if (this.ignition) {
      this.engineTime++;
      const litres = this.fuelRate / 3600;
      this.fuelUsed += litres;
      if (!this.moves) {
        this.idleTime++;
        this.idleFuel += litres;
      }
      if (!this.moves && this.build.tank > 0) this.energy -= (litres / this.build.tank) * 100;
      this.coolant += (WARM - this.coolant) * 0.005;
    } else {
      this.coolant += (this.ambient - this.coolant) * 0.0005;
    }
    if (this.isCharging) this.energy += CHARGING;
    this.energy = Math.min(Math.max(this.energy, 0), 100);
    const flow = this.isCutOff ? -(this.build.isPulled ? TRAILER_DRAIN : DRAIN) : RECHARGE;
    this.battery = Math.min(Math.max(this.battery + flow, EMPTY), FULL);
    this.cut = Math.max(this.cut - 1, 0);
    this.warmth = this.doorsOpen
      ? Math.min(this.warmth + WARMING, MOST_WARMTH)
      : Math.max(this.warmth - COOLING, 0);
    this.open = Math.max(this.open - 1, 0);
  }

  /** A key of an iButton: 48 bits of which the lowest are its family. */
  private anyDriver(): bigint {
    return (BigInt(this.random.whole(1, DRIVERS)) << 8n) | 0x01n;
  }
}
