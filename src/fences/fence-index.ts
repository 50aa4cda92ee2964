import { boxAround, earthPointOf, type GeoBox } from "../model/earth";
import { areaOf, type FenceArea } from "./area";
import { BoxGrid } from "./box-grid";
import type { Fence, FencePoint } from "./fence";

/** Fences by where they are. */
export class FenceIndex {
  private readonly areas = new Map<string, FenceArea>();
  private readonly grid = new BoxGrid<FenceArea>();

  constructor(fences: Iterable<Fence>) {
    for (const fence of fences) {
      const area = areaOf(fence);
      this.areas.set(fence.id, area);
      this.grid.add(area, area.box);
    }
  }

  get(id: string): FenceArea | undefined {
    return this.areas.get(id);
  }

  /** Those that may have something of a box; some of them have not. */
  near(box: GeoBox): readonly FenceArea[] {
    return this.grid.search(box);
  }

  /** The fences that a place is in, or on the edge of. */
  at(place: FencePoint): Fence[] {
    const vector = earthPointOf(place);
    return this.near(boxAround(place, 0))
      .filter(({ distance }) => distance(place, vector) <= 0)
      .map(({ fence }) => fence);
  }
}
