import type { Problem } from "../errors";
import type { TrackerEvent } from "./events";

/** Value of an attribute or of a sensor that the catalogue does not name. */
export type Scalar = boolean | number | string | null;

/** WGS 84 position of the device. What the device did not say is absent. */
export interface Position {
  /** False when the device had no fix; the coordinates are then the last it knew. */
  readonly valid: boolean;
  /** Degrees; null only when the device sent something that is not a number. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** Metres. */
  readonly altitude?: number;
  /** km/h. */
  readonly speed?: number;
  /** Degrees clockwise from north. */
  readonly course?: number;
  readonly hdop?: number;
  readonly satellites?: number;
}

interface Common {
  readonly schema: 1;
  /** Id of the protocol it came in. */
  readonly protocol: string;
  /** 15 digits; null when neither payload nor topic says who sent it. */
  readonly imei: string | null;
  /**
   * 16 hex digits that tell the record from all others of its device, made by its decoder of what the device sent and not
   * of what it is called here; absent in records of a user's own flow.
   */
  readonly identity?: string;
  /** Epoch milliseconds: when it was received here. */
  readonly receivedAt: number;
  /** What was wrong but could be read all the same; absent when nothing was. */
  readonly warnings?: readonly Problem[];
  /** Hex text: bytes of the record that could not be read. */
  readonly unread?: string;
}

/** What a device measured. */
export interface Reading {
  readonly position?: Position;
  /** Names from the vocabulary (or given by the user), in its units. */
  readonly attributes: Readonly<Record<string, Scalar>>;
  /**
   * What has no name, as the device sent it: under `0x` and four upper-case hex digits (IOTM), or under its path in
   * the JSON (Globalmatix).
   */
  readonly sensors: Readonly<Record<string, Scalar | Position>>;
  /** Units of attributes that the user named; absent when there are none. */
  readonly units?: Readonly<Record<string, string>>;
}

export interface Telemetry extends Common, Reading {
  readonly kind: "telemetry";
  /** Epoch milliseconds: when the device took the reading. */
  readonly time: number;
  /** The device said a time that cannot be read: `time` is that of receipt, and the reading may be old. */
  readonly timeUnknown?: true;
  /** Why the device wrote the record (RECORD_CAUSES), where it says so in the same frame. */
  readonly cause?: string;
}

/** An event; a device that measures something with it (Globalmatix) has that in the event, too. */
export interface DeviceEvent extends Common, Partial<Reading> {
  readonly kind: "event";
  readonly time: number;
  readonly timeUnknown?: true;
  readonly event: TrackerEvent;
}

/** An output control record, as a server sends it to a device. */
export interface OutputControl {
  /** Epoch milliseconds: the device ignores the command after it. */
  readonly expires: number;
  readonly outputId: number;
  readonly uniqueId: number;
  /** Hex text. */
  readonly data: string;
}

/** A file, real-time data, or a record of a type the catalogue does not know. */
export interface RawFile extends Common {
  readonly kind: "file";
  readonly data: Uint8Array;
  /** Type of the record that held the data; null when the data is a whole payload. */
  readonly recordType: number | null;
  /** Topic it came on, where known. */
  readonly topic?: string;
  readonly outputControl?: OutputControl;
}

export type NormalizedRecord = Telemetry | DeviceEvent | RawFile;

/** A record of which it is known whose it is. */
export type OwnRecord = NormalizedRecord & { readonly imei: string };

/** What came of a payload. */
export interface Decoded {
  /** Oldest first; files, which have no time, last. */
  readonly records: readonly NormalizedRecord[];
  /** All that was wrong but could be read all the same; each record has its own share of it. */
  readonly warnings: readonly Problem[];
  /** Why the payload could not be read, or not all of it. */
  readonly error?: Problem | undefined;
}
