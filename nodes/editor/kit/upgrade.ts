import { isBlank } from "../../../src/saved";
import { checkSavedVersion, SAVED_NODE_STEPS, upgradeSavedNode } from "../../../src/saved-nodes";
import { red } from "./red";

/** A node as the editor holds it, with what its published types leave out. */
interface HeldNode {
  readonly type: string;
  readonly _def: { readonly defaults: Readonly<Record<string, { readonly value?: unknown }>> };
  /** The fields as they came, as JSON; an import fills those that were absent with the defaults, also the version. */
  readonly _config?: Record<string, string | undefined>;
  /** The node itself, where this is a proxy that refuses changes in a locked flow. */
  readonly __node__?: HeldNode;
}

/**
 * Brings every node of this package to today's version as it comes into the editor, by the same steps as the running
 * flow does, and fills empty fields with their defaults: the dialogs show what counts. It is saved so with the next
 * deploy. A node of a version that is not known stays as it is.
 */
export function upgradeNodes(): void {
  red.events.on("nodes:add", (node: HeldNode) => {
    if (Object.hasOwn(SAVED_NODE_STEPS, node.type)) upgradeHeld(node.__node__ ?? node);
  });
}

function upgradeHeld(node: HeldNode): void {
  const { defaults } = node._def;
  const held = node as unknown as Record<string, unknown>;
  const given = Object.fromEntries(Object.keys(defaults).map((field) => [field, held[field]]));
  if (node._config !== undefined) given.version = parsed(node._config.version);
  if (checkSavedVersion(node.type, given.version) !== undefined) return;
  const upgraded: Readonly<Record<string, unknown>> = upgradeSavedNode(node.type, given);
  for (const [field, { value }] of Object.entries(defaults)) {
    const isAbsent = isBlank(upgraded[field]) && value !== undefined;
    held[field] = isAbsent ? structuredClone(value) : upgraded[field];
  }
  // It can come once more, when its removal is undone.
  if (node._config !== undefined) node._config.version = JSON.stringify(upgraded.version);
}

function parsed(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
