import { readFileSync } from "node:fs";

export type SavedNode = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>;

export interface SavedNodeVector {
  readonly why: string;
  /** A node as this version saved it. */
  readonly saved: SavedNode;
  /** The same as today's version has it. */
  readonly today: SavedNode;
}

/** The vectors of a version of saved nodes. */
export function savedNodeVectors(version: number): SavedNodeVector[] {
  return JSON.parse(readFileSync(`test/vectors/saved-nodes/v${version}.json`, "utf8"));
}
