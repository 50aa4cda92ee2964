/** A point in degrees, WGS 84: latitude, longitude. */
export type Point = readonly [latitude: number, longitude: number];

/** Closed loops through real towns, with waypoints placed by hand near main roads. */
export const ROUTES: Readonly<Record<"vilnius" | "varna" | "hamburg", readonly Point[]>> = {
  vilnius: [
    [54.6872, 25.2797],
    [54.6903, 25.2702],
    [54.6958, 25.2655],
    [54.7019, 25.2731],
    [54.7042, 25.2884],
    [54.6985, 25.2989],
    [54.6921, 25.3003],
    [54.6869, 25.2925],
  ],
  varna: [
    [43.2048, 27.9105],
    [43.2101, 27.9163],
    [43.2167, 27.9239],
    [43.2243, 27.9336],
    [43.2302, 27.9291],
    [43.2269, 27.9142],
    [43.2184, 27.9034],
    [43.2097, 27.9016],
  ],
  hamburg: [
    [53.5503, 9.9922],
    [53.5562, 9.9884],
    [53.5641, 9.9895],
    [53.5725, 9.9987],
    [53.5748, 10.0121],
    [53.5681, 10.0232],
    [53.5587, 10.0216],
    [53.5519, 10.0085],
  ],
};

const METRES_PER_DEGREE = 111_320;

/** Length in metres and course (degrees clockwise from north) of a short leg, on a flat map. */
function leg(from: Point, to: Point): { length: number; course: number } {
  const north = (to[0] - from[0]) * METRES_PER_DEGREE;
  const east = (to[1] - from[1]) * METRES_PER_DEGREE * Math.cos((from[0] * Math.PI) / 180);
  const course = (Math.atan2(east, north) * 180) / Math.PI;
  return { length: Math.hypot(north, east), course: Math.round(course + 360) % 360 };
}

/** Where one is after `distance` metres on a loop, and the course there. */
export function along(route: readonly Point[], distance: number): { point: Point; course: number } {
  const legs = route.map((from, index) => {
    const to = route[(index + 1) % route.length] as Point;
    return { from, to, ...leg(from, to) };
  });
  const loop = legs.reduce((sum, { length }) => sum + length, 0);
  let left = distance % loop;
  for (const { from, to, length, course } of legs) {
    if (left < length) {
      const share = left / length;
      return {
        point: [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share],
        course,
      };
    }
    left -= length;
  }
  return { point: route[0] as Point, course: legs[0]?.course ?? 0 };
}
