import type OlMap from "ol/Map.js";
import type { Fence } from "../../../src/fences/fence";
import type { MapFence } from "../../../src/map/wire";
import { element, setLabel } from "./dom";
import { shownGeometry } from "./fence-geometry";
import { FenceLayer } from "./fence-layer";
import { FencePanel } from "./fence-panel";
import { FenceSketch } from "./fence-sketch";
import type { Palette } from "./palette";
import { get } from "./server";
import { pageText } from "./texts";

/** What the page has of its fences. */
export interface ShownFences {
  readonly usePalette: (palette: Palette) => void;
  /** Asks for them anew. */
  readonly refresh: () => Promise<void>;
  /** Whether clicks on the map draw. */
  readonly isDrawing: () => boolean;
  /** Opens the fence at a pixel of the map; false where there is none that can be opened. */
  readonly openAt: (pixel: number[]) => boolean;
}

/** Shows the fences on the map; with `draws`, they can be changed. */
export function showFences(map: OlMap, palette: Palette, draws: boolean): ShownFences {
  const layer = new FenceLayer(palette);
  map.addLayer(layer.layer);
  let panel: FencePanel | undefined;
  let known = "";
  const refresh = async () => {
    const fences = await get<MapFence[]>("fences");
    const text = JSON.stringify(fences);
    if (fences === undefined || text === known) return;
    known = text;
    layer.show(fences);
    panel?.use(fences as unknown as Fence[]);
  };
  void refresh();
  const shown = { usePalette: (other: Palette) => layer.usePalette(other), refresh };
  if (!draws) return { ...shown, isDrawing: () => false, openAt: () => false };
  const sketch: FenceSketch = new FenceSketch(map, layer, (shape) => panel?.drawn(shape));
  panel = new FencePanel(sketch, {
    changed: refresh,
    goTo: (fence) => {
      const extent = shownGeometry(fence).getExtent();
      map.getView().fit(extent, { padding: paddingOf(map), maxZoom: 16 });
    },
    hide: (id) => {
      layer.hidden = id;
      layer.layer.changed();
    },
  });
  const made = panel;
  const button = element("fences-open");
  button.hidden = false;
  setLabel(button, pageText("fences"));
  button.addEventListener("click", () => made.show(!made.isShown));
  const openAt = (pixel: number[]) => {
    const [found] = map.getFeaturesAtPixel(pixel, {
      layerFilter: (one) => one === layer.layer,
      hitTolerance: 3,
    });
    const id = found?.getId();
    if (!made.isShown || id === undefined) return false;
    made.edit(String(id));
    return true;
  };
  return { ...shown, isDrawing: () => sketch.isOpen, openAt };
}

/** So that the fence lies beside the panels. */
function paddingOf(map: OlMap): number[] {
  const [width = 0, height = 0] = map.getSize() ?? [];
  return width > 1000 ? [60, 440, 60, 380] : [40, 40, height / 2, 40];
}
