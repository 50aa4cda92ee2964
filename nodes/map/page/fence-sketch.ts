import Feature from "ol/Feature.js";
import Draw from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import VectorLayer from "ol/layer/Vector.js";
import type OlMap from "ol/Map.js";
import VectorSource from "ol/source/Vector.js";
import type { FenceKind, FenceShape } from "../../../src/fences/fence";
import { drawnGeometry, drawnShape } from "./fence-geometry";
import type { FenceLayer } from "./fence-layer";

const TYPES = { circle: "Circle", polygon: "Polygon", corridor: "LineString" } as const;

/** How the fence that is being changed looks. */
export interface SketchLook {
  readonly colour: string;
  readonly width: number;
}

/** The fence that is being drawn or changed on the map. */
export class FenceSketch {
  private readonly source = new VectorSource();
  private readonly layer: VectorLayer;
  private readonly modify = new Modify({ source: this.source });
  private draw: Draw | undefined;
  private look: SketchLook = { colour: "#000000", width: 0 };

  /** `drawn` is told where it is now. */
  constructor(
    private readonly map: OlMap,
    fences: FenceLayer,
    private readonly drawn: (shape: Partial<FenceShape>) => void,
  ) {
    this.layer = new VectorLayer({
      zIndex: 45,
      source: this.source,
      style: (feature, resolution) =>
        fences.styleOf({ name: "", ...this.look }, feature as Feature, resolution),
    });
    map.addLayer(this.layer);
    this.modify.on("modifyend", () => this.tell());
  }

  get isOpen(): boolean {
    return this.draw !== undefined || this.source.getFeatures().length > 0;
  }

  /** Waits for the first clicks. */
  begin(kind: FenceKind): void {
    this.end();
    this.draw = new Draw({ source: this.source, type: TYPES[kind] });
    this.draw.on("drawend", ({ feature }) => {
      // Only now the map's own click is over.
      setTimeout(() => this.stopDrawing());
      this.drawn(drawnShape(feature.getGeometry() as never));
    });
    this.map.addInteraction(this.draw);
    this.map.addInteraction(this.modify);
  }

  /** Shows what was typed, which can be drawn on. */
  show(shape: FenceShape): void {
    this.stopDrawing();
    this.source.clear();
    this.source.addFeature(new Feature(drawnGeometry(shape)));
    this.map.removeInteraction(this.modify);
    this.map.addInteraction(this.modify);
  }

  useLook(look: SketchLook): void {
    this.look = look;
    this.layer.changed();
  }

  end(): void {
    this.stopDrawing();
    this.map.removeInteraction(this.modify);
    this.source.clear();
  }

  private stopDrawing(): void {
    if (this.draw !== undefined) this.map.removeInteraction(this.draw);
    this.draw = undefined;
  }

  private tell(): void {
    const geometry = this.source.getFeatures()[0]?.getGeometry();
    if (geometry !== undefined) this.drawn(drawnShape(geometry));
  }
}
