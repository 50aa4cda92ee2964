import type { Refusal } from "../model/refusal";
import type { Denial } from "./access";

/** Why a connection was refused, denied something, or ended. */
export const REASONS = {
  CLIENT_ID: "the client id is no IMEI, as a device's has to be; or it belongs to another user",
  DEVICE_UNKNOWN: "no device with this IMEI is registered",
  DEVICE_INACTIVE: "the device is not active in the registry",
  LOGIN: "the user name or the password is wrong",
  PASSWORD_UNSET: "its device config has no password, and it has none of its own: nobody can log in; set one",
  BLOCKED: "too many wrong logins came from this address; it has to wait",
  CONNECTIONS: "there are too many connections, in all or from this address",
  NOT_READY: "the registry is not open",
  MQTT_VERSION:
    "it speaks MQTT 5, and this broker MQTT 3.1.1: choose MQTT 3.1.1 (also called version 4) in it",
  LOGIN_CHANGED: "its login has been changed",
  REMOVED: "the device is no longer in the registry",
  IMEI_OTHER: "its message is that of another device",
  NOT_STORED: "its message could not be stored, so it was not acknowledged",
  KEEPALIVE: "it was silent for longer than one and a half times the keep-alive time it has given",
  PACKET_SIZE: "its packet is larger than is allowed",
  PROTOCOL: "what it sent is not MQTT 3.1.1, or the connection broke",
  NO_LOGIN: "it has not said in time who it is",
  TLS: "it speaks TLS, but this port is without TLS",
  REPLACED: "it has connected anew",
  CLIENT_ID_TWICE: "two clients have this client id: each takes the place of the other, again and again",
  CLOSED: "it has ended the connection",
  STOPPED: "the broker stops",
  CONNECTED: "",
  SUBSCRIBED: "",
} as const satisfies Record<Refusal, string> & Record<string, string>;
export type ReasonCode = keyof typeof REASONS | Denial["code"];

/** What becomes of connections, for the flow. */
export interface ConnectionEvent {
  readonly event: "connected" | "disconnected" | "refused" | "subscribed" | "denied";
  /** Client id, shortened where it is very long. */
  readonly client: string;
  /** Of a device, else null. */
  readonly imei: string | null;
  /** User name as it was given; empty where there was none. */
  readonly user: string;
  /** IP address. */
  readonly address: string;
  /** Topic or filter, where it is about one. */
  readonly topic?: string;
  readonly code: ReasonCode;
  /** A sentence, or empty where all is as it should be. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

export type Who = Pick<ConnectionEvent, "client" | "user" | "imei" | "address">;
export type Why = Pick<ConnectionEvent, "code" | "reason">;

export function because(code: keyof typeof REASONS): Why {
  return { code, reason: REASONS[code] };
}

/** What happened to whom, now, for the flow. */
export function connectionEvent(
  event: ConnectionEvent["event"],
  { client, user, imei, address }: Who,
  { code, reason }: Why,
  topic?: string,
): ConnectionEvent {
  return {
    event,
    client: shortened(client),
    imei,
    user: shortened(user),
    address,
    ...(topic === undefined ? {} : { topic: shortened(topic) }),
    code,
    reason,
    time: Date.now(),
  };
}

const MAX_SHOWN = 128;

/** What others have typed, short enough to be shown. */
export function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}

const MAX_QUIET = 10_000;

/** Lets through what is said for the first time in a while. */
export class Quiet {
  private readonly said = new Map<string, number>();

  constructor(
    private readonly forMs: number,
    private readonly max = MAX_QUIET,
  ) {}

  isNew(what: string, now: number): boolean {
    const last = this.said.get(what);
    if (last !== undefined && now - last < this.forMs) return false;
    this.said.delete(what);
    this.said.set(what, now);
    if (this.said.size > this.max) this.said.delete(this.said.keys().next().value as string);
    return true;
  }
}
