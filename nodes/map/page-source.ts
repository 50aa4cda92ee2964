import { randomBytes } from "node:crypto";
import type { FleetLife } from "../../src/fleet/life";
import { DAY_MS } from "../../src/history/chunks";
import { LiveStream } from "../../src/map/live-stream";
import { RoadMap } from "../../src/map/roads";
import type { Access } from "./access";
import { type RegistrySource, sourceOf } from "./registry-feed";
import { groupsOf, type MapOptions } from "./settings";
import { Viewers } from "./viewers";

/** Older trails are not looked at for the roads. */
const ROADS_MS = 3 * DAY_MS;

/** A map's page, with all that it asks for. Nothing of it changes anything. */
export interface PageSource extends RegistrySource {
  readonly access: Access;
  readonly options: MapOptions;
  readonly stream: LiveStream;
  readonly roads: RoadMap;
  readonly viewers: Viewers;
  /** The time before which the map tells of nothing. */
  readonly since: () => number;
  /** The user's own maps of streets. */
  readonly mapsFolder: string;
}

/** What a page of a registry is made of. Its viewers' `tick` is to be called every second. */
export function pageSource(
  life: FleetLife,
  options: MapOptions,
  access: Access,
  mapsFolder: string,
): PageSource {
  const source = sourceOf(life);
  // Differs in every run, because a stream numbers its devices anew.
  const run = randomBytes(6).toString("base64url");
  const stream = new LiveStream(source.feed, { groups: groupsOf(options) }, run, Date.now);
  const since = () => Date.now() - options.days * DAY_MS;
  const roadsSince = () => Math.max(since(), Date.now() - ROADS_MS);
  const roads = new RoadMap(source.trails, () => stream.shown(), roadsSince, Date.now);
  return { ...source, access, options, stream, roads, viewers: new Viewers(stream), since, mapsFolder };
}
