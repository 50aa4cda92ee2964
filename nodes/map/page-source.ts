import { randomBytes } from "node:crypto";
import type { Fences } from "../../src/fences/fences";
import type { FleetLife } from "../../src/fleet/life";
import { LiveStream } from "../../src/map/live-stream";
import { RoadMap } from "../../src/map/roads";
import type { Access } from "./access";
import { type RegistrySource, sourceOf } from "./registry-feed";
import { groupsOf, type MapOptions } from "./settings";
import { Viewers } from "./viewers";

/** A map's page, with all that it asks for. Nothing of it changes anything: what is drawn goes to the registry's own door. */
export interface PageSource extends RegistrySource {
  readonly access: Access;
  readonly options: MapOptions;
  readonly stream: LiveStream;
  readonly roads: RoadMap;
  readonly viewers: Viewers;
  /** The user's own maps of streets. */
  readonly mapsFolder: string;
  /** Undefined while the registry is not open. */
  readonly fences: () => Fences | undefined;
  /** Whether the page can draw fences, as behind the editor's door. */
  readonly draws: boolean;
}

/** What a page of a registry is made of. Its viewers' `tick` is to be called every second. */
export function pageSource(
  life: FleetLife,
  options: MapOptions,
  access: Access,
  mapsFolder: string,
  draws = false,
): PageSource {
  const source = sourceOf(life);
  // Differs in every run, because a stream numbers its devices anew.
  const run = randomBytes(6).toString("base64url");
  const stream = new LiveStream(source.feed, { groups: groupsOf(options) }, run, Date.now);
  const roads = new RoadMap(source.trails, () => stream.shown(), Date.now);
  const fences = () => life.current?.fences;
  const viewers = new Viewers(stream);
  return { ...source, access, options, stream, roads, viewers, mapsFolder, fences, draws };
}
