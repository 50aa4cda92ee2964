import type { IdentityStart } from "../../../model/identity";
import type { Telemetry } from "../../../model/message";
import { HEADER_BYTES } from "../frame";
import type { RecordCode } from "./code";
import { WITHOUT_VALUE } from "./layout";
import { NO_VALUE, WIDTHS, wireSize } from "./wire";

/** Code that reads the records of one layout. */
export interface CodedLayout {
  readonly code: RecordCode;
  /** Whether some of its values are not to be seen. */
  readonly hides: boolean;
}

/** Lengths of records by which code is guessed. */
const LENGTHS = 1024;

/**
 * The code that was made, found by what a record looks like. Each checks the ids that it reads, so that a wrong guess costs
 * time and nothing else.
 */
export class CodedLayouts {
  /** The one that last read a record of such a length. */
  private readonly byLength: (CodedLayout | undefined)[] = new Array(LENGTHS).fill(undefined);
  private readonly byIds = new Map<number, CodedLayout[]>();
  /** Whether what was read last has values that are not to be seen. */
  hides = false;

  /** Keeps code for records with the ids of the one from `start` to before `stop`. */
  add(coded: CodedLayout, bytes: Uint8Array, start: number, stop: number): void {
    const hash = hashOfIds(bytes, start, stop);
    const alike = this.byIds.get(hash);
    if (alike === undefined) this.byIds.set(hash, [coded]);
    else alike.push(coded);
  }

  clear(): void {
    this.byIds.clear();
    this.byLength.fill(undefined);
  }

  /** The record from `start` to before `stop`; undefined where there is no code for it. */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    stop: number,
    imei: string,
    sender: IdentityStart,
    time: number,
    receivedAt: number,
  ): Telemetry | undefined {
    const guess = this.byLength[(stop - start) % LENGTHS];
    const guessed = guess?.code(bytes, view, start, stop, imei, sender, time, receivedAt);
    if (guess !== undefined && guessed !== undefined) {
      this.hides = guess.hides;
      return guessed;
    }
    if (this.byIds.size === 0) return undefined;
    for (const coded of this.byIds.get(hashOfIds(bytes, start, stop)) ?? []) {
      const record = coded.code(bytes, view, start, stop, imei, sender, time, receivedAt);
      if (record === undefined) continue;
      this.byLength[(stop - start) % LENGTHS] = coded;
      this.hides = coded.hides;
      return record;
    }
    return undefined;
  }
}

/** A digest of the ids of a record, and of which of them have no value. */
function hashOfIds(bytes: Uint8Array, start: number, stop: number): number {
  let hash = 0;
  for (let at = start + HEADER_BYTES + 4; at + 2 < stop; ) {
    const type = bytes[at] as number;
    const id = (bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8);
    hash = Math.imul(hash ^ (hash >>> 15) ^ (type === NO_VALUE ? id | WITHOUT_VALUE : id), 0x85ebca6b);
    at += 3 + (WIDTHS[type] as number) + wireSize(type, bytes, at + 3);
  }
  return hash;
}
