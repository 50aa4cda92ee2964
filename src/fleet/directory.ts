import type { Login } from "../device-config/deployed";
import type { DeviceState } from "../devices/device";
import type { InboxMessage } from "../inbox/port";
import type { DenialCode, Refusal } from "../model/refusal";
import type { Topics } from "../protocols/topics";

/** A registered device as the broker sees it. */
export interface DeviceAccount {
  /** 15 digits; also its MQTT client id. */
  readonly imei: string;
  readonly state: DeviceState;
  /**
   * Hash of its own password (`scrypt$N$r$p$salt$key`, or `sha256$salt$key` of one that the registry has made), or empty:
   * then the shared login counts.
   */
  readonly ownPassword: string;
  /** Login of its device config; undefined where that is missing or has no password. */
  readonly shared: Login | undefined;
  /** Topics of its device config, with %IMEI% where the device puts its own; all empty where it has none. */
  readonly topics: Topics;
}

/** The cloud of a vendor, which publishes for all its devices under one login and any client id (GlobalmatiX). */
export interface GatewayAccount {
  /** Id of the device config it stands in. */
  readonly deviceConfig: string;
  /** Without a password (empty) it is not let in. */
  readonly login: Login;
  readonly topics: Topics;
}

/** What the broker asks the registry, and tells it. Made by the registry's side; times are its own. */
export interface Directory {
  /** False while the registry is opening or cannot be opened: nobody is let in then. */
  readonly ready: boolean;
  /** The registered device with this IMEI. */
  device(imei: string): DeviceAccount | undefined;
  gateways(): readonly GatewayAccount[];
  /** Topics of all device configs, with %IMEI% where devices put their own. */
  topics(): readonly Topics[];
  /** Logins of all device configs: who gives one of them knows the fleet, also with an IMEI that is not registered. */
  logins(): readonly Login[];
  /**
   * A client with this IMEI as its client id was not let in. One that is not registered is listed as pending, a
   * registered one has it on its page until it is connected.
   */
  refused(imei: string, refusal: Refusal, address: string): void;
  /**
   * An active device that is in was denied to publish to a topic or to subscribe to it, which has it on its page.
   * With `CLIENT_ID_TWICE`, `about` is the addresses that both come from.
   */
  denied(imei: string, code: DenialCode, about: string): void;
  /** An active device is in; it does not hear commands yet. */
  connected(imei: string, address: string): void;
  /**
   * Its connection has ended, also because the broker is stopped; not told where a new one of the same device took
   * its place.
   */
  disconnected(imei: string): void;
  /**
   * From now on it hears commands: it is connected and has subscribed to its output control topic, now or in the
   * session that was resumed. Commands that wait are published because of this, so it is told after the
   * subscription works.
   */
  listening(imei: string): void;
  /**
   * Keeps a message before it is acknowledged, which takes up to a second, because what comes meanwhile is written
   * together. `taken` is told of it at once, so that the flow need not wait for the disk. Rejects with a TrackerError where it cannot be stored (`STORE_*`), where too many are kept already (`INBOX_FULL`) or
   * where the registry is not open (`NOT_READY`); it is then not acknowledged.
   */
  keep(message: Omit<InboxMessage, "id">, taken?: (message: InboxMessage) => void): Promise<InboxMessage>;
  /**
   * What was kept and is not known to be with the flow, oldest first: also from before the last start, and then also
   * what the registry may have already and drops as a duplicate. To be handed over once the flows have started.
   */
  kept(): readonly InboxMessage[];
  /** The flow has been handed a kept message; the registry forgets it some seconds after what came of it is saved. */
  delivered(message: InboxMessage): void;
  /** Tells of every device whose state, login or device config may have changed; returns how to stop it. */
  onChange(listener: (imei: string) => void): () => void;
}
