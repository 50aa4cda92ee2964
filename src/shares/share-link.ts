/** A link with which somebody without a login sees some devices on a map for some time. */
export interface ShareLink {
  readonly id: string;
  /** For whom it is; shown as the map's heading. */
  readonly name: string;
  readonly imeis: readonly string[];
  /** Groups by name: whoever is in them at the time. */
  readonly groups: readonly string[];
  /** Epoch milliseconds; nothing before it is shown, and nobody is let in after `ends`. */
  readonly begins: number;
  readonly ends: number;
  /** SHA-256 of its secret, as hex text; the secret itself is told once, to who makes it. */
  readonly digest: string;
  readonly createdAt: number;
  /** Who made it. */
  readonly by: string;
}

export const SHARE_LIMITS = { links: 500, devices: 1000, groups: 100 } as const;

export function isValidAt({ begins, ends }: ShareLink, time: number): boolean {
  return begins <= time && time < ends;
}

/** Whether a link is for a device. */
export function isShared({ imeis, groups }: ShareLink, imei: string, group: string): boolean {
  return imeis.includes(imei) || (group !== "" && groups.includes(group));
}
