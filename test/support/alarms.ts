import type { AlarmMessage, DeviceAlarms } from "../../src/alarms/alarm";
import { type AlarmRule, readRules } from "../../src/alarms/rule";
import { type AlarmInput, noAlarms, stepAlarms } from "../../src/alarms/step";
import type { Fence } from "../../src/fences/fence";
import { FenceIndex } from "../../src/fences/fence-index";
import { readFence } from "../../src/fences/read-fence";
import { type EventTypeName, makeEvent } from "../../src/model/events";
import type { DeviceEvent, OwnRecord } from "../../src/model/message";
import { IMEI, reading, START } from "./registry";

/** A circle of 100 m in Vilnius, with the edge at 25 m outside. */
export const YARD = { latitude: 54.6872, longitude: 25.2797 };
/** A kilometre to the north of it. */
export const AWAY = { latitude: 54.6962, longitude: 25.2797 };

export function yard(given: object = {}): Fence {
  const input = readFence({ name: "Yard", kind: "circle", center: YARD, radius: 100, ...given });
  return { id: "f1", ...input, createdAt: 0, changedAt: 0 };
}

export function eventAt(time: number, type: EventTypeName): DeviceEvent & { imei: string } {
  const event = makeEvent(type, "device");
  return { schema: 1, kind: "event", protocol: "iotm", imei: IMEI, receivedAt: time, time, event };
}

/** One rule over one device: minutes since START go in, and what was told comes out. */
export class AlarmWorld {
  doc: DeviceAlarms = noAlarms(IMEI, "n1");
  rules: AlarmRule[];
  fences: FenceIndex;
  now = START;
  group = "";
  newsWithin = 15 * 60_000;

  constructor(rules: object[], fences: Fence[] = []) {
    this.rules = readRules(rules.map((rule, at) => ({ id: `r${at + 1}`, ...rule })));
    this.fences = new FenceIndex(fences);
  }

  /** What is told of an input; our own clock stands at `now`, or where the device's does. */
  put(input: AlarmInput): AlarmMessage[] {
    const { group, fences, now, newsWithin } = this;
    this.doc = stepAlarms(this.doc, input, this.rules, { group, fences, now, newsWithin });
    const told = [...this.doc.untold];
    this.doc = JSON.parse(JSON.stringify({ ...this.doc, untold: [] }));
    return told;
  }

  record(record: OwnRecord, isNews = true): string[] {
    return this.put({ kind: "record", record, isNews }).map(short);
  }

  /** A reading so many seconds after START, at that time. */
  at(seconds: number, attributes: object = {}, place?: object, speed?: number): string[] {
    this.now = START + seconds * 1000;
    const position = place && {
      valid: true,
      latitude: 0,
      longitude: 0,
      ...place,
      ...(speed === undefined ? {} : { speed }),
    };
    return this.record(
      reading(this.now, { attributes: { ...attributes }, ...(position ? { position } : {}) }),
    );
  }

  event(seconds: number, type: EventTypeName): string[] {
    this.now = START + seconds * 1000;
    return this.record(eventAt(this.now, type));
  }

  tick(seconds: number, heard = seconds): string[] {
    this.now = START + seconds * 1000;
    return this.put({ kind: "tick", heard: START + heard * 1000 }).map(short);
  }
}

/** "begin r1 10": a change, of which rule, and when, in seconds after START. */
export function short({ change, rule, time }: AlarmMessage): string {
  return `${change} ${rule} ${(time - START) / 1000}`;
}
