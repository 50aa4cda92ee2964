import { IMEI_PLACEHOLDER, type Topics } from "./topics";

/** Something the reader should know about a line; the dialog has the sentence in the user's language. */
export type SheetNote =
  | "wrong"
  | "hostMissing"
  | "hostLocal"
  | "passwordMissing"
  | "leaveEmpty"
  | "imei"
  | "deviceServer"
  | "fieldNames";

/** One field of the vendor's tool: its name there, and what to type. */
export interface SheetLine {
  readonly field: string;
  readonly value: string;
  /** The value holds the password. */
  readonly secret?: true;
  /** The field of the device config that the value comes from, where it can be wrong. */
  readonly path?: string;
  readonly note?: SheetNote;
}

export interface SheetSection {
  /** Where the fields are in the vendor's tool. */
  readonly path: string;
  readonly note?: SheetNote;
  readonly lines: readonly SheetLine[];
}

/** A program or a site of the vendor's in which devices are set up. */
export interface SetUpTool {
  /** The vendor's name for it, with the devices that it is for. */
  readonly name: string;
  /** What to type into it, under its own field names. */
  sheet(setUp: SetUp): SheetSection[];
}

/** What a device is to be told: as the user typed it, wrong or not. */
export interface SetUp {
  /** Of the device config. */
  readonly name: string;
  readonly host: string;
  readonly port: number | string;
  readonly tls: boolean;
  readonly topics: Topics;
  readonly clientId: string;
  readonly user: string;
  /** Null where it is not to be shown. */
  readonly password: string | null;
}

/** Stands for a password that is not to be shown. */
export const HIDDEN = "••••••••";

type Noted = Pick<SheetLine, "note">;

export function hostNote({ host }: Pick<SetUp, "host">): Noted {
  if (host === "") return { note: "hostMissing" };
  return /^(localhost|127\..*|\[?::1\]?)$/i.test(host) ? { note: "hostLocal" } : {};
}

export function passwordNote(password: string | null): Noted {
  return password === "" ? { note: "passwordMissing" } : {};
}

export function imeiNote(value: string): Noted {
  return value.includes(IMEI_PLACEHOLDER) ? { note: "imei" } : {};
}
