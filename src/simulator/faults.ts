/** What can go wrong with a device, as shares from 0 to 1. */
export interface Faults {
  /** Of the time: no satellites. */
  readonly noFix: number;
  /** Of the time: no network; what was stored is uploaded late. */
  readonly history: number;
  /** Of the messages: sent twice. */
  readonly duplicates: number;
  /** Of the messages: sent after the next one. */
  readonly reordering: number;
  /** Of the messages: cut off or changed on the way. */
  readonly damaged: number;
  /** Of the devices: the clock is wrong by ten minutes to a day. */
  readonly clock: number;
}
export const FAULT_NAMES = ["noFix", "history", "duplicates", "reordering", "damaged", "clock"] as const;

export const FAULT_LEVELS = {
  off: { noFix: 0, history: 0, duplicates: 0, reordering: 0, damaged: 0, clock: 0 },
  little: { noFix: 0.02, history: 0.03, duplicates: 0.01, reordering: 0.01, damaged: 0.002, clock: 0.01 },
  lot: { noFix: 0.1, history: 0.2, duplicates: 0.1, reordering: 0.1, damaged: 0.05, clock: 0.1 },
} as const satisfies Readonly<Record<string, Faults>>;
export type FaultLevel = keyof typeof FAULT_LEVELS;

/** Seconds that a device is without satellites, or without network. */
export const NO_FIX_S = [20, 120] as const;
export const NO_NETWORK_S = [60, 600] as const;

/** The chance for each second in which it may begin, such that it lasts for `share` of the time. */
export function onset(share: number, [min, max]: readonly [number, number]): number {
  return share >= 1 ? 1 : share / (1 - share) / ((min + max) / 2);
}
