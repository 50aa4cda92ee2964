/** What the built-in broker refuses, as those who show it know it. */

/** Why somebody was not let in. */
export type Refusal =
  /** No client id, or one that is no IMEI, of somebody without a user name or with that of devices. */
  | "CLIENT_ID"
  /** A sound IMEI that is not registered. */
  | "DEVICE_UNKNOWN"
  /** Registered, but not activated, or deactivated. */
  | "DEVICE_INACTIVE"
  /** Wrong user name or password. */
  | "LOGIN"
  /** Nobody has set a password for it, so none can be right. */
  | "PASSWORD_UNSET"
  /** Too many wrong logins from this address: it has to wait. */
  | "BLOCKED"
  /** Too many connections, in all or from this address. */
  | "CONNECTIONS"
  /** The registry is not open. */
  | "NOT_READY"
  /** It speaks MQTT 5. */
  | "MQTT_VERSION";

/** Why a device that is in may not publish or subscribe as it wanted to, or is not left alone. */
export type DenialCode =
  /** No topic, or no filter, as MQTT has them. */
  | "TOPIC_INVALID"
  /** Topics that are the broker's own. */
  | "TOPIC_RESERVED"
  /** It published to a topic that its device config does not have. */
  | "TOPIC_NOT_OWN"
  /** Its message carries the IMEI of another device. */
  | "IMEI_OTHER"
  /** It subscribed to something else than its output control topic. */
  | "FILTER_NOT_OWN"
  /** A shared subscription, which the broker does not have. */
  | "SHARED_FILTER"
  /** It has too many subscriptions. */
  | "FILTERS"
  /** It may only listen: no device has this. */
  | "READ_ONLY"
  /** For a device's command topic: a message that is retained, sent again, or a will. No device has this. */
  | "COMMAND_LATE"
  /** Two clients have its client id, and take each other's place. */
  | "CLIENT_ID_TWICE";

/** How the built-in broker did not let a device in. */
export interface Refused {
  /** Of the last time. */
  readonly reason: Refusal;
  /** Since it was let in, or since the registry was started. */
  readonly count: number;
  /** Epoch milliseconds, own clock. */
  readonly lastAt: number;
  readonly address: string;
}

/** What the built-in broker last denied a device that it had let in. */
export interface Denied {
  readonly code: DenialCode;
  /**
   * Topic it published to, or filter it subscribed to; shortened where it is very long. Addresses, where two clients
   * have its client id.
   */
  readonly topic: string;
  /** Epoch milliseconds, own clock. */
  readonly at: number;
}

/** One more refusal. */
export function withRefusal(
  before: Refused | undefined,
  reason: Refusal,
  address: string,
  now: number,
): Refused {
  return { reason, count: (before?.count ?? 0) + 1, lastAt: now, address };
}
