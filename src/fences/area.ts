import {
  boxAround,
  type EarthPoint,
  earthPointOf,
  type GeoBox,
  metresBetween,
  metresOfDegree,
  wrapped,
} from "../model/earth";
import type { Fence, FencePoint } from "./fence";
import { unrolled } from "./outline";

/** A fence, made ready to be asked often. */
export interface FenceArea {
  readonly fence: Fence;
  readonly box: GeoBox;
  /** Metres to the edge, less than 0 inside; hundreds of kilometres away only about right. */
  readonly distance: (place: FencePoint, vector: EarthPoint) => number;
}

export function areaOf(fence: Fence): FenceArea {
  if (fence.kind === "circle") {
    const center = earthPointOf(fence.center);
    return {
      fence,
      box: boxAround(fence.center, fence.radius),
      distance: (_, vector) => metresBetween(center, vector) - fence.radius,
    };
  }
  const lines = new Lines(fence.points, fence.kind === "polygon");
  const half = fence.kind === "corridor" ? fence.width / 2 : 0;
  return { fence, box: lines.boxWith(half), distance: (place) => lines.distance(place) - half };
}

/** Straight lines between points, as a map with degrees has them. */
class Lines {
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly middle: number;

  constructor(
    points: readonly FencePoint[],
    private readonly isClosed: boolean,
  ) {
    const flat = unrolled(points);
    this.x = Float64Array.from(flat, ([x]) => x);
    this.y = Float64Array.from(flat, ([, y]) => y);
    this.middle = (Math.min(...this.x) + Math.max(...this.x)) / 2;
  }

  boxWith(metres: number): GeoBox {
    const [south, north] = [Math.min(...this.y), Math.max(...this.y)];
    const around = boxAround({ latitude: Math.max(-south, north), longitude: 0 }, metres);
    const [least, most] = [Math.min(...this.x) - around.east, Math.max(...this.x) + around.east];
    const up = (around.north - around.south) / 2;
    const west = wrapped(least);
    return { south: south - up, north: north + up, west, east: west + (most - least) };
  }

  /** Metres to the nearest line, less than 0 inside of a closed one. */
  distance({ latitude, longitude }: FencePoint): number {
    const { x, y, isClosed } = this;
    const here = this.middle + wrapped(longitude - this.middle);
    const [perX, perY] = metresOfDegree(latitude);
    const last = x.length - 1;
    let [isInside, least] = [false, Number.POSITIVE_INFINITY];
    for (let to = isClosed ? 0 : 1; to <= last; to++) {
      const from = to === 0 ? last : to - 1;
      const [fromX, fromY] = [(x[from] as number) - here, (y[from] as number) - latitude];
      const [toX, toY] = [(x[to] as number) - here, (y[to] as number) - latitude];
      least = Math.min(least, squaredToLine(fromX * perX, fromY * perY, toX * perX, toY * perY));
      if (isClosed && fromY > 0 !== toY > 0 && fromX + ((toX - fromX) * -fromY) / (toY - fromY) > 0)
        isInside = !isInside;
    }
    return isInside ? -Math.sqrt(least) : Math.sqrt(least);
  }
}

/** Of the distance from 0, 0. */
function squaredToLine(fromX: number, fromY: number, toX: number, toY: number): number {
  const [wayX, wayY] = [toX - fromX, toY - fromY];
  const length = wayX * wayX + wayY * wayY;
  const part = length === 0 ? 0 : Math.max(0, Math.min(1, -(fromX * wayX + fromY * wayY) / length));
  const [x, y] = [fromX + wayX * part, fromY + wayY * part];
  return x * x + y * y;
}
