import { randomInt } from "node:crypto";
import { freePort } from "../../scripts/ports";

/**
 * A free port of 127.0.0.1 for what listens a moment later, or again after a restart: one below those that systems
 * give to outgoing connections (from 32768 on), which could take it in between.
 */
export function anyPort(): Promise<number> {
  return freePort(randomInt(20_000, 30_000));
}
