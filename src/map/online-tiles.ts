/** Raster tiles of another host. */
export interface OnlineTiles {
  /** An address with {z}, {x} and {y} (or {-y}) in it. */
  readonly url: string;
  /** Who made them, as their owner wants to be named. */
  readonly source: string;
}

/** Its rules: https://operations.osmfoundation.org/policies/tiles/. */
export const OPENSTREETMAP: OnlineTiles = {
  url: "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
  source: "© OpenStreetMap contributors",
};

/** The origin of tiles, as a policy names it; undefined where an address is none of tiles. */
export function tilesOrigin(url: string): string | undefined {
  const places = ["{z}", "{x}", /\{-?y\}/];
  const hasAll = places.every((place) => url.split(place).length === 2);
  const filled = url.replace(/\{(z|x|-?y)\}/g, "0");
  if (!hasAll || /[{}\s]/.test(filled) || !URL.canParse(filled)) return undefined;
  const { protocol, origin, username, password } = new URL(filled);
  const isPlain = (protocol === "https:" || protocol === "http:") && username + password === "";
  // A place in the host's name would be another host for each tile.
  return isPlain && url.toLowerCase().startsWith(origin) ? origin : undefined;
}
