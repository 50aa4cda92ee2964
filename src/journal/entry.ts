export const CHANGES = ["registered", "activated", "deactivated", "online", "offline", "removed"] as const;
/** What can become of a device. */
export type Change = (typeof CHANGES)[number];

export interface JournalEntry {
  readonly imei: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly change: Change;
  /** Who or what did it, such as a user's name; empty for the device itself. */
  readonly by: string;
}
