import { TrackerError } from "../errors";
import type { Gnss } from "../protocols/iotm/values";
import { Backlog } from "./backlog";
import { type Cause, EVENTS, type EventCode, type EventName, SAYS } from "./events";
import { type Faults, NO_FIX_S, NO_NETWORK_S, onset } from "./faults";
import { MODELS, type Model } from "./models";
import type { Execution, VirtualOutputs } from "./outputs";
import type { PlannedDevice } from "./plan";
import { Random } from "./random";
import type { Route } from "./route";
import type { Seen } from "./speech";
import { Vehicle } from "./vehicle";

/** What a device sends to its broker. */
export interface Publication {
  readonly imei: string;
  /** Id of its protocol. */
  readonly protocol: string;
  readonly role: "telemetry" | "events";
  /** An IOTM frame, or JSON text. */
  readonly payload: Uint8Array | string;
}
export type Send = (message: Publication) => void;

/** How all devices of a fleet behave. */
export interface Behaviour {
  /** Seconds between reports of a vehicle whose ignition is on. */
  readonly interval: number;
  /** Events of each device in an hour. */
  readonly eventsPerHour: number;
  readonly faults: Faults;
}

/** A parked vehicle reports this many times less often. */
export const PARKED_FACTOR = 6;
/** What a device stores while it has no network; the oldest gives way. */
const MAX_STORED = 1000;
/** Records in one frame of a late upload. */
const UPLOAD_RECORDS = 20;
/** Seconds with the ignition off after which it says that it goes to sleep. */
const SLEEPS_AFTER_S = 600;
const WRONG_CLOCK_S = [600, 86_400] as const;

const NO_OUTPUTS: readonly boolean[] = [];

/** One virtual device: a vehicle, what it reports of it and when, and what goes wrong on the way. */
export class VirtualDevice {
  readonly imei: string;
  readonly name: string;
  readonly model: Model;
  readonly vehicle: Vehicle;
  private readonly behaviour: Behaviour;
  private readonly random: Random;
  /** Milliseconds that its clock is ahead. */
  readonly clockError: number;
  /** False while it is not connected to the broker: then it stores what it has to say. */
  connected = true;
  private untilReport: number;
  /** The second by its clock of the last report that was asked for from outside, which the next one has to be after. */
  private reportAfter: number | undefined;
  private outputs: VirtualOutputs | undefined;
  private shown = NO_OUTPUTS;
  private event: EventName | undefined;
  private eventLeft = 0;
  /** Happen as soon as they can. */
  private readonly awaited = new Set<EventName>();
  /** Where there are no event records, the next report tells of it, and only that one. */
  private untold: EventName | undefined;
  private noFix = 0;
  private noNetwork = 0;
  private lastFix: Gnss | undefined;
  private readonly stored: Backlog;
  private readonly events: Backlog;
  /** Bytes of them that could not be sent until now. */
  private late = { backlog: 0, eventBacklog: 0 };
  private isAsleep = false;
  private wasCutOff = false;
  /** Why the next reading is written. */
  private cause: Cause = "time";
  /** Sent once more a second later, and held back until another one was sent. */
  private again: Publication | undefined;
  private held: Publication | undefined;

  constructor({ imei, model, name }: PlannedDevice, route: Route, seed: string, behaviour: Behaviour) {
    this.imei = imei;
    this.name = name;
    this.model = MODELS[model];
    this.behaviour = behaviour;
    this.random = new Random(`${seed}/${imei}`);
    const { speech } = this.model;
    const sizeOf = (report: unknown) => speech.payload(imei, [report]).length;
    this.stored = new Backlog(MAX_STORED, sizeOf);
    this.events = new Backlog(MAX_STORED, sizeOf);
    this.vehicle = new Vehicle(this.model.build, route, this.random);
    const sign = this.random.chance(0.5) ? 1 : -1;
    const wrong = this.random.chance(behaviour.faults.clock);
    this.clockError = wrong ? sign * this.random.whole(...WRONG_CLOCK_S) * 1000 : 0;
    this.untilReport = this.random.whole(1, Math.max(1, Math.round(behaviour.interval)));
  }

  /** One second goes by until `now` (epoch milliseconds). */
  step(now: number, send: Send): void {
    const { vehicle, random } = this;
    const time = now + this.clockError;
    const wasOn = vehicle.ignition;
    vehicle.step(Math.floor(now / 1000));
    this.meetFaults();
    if (this.eventLeft > 0 && --this.eventLeft === 0) this.event = undefined;
    if (random.chance(this.behaviour.eventsPerHour / 3600)) this.happen(time);
    this.beginAwaited(time);
    this.tellOfOutputs(time);
    this.tellOfItself(Math.floor(time / 1000));
    const asked = this.isAsked(time);
    if (asked) this.cause = "external";
    if (vehicle.ignition !== wasOn) this.cause = "inputs";
    if (--this.untilReport <= 0 || vehicle.ignition !== wasOn || asked) this.report(time);
    if (this.again !== undefined) {
      send(this.again);
      this.again = undefined;
    }
    if (this.connected && this.noNetwork === 0) this.upload(send);
    this.late = { backlog: this.stored.bytes, eventBacklog: this.events.bytes };
  }

  /** A frame from its output control topic; what it does shows in events and a report of the next second. */
  execute(frame: Uint8Array, now: number): Execution {
    this.outputs ??= this.model.speech.outputs?.(this.imei);
    if (this.outputs === undefined) return { done: false, why: "unknown" };
    const time = now + this.clockError;
    const execution = this.outputs.execute(frame, time);
    if (execution.done) this.reportAfter = Math.floor(time / 1000);
    return execution;
  }

  /** Whether an event can happen now. */
  can(name: EventName): boolean {
    return this.model.events.includes(name) && EVENTS[name].can(this.vehicle);
  }

  /** Lets an event happen at `now`, or, where it may wait, as soon as it can. Throws `EVENT_IMPOSSIBLE`. */
  trigger(name: EventName, now: number, mayWait = false): void {
    if (!this.model.events.includes(name)) {
      const message = `${this.name} (${this.imei}) has no sensor for the event ${name}`;
      throw new TrackerError({ code: "EVENT_IMPOSSIBLE", path: "event", message });
    }
    if (mayWait) {
      this.awaited.add(name);
      return;
    }
    if (!this.can(name)) {
      const message = `${this.name} (${this.imei}) cannot have the event ${name} now: only ${EVENTS[name].when}`;
      throw new TrackerError({ code: "EVENT_IMPOSSIBLE", path: "event", message });
    }
    this.begin(name, now + this.clockError);
  }

  /** Something that can happen now. */
  private happen(time: number): void {
    const possible = this.model.events.filter((name) => EVENTS[name].can(this.vehicle));
    const name = possible[this.random.whole(0, possible.length - 1)];
    if (name !== undefined) this.begin(name, time);
  }

  private beginAwaited(time: number): void {
    const name = [...this.awaited].find((one) => this.can(one));
    if (name === undefined) return;
    this.awaited.delete(name);
    this.begin(name, time);
  }

  private begin(name: EventName, time: number): void {
    const { seconds, begin, cause } = EVENTS[name];
    begin(this.vehicle);
    this.cause = cause;
    this.event = name;
    this.eventLeft = Math.max(seconds, 1);
    const event = this.model.speech.event?.(name, Math.floor(time / 1000));
    if (event === undefined) this.untold = name;
    else this.keepEvent(event);
    this.untilReport = 0;
  }

  private isAsked(time: number): boolean {
    if (this.reportAfter !== undefined) return Math.floor(time / 1000) > this.reportAfter;
    // A timed output has fallen back.
    return this.outputs?.states(time).some((on, index) => on !== this.shown[index]) ?? false;
  }

  private keepEvent(event: unknown): void {
    this.events.push(event);
  }

  /** What it says without being asked: its supply is back, it sleeps, it was woken. */
  private tellOfItself(seconds: number): void {
    const { vehicle, model } = this;
    const say = (code: EventCode) => {
      const event = model.speech.say?.(code, seconds);
      if (event !== undefined) this.keepEvent(event);
    };
    if (this.wasCutOff && !vehicle.isCutOff) say(SAYS.powerConnected);
    if (!this.wasCutOff && vehicle.isCutOff && vehicle.build.isPulled) say(SAYS.powerLost);
    this.wasCutOff = vehicle.isCutOff;
    if (!this.isAsleep) {
      this.isAsleep = vehicle.off >= SLEEPS_AFTER_S && !vehicle.moves;
      if (this.isAsleep) say(SAYS.sleeps);
      return;
    }
    const isOn = model.hasIgnition && vehicle.ignition;
    if (!isOn && !vehicle.moves) return;
    this.isAsleep = false;
    say(isOn ? SAYS.wokenByIgnition : SAYS.wokenByMotion);
  }

  /** Not in the second in which a command came: nobody could tell what is said of it from what was said before. */
  private tellOfOutputs(time: number): void {
    const seconds = Math.floor(time / 1000);
    if (this.reportAfter !== undefined && seconds <= this.reportAfter) return;
    for (const event of this.outputs?.takeEvents(time) ?? []) {
      this.keepEvent({ ...event, time: Math.max(event.time, (this.reportAfter ?? 0) + 1) });
    }
  }

  private meetFaults(): void {
    const { random } = this;
    const { noFix, history } = this.behaviour.faults;
    if (this.noFix > 0) this.noFix--;
    else if (random.chance(onset(noFix, NO_FIX_S))) this.noFix = random.whole(...NO_FIX_S);
    if (this.noNetwork > 0) this.noNetwork--;
    else if (random.chance(onset(history, NO_NETWORK_S))) this.noNetwork = random.whole(...NO_NETWORK_S);
  }

  private report(time: number): void {
    const { vehicle, model, stored } = this;
    const { interval } = this.behaviour;
    this.untilReport = Math.max(1, Math.round(vehicle.isParked ? interval * PARKED_FACTOR : interval));
    this.reportAfter = undefined;
    this.shown = this.outputs?.states(time) ?? NO_OUTPUTS;
    const seen: Seen = {
      vehicle,
      gnss: this.gnss(),
      event: this.event,
      acceleration: vehicle.takeStrongest(),
      outputs: this.shown,
      cause: this.cause,
      ...this.late,
    };
    this.cause = "time";
    const seconds = Math.floor(time / 1000);
    stored.push(model.speech.report(this.imei, seen, seconds, this.untold));
    this.untold = undefined;
  }

  /** Without a fix: no satellites, and the coordinates that were known last (docs/protocols/iotm.md, "GNSS"). */
  private gnss(): Gnss {
    const { vehicle } = this;
    if (this.noFix > 0 && this.lastFix !== undefined) {
      return { ...this.lastFix, speed: 0, hdop10: 0, satellites: 0, altitude: 0 };
    }
    const satellites = this.random.whole(7, 15);
    const altitude = Math.round(60 + 40 * Math.sin(vehicle.place.latitude * 300));
    this.lastFix = { ...vehicle.place, speed: vehicle.kmh, hdop10: 20 - satellites, satellites, altitude };
    return this.lastFix;
  }

  /** Sends what there is, at most one message of each kind in a second. */
  private upload(send: Send): void {
    const { imei, model, stored, events } = this;
    const { speech } = model;
    const protocol = speech.protocol.id;
    if (events.length > 0) {
      const payload = speech.payload(imei, events.take(UPLOAD_RECORDS));
      this.transmit({ imei, protocol, role: "events", payload }, send);
    }
    if (stored.length === 0) return;
    const payload = speech.payload(imei, stored.take(UPLOAD_RECORDS));
    this.transmit({ imei, protocol, role: "telemetry", payload }, send);
  }

  private transmit(message: Publication, send: Send): void {
    const { random } = this;
    const { damaged, duplicates, reordering } = this.behaviour.faults;
    const sent = random.chance(damaged) ? { ...message, payload: damage(message.payload, random) } : message;
    if (random.chance(duplicates)) this.again = sent;
    if (this.held === undefined && random.chance(reordering)) {
      this.held = sent;
      return;
    }
    send(sent);
    if (this.held === undefined) return;
    send(this.held);
    this.held = undefined;
  }
}

/** A message that was cut off, or a frame of which a byte was changed. */
function damage(payload: Uint8Array | string, random: Random): Uint8Array | string {
  const kept = random.whole(1, payload.length - 1);
  if (typeof payload === "string" || random.chance(0.5)) return payload.slice(0, kept);
  const changed = payload.slice();
  changed[kept] = (changed[kept] as number) ^ 0x55;
  return changed;
}
