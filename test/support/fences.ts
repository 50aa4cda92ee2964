import type { Fence, FencePoint } from "../../src/fences/fence";
import { readFence } from "../../src/fences/read-fence";

/** Degrees. */
interface Region {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly reach: number;
}

/** A town, where it is hard, and all there is. */
export const REGIONS: readonly Region[] = [
  { name: "a town", latitude: 54.69, longitude: 25.28, reach: 0.1 },
  { name: "the date line", latitude: -17, longitude: 180, reach: 0.5 },
  { name: "the north pole", latitude: 89.9, longitude: 0, reach: 0.3 },
  { name: "the south pole", latitude: -89.9, longitude: 0, reach: 0.3 },
  { name: "the equator at Greenwich", latitude: 0, longitude: 0, reach: 2 },
  { name: "everywhere", latitude: 0, longitude: 0, reach: 180 },
];

export function randomPlace({ latitude, longitude, reach }: Region, random: () => number): FencePoint {
  const around = () => (random() * 2 - 1) * reach;
  const isPolar = Math.abs(latitude) > 85;
  const turned = longitude + (isPolar ? around() * 600 : around());
  return {
    latitude: Math.max(-90, Math.min(90, latitude + around())),
    longitude: turned - 360 * Math.round(turned / 360),
  };
}

/** Fences of every kind that can be there, with random sizes and edges. */
export function fencesAround(
  region: Region,
  count: number,
  random: () => number,
  more: (index: number) => object = () => ({}),
): Fence[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `f${index}`;
    const shape = shapeAt(randomPlace(region, random), region, random);
    const input = readFence({ name: id, ...shape, ...more(index) });
    return { id, ...input, createdAt: 0, changedAt: 0 };
  });
}

function shapeAt(center: FencePoint, { reach }: Region, random: () => number): Record<string, unknown> {
  const size = Math.min(3, (reach / 5) * random() ** 2 + reach / 500);
  const kind = Math.abs(center.latitude) > 80 ? 0 : Math.floor(random() * 3);
  if (kind === 0) return { kind: "circle", center, radius: Math.max(1, size * 111_000) };
  const count = 3 + Math.floor(random() * 8);
  const points = Array.from({ length: count }, (_, index) => {
    const angle = ((index + random() * 0.8) / count) * 2 * Math.PI;
    const far = size * (0.3 + 0.7 * random());
    return {
      latitude: center.latitude + far * Math.sin(angle),
      longitude: center.longitude + far * Math.cos(angle),
    };
  });
  if (kind === 1) return { kind: "polygon", points };
  return { kind: "corridor", points: points.slice(0, 4), width: 2 + size * 20_000 };
}
