import { isShared, type ShareLink } from "../shares/share-link";
import type { MapDevice, MapFeed } from "./feed";
import {
  ALARM,
  DRIVING,
  DRIVING_FROM,
  type FleetEvent,
  IDLE,
  type Labels,
  type MapRow,
  OFFLINE,
  STANDING,
} from "./wire";

/** What of the devices a map shows. */
export interface MapView {
  /** Groups by name; all where there are none. */
  readonly groups: readonly string[];
  /** Of these only what a link to share is for, without IMEIs, and nothing from before it begins. */
  readonly link?: ShareLink | undefined;
}

/**
 * A map's devices as a stream for any number of viewers: each is given {@link LiveStream.since} once, then all the same
 * {@link LiveStream.news}. Devices have numbers instead of IMEIs, so that none stands in an address or a log.
 */
export class LiveStream {
  private readonly idOf = new Map<string, number>();
  private readonly imeiOf = new Map<number, string>();
  /** The labels that all viewers have of a device that is shown, as text. */
  private readonly labels = new Map<string, string>();
  private known: { readonly epoch: string; readonly revision: number } | undefined;

  /** `run` differs in every run, because the numbers of devices do. */
  constructor(
    private readonly feed: MapFeed,
    private readonly view: MapView,
    private readonly run: string,
    private readonly now: () => number,
  ) {}

  /** What a viewer lacks who has seen a revision of a stream, or nothing yet. Undefined while nothing can be read. */
  since(epoch: string | undefined, revision: number | undefined): FleetEvent | undefined {
    const current = this.epoch;
    return current === undefined ? undefined : this.event(epoch === current ? revision : undefined, false);
  }

  /** What became of the devices since the last time; undefined where nothing did. */
  news(): FleetEvent | undefined {
    const { epoch } = this;
    const { known } = this;
    if (epoch === undefined) return undefined;
    const same = known?.epoch === epoch;
    if (same && known.revision === this.feed.revision) return undefined;
    const event = this.event(same ? known.revision : undefined, true);
    this.known = { epoch, revision: event.revision };
    return event.full || event.rows.length > 0 || event.removed.length > 0 ? event : undefined;
  }

  /** The device that has a number, where the map shows it. */
  device(id: number): MapDevice | undefined {
    const imei = this.imeiOf.get(id);
    const device = imei === undefined ? undefined : this.feed.device(imei);
    return device !== undefined && this.shows(device) ? device : undefined;
  }

  /** The devices that the map shows and has told of. */
  shown(): string[] {
    return [...this.imeiOf].flatMap(([id, imei]) => (this.device(id) === undefined ? [] : [imei]));
  }

  private get epoch(): string | undefined {
    return this.feed.epoch === undefined ? undefined : `${this.feed.epoch}.${this.run}`;
  }

  /** `toAll` where all viewers are given it, and not one alone. */
  private event(revision: number | undefined, toAll: boolean): FleetEvent {
    const changes = this.feed.since(revision);
    const shown = changes.devices.filter((device) => this.shows(device));
    // A device that changed its group may have been shown until now.
    const hidden = changes.devices.filter((device) => !this.shows(device)).map(({ imei }) => imei);
    const gone = [...changes.removed, ...hidden];
    if (toAll) for (const imei of gone) this.labels.delete(imei);
    return {
      epoch: this.epoch ?? "",
      revision: changes.revision,
      now: this.now(),
      full: changes.full,
      rows: shown.map((device) => this.row(device, toAll, changes.full)),
      removed: changes.full ? [] : gone.flatMap((imei) => this.idOf.get(imei) ?? []),
    };
  }

  private shows({ imei, group }: MapDevice): boolean {
    const { groups, link } = this.view;
    const isInGroup = groups.length === 0 || groups.includes(group);
    return isInGroup && (link === undefined || isShared(link, imei, group));
  }

  private row(device: MapDevice, toAll: boolean, full: boolean): MapRow {
    const { link } = this.view;
    const seen = link === undefined ? device : sinceThen(device, link.begins);
    const { imei, name, plate, group, lastSeen, fix } = seen;
    const { state, until } = stateOf({ ...device, alarmSince: seen.alarmSince }, this.now());
    const labels: Labels = [name, plate, group, link === undefined ? imei : ""];
    const text = labels.join("\n");
    const isKnown = toAll && !full && this.labels.get(imei) === text;
    if (toAll) this.labels.set(imei, text);
    return [
      this.numberOf(imei),
      state,
      until,
      lastSeen,
      fix === null ? null : rounded(fix.longitude, 1e6),
      fix === null ? null : rounded(fix.latitude, 1e6),
      fix?.speed == null ? null : rounded(fix.speed, 10),
      fix?.course == null ? null : Math.round(fix.course),
      fix?.time ?? null,
      ...(isKnown ? ([] as []) : labels),
    ];
  }

  private numberOf(imei: string): number {
    let id = this.idOf.get(imei);
    if (id === undefined) {
      id = this.idOf.size;
      this.idOf.set(imei, id);
      this.imeiOf.set(id, imei);
    }
    return id;
  }
}

/** What is known of a device from a time on. */
function sinceThen(device: MapDevice, time: number): MapDevice {
  const { fix, lastSeen, alarmSince } = device;
  return {
    ...device,
    fix: fix !== null && fix.time >= time ? fix : null,
    lastSeen: lastSeen !== null && lastSeen >= time ? lastSeen : null,
    alarmSince: alarmSince !== null && alarmSince >= time ? alarmSince : null,
  };
}

function rounded(value: number, factor: number): number {
  return Math.round(value * factor) / factor;
}

/** How a device is shown now, and until when where only time goes by. */
export function stateOf(device: MapDevice, now: number): { state: number; until: number | null } {
  const { online, fix, speedUntil, ignition, ignitionUntil, alarmSince } = device;
  if (alarmSince !== null) return { state: ALARM, until: null };
  if (!online) return { state: OFFLINE, until: null };
  const counts = (until: number | null) => until !== null && until > now;
  if (counts(speedUntil) && (fix?.speed ?? 0) >= DRIVING_FROM) return { state: DRIVING, until: speedUntil };
  if (counts(ignitionUntil) && ignition === true) return { state: IDLE, until: ignitionUntil };
  return { state: STANDING, until: null };
}
