import { Random } from "../../src/simulator/random";

/** What a device reports at a moment of a scene. */
export interface ScenePoint {
  /** Epoch milliseconds: of the device's clock, and when it came. */
  readonly time: number;
  readonly arrival: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly valid: boolean;
  readonly speed?: number;
  readonly ignition?: boolean;
  readonly satellites: number;
}

/** What really happened. Epoch milliseconds, metres. */
export interface SceneTrip {
  readonly start: number;
  end: number;
  distance: number;
}

export interface Scene {
  readonly points: ScenePoint[];
  readonly trips: SceneTrip[];
}

export interface SceneOptions {
  readonly seed: string;
  readonly latitude?: number;
  readonly longitude?: number;
  /** Epoch milliseconds. */
  readonly start?: number;
  /** Seconds between reports. */
  readonly every?: number;
  /** Metres that positions wander by, and of which each is off for itself. */
  readonly drift?: number;
  readonly noise?: number;
  /** Whether devices say their speed, and their ignition. */
  readonly says?: { readonly speed?: boolean; readonly ignition?: boolean };
}

const METRES_PER_DEGREE = 111_195;
/** m/s². */
const PICKUP = 1.5;
/** Seconds after which a stand parts trips. */
export const STAND_S = 180;

/** A vehicle that is told what to do, second by second, with the truth of it beside what its device reports. */
export class SceneDrive implements Scene {
  readonly points: ScenePoint[] = [];
  readonly trips: SceneTrip[] = [];
  ignition = false;
  /** What the device does not do at the moment. */
  silent = false;
  noFix = false;
  /** Milliseconds that its clock is ahead. */
  ahead = 0;
  every: number;
  drift: number;
  noise: number;
  private readonly random: Random;
  private now: number;
  private latitude: number;
  private longitude: number;
  private course = 70;
  private speed = 0;
  private trip: SceneTrip | undefined;
  private east = 0;
  private north = 0;
  private sinceReport = 0;

  constructor(private readonly options: SceneOptions) {
    this.random = new Random(options.seed);
    this.now = options.start ?? Date.UTC(2026, 2, 3, 7);
    this.latitude = options.latitude ?? 53.55;
    this.longitude = options.longitude ?? 9.99;
    this.every = options.every ?? 10;
    this.drift = options.drift ?? 3;
    this.noise = options.noise ?? 1.5;
    this.sinceReport = this.every;
  }

  get time(): number {
    return this.now;
  }

  stand(seconds: number): this {
    for (let second = 0; second < seconds; second++) this.step(0);
    return this;
  }

  /** Picks up speed, drives so far and brakes to a stand. Metres, km/h; degrees that the course turns by each second. */
  drive(metres: number, kmh: number, turn = 0): this {
    const fastest = kmh / 3.6;
    let left = metres;
    while (left > 0.5) {
      const speed = Math.min(fastest, this.speed + PICKUP, Math.max(Math.sqrt(2 * PICKUP * left), 0.3), left);
      this.course += turn === 0 ? this.random.between(-4, 4) : turn;
      this.step(speed);
      left -= speed;
    }
    this.speed = 0;
    return this;
  }

  /** Turns around. */
  back(): this {
    this.course += 180;
    return this;
  }

  private step(speed: number): void {
    this.speed = speed;
    if (speed > 0) {
      if (
        this.trip === undefined ||
        (this.trip.end < this.now && this.now - this.trip.end >= STAND_S * 1000)
      ) {
        this.trip = { start: this.now, end: this.now, distance: 0 };
        this.trips.push(this.trip);
      }
      this.trip.distance += speed;
    }
    this.now += 1000;
    if (speed > 0 && this.trip !== undefined) this.trip.end = this.now;
    const angle = (this.course * Math.PI) / 180;
    this.latitude += (speed * Math.cos(angle)) / METRES_PER_DEGREE;
    if (Math.abs(this.latitude) > 90) {
      this.latitude = Math.sign(this.latitude) * 180 - this.latitude;
      this.longitude += 180;
      this.course += 180;
    }
    const parallel = Math.max(METRES_PER_DEGREE * Math.cos((this.latitude * Math.PI) / 180), 1);
    this.longitude = around(this.longitude + (speed * Math.sin(angle)) / parallel);
    this.east = wander(this.east, this.drift, this.random);
    this.north = wander(this.north, this.drift, this.random);
    if (++this.sinceReport >= this.every) this.report(parallel);
  }

  private report(parallel: number): void {
    this.sinceReport = 0;
    if (this.silent) return;
    const { says = {} } = this.options;
    const off = () => this.noise * (this.random.next() + this.random.next() - 1) * 2;
    this.points.push({
      time: this.now + this.ahead,
      arrival: this.now + 2000,
      ...onEarth(
        this.latitude + (this.north + off()) / METRES_PER_DEGREE,
        this.longitude + (this.east + off()) / parallel,
      ),
      valid: !this.noFix,
      ...(says.speed === false ? {} : { speed: Math.round(this.speed * 36) / 10 }),
      ...(says.ignition === false ? {} : { ignition: this.ignition }),
      satellites: this.noFix ? 0 : 9,
    });
  }
}

/** Beyond a pole one comes down on the other side. */
function onEarth(latitude: number, longitude: number) {
  if (Math.abs(latitude) <= 90) return { latitude, longitude: around(longitude) };
  return { latitude: Math.sign(latitude) * 180 - latitude, longitude: around(longitude + 180) };
}

function around(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/** One step of a wandering that stays within about this many metres. */
function wander(now: number, metres: number, random: Random): number {
  return now * 0.99 + metres * 0.14 * (random.next() + random.next() - 1) * 2;
}
