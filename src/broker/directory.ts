import type { Topics } from "../device/device-config";
import type { DeviceState } from "../registry/device";

/** A user name and a password in plain text, as a vendor's tool sets them for all devices of a kind. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A registered device as the broker sees it. */
export interface DeviceAccount {
  /** 15 digits; also its MQTT client id. */
  readonly imei: string;
  readonly state: DeviceState;
  /** scrypt hash of its own password (`scrypt$N$r$p$salt$key`), or empty: then the shared login counts. */
  readonly ownPassword: string;
  /** Login of its device config; undefined where that is missing or has no password. */
  readonly shared: Login | undefined;
  /** Topics of its device config, with %IMEI% where the device puts its own. */
  readonly topics: Topics;
}

/** The cloud of a vendor, which publishes for all its devices under one login and any client id (GlobalmatiX). */
export interface GatewayAccount {
  /** Id of the device config it stands in. */
  readonly profile: string;
  readonly login: Login;
  readonly topics: Topics;
}

/** A message of a device, as it is kept until the flow has it. */
export interface Uplink {
  /** Greater than that of every uplink kept before. */
  readonly id: number;
  /** Client id of who sent it. */
  readonly client: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Why somebody was not let in. */
export const REFUSALS = [
  /** No client id, or one that is no IMEI and of no service user. */
  "CLIENT_ID",
  /** A sound IMEI that is not registered. */
  "DEVICE_UNKNOWN",
  /** Registered, but not activated, or deactivated. */
  "DEVICE_INACTIVE",
  /** Wrong user name or password. */
  "LOGIN",
  /** Too many wrong logins from this address: it has to wait. */
  "BLOCKED",
  /** Too many connections, in all or from this address. */
  "CONNECTIONS",
  /** The registry is not open. */
  "NOT_READY",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What the broker asks the registry, and tells it. Made by the registry's side; times are its own. */
export interface Directory {
  /** False while the registry is opening or cannot be opened: nobody is let in then. */
  readonly ready: boolean;
  /** The registered device with this IMEI. */
  device(imei: string): DeviceAccount | undefined;
  gateways(): readonly GatewayAccount[];
  /** A client with this IMEI as its client id was not let in. */
  refused(imei: string, refusal: Refusal, address: string): void;
  connected(imei: string, address: string): void;
  /** Its connection has ended; not told where a new one of the same device took its place. */
  disconnected(imei: string): void;
  /** From now on it hears commands: it has subscribed to its output control topic. */
  listening(imei: string): void;
  /** Keeps a message before it is acknowledged. Rejects where it cannot be stored; it is then not acknowledged. */
  keep(message: Omit<Uplink, "id">): Promise<Uplink>;
  /** What was kept and is not known to be with the flow, oldest first: also from before the last start. */
  kept(): readonly Uplink[];
  /** The flow has been handed a kept message; the registry forgets it once what came of it is saved, too. */
  delivered(uplink: Uplink): void;
  /** Tells of every device whose state, login or device config may have changed; returns how to stop it. */
  onChange(listener: (imei: string) => void): () => void;
}
