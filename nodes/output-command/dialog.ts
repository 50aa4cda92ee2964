import type { OutputChoices } from "../../src/fleet/views";
import { ask } from "../editor/kit/ask";

interface Suggestion {
  readonly value: string;
  readonly label: string;
}

/** A type of Node-RED's typedInput: a text with suggestions. */
export interface SuggestingType {
  readonly value: "str";
  readonly label: string;
  readonly icon: string;
  readonly hasValue: true;
  autoComplete(): (typed: string, done: (found: { value: string; label: JQuery }[]) => void) => void;
}

type Choices = OutputChoices["devices"];

/**
 * The devices of the registry that is chosen in the dialog of "output command", and their outputs. It is asked anew
 * when another is chosen; one that is not deployed has none to offer, and everything can be typed all the same.
 */
export class OfferedDevices {
  private asked: string | undefined;
  private answer: Promise<Choices> = Promise.resolve([]);

  constructor(private readonly registry: () => string) {}

  get(): Promise<Choices> {
    const id = this.registry();
    if (id !== this.asked) {
      this.asked = id;
      this.answer = /^[\w.-]+$/.test(id) && id !== "_ADD_" ? this.ask(id) : Promise.resolve([]);
    }
    return this.answer;
  }

  private async ask(id: string): Promise<Choices> {
    const url = `trackers/registry/${encodeURIComponent(id)}/outputs`;
    try {
      return (await ask<OutputChoices>({ url, method: "GET" })).devices;
    } catch {
      // Asked again with the next key.
      this.asked = undefined;
      return [];
    }
  }
}

const MOST = 50;

/** Devices whose name, plate or IMEI has what was typed in it. */
export function deviceSuggestions(devices: Choices, typed: string): Suggestion[] {
  return devices
    .map(({ imei, name, plate }) => ({ value: imei, label: [name, plate, imei].filter(Boolean).join(" · ") }))
    .filter(({ label }) => includes(label, typed))
    .slice(0, MOST);
}

/** The outputs of one device, or of all where the device is not known before the message comes. */
export function outputSuggestions(devices: Choices, imei: string, typed: string): Suggestion[] {
  const one = devices.filter((device) => device.imei === imei);
  const named = new Map<string, Suggestion>();
  for (const { outputs } of one.length > 0 ? one : devices) {
    for (const { output, name } of outputs) {
      const value = name || `OUT${output}`;
      named.set(value, { value, label: name === "" ? value : `${name} · OUT${output}` });
    }
  }
  return [...named.values()].filter(({ label }) => includes(label, typed)).slice(0, MOST);
}

function includes(label: string, typed: string): boolean {
  const folded = label.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** Gives the fields "device" and "output" of the open dialog their suggestions. */
export function prepare(): void {
  const value = (id: string) => String($(`#node-input-${id}`).val() ?? "");
  const devices = new OfferedDevices(() => value("registry"));
  const suggesting = (find: (devices: Choices, typed: string) => Suggestion[]): SuggestingType => ({
    value: "str",
    label: "string",
    icon: "red/images/typedInput/az.svg",
    hasValue: true,
    autoComplete: () => (typed, done) =>
      void devices
        .get()
        .then((known) =>
          done(find(known, typed).map(({ value, label }) => ({ value, label: $("<span>").text(label) }))),
        ),
  });
  const others = ["msg", "flow", "global", "env"];
  const types = {
    imei: [suggesting(deviceSuggestions), ...others],
    output: [suggesting((known, typed) => outputSuggestions(known, imei(), typed)), ...others],
    duration: ["num", ...others],
  };
  const imei = () => ($("#node-input-imeiType").val() === "str" ? value("imei") : "");
  for (const [name, known] of Object.entries(types)) {
    const input = $(`#node-input-${name}`) as JQuery & { typedInput(options: object): JQuery };
    input.typedInput({
      default: name === "duration" ? "num" : "str",
      types: known,
      typeField: $(`#node-input-${name}Type`),
    });
    // What is offered is there before the first key.
    input.parent().on("focusin", () => void devices.get());
  }
}
