import { createRequire } from "node:module";
import { join } from "node:path";

/** Folder whose node_modules has the Node-RED to test with; the compatibility suite names another one. */
export const NODE_RED_FROM = process.env.NODE_RED_FROM ?? process.cwd();

/** `require` as seen from that Node-RED. */
export const nodeRedRequire: NodeJS.Require = createRequire(join(NODE_RED_FROM, "package.json"));
