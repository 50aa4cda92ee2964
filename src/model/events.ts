/**
 * The vocabulary of events: what devices say and what is found out from what they send, in one table. Decoders,
 * dialogs, help and exporters take types, labels and severities from here and nowhere else.
 */

import type { Label } from "./label";

export const SEVERITIES = ["info", "warning", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `device`: the device said so; `derived`: it was found out from what it sent. */
export const EVENT_SOURCES = ["device", "derived"] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/** What an event can tell beside its type; what is not known is absent. */
export interface EventDetails {
  /** Why: one of {@link WAKE_CAUSES} or {@link RECORD_CAUSES}. */
  readonly cause?: string;
  /** Number of the output, from 1. */
  readonly output?: number;
  readonly state?: "on" | "off";
  /** How far the clock was put forward, negative where it was put back; how long it lasted. */
  readonly seconds?: number;
  /** Which network is jammed. */
  readonly of?: "gsm" | "gnss";
  /** Names of what it happened to: door, geofence, sensor, driver. */
  readonly door?: string;
  readonly fence?: string;
  readonly sensor?: string;
  readonly driver?: string;
  /** km/h. */
  readonly speed?: number;
  readonly limit?: number;
  /** What was measured, in the unit of the sensor; g of acceleration and impact; V of batteries. */
  readonly value?: number;
  /** What happened, in words. */
  readonly text?: string;
}
export type Detail = keyof EventDetails;

/** What a device's own code said; what it did not say is absent, never 0. */
export interface RawEvent {
  readonly function?: number;
  readonly code?: number;
  /** Hex text. */
  readonly data?: string;
  readonly text?: string;
}

/** `event` of a normalized message. */
export interface TrackerEvent extends EventDetails {
  readonly type: EventTypeName;
  readonly source: EventSource;
  readonly severity: Severity;
  readonly raw?: RawEvent;
}

export interface EventType {
  readonly label: Label;
  /** What it usually is; an event can have another. */
  readonly severity: Severity;
  readonly details: readonly Detail[];
}

/** Why a device woke up. */
export const WAKE_CAUSES = [
  "motion",
  "input2",
  "input3",
  "input4",
  "input5",
  "clock",
  "call",
  "can",
  "powerCut",
  "oneWire",
] as const;

/** Why a device wrote a record. */
export const RECORD_CAUSES = [
  "inputs",
  "time",
  "external",
  "course",
  "speed",
  "distance",
  "keypad",
  "live",
  "driverId",
  "drivingQuality",
  "mobileye",
  "driverIdPresent",
  "tachograph",
  "cip",
  "wiegand",
  "driver1Activity",
  "driver2Activity",
  "reserved",
  "roadService",
] as const;

const type = (en: string, de: string, severity: Severity = "info", ...details: Detail[]): EventType => ({
  label: { en, de },
  severity,
  details,
});

export const EVENT_TYPES = {
  powerLost: type("Power lost", "Stromversorgung verloren", "critical"),
  powerConnected: type("Power connected", "Stromversorgung angeschlossen"),
  voltageLow: type("Voltage too low", "Spannung zu niedrig", "warning"),
  sleep: type("Going to sleep", "Geht schlafen"),
  wake: type("Woken up", "Aufgewacht", "info", "cause"),
  simChanged: type("SIM card changed", "SIM-Karte gewechselt", "warning"),
  commandReceived: type("Command received", "Befehl angekommen"),
  outputChanged: type("Output changed", "Ausgang umgeschaltet", "info", "output", "state"),
  clockCorrected: type("Clock corrected", "Uhr gestellt", "info", "seconds"),
  orientationLost: type("Orientation lost", "Lage unbekannt"),
  orientationFound: type("Orientation found", "Lage erkannt"),
  restart: type("Restarted", "Neu gestartet"),
  firmware: type("Firmware", "Firmware"),
  recordWritten: type("Record written", "Datensatz geschrieben", "info", "cause"),
  jamming: type("Jamming", "Störsender", "critical", "of"),
  tamper: type("Tampering", "Sabotage", "critical"),
  shock: type("Shock", "Erschütterung", "warning"),
  overturn: type("Overturned", "Umgekippt", "critical"),
  panic: type("Panic", "Notruf", "critical"),
  other: type("Other event", "Anderes Ereignis", "info", "text"),
  ignitionOn: type("Ignition on", "Zündung an"),
  ignitionOff: type("Ignition off", "Zündung aus"),
  tripStart: type("Trip started", "Fahrt begonnen"),
  tripEnd: type("Trip ended", "Fahrt beendet"),
  stop: type("Stop", "Halt", "info", "seconds"),
  idling: type("Idling", "Motor läuft im Stand", "info", "seconds"),
  overspeed: type("Too fast", "Zu schnell", "warning", "speed", "limit"),
  harshAcceleration: type("Harsh acceleration", "Starke Beschleunigung", "warning", "value"),
  harshBraking: type("Harsh braking", "Starkes Bremsen", "warning", "value"),
  harshCornering: type("Harsh cornering", "Scharfe Kurve", "warning", "value"),
  crash: type("Crash", "Aufprall", "critical", "value"),
  tow: type("Towed", "Abgeschleppt", "critical"),
  geofenceEnter: type("Geofence entered", "Geofence betreten", "info", "fence"),
  geofenceExit: type("Geofence left", "Geofence verlassen", "info", "fence"),
  doorOpened: type("Door opened", "Tür geöffnet", "info", "door"),
  temperatureHigh: type("Temperature too high", "Temperatur zu hoch", "warning", "sensor", "value"),
  temperatureLow: type("Temperature too low", "Temperatur zu niedrig", "warning", "sensor", "value"),
  batteryLow: type("Battery low", "Batterie schwach", "warning", "value"),
  driverChanged: type("Driver changed", "Fahrer gewechselt", "info", "driver"),
  online: type("Online", "Online"),
  offline: type("Offline", "Offline", "warning"),
} as const satisfies Record<string, EventType>;
export type EventTypeName = keyof typeof EVENT_TYPES;

export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventTypeName[];

/** Names without upper case, so that words can be compared with them. */
const BY_WORDS: ReadonlyMap<string, EventTypeName> = new Map(
  EVENT_TYPE_NAMES.map((name) => [name.toLowerCase(), name]),
);

export function isEventType(name: unknown): name is EventTypeName {
  return typeof name === "string" && Object.hasOwn(EVENT_TYPES, name);
}

/** An event with the severity of its type, unless it has another. */
export function makeEvent(
  type: EventTypeName,
  source: EventSource,
  { severity = EVENT_TYPES[type].severity, ...details }: EventDetails & { readonly severity?: Severity } = {},
  raw?: RawEvent,
): TrackerEvent {
  return { type, source, severity, ...details, ...(raw === undefined ? {} : { raw }) };
}

/**
 * The event that a device tells in words: of the type that they name ("panic", "POWER LOST", "power_lost"), else
 * `other` with the words.
 */
export function eventInWords(text: string, raw: RawEvent = { text }): TrackerEvent {
  const named = BY_WORDS.get(text.toLowerCase().replaceAll(/[\s_-]/g, ""));
  return named === undefined
    ? makeEvent("other", "device", { text }, raw)
    : makeEvent(named, "device", {}, raw);
}

/**
 * The event that a value of a record stands for: also flows of the user's own make records. Only what the vocabulary
 * knows is kept, texts up to `maxText` characters.
 */
export function readEvent(value: Readonly<Record<string, unknown>>, maxText: number): TrackerEvent {
  const cut = (text: string): string => text.slice(0, maxText);
  const raw = readRaw(value.raw, cut);
  const { type, source, severity } = value;
  if (!isEventType(type)) {
    const words = [value.text, type, raw?.text].find((one) => typeof one === "string" && one.trim() !== "");
    return typeof words === "string" ? eventInWords(cut(words), raw) : makeEvent("other", "device", {}, raw);
  }
  const details = EVENT_TYPES[type].details.flatMap((name): [string, string | number][] => {
    const detail = value[name];
    if (typeof detail === "string") return [[name, cut(detail)]];
    return Number.isFinite(detail) ? [[name, detail as number]] : [];
  });
  const known = SEVERITIES.find((one) => one === severity);
  return makeEvent(
    type,
    source === "derived" ? "derived" : "device",
    { ...Object.fromEntries(details), ...(known === undefined ? {} : { severity: known }) },
    raw,
  );
}

function readRaw(value: unknown, cut: (text: string) => string): RawEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { function: called, code, text } = value as Readonly<Record<string, unknown>>;
  return {
    ...(typeof called === "number" && Number.isFinite(called) ? { function: called } : {}),
    ...(typeof code === "number" && Number.isFinite(code) ? { code } : {}),
    ...(typeof text === "string" && text !== "" ? { text: cut(text) } : {}),
  };
}
