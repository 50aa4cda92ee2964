import { type Command, type CommandStatus, type Entry, isRunning } from "../../../src/commands/command";
import { mayStop } from "../../../src/commands/interlock";
import {
  knownProtocol,
  OUTPUT_COUNT,
  type SavedDeviceConfig,
  savedProtocol,
} from "../../../src/device-config/device-config";
import {
  POLARITIES,
  type Polarity,
  resolveInterlock,
  STOP_STATES,
  type StopState,
  type TriedPolarity,
} from "../../../src/device-config/output-safety";
import type { Scalar } from "../../../src/model/message";
import { type Mode, outputAttribute, type Switching } from "../../../src/model/output";
import type { Outputs } from "../../../src/protocols/outputs";

/** An output of a device, as the page shows it. */
export interface SwitchedOutput {
  /** 1 to 4. */
  readonly number: number;
  /** What is wired to it; may be empty. */
  readonly name: string;
  /** As last reported; null where it never was. */
  readonly state: { readonly on: boolean; readonly time: number } | null;
  /** The state that would stop the vehicle. */
  readonly stops: StopState;
  /** What a trial of its timed commands has shown. */
  readonly polarity: Polarity;
  /** How it can be switched. */
  readonly modes: readonly Mode[];
}

/** What a person asks for. */
export type Order = Switching & {
  readonly imei: string;
  /** A trial, which a person has said to be harmless, and in how many seconds it expires. */
  readonly trial?: TriedPolarity;
  readonly harmless?: true;
  readonly expires?: number;
};

interface Attribute {
  readonly key: string;
  readonly value: Scalar;
  readonly time: number;
}

/** The outputs that have a name in the device config, or all that were reported where none has one. */
export function switchedOutputs(
  config: SavedDeviceConfig | undefined,
  attributes: readonly Attribute[],
): readonly SwitchedOutput[] {
  const switchable = knownProtocol(config ?? {}).outputs;
  const outputs = Array.from({ length: OUTPUT_COUNT }, (_, index): SwitchedOutput => {
    const number = index + 1;
    const reported = attributes.find(({ key }) => key === outputAttribute(number));
    const { value, time = 0 } = reported ?? {};
    const known = switchable?.modes(number) ?? [];
    return {
      number,
      name: config?.outputNames?.[index]?.trim() ?? "",
      state: typeof value === "boolean" ? { on: value, time } : null,
      stops: STOP_STATES.find((state) => state === config?.outputStops?.[index]) ?? "",
      polarity: POLARITIES.find((one) => one === config?.timedPolarity?.[index]) ?? "",
      modes: (["latching", "timed"] as const).filter((mode) => known.includes(mode)),
    };
  });
  const named = outputs.filter(({ name }) => name !== "");
  return named.length > 0 ? named : outputs.filter(({ state }) => state !== null);
}

/** Why there are no buttons: `hidden` needs no word, the others have a sentence each. */
export type Ability = "can" | "hidden" | "noDeviceConfig" | "noChannel" | "noNode";

/** Whether a person can switch the outputs of a device here. */
export function abilityOf(known: {
  readonly mayChange: boolean;
  readonly state: string;
  readonly config: SavedDeviceConfig | undefined;
  readonly canSwitch: boolean;
}): Ability {
  const { mayChange, state, config, canSwitch } = known;
  if (!mayChange || state !== "active") return "hidden";
  if (config === undefined) return "noDeviceConfig";
  if (savedProtocol(config)?.outputs === undefined) return "noChannel";
  return canSwitch ? "can" : "noNode";
}

/** Seconds that an output can be switched for. */
export function durationOf(config: SavedDeviceConfig | undefined): Outputs["duration"] {
  return knownProtocol(config ?? {}).outputs?.duration ?? { min: 0, max: 0 };
}

/**
 * Seconds as a person types them, also with a comma, rounded to what a device can be told. Null where nothing was
 * typed; undefined where it is no duration.
 */
export function readSeconds(typed: string, { min, max }: Outputs["duration"]): number | null | undefined {
  const text = typed.trim().replace(",", ".");
  if (text === "") return null;
  const seconds = Math.round(Number(text) * 100) / 100;
  return /^(\d+(\.\d*)?|\.\d*)?$/.test(text) && seconds >= min && seconds <= max ? seconds : undefined;
}

/** What a command does to the vehicle: it stops it, it may stop it when its time is over, or nothing. */
export type Effect = "stops" | "stopsAfter" | "nothing";

export function effectOf(switching: Switching, stops: StopState): Effect {
  if (!mayStop(switching, stops)) return "nothing";
  return switching.state === stops ? "stops" : "stopsAfter";
}

/** The limits of an interlock as a person reads them; undefined where only the running flow knows them. */
export function limitsOf(
  config: SavedDeviceConfig | undefined,
): { readonly speed: number; readonly seconds: number; readonly ignitionOff: boolean } | undefined {
  const { freshFor, maxSpeed, ignitionOff } = resolveInterlock(config?.interlock);
  if (!Number.isFinite(freshFor) || !Number.isFinite(maxSpeed)) return undefined;
  return { speed: maxSpeed, seconds: freshFor / 1000, ignitionOff };
}

/** Newest first: the first few, and all that still run. */
export function commandsToShow(commands: readonly Command[], few: number): readonly Command[] {
  return commands.filter((command, index) => index < few || isRunning(command));
}

/** A command that was not sent yet can be taken back. */
export function canCancel({ status }: Command): boolean {
  return status === "accepted" || status === "waiting";
}

/** Those say no more than the status. */
const PLAIN: readonly string[] = ["ACCEPTED", "SENT", "RECEIVED", "CONFIRMED", "CANCELLED"];
const REPLACED: readonly CommandStatus[] = ["superseded", "cancelled"];

const TOLD_BY_DEVICE: readonly CommandStatus[] = ["received", "confirmed"];

/** When the device said that a command had come, and that it was done. */
export function wordsOf({ history }: Pick<Command, "history">): readonly Entry[] {
  return history.filter(({ status }) => TOLD_BY_DEVICE.includes(status));
}

/** Codes of what a person should know of a command beside its status, the latest first. */
export function remarksOf({ status, history, sendings }: Command): string[] {
  const last = history.at(-1)?.code ?? "";
  const remarks = PLAIN.includes(last) ? [] : [last];
  if (REPLACED.includes(status) && sendings.length > 0) remarks.push("SENT_BEFORE");
  const overridden = history.some(({ code }: Entry) => code === "SENT_OVERRIDE");
  if (overridden && last !== "SENT_OVERRIDE") remarks.push("SENT_OVERRIDE");
  return remarks.filter((code) => code !== "");
}
