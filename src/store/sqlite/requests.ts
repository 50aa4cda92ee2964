import type { Problem } from "../../errors";

/** What the main thread asks its worker for: the methods of a store, and `keep` for new messages of the inbox alone. */
export type Method =
  | "open"
  | "page"
  | "commit"
  | "keep"
  | "journal"
  | "wasSeen"
  | "copy"
  | "readCopy"
  | "close";

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly argument: unknown;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: Problem };
