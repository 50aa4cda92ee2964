import { alarmsKey } from "../../alarms/port";
import { noAlarms } from "../../alarms/step";
import type { Command } from "../../commands/command";
import type { Device, Pending } from "../../devices/device";
import { isObject, newDevice } from "../../devices/fields";
import { isWholeFence } from "../../fences/read-fence";
import type { ShareLink } from "../../shares/share-link";
import { newLiveState } from "../../state/live";
import type { LiveState } from "../../state/live-state";
import type { SavedTrips } from "../../trips/device-trips";

const NO_TRIPS = { told: {}, boundaries: [], wrongTimes: [] } satisfies SavedTrips;

type Whole = (value: object, key: string) => boolean;

/** Times are a list, or one for all. */
const { times: _, ...STATE } = newLiveState(0) satisfies LiveState;
const hasTimes: Whole = (value) => has(value, { times: 0 }) || has(value, { times: [] });

/** Whether a document has all that the registry relies on, so that one that has not costs no other. */
export const WHOLE = {
  device: like(newDevice("", 0) satisfies Device),
  state: (value, key) => like(STATE, false)(value, key) && hasTimes(value, key),
  pending: like({ imei: "", firstSeen: 0, lastSeen: 0, count: 0 } satisfies Partial<Pending>),
  sending: () => true,
  fence: (value: object, key: string) => (value as { id?: unknown }).id === key && isWholeFence(value),
  share: (value: object, key: string) =>
    (value as { id?: unknown }).id === key &&
    has(value, {
      name: "",
      imeis: [],
      groups: [],
      begins: 0,
      ends: 0,
      digest: "",
      createdAt: 0,
      by: "",
    } satisfies Omit<ShareLink, "id">),
  trips: (value: object) => Object.values(value).every((one) => isObject(one) && has(one, NO_TRIPS)),
  alarm: (value: object, key: string) =>
    has(value, noAlarms("", "")) && alarmsKey(value as ReturnType<typeof noAlarms>) === key,
  command: (value: object) =>
    has(value, { id: "", imei: "", status: "", sendings: [], history: [] } satisfies Partial<
      Record<keyof Command, unknown>
    >),
} as const satisfies Record<string, Whole>;

/** Documents with at least the names of a sample, and values of the same types; `keyed` ones say whose they are. */
function like(sample: object, keyed = true): Whole {
  return (value, key) => has(value, sample) && (!keyed || (value as { imei?: unknown }).imei === key);
}

function has(value: object, sample: object): boolean {
  return Object.entries(sample).every(([name, wanted]) => {
    const found = (value as Record<string, unknown>)[name];
    if (wanted === null) return true;
    if (Array.isArray(wanted) || Array.isArray(found)) return Array.isArray(wanted) && Array.isArray(found);
    if (typeof found !== typeof wanted || found === null) return false;
    return typeof wanted !== "object" || has(found as object, wanted);
  });
}
