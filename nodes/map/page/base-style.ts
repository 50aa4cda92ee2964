import type { FeatureLike } from "ol/Feature.js";
import { Fill, Stroke, Style, Text } from "ol/style.js";
import { zoomOf } from "./mercator";
import type { Palette } from "./palette";

const FAMILY = "system-ui, sans-serif";
/** Names of countries end where those of towns have the room. */
const COUNTRIES_UNTIL = 7.2;
/** Further in, the rivers of the base map are too coarse to be true. */
const RIVERS_UNTIL = 11;

interface RoadLook {
  readonly from: number;
  /** Pixels at a zoom. */
  readonly width: (zoom: number) => number;
  readonly colors: (palette: Palette) => readonly [inside: string, edge: string];
  readonly namedFrom: number;
}

const ROADS: Readonly<Record<"highway" | "road" | "lane" | "service", RoadLook>> = {
  highway: {
    from: 5,
    width: (zoom) => Math.max(1.2, (zoom - 7) * 0.75),
    colors: ({ highway, highwayEdge }) => [highway, highwayEdge],
    namedFrom: 13,
  },
  road: {
    from: 8,
    width: (zoom) => Math.max(0.8, (zoom - 9) * 0.85),
    colors: ({ road, roadEdge }) => [road, roadEdge],
    namedFrom: 13,
  },
  lane: {
    from: 11,
    width: (zoom) => (zoom < 13 ? 0.8 : (zoom - 12) * 1.7),
    colors: ({ lane, laneEdge }) => [lane, laneEdge],
    namedFrom: 15,
  },
  service: {
    from: 13,
    width: (zoom) => (zoom < 14 ? 0.5 : (zoom - 13) * 1.6),
    colors: ({ lane, laneEdge }) => [lane, laneEdge],
    namedFrom: 16,
  },
};

/** Kinds of roads in the schemas of Protomaps and OpenMapTiles. */
const ROAD_OF: Readonly<Record<string, keyof typeof ROADS>> = {
  highway: "highway",
  motorway: "highway",
  trunk: "highway",
  major_road: "road",
  primary: "road",
  secondary: "road",
  tertiary: "road",
  minor_road: "lane",
  minor: "lane",
  residential: "lane",
};
const GREEN = /park|forest|wood|grass|nature|cemetery|golf|pitch|garden/;
const TOWN = /residential|urban|industrial|commercial|retail/;

type Draw = (feature: FeatureLike, zoom: number) => Style | Style[] | undefined;

/**
 * How the base map and a user's own maps of streets are drawn: each layer of the tiles by its name, also those of the
 * schemas of Protomaps and OpenMapTiles. `hasStreets` says where the latter name the places themselves.
 */
export function baseStyle(
  palette: Palette,
  hasStreets: (feature: FeatureLike, zoom: number) => boolean = () => false,
): (feature: FeatureLike, resolution: number) => Style | Style[] | undefined {
  const styles = new Styles(palette);
  const layers: Readonly<Record<string, Draw>> = {
    earth: () => styles.area(palette.earth, 0, palette.coast),
    landcover: (feature) => (GREEN.test(kindOf(feature)) ? styles.area(palette.green, 1) : undefined),
    landuse: (feature) => {
      const kind = kindOf(feature);
      if (GREEN.test(kind)) return styles.area(palette.green, 2);
      return TOWN.test(kind) ? styles.area(palette.urban, 1) : undefined;
    },
    park: () => styles.area(palette.green, 2),
    water: (feature) =>
      /Polygon/.test(feature.getGeometry()?.getType() ?? "")
        ? styles.area(palette.sea, 3)
        : styles.line(palette.river, 1, 4),
    rivers: (_, zoom) =>
      zoom > RIVERS_UNTIL ? undefined : styles.line(palette.river, zoom < 5 ? 0.8 : zoom < 8 ? 1.2 : 2, 4),
    waterway: (_, zoom) => styles.line(palette.river, zoom < 12 ? 1 : 2, 4),
    boundaries: (_, zoom) => border(styles, palette, zoom),
    boundary: (_, zoom) => border(styles, palette, zoom),
    roads: (feature, zoom) => road(styles, palette, feature, zoom),
    transportation: (feature, zoom) => road(styles, palette, feature, zoom),
    buildings: (_, zoom) => (zoom < 14 ? undefined : styles.area(palette.building, 18, palette.buildingEdge)),
    building: (_, zoom) => (zoom < 14 ? undefined : styles.area(palette.building, 18, palette.buildingEdge)),
    countries: (feature, zoom) => {
      const from = numberOf(feature, "z");
      if (zoom < from - 0.2 || zoom > COUNTRIES_UNTIL) return undefined;
      const font = `600 ${zoom < 4 ? 10.5 : 12}px ${FAMILY}`;
      return styles.label(nameOf(feature).toUpperCase(), font, palette.country, 1000 - from);
    },
    places: (feature, zoom) =>
      feature.get("size") === undefined
        ? streetPlace(styles, palette, feature, zoom)
        : basePlace(styles, palette, feature, zoom, hasStreets),
    place: (feature, zoom) => streetPlace(styles, palette, feature, zoom),
  };
  return (feature, resolution) => layers[String(feature.get("layer"))]?.(feature, zoomOf(resolution));
}

function border(styles: Styles, { border }: Palette, zoom: number): Style {
  return styles.line(border, zoom < 5 ? 1 : 1.5, 15, zoom < 5 ? [] : [6, 4]);
}

/** A place of our own map, whose `z` says from which zoom on its name has room. */
function basePlace(
  styles: Styles,
  { text, quietText }: Palette,
  feature: FeatureLike,
  zoom: number,
  hasStreets: (feature: FeatureLike, zoom: number) => boolean,
): Style | undefined {
  const from = numberOf(feature, "z");
  const size = numberOf(feature, "size");
  if (from > zoom + 0.15 || hasStreets(feature, zoom)) return undefined;
  const pixels = 10.5 + Math.min(4.5, (size - 2) * 0.6 + (zoom - from) * 0.35);
  const weight = size >= 5 || feature.get("capital") ? 600 : 500;
  const font = `${weight} ${Math.round(pixels * 2) / 2}px ${FAMILY}`;
  return styles.label(nameOf(feature), font, size >= 4 ? text : quietText, 500 + size * 10 - from);
}

/** A place of a user's own map. */
function streetPlace(
  styles: Styles,
  { text, quietText }: Palette,
  feature: FeatureLike,
  zoom: number,
): Style | undefined {
  const kind = kindOf(feature);
  if (/country|region|state/.test(kind) || numberOf(feature, "min_zoom") > zoom + 1) return undefined;
  const isTown = /locality|city|town/.test(kind);
  const font = `600 ${isTown ? 14 : 11.5}px ${FAMILY}`;
  return styles.label(nameOf(feature), font, isTown ? text : quietText, isTown ? 800 : 600);
}

function road(styles: Styles, palette: Palette, feature: FeatureLike, zoom: number): Style[] | undefined {
  const kind = kindOf(feature);
  if (/^(rail|transit)$/.test(kind)) {
    return zoom < 11 ? undefined : [styles.line(palette.rail, 1.2, 22, [6, 3])];
  }
  if (/^(path|track)$/.test(kind)) {
    return zoom < 14 ? undefined : [styles.line(palette.laneEdge, 1, 20, [3, 3])];
  }
  const look = ROADS[ROAD_OF[kind] ?? "service"];
  if (zoom < look.from) return undefined;
  const [inside, edge] = look.colors(palette);
  const rank = Object.values(ROADS).indexOf(look);
  const width = Math.round(look.width(zoom) * 2) / 2;
  // A thin line has no room for an edge.
  const isThin = width < 1;
  const drawn = isThin
    ? [styles.line(edge, width, 30 - rank)]
    : [styles.line(edge, width + 1.6, 30 - rank), styles.line(inside, width, 40 - rank)];
  const name = nameOf(feature);
  if (name !== "" && zoom >= look.namedFrom) {
    drawn.push(styles.label(name, `500 11px ${FAMILY}`, palette.quietText, 2, true));
  }
  return drawn;
}

function kindOf(feature: FeatureLike): string {
  return String(feature.get("kind") ?? feature.get("class") ?? "");
}

function nameOf(feature: FeatureLike): string {
  return String(feature.get("name") ?? feature.get("ref") ?? "");
}

function numberOf(feature: FeatureLike, name: string): number {
  return Number(feature.get(name) ?? 0);
}

/** Styles that are made once and used for many features. */
class Styles {
  private readonly made = new Map<string, Style>();

  constructor(private readonly palette: Palette) {}

  area(color: string, order: number, edge?: string): Style {
    return this.once(`area ${color} ${order}`, () => {
      const style = new Style({ zIndex: order, fill: new Fill({ color }) });
      if (edge !== undefined) style.setStroke(new Stroke({ color: edge, width: 1 }));
      return style;
    });
  }

  line(color: string, width: number, order: number, dash: number[] = []): Style {
    return this.once(`line ${color} ${width} ${order} ${dash}`, () => {
      const isDashed = dash.length > 0;
      const stroke = new Stroke({
        color,
        width,
        lineCap: isDashed ? "butt" : "round",
        lineJoin: "round",
        ...(isDashed ? { lineDash: dash } : {}),
      });
      return new Style({ zIndex: order, stroke });
    });
  }

  /** The map draws it before it asks for the next one, so one style is enough for all texts of a look. */
  label(text: string, font: string, color: string, order: number, isAlongLine = false): Style {
    const style = this.once(`label ${font} ${color} ${isAlongLine}`, () => {
      const along = isAlongLine ? ({ placement: "line", maxAngle: 0.5, repeat: 320 } as const) : {};
      const stroke = new Stroke({ color: this.palette.halo, width: 3 });
      const look = { font, fill: new Fill({ color }), stroke, overflow: false, padding: [3, 6, 3, 6] };
      return new Style({ text: new Text({ ...look, ...along }) });
    });
    style.setZIndex(order);
    style.getText()?.setText(text);
    return style;
  }

  private once(key: string, make: () => Style): Style {
    let style = this.made.get(key);
    if (style === undefined) {
      style = make();
      this.made.set(key, style);
    }
    return style;
  }
}
