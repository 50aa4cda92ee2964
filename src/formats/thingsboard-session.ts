import {
  type Asked,
  type AskedSwitch,
  type FormatSettings,
  type FormatSubject,
  type Made,
  OUTPUT_NAMES,
  type TargetSession,
  type Tell,
} from "./format";

/** Knows which IMEI stands behind a name, so that a remote procedure call finds its device. */
export class ThingsboardSession implements TargetSession {
  private readonly imeis = new Map<string, string>();

  constructor(
    private readonly settings: FormatSettings,
    private readonly tellSubject: Tell,
  ) {}

  tell(subject: FormatSubject): Made {
    const { record, device } = subject;
    if (device?.name) this.imeis.set(device.name, record.imei);
    this.imeis.set(record.imei, record.imei);
    return this.tellSubject(subject);
  }

  /**
   * A call `setOutput1` … `setOutput4` with true, false, "on" or "off". What becomes of it is seen in the device's output,
   * so that it is only acknowledged.
   */
  from(topic: string, payload: unknown): Asked | undefined {
    if (topic !== `${this.settings.topic}/rpc`) return undefined;
    const { device, data } = parsed(payload) as {
      device?: unknown;
      data?: { id?: unknown; method?: unknown; params?: unknown };
    };
    const command = this.commandOf(String(device), String(data?.method), data?.params);
    const answer = { device, id: data?.id, data: { success: command !== undefined } };
    return {
      commands: command === undefined ? [] : [command],
      messages: [{ topic, qos: 1, payload: answer }],
    };
  }

  private commandOf(name: string, method: string, params: unknown): AskedSwitch | undefined {
    const imei = this.imeis.get(name);
    const output = method.startsWith("setO") ? `o${method.slice("setO".length)}` : "";
    const state = STATES.get(params);
    if (imei === undefined || state === undefined || !OUTPUT_NAMES.includes(output)) return undefined;
    return { imei, output: Number(output.slice("output".length)), state };
  }
}

const STATES: ReadonlyMap<unknown, AskedSwitch["state"]> = new Map<unknown, AskedSwitch["state"]>([
  [true, "on"],
  [false, "off"],
  ["on", "on"],
  ["off", "off"],
]);

/** What mqtt in has parsed already, or not. */
function parsed(payload: unknown): object {
  if (typeof payload === "object" && payload !== null && !ArrayBuffer.isView(payload)) return payload;
  try {
    const read: unknown = JSON.parse(String(payload));
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}
