import { randomBytes } from "node:crypto";
import type { Fences } from "../../src/fences/fences";
import type { FleetLife } from "../../src/fleet/life";
import { DAY_MS } from "../../src/history/chunks";
import { LiveStream } from "../../src/map/live-stream";
import { RoadMap } from "../../src/map/roads";
import type { ShareLink } from "../../src/shares/share-link";
import type { Access } from "./access";
import { type RegistrySource, sourceOf } from "./registry-feed";
import { groupsOf, type MapOptions } from "./settings";
import { SharedPages } from "./shared-pages";
import { Viewers } from "./viewers";

/** Older trails are not looked at for the roads. */
const ROADS_MS = 3 * DAY_MS;

/** A map's page, with all that it asks for. Nothing of it changes anything: what is drawn goes to the registry's own door. */
export interface PageSource extends RegistrySource {
  readonly access: Access;
  readonly options: MapOptions;
  readonly stream: LiveStream;
  readonly roads: RoadMap;
  readonly viewers: Viewers;
  /** What links to share show here. */
  readonly shared: SharedPages<PageSource>;
  /** The link whose page it is. */
  readonly link: ShareLink | undefined;
  /** The time before which the map tells of nothing. */
  readonly since: () => number;
  /** The user's own maps of streets. */
  readonly mapsFolder: string;
  /** Undefined while the registry is not open. */
  readonly fences: () => Fences | undefined;
  /** Whether the page can draw fences, as behind the editor's door. */
  readonly draws: boolean;
  /** To be called every second. */
  tick(): void;
  /** Lets all viewers go. */
  close(): void;
}

/** What a page of a registry is made of; `link` where it is for who has that. */
export function pageSource(
  life: FleetLife,
  options: MapOptions,
  access: Access,
  mapsFolder: string,
  { link, draws = false }: { readonly link?: ShareLink; readonly draws?: boolean } = {},
): PageSource {
  const source = sourceOf(life);
  // Differs in every run, because a stream numbers its devices anew.
  const run = randomBytes(6).toString("base64url");
  const stream = new LiveStream(source.feed, { groups: groupsOf(options), link }, run, Date.now);
  const since = () => Math.max(Date.now() - options.days * DAY_MS, link?.begins ?? 0);
  const roadsSince = () => Math.max(since(), Date.now() - ROADS_MS);
  const roads = new RoadMap(source.trails, () => stream.shown(), roadsSince, Date.now);
  const viewers = new Viewers(stream);
  const shared = new SharedPages<PageSource>(
    source.fleet,
    (link) => pageSource(life, { ...options, fences: false }, "everybody", mapsFolder, { link }),
    Date.now,
  );
  return {
    ...source,
    access,
    options,
    stream,
    roads,
    viewers,
    shared,
    link,
    fences: () => life.current?.fences,
    draws,
    since,
    mapsFolder,
    tick() {
      viewers.tick();
      shared.tick();
    },
    close() {
      viewers.close();
      shared.close();
    },
  };
}
