import Layer from "ol/layer/Layer.js";
import type { FrameState } from "ol/Map.js";
import { ALARM, DRIVING, DRIVING_FROM } from "../../../src/map/wire";
import { type Cluster, clustersOf, isClustered } from "./clusters";
import type { ShownFleet } from "./fleet";
import { drawCluster, drawGlow, drawName, nameWidth } from "./marks";
import { zoomOf } from "./mercator";
import type { Palette } from "./palette";
import { Sprites } from "./sprites";

/** Pixels around the view in which vehicles are drawn, too. */
const MARGIN = 20;
/** Cells of the grid in which names must not lie over each other. */
const NAME_CELL = 14;
const MOST_NAMES = 140;
/** With more vehicles in view none has its name, unless the map is close. */
const NAMED_BELOW = 160;
const NAMED_FROM_ZOOM = 13;
/** Pixels from a click to a vehicle, or to the middle of a cluster. */
const REACH = 20;
const CLUSTER_REACH = 26;

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly pixelsPerMetre: number;
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
}

export type Hit = { readonly vehicle: number } | { readonly cluster: Cluster };

/**
 * The vehicles, on two canvases: what stands, with clusters and names, is drawn once a second or when the view
 * changes, and only what moves in each frame.
 */
export class VehicleLayer extends Layer {
  selected = -1;
  /** Which vehicles are to be seen. */
  filter: (id: number) => boolean = () => true;
  private readonly box = document.createElement("div");
  private readonly still = canvasIn(this.box);
  private readonly moving = canvasIn(this.box);
  private sprites: Sprites | undefined;
  private frame: Frame | undefined;
  private view = "";
  private isOld = true;
  private singles: ReadonlySet<number> = new Set();
  private clusters: readonly Cluster[] = [];
  private named: ReadonlySet<number> = new Set();

  constructor(
    private readonly fleet: ShownFleet,
    private palette: Palette,
  ) {
    super({ zIndex: 50 });
    this.box.className = "vehicles";
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.sprites = undefined;
    this.redraw();
  }

  /** Draws everything anew with the next frame of the map. */
  redraw(): void {
    this.isOld = true;
    this.changed();
  }

  get zoom(): number {
    return this.frame?.zoom ?? 0;
  }

  /** Pixels that a metre of the map takes. */
  get pixelsPerMetre(): number {
    return this.frame?.pixelsPerMetre ?? 0;
  }

  override render({ size, pixelRatio, viewState }: FrameState): HTMLElement {
    const [width = 0, height = 0] = size;
    const scale = Math.min(2, pixelRatio);
    const { center, resolution } = viewState;
    if (this.sprites?.scale !== scale) this.sprites = new Sprites(this.palette, scale);
    for (const { canvas } of [this.still, this.moving]) {
      const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
      if (canvas.width === wide && canvas.height === high) continue;
      canvas.width = wide;
      canvas.height = high;
      this.isOld = true;
    }
    const view = [...center, resolution].join();
    this.isOld ||= view !== this.view;
    this.view = view;
    const [x = 0, y = 0] = center;
    this.frame = { x, y, pixelsPerMetre: 1 / resolution, width, height, zoom: zoomOf(resolution) };
    if (this.isOld) this.drawStill();
    this.isOld = false;
    this.drawMoving();
    return this.box;
  }

  /** Draws what moves, without the rest of the map. */
  drawMoving(): void {
    const context = this.cleared(this.moving);
    for (const id of this.fleet.moving) if (this.singles.has(id)) this.drawVehicle(context, id);
  }

  /** What is under a point of the view, in pixels. */
  hit(x: number, y: number): Hit | undefined {
    const distance = (atX: number, atY: number) => {
      const [left, top] = this.pixelOf(atX, atY);
      return Math.hypot(left - x, top - y);
    };
    let nearest: { id: number; distance: number } | undefined;
    for (const id of this.singles) {
      const away = distance(this.fleet.x[id] as number, this.fleet.y[id] as number);
      if (away < (nearest?.distance ?? REACH)) nearest = { id, distance: away };
    }
    if (nearest !== undefined) return { vehicle: nearest.id };
    const cluster = this.clusters.find((one) => distance(one.x, one.y) < CLUSTER_REACH);
    return cluster === undefined ? undefined : { cluster };
  }

  private drawStill(): void {
    const context = this.cleared(this.still);
    this.sort(context);
    for (const cluster of this.clusters) {
      const [x, y] = this.pixelOf(cluster.x, cluster.y);
      drawCluster(context, this.palette, cluster, x, y, this.scale);
    }
    const standing = [...this.singles].filter((id) => !this.fleet.moving.has(id));
    const isAlarm = (id: number) => this.fleet.state(id) === ALARM;
    // An alarm is not hidden under another vehicle.
    for (const id of [...standing.filter((one) => !isAlarm(one)), ...standing.filter(isAlarm)])
      this.drawVehicle(context, id);
  }

  /** Decides what is drawn by itself, what in a cluster, and which names have room. */
  private sort(context: CanvasRenderingContext2D): void {
    const inView = [...this.fleet.ids()].filter((id) => this.isInView(id));
    const zoom = this.zoom;
    if (isClustered(zoom, inView.length)) {
      const others = inView.filter((id) => id !== this.selected);
      const { clusters, singles } = clustersOf(others, this.fleet, zoom);
      this.clusters = clusters;
      this.singles = new Set(inView.includes(this.selected) ? [...singles, this.selected] : singles);
    } else {
      this.clusters = [];
      this.singles = new Set(inView);
    }
    this.named = this.namesWithRoom(context);
  }

  private isInView(id: number): boolean {
    if (!this.fleet.hasPlace(id) || !(id === this.selected || this.filter(id))) return false;
    const { width, height } = this.frame as Frame;
    const [x, y] = this.pixelOf(this.fleet.x[id] as number, this.fleet.y[id] as number);
    // Clusters at the edge must not change while the map is moved.
    const margin = isClustered(this.zoom, 0) ? MARGIN * 6 : MARGIN;
    return x > -margin && y > -margin && x < width + margin && y < height + margin;
  }

  private namesWithRoom(context: CanvasRenderingContext2D): Set<number> {
    const named = new Set<number>();
    if (this.singles.size > NAMED_BELOW && this.zoom < NAMED_FROM_ZOOM) return named;
    const taken = new Set<number>();
    const ids = [...this.singles].sort(
      (a, b) => Number(b === this.selected) - Number(a === this.selected) || a - b,
    );
    for (const id of ids) {
      if (named.size >= MOST_NAMES) break;
      const [x, y] = this.pixelOf(this.fleet.x[id] as number, this.fleet.y[id] as number);
      const half = nameWidth(context, this.nameOf(id), this.scale) / 2;
      const cells = cellsUnder(x - half, y + 10, x + half, y + 24);
      if (cells.some((cell) => taken.has(cell))) continue;
      for (const cell of cells) taken.add(cell);
      named.add(id);
    }
    return named;
  }

  private drawVehicle(context: CanvasRenderingContext2D, id: number): void {
    const [x, y] = this.pixelOf(this.fleet.x[id] as number, this.fleet.y[id] as number);
    if (id === this.selected) drawGlow(context, this.palette, x, y, this.scale);
    const state = this.fleet.state(id);
    const drives = state === DRIVING || (state === ALARM && (this.fleet.speed[id] as number) >= DRIVING_FROM);
    const course = drives ? (this.fleet.course[id] as number) : Number.NaN;
    this.sprites?.draw(context, state, course, x, y);
    if (this.named.has(id)) drawName(context, this.palette, this.nameOf(id), x, y, this.scale);
  }

  private nameOf(id: number): string {
    return this.fleet.vehicles[id]?.name ?? "";
  }

  private get scale(): number {
    return this.sprites?.scale ?? 1;
  }

  private pixelOf(x: number, y: number): [x: number, y: number] {
    const frame = this.frame as Frame;
    return [
      (x - frame.x) * frame.pixelsPerMetre + frame.width / 2,
      frame.height / 2 - (y - frame.y) * frame.pixelsPerMetre,
    ];
  }

  private cleared({ canvas, context }: Surface): CanvasRenderingContext2D {
    context.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }
}

interface Surface {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
}

function canvasIn(box: HTMLElement): Surface {
  const canvas = document.createElement("canvas");
  box.append(canvas);
  return { canvas, context: canvas.getContext("2d") as CanvasRenderingContext2D };
}

function cellsUnder(left: number, top: number, right: number, bottom: number): number[] {
  const cells: number[] = [];
  for (let column = Math.floor(left / NAME_CELL); column <= Math.floor(right / NAME_CELL); column++) {
    for (let row = Math.floor(top / NAME_CELL); row <= Math.floor(bottom / NAME_CELL); row++)
      cells.push(column * 4099 + row);
  }
  return cells;
}
