import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

/** Gives true for what can be entered, else a sentence. */
export type Validator = (this: object, value: unknown, options: object) => unknown;

export interface DefaultField {
  readonly value?: unknown;
  /** Of the config node that the field refers to. */
  readonly type?: string;
  readonly validate?: Validator;
}

/** The parts of a node's editor definition that a saved flow depends on. */
export interface Definition {
  readonly category: string;
  readonly defaults: Readonly<Record<string, DefaultField>>;
  readonly credentials?: Readonly<Record<string, object>>;
  readonly inputs?: number;
  readonly outputs?: number;
}

/** Anything: every property, call and construction of it gives it again. */
export const anything: object = new Proxy(() => undefined, {
  get: (_target, key) => (key === Symbol.toPrimitive ? () => "" : anything),
  apply: () => anything,
  construct: () => anything,
});

/**
 * Runs the scripts of a node's HTML file as the editor would and returns what they register, by type. `bundle` is the
 * global that they share.
 */
export function definitionsIn(file: string, bundle: object = anything): Map<string, Definition> {
  const found = new Map<string, Definition>();
  const nodes = { registerType: (type: string, definition: Definition) => found.set(type, definition) };
  const red = new Proxy({ nodes }, { get: (target, key) => (key === "nodes" ? target.nodes : anything) });
  const scripts = readFileSync(file, "utf8").matchAll(
    /<script type="text\/javascript">([\s\S]*?)<\/script>/g,
  );
  for (const [, script] of scripts) {
    runInNewContext(script as string, { RED: red, $: anything, window: anything, RedTrackers: bundle });
  }
  return found;
}
