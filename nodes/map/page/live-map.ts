import { defaults as defaultControls } from "ol/control/defaults.js";
import ScaleLine from "ol/control/ScaleLine.js";
import OlMap from "ol/Map.js";
import View from "ol/View.js";
import type { PageConfig } from "../../../src/map/wire";
import { BaseMap } from "./base-map";
import { element, setLabel } from "./dom";
import type { ShownFleet } from "./fleet";
import { latitudeOf, longitudeOf, mercatorX, mercatorY } from "./mercator";
import { onlineLayer } from "./online-layer";
import { DARK, LIGHT, type Palette } from "./palette";
import { PlayLayer } from "./play-layer";
import { RoadLayer } from "./road-layer";
import { isByLink, ONLY_DEVICE } from "./server";
import { pageText } from "./texts";
import { TrailLayer } from "./trail-layer";
import { type Hit, VehicleLayer } from "./vehicle-layer";

const PHONE = matchMedia("(max-width: 700px)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
/** Closer than this is not needed to see a vehicle that was chosen, or all. */
const CHOSEN_ZOOM = 13;
const FIT_ZOOM = 14;
/** Milliseconds between two pictures of what moves, and where the map is so far out that little is seen of it. */
const FRAME_MS = 33;
const FAR_FRAME_MS = 250;
const FAR_ZOOM = 8;
/** Pixels; a shorter step need not be drawn. */
const SEEN_STEP = 0.3;
/** Milliseconds after which what stands is drawn anew while something moves. */
const STILL_MS = 1000;

/** Pixels from the middle of the map to the middle of what is not under a panel: right, down. */
function middle(): [number, number] {
  if (ONLY_DEVICE !== undefined) return [0, 0];
  return PHONE.matches ? [0, 150] : [-172, 0];
}

/** The map with the vehicles on it. */
export class LiveMap {
  readonly base: BaseMap;
  readonly vehicles: VehicleLayer;
  readonly trail: TrailLayer;
  readonly roads = new RoadLayer();
  readonly played: PlayLayer;
  palette: Palette = LIGHT;
  /** The vehicle that the map goes along with; -1 for none. */
  followed = -1;
  /** Whether clicks on the map are for something else than vehicles. */
  isDrawing: () => boolean = () => false;
  /** Takes a click where no vehicle is; false where it has nothing there either. */
  openAt: (pixel: number[]) => boolean = () => false;
  readonly map: OlMap;
  private running = false;
  private drawnAt = 0;
  private stillAt = 0;

  constructor(
    private readonly fleet: ShownFleet,
    { units, maps, tiles }: PageConfig,
    choose: (hit: Hit | undefined) => void,
  ) {
    const target = element("map");
    target.setAttribute("aria-label", pageText("map"));
    const tips = { zoomInTipLabel: pageText("zoomIn"), zoomOutTipLabel: pageText("zoomOut") };
    const controls = defaultControls({
      rotate: false,
      zoomOptions: tips,
      attributionOptions: { collapsible: true, collapsed: PHONE.matches, tipLabel: pageText("sources") },
    });
    this.map = new OlMap({
      target,
      controls: [...controls.getArray(), new ScaleLine({ units, minWidth: 70 })],
      view: new View({ center: [0, mercatorY(30)], zoom: 2, minZoom: 2, maxZoom: 19, enableRotation: false }),
    });
    for (const [name, key] of [
      ["ol-zoom-in", "zoomIn"],
      ["ol-zoom-out", "zoomOut"],
    ] as const) {
      const button = target.querySelector<HTMLElement>(`.${name}`);
      if (button !== null) setLabel(button, pageText(key));
    }
    this.base = new BaseMap(this.map, maps);
    this.trail = new TrailLayer(LIGHT);
    this.vehicles = new VehicleLayer(fleet, LIGHT);
    this.played = new PlayLayer(LIGHT);
    // Tiles of another host have roads of their own.
    this.map.addLayer(tiles === null ? this.roads.layer : onlineLayer(tiles));
    this.map.addLayer(this.trail.layer);
    this.map.addLayer(this.vehicles);
    this.map.addLayer(this.played.layer);
    this.map.on("singleclick", ({ pixel }) => {
      const [x = 0, y = 0] = pixel;
      if (this.isDrawing()) return;
      const hit = this.vehicles.hit(x, y);
      if (hit !== undefined || !this.openAt(pixel)) choose(hit);
    });
    this.map.on("pointermove", ({ dragging, pixel: [x = 0, y = 0] }) => {
      if (!dragging && !this.isDrawing())
        target.style.cursor = this.vehicles.hit(x, y) === undefined ? "" : "pointer";
    });
    // With a link the secret stands there.
    if (!isByLink && ONLY_DEVICE === undefined) this.map.on("moveend", () => this.remember());
  }

  useTheme(isDark: boolean): void {
    this.palette = isDark ? DARK : LIGHT;
    for (const part of [this.base, this.roads, this.vehicles, this.trail, this.played])
      part.usePalette(this.palette);
  }

  /** Goes to the view that stands in the page's address; false where there is none. */
  goToAddress(): boolean {
    const found = /^#(-?[\d.]+)\/(-?[\d.]+)\/([\d.]+)$/.exec(location.hash);
    if (found === null) return false;
    const [latitude = 0, longitude = 0, zoom = 0] = found.slice(1).map(Number);
    this.map.getView().setCenter([mercatorX(longitude), mercatorY(latitude)]);
    this.map.getView().setZoom(zoom);
    return true;
  }

  /** Shows all vehicles of a choice, beside the panels that lie over the map. */
  fit(ids: Iterable<number>): void {
    const { x, y } = this.fleet;
    const placed = [...ids].filter((id) => this.fleet.hasPlace(id));
    if (placed.length === 0) return;
    const [xs, ys] = [placed.map((id) => x[id] as number), placed.map((id) => y[id] as number)];
    const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
    const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
    this.fitExtent([least(xs), least(ys), most(xs), most(ys)]);
  }

  /** Shows a part of the map, beside the panels. Metres of Web Mercator: west, south, east, north. */
  fitExtent(extent: number[]): void {
    this.map.getView().fit(extent, { padding: this.padding(), maxZoom: FIT_ZOOM });
  }

  /** Moves the map when what is played back leaves what is not under a panel. */
  keepInView(): void {
    const place = this.played.place;
    const [x = 0, y = 0] = this.map.getPixelFromCoordinate(place) ?? [];
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    const [top, right, bottom, left] = this.padding();
    const isSeen = x > left && x < width - right && y > top && y < height - bottom;
    if (isSeen || this.map.getView().getInteracting()) return;
    const resolution = this.map.getView().getResolution() ?? 1;
    const [east, south] = [(right - left) / 2, (bottom - top) / 2];
    this.map.getView().setCenter([(place[0] ?? 0) + east * resolution, (place[1] ?? 0) - south * resolution]);
  }

  /** Pixels of each side that panels lie over: top, right, bottom, left. */
  private padding(): [number, number, number, number] {
    if (ONLY_DEVICE !== undefined) return [30, 30, 40, 30];
    const below = element("dock").offsetHeight;
    if (PHONE.matches) return [70, 40, Math.max(170, below + 20), 40];
    return [50, 90, Math.max(60, below + 70), 390];
  }

  /** Moves to a place, beside the panels, and closer by so many zooms or to the one wanted. */
  goTo(x: number, y: number, zoom: number): void {
    const view = this.map.getView();
    const resolution = view.getResolutionForZoom(zoom);
    const [right, down] = middle();
    const center = [x + right * resolution, y - down * resolution];
    view.animate({ center, zoom, duration: CALM.matches ? 0 : 400 });
  }

  goToVehicle(id: number): void {
    if (!this.fleet.hasPlace(id)) return;
    const zoom = Math.max(this.map.getView().getZoom() ?? 0, CHOSEN_ZOOM);
    this.goTo(this.fleet.toX[id] as number, this.fleet.toY[id] as number, zoom);
  }

  closer(x: number, y: number): void {
    this.goTo(x, y, (this.map.getView().getZoom() ?? 0) + 2);
  }

  /** Draws what has changed, and goes on as long as something moves. */
  wake(): void {
    if (this.running) return;
    this.running = true;
    requestAnimationFrame((time) => this.tick(time));
  }

  private tick(time: number): void {
    const pause = this.vehicles.zoom < FAR_ZOOM && this.followed < 0 ? FAR_FRAME_MS : FRAME_MS;
    if (time - this.drawnAt >= pause) this.draw(time);
    this.running = this.fleet.moving.size > 0;
    if (this.running) requestAnimationFrame((next) => this.tick(next));
    else this.vehicles.redraw();
  }

  private draw(time: number): void {
    this.drawnAt = time;
    const step = this.fleet.step(performance.now()) * this.vehicles.pixelsPerMetre;
    const { followed, fleet } = this;
    if (followed >= 0 && fleet.moving.has(followed)) this.centre(followed);
    if (time - this.stillAt > STILL_MS) {
      this.stillAt = time;
      this.vehicles.redraw();
    } else if (step > SEEN_STEP) this.vehicles.drawMoving();
  }

  /** Keeps a vehicle in the middle of what is not under a panel. */
  private centre(id: number): void {
    const view = this.map.getView();
    if (view.getInteracting() || view.getAnimating()) return;
    const resolution = view.getResolution() ?? 1;
    const [right, down] = middle();
    view.setCenter([
      (this.fleet.x[id] as number) + right * resolution,
      (this.fleet.y[id] as number) - down * resolution,
    ]);
  }

  /** So that the page comes back as it was left, and its address can be passed on. */
  private remember(): void {
    const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
    const zoom = this.map.getView().getZoom() ?? 0;
    const place = [latitudeOf(y).toFixed(4), longitudeOf(x).toFixed(4), zoom.toFixed(1)].join("/");
    history.replaceState(null, "", `#${place}`);
  }
}
