import type { DeployedConfig } from "../device-config/deployed";
import { OUTPUT_COUNT } from "../device-config/device-config";
import { DELIVERIES, type Delivery, POLARITIES, type TriedPolarity } from "../device-config/output-safety";
import type { Device } from "../devices/device";
import { isObject } from "../devices/fields";
import { readImei } from "../devices/imei-input";
import { shown, TrackerError } from "../errors";
import {
  MODES,
  type Mode,
  OUTPUT_STATES,
  type OutputState,
  outputLabel,
  type Switching,
} from "../model/output";
import { protocolOf } from "../protocols/index";
import { checkDuration, checkMode, type Outputs } from "../protocols/outputs";
import { isBlank } from "../saved";
import type { CommandSettings } from "./settings";
import { LONGEST_TRIAL } from "./trial";

/** The devices that commands can go to. */
export interface CommandTargets {
  readonly devices: { get(imei: string): Device | undefined };
  /** The device config that describes a device, where there is one. */
  configFor(device: Device): DeployedConfig | undefined;
}

/** What a person asked for, with every default filled in. */
export interface CommandRequest extends Switching {
  readonly imei: string;
  readonly delivery: Delivery;
  /** Epoch milliseconds, a whole second. */
  readonly expires: number;
  readonly override: boolean;
  readonly trial?: TriedPolarity;
  /** Given by the person; undefined where a new one is to be made. */
  readonly id: string | undefined;
}

/** Thirty days. */
const MAX_EXPIRES_S = 30 * 86_400;

const FIELD_NAMES = [
  "imei",
  "output",
  "state",
  "mode",
  "duration",
  "expires",
  "delivery",
  "id",
  "override",
  "trial",
  "harmless",
] as const;
type Field = (typeof FIELD_NAMES)[number];
type Given = Readonly<Partial<Record<Field, unknown>>>;

/**
 * Reads what a person asks for: `true`/`false`, `"on"`/`"off"`, or an object; what it does not say comes from
 * the settings. `now` is the own clock in milliseconds.
 *
 * Throws a TrackerError with the field as path. Codes: `PAYLOAD_TYPE`, `FIELD_UNKNOWN`, `FIELD_MISSING`,
 * `FIELD_VALUE`, `IMEI_*`, `DEVICE_UNKNOWN`, `DEVICE_INACTIVE`, `DEVICE_CONFIG_UNKNOWN`, `NO_COMMAND_CHANNEL`,
 * `OUTPUT_UNKNOWN`, `OUTPUT_MODE`, `DURATION_RANGE`, `EXPIRES`, `OVERRIDE_FORBIDDEN`,
 * `TRIAL_FORBIDDEN`, `TRIAL_HARMLESS`.
 */
export function readCommand(
  payload: unknown,
  settings: CommandSettings,
  targets: CommandTargets,
  now: number,
): CommandRequest {
  const given = readPayload(payload);
  const wanted: Given = { ...withoutBlanks(settings.defaults), ...withoutBlanks(given) };
  const { imei, deviceConfig, outputs } = readDevice(wanted.imei, targets);
  const state = readState(wanted.state);
  const output = readOutput(wanted.output, deviceConfig);
  const mode = choice("mode", MODES, required("mode", wanted.mode));
  const problem = checkMode(outputs, output, mode);
  if (problem !== undefined) throw problem;
  const trial = readTrial(given, settings);
  const duration = readDuration(outputs, mode, given, wanted);
  if (trial !== undefined) checkTrial(given, duration);
  return {
    imei,
    output,
    state,
    mode,
    duration,
    delivery: trial === undefined ? readDelivery(given, deviceConfig, settings) : "now",
    expires: readExpires(isBlank(given.expires) ? settings.expiresAfter / 1000 : given.expires, now),
    override: readOverride(given.override, settings),
    id: readId(given.id),
    ...(trial === undefined ? {} : { trial }),
  };
}

function readPayload(payload: unknown): Given {
  if (typeof payload === "boolean" || typeof payload === "string") return { state: payload };
  if (!isObject(payload)) {
    const message = "the payload has to be true, false, on, off, or an object";
    throw new TrackerError({ code: "PAYLOAD_TYPE", path: "msg.payload", message });
  }
  const unknown = Object.keys(payload).find((name) => !FIELD_NAMES.some((field) => field === name));
  if (unknown === undefined) return payload;
  throw wrong(
    "FIELD_UNKNOWN",
    unknown,
    `there is no field ${shown(unknown)}; there are ${FIELD_NAMES.join(", ")}`,
  );
}

/** Absent, null and empty all mean the default. */
function withoutBlanks(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => !isBlank(value)));
}

function required(field: Field, value: unknown): unknown {
  if (isBlank(value)) throw wrong("FIELD_MISSING", field, `the ${field} is missing`);
  return value;
}

function readDevice(
  value: unknown,
  targets: CommandTargets,
): { imei: string; deviceConfig: DeployedConfig; outputs: Outputs } {
  const imei = readImei(value, (heard) => targets.devices.get(heard) !== undefined);
  const device = targets.devices.get(imei);
  if (device === undefined) {
    throw wrong("DEVICE_UNKNOWN", "imei", `no device with IMEI ${imei} is registered`);
  }
  if (device.state !== "active") {
    throw wrong(
      "DEVICE_INACTIVE",
      "imei",
      `device ${imei} is ${device.state}: only an active one gets commands`,
    );
  }
  const deviceConfig = targets.configFor(device);
  if (deviceConfig === undefined) {
    const message = `no device config describes device ${imei}: choose one for it, or for its registry`;
    throw wrong("DEVICE_CONFIG_UNKNOWN", "imei", message);
  }
  const outputs = outputsOf(deviceConfig);
  if (outputs === undefined) {
    const message = `${noChannel(deviceConfig)}, and the config of ${imei} says it is one`;
    throw wrong("NO_COMMAND_CHANNEL", "imei", message);
  }
  return { imei, deviceConfig, outputs };
}

/** How the outputs of a device are switched; undefined where it cannot be told anything. */
export function outputsOf({ protocol }: Pick<DeployedConfig, "protocol">): Outputs | undefined {
  return protocolOf(protocol).outputs;
}

/** Why a device cannot be told anything, as a sentence without its end. */
export function noChannel({ protocol }: Pick<DeployedConfig, "protocol">): string {
  return `${protocolOf(protocol).label} devices have no public command channel`;
}

function readState(value: unknown): OutputState {
  if (typeof value === "boolean") return value ? "on" : "off";
  return choice("state", OUTPUT_STATES, required("state", value));
}

/**
 * A number, `OUT` with a number, or a name of the device config, whatever its case. Where a name looks like
 * another output's number, nobody can know which one is meant.
 */
function readOutput(value: unknown, { outputNames }: DeployedConfig): number {
  const isText = typeof required("output", value) === "string" || typeof value === "number";
  const text = isText ? String(value).trim() : "";
  const number = typeof value === "number" ? value : Number(/^(?:out)?(\d)$/i.exec(text)?.[1]);
  const named = outputNames.findIndex((name) => name !== "" && fold(name) === fold(text)) + 1;
  const found = new Set([number, named].filter(isOutput));
  const [output] = found;
  if (output !== undefined && found.size === 1) return output;
  const names = outputNames.filter((name) => name !== "").map((name) => `, ${JSON.stringify(name)}`);
  const message =
    found.size > 1
      ? `${shown(text)} means ${[...found].map(outputLabel).join(" or ")}: give the number`
      : `${shown(value)} is not an output; there are 1 to 4, OUT1 to OUT4${names.join("")}`;
  throw wrong("OUTPUT_UNKNOWN", "output", message);
}

function isOutput(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= OUTPUT_COUNT;
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

/** Who gives a duration expects the output to fall back by itself, so it is refused where it would not. */
function readDuration(outputs: Outputs, mode: Mode, given: Given, wanted: Given): number | null {
  if (mode === "timed")
    return checkDuration(outputs, readNumber("duration", required("duration", wanted.duration)));
  if (isBlank(given.duration)) return null;
  throw wrong("FIELD_VALUE", "duration", "a latching command has no duration: the output stays as it is");
}

function readNumber(field: Field, value: unknown): number {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw wrong("FIELD_VALUE", field, `the ${field} has to be a number, not ${shown(value)}`);
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i;

/** Seconds from now, or a time with its zone; down to the whole second, because the device is told no less. */
function readExpires(value: unknown, now: number): number {
  const isTime = typeof value === "string" && ISO_TIME.test(value.trim());
  const time = isTime ? Date.parse(value.trim()) : now + readExpiresSeconds(value) * 1000;
  const expires = Math.floor(time / 1000) * 1000;
  if (expires > now && expires <= now + MAX_EXPIRES_S * 1000) return expires;
  throw wrong("EXPIRES", "expires", "the expiry has to be 1 second to 30 days from now");
}

function readExpiresSeconds(value: unknown): number {
  const seconds = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  if (Number.isFinite(seconds)) return seconds;
  const message = `${shown(value)} is no expiry: give seconds from now, or a time such as 2026-01-15T12:00:00Z`;
  throw wrong("EXPIRES", "expires", message);
}

function readOverride(value: unknown, { allowOverride }: CommandSettings): boolean {
  if (isBlank(value) || value === false) return false;
  if (value !== true) throw wrong("FIELD_VALUE", "override", "override has to be true or false");
  if (allowOverride) return true;
  throw wrong("OVERRIDE_FORBIDDEN", "override", "the settings do not allow to override the interlock");
}

/** A short pulse with a polarity that nobody knows to be right, on an output of which a person has said that it is harmless. */
function readTrial(given: Given, { allowTrial }: CommandSettings): TriedPolarity | undefined {
  if (isBlank(given.trial)) {
    if (isBlank(given.harmless)) return undefined;
    throw wrong("FIELD_VALUE", "harmless", "only of a trial can be said that it is harmless");
  }
  if (!allowTrial) {
    throw wrong("TRIAL_FORBIDDEN", "trial", "outputs are tried in the sidebar Trackers only");
  }
  if (given.harmless !== true) {
    const message = "an output is tried only after a person has said that this is harmless";
    throw wrong("TRIAL_HARMLESS", "harmless", message);
  }
  return choice(
    "trial",
    POLARITIES.filter((one) => one !== ""),
    given.trial,
  );
}

function checkTrial({ delivery, override }: Given, duration: number | null): void {
  const isLong = duration === null || duration > LONGEST_TRIAL;
  if (!isLong && delivery !== "wait" && override !== true) return;
  const message = `a trial is timed, lasts at most ${LONGEST_TRIAL} s, does not wait and overrides nothing`;
  throw wrong("FIELD_VALUE", "trial", message);
}

function readDelivery(given: Given, { commands }: DeployedConfig, settings: CommandSettings): Delivery {
  const delivery = isBlank(given.delivery) ? (commands.delivery ?? settings.delivery) : given.delivery;
  return choice("delivery", DELIVERIES, delivery);
}

function readId(value: unknown): string | undefined {
  if (isBlank(value)) return undefined;
  if (typeof value === "string" && /^[\w.:-]{1,64}$/.test(value)) return value;
  throw wrong("FIELD_VALUE", "id", "the id has to be a text of 1 to 64 letters, digits and . _ : -");
}

function choice<T extends string>(field: Field, choices: readonly T[], value: unknown): T {
  const found = choices.find((known) => known === value);
  if (found !== undefined) return found;
  const message = `${shown(value)} is not a ${field}; there are ${choices.join(", ")}`;
  throw wrong("FIELD_VALUE", field, message);
}

function wrong(code: string, path: string, message: string): TrackerError {
  return new TrackerError({ code, path, message });
}
