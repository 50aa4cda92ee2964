import type { Range } from "./vocabulary";

/** What the parts of a position can be, in their units. */
export const POSITION_RANGES = {
  altitude: [-1000, 20_000],
  speed: [0, 500],
  course: [0, 360],
  hdop: [0, 100],
  satellites: [0, 100],
} as const satisfies Readonly<Record<string, Range>>;

/** Half of the last of 6 decimals, which is 5 cm. */
const NOTHING = 5e-7;

/** Whether coordinates are 0, 0, which is how devices write that they know none. Degrees. */
export function isNullIsland(latitude: number, longitude: number): boolean {
  return Math.abs(latitude) < NOTHING && Math.abs(longitude) < NOTHING;
}
