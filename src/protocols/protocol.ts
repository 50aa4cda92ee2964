import type { Decoded } from "../model/message";
import type { Outputs } from "./outputs";
import type { Sender } from "./sender";
import type { SetUpTool } from "./sheet";
import type { Topics } from "./topics";

/** What is known of a payload beside its bytes. */
export interface Received {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Topic it came on. */
  readonly topic?: string;
  /** Who sent it, where the topic says so. */
  readonly topicImei?: string;
}

/** A tracker on sale. */
export interface TrackerModel {
  readonly id: string;
  /** The maker's own; empty for any that is not in the list. */
  readonly name: string;
  /** Where it is set up, where that is not the first tool of its protocol. */
  readonly tool?: SetUpTool;
}

/** What the house has to know of a protocol. A module of one has all of it; nobody else names it by its text. */
export interface Protocol {
  /** Stands in messages, saved device configs and texts of dialogs. */
  readonly id: string;
  /** What its devices are called in sentences. */
  readonly label: string;
  /** Offered where a device is added. */
  readonly models: readonly TrackerModel[];
  /** Who connects to the broker: each device with its IMEI, or the vendor's cloud for all of them. */
  readonly connects: "device" | "gateway";
  /** The field of the device config that says what the values mean. */
  readonly meaning: "sensors" | "fieldMap";
  /** What counts where a device config does not say. */
  readonly defaults: {
    /** The topics that it has; empty where the vendor gives no default. */
    readonly topics: Partial<Topics>;
    readonly clientId: string;
    readonly user: string;
  };
  /** Where its devices are set up, the usual tool first. */
  readonly tools: readonly [SetUpTool, ...SetUpTool[]];
  /**
   * Turns a payload into normalized records. Never throws: every payload gives records, an error, or both, but for what
   * its own options leave out. May take more than is said here, and then has a default for it.
   */
  decode(bytes: Uint8Array, received: Received): Decoded;
  readonly sender: Sender;
  /** Absent where no command is known that a device would take. */
  readonly outputs?: Outputs;
}
