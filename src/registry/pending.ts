import type { NormalizedRecord } from "../model/message";
import type { Pending } from "./device";

/** Unknown senders listed at most; anybody who reaches the broker can make some up. */
export const MAX_PENDING = 1000;

/** The unknown sender with one more record; `before` is what was known of it. */
export function withRecord(
  before: Pending | undefined,
  record: NormalizedRecord,
  topic: string,
  now: number,
): Pending {
  const position = record.kind === "telemetry" && record.position?.valid ? record.position : undefined;
  const { latitude, longitude } = position ?? {};
  return {
    imei: record.imei ?? "",
    firstSeen: before?.firstSeen ?? now,
    lastSeen: now,
    count: (before?.count ?? 0) + 1,
    topic,
    protocol: record.protocol,
    position:
      record.kind === "telemetry" && typeof latitude === "number" && typeof longitude === "number"
        ? { latitude, longitude, time: record.time }
        : (before?.position ?? null),
    ignored: before?.ignored ?? false,
  };
}

/** Which of a full list has to go: the longest silent one that nobody chose to ignore, else the longest silent. */
export function toForget(pending: ReadonlyMap<string, Pending>): string | undefined {
  const oldest = (list: Pending[]) =>
    list.reduce<Pending | undefined>(
      (a, b) => (a === undefined || b.lastSeen < a.lastSeen ? b : a),
      undefined,
    );
  const all = [...pending.values()];
  return (oldest(all.filter(({ ignored }) => !ignored)) ?? oldest(all))?.imei;
}
