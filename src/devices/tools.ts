import type { XmlListener } from "../model/xml-listener";

/** What requests need from outside the core. */
export interface Tools {
  /** A hash of a password that can be stored. */
  hashPassword(password: string): Promise<string>;
  /** A new password that nobody can guess, and its hash. */
  newPassword(): { readonly password: string; readonly hash: string };
  /** A secret that nobody can guess, and what it is known by again. */
  newSecret(): { readonly secret: string; readonly digest: string };
  /**
   * Reads CSV with any usual delimiter and line end: one list of cells a row. `brokenRow` is the first row with a
   * quotation mark that is not closed, or stands where none can; what follows cannot be trusted.
   */
  parseCsv(text: string, delimiter?: string): { readonly rows: string[][]; readonly brokenRow?: number };
  /** Reads XML from a text, a piece at a time; gives after each how many characters were read. */
  readXml(text: string, told: XmlListener): Iterable<number>;
  writeCsv(rows: readonly (readonly string[])[]): string;
}
