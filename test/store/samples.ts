import type { DeviceAlarms } from "../../src/alarms/alarm";
import { alarmsKey } from "../../src/alarms/port";
import type { Command } from "../../src/commands/command";
import type { AskedRecord } from "../../src/dedupe/port";
import type { Device, Pending } from "../../src/devices/device";
import type { Fence } from "../../src/fences/fence";
import type { Changes, Stored } from "../../src/fleet/store";
import type { InboxMessage } from "../../src/inbox/port";
import type { JournalEntry } from "../../src/journal/entry";
import { makeEvent } from "../../src/model/events";
import { imeiCheckDigit } from "../../src/model/imei";
import type { ShareLink } from "../../src/shares/share-link";
import type { LiveState } from "../../src/state/live-state";
import type { SavedTrips } from "../../src/trips/device-trips";

export const NOON = Date.UTC(2026, 10, 21, 12);

export function imeiOf(index: number): string {
  const first14 = String(35_000_000_000_000 + index);
  return `${first14}${imeiCheckDigit(first14)}`;
}

export function device(index: number, entered: Partial<Device> = {}): Device {
  return {
    imei: imeiOf(index),
    state: "active",
    name: `Transporter ${index} "Süd" 🚚\n\u0000`,
    deviceConfig: "a1b2c3",
    vehicle: { plate: "B 1234 CD", vin: "WVWZZZ1JZXW000001" },
    group: "Nord",
    tags: ["winter", "o'brien"],
    notes: "",
    driver: "Ivanova",
    login: "scrypt$1$2",
    registeredAt: NOON,
    changedAt: NOON + index,
    ...entered,
  };
}

export function liveState(records: number): LiveState {
  return {
    firstSeen: NOON,
    lastSeen: NOON + records,
    heard: true,
    online: records % 2 === 0,
    time: NOON - 1000,
    position: {
      valid: true,
      latitude: 43.204666,
      longitude: -27.910543,
      altitude: 0,
      speed: 45.5,
      course: 359,
      hdop: 0.9,
      satellites: 11,
      time: NOON - 2000,
    },
    keys: ["ignition", "odometer", "driver", "fuelLevel"],
    values: [false, 0, "", null],
    times: [NOON, NOON - 1, NOON - 2, NOON - 3],
    events: [
      {
        ...makeEvent("other", "device", { text: "FT2P" }, { function: 0, code: 4, text: "FT2P" }),
        time: NOON,
      },
    ],
    counters: { records, late: 1, duplicates: 2, future: 3 },
  };
}

export function pending(index: number, known: Partial<Pending> = {}): Pending {
  return {
    imei: imeiOf(index),
    firstSeen: NOON,
    lastSeen: NOON + 1,
    count: 7,
    topic: "trackers/data",
    protocol: "iotm",
    position: { latitude: 53.55, longitude: 9.99, time: NOON },
    ignored: true,
    ...known,
  };
}

/** A record that a store is asked for, told from others by a number. The dumps of older versions have 0, 1 and 2 of device 1. */
export function asked(index: number, number: number): AskedRecord {
  return { imei: imeiOf(index), kind: "telemetry", time: NOON, digest: String(number) };
}

export function entry(index: number, change: JournalEntry["change"], by = "", time = NOON): JournalEntry {
  return { imei: imeiOf(index), time, change, by };
}

export function command(index: number, id: string, more: Partial<Command> = {}): Command {
  return {
    id,
    imei: imeiOf(index),
    output: 1,
    state: "on",
    mode: "timed",
    duration: 0.5,
    delivery: "now",
    expires: NOON + 60_000,
    override: false,
    by: "Süd\u0000",
    origin: "n1",
    confirmWithin: 30_000,
    retries: 0,
    maxPerMinute: 6,
    createdAt: NOON,
    status: "sent",
    sendings: [{ uniqueId: 255, time: NOON + 1 }],
    history: [
      { time: NOON, status: "accepted", code: "ACCEPTED", reason: "it was accepted" },
      { time: NOON + 1, status: "sent", code: "SENT", reason: "it was sent" },
    ],
    ...more,
  };
}

export function message(id: number, payload: number[] = [0, 255]): InboxMessage {
  return {
    id,
    client: imeiOf(1),
    topic: "BCE/Süd",
    payload: Uint8Array.from(payload),
    receivedAt: NOON,
  };
}

export function fence(id: string, more: Partial<Fence> = {}): Fence {
  return {
    id,
    name: `Yard ${id} "Süd" 🚧\u0000`,
    kind: "circle",
    center: { latitude: 54.6872, longitude: 25.2797 },
    radius: 150.5,
    colour: "#c26a00",
    groups: ["Nord"],
    devices: [imeiOf(1)],
    speedLimit: 20,
    dwell: 30,
    maxStay: null,
    innerEdge: 0,
    outerEdge: 25,
    schedule: { days: [1, 5], from: "22:00", to: "06:00", timeZone: "Europe/Vilnius" },
    createdAt: NOON,
    changedAt: NOON + 1,
    ...more,
  } as Fence;
}

export function shareLink(id: string, more: Partial<ShareLink> = {}): ShareLink {
  return {
    id,
    name: `Customer ${id} "Süd"`,
    imeis: [imeiOf(1)],
    groups: ["Nord"],
    begins: NOON,
    ends: NOON + 3_600_000,
    digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    createdAt: NOON - 1,
    by: "admin",
    ...more,
  };
}

/** A device that is in a fence, and what was told of that. */
export function deviceAlarms(index: number, more: Partial<DeviceAlarms> = {}): DeviceAlarms {
  const imei = imeiOf(index);
  const place = { latitude: 54.6872, longitude: 25.2797 };
  return {
    imei,
    node: "n1",
    time: NOON,
    values: { ignition: [false, NOON] },
    position: place,
    track: { last: { time: NOON, ...place }, stays: [] },
    rules: {
      r1: { since: NOON, off: null, last: null, isMuted: false, past: [1], fences: ["f1"], anchor: null },
    },
    alarms: {
      r1: {
        id: `${imei}-n1-r1-1`,
        revision: 2,
        imei,
        node: "n1",
        rule: "r1",
        name: 'Yard "Süd" 🚧\u0000',
        alarm: "fenceEntered",
        level: "warning",
        state: "active",
        begin: NOON,
        end: null,
        repeats: 0,
        acknowledged: { time: NOON + 1, by: "admin", note: "" },
        clearedBy: null,
        toldAt: NOON,
        escalatedAt: null,
        past: false,
        position: place,
        details: { fence: "Yard", open: false, value: 0 },
      },
    },
    untold: [],
    ...more,
  };
}

export function savedTrips(revision = 2): SavedTrips {
  const sample = { time: NOON, latitude: 53.55, longitude: 9.99, speed: 0 };
  const place = { x: 1, y: 2, z: 3 };
  const start = NOON - 1_800_000;
  const position = { latitude: 53.55, longitude: 9.99 };
  const fix = { time: NOON, place, ...position, speed: 0, quiet: true };
  const trip = { id: "trip-20261121T110000Z", name: "trip", start: NOON - 3_600_000, end: start };
  return {
    told: { trip: [{ ...trip, revision, print: 12_345 }] },
    boundaries: [
      { sample, known: { ...sample, ignition: false }, stand: { place, start, position, fix }, pace: 0 },
    ],
    wrongTimes: [
      [2 ** 52 - 1, null],
      [7, NOON],
    ],
  };
}

/** Everything there is to know about one device, and one unknown sender. */
export function sample() {
  return {
    devices: {
      devices: new Map([[imeiOf(1), device(1)]]),
      pending: new Map([[imeiOf(2), pending(2)]]),
    },
    state: new Map([[imeiOf(1), liveState(5)]]),
    dedupe: { forgotten: [imeiOf(3)] },
    journal: { entries: [entry(1, "registered", "admin"), entry(1, "online")], forgotten: [] },
    commands: {
      commands: new Map([["c1", command(1, "c1")]]),
      sendings: new Map([[imeiOf(1), { uniqueId: 255, times: [NOON, NOON + 1] }]]),
    },
    inbox: new Map([[7, message(7)]]),
    fences: new Map([["f1", fence("f1")]]),
    shareLinks: new Map([["s1", shareLink("s1")]]),
    trips: new Map([[imeiOf(1), { n1: savedTrips() }]]),
    alarms: new Map([[alarmsKey(deviceAlarms(1)), deviceAlarms(1)]]),
  } satisfies Required<Changes>;
}

/** What a store has to give back of {@link sample}. */
export const SAMPLE_STORED: Stored = {
  devices: { devices: [device(1)], pending: [pending(2)] },
  state: [[imeiOf(1), liveState(5)]],
  dedupe: undefined,
  journal: undefined,
  commands: {
    commands: [command(1, "c1")],
    sendings: [[imeiOf(1), { uniqueId: 255, times: [NOON, NOON + 1] }]],
  },
  inbox: [message(7)],
  fences: [fence("f1")],
  shareLinks: [shareLink("s1")],
  trips: [[imeiOf(1), { n1: savedTrips() }]],
  alarms: [deviceAlarms(1)],
};

export const NOTHING_STORED: Stored = {
  devices: { devices: [], pending: [] },
  state: [],
  dedupe: undefined,
  journal: undefined,
  commands: { commands: [], sendings: [] },
  inbox: [],
  fences: [],
  shareLinks: [],
  trips: [],
  alarms: [],
};
