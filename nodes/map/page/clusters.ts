import { VEHICLE_STATES } from "../../../src/map/wire";
import { WORLD } from "./mercator";

/** Vehicles that are drawn as one. */
export interface Cluster {
  readonly count: number;
  /** The middle of them, metres of Web Mercator. */
  readonly x: number;
  readonly y: number;
  /** How many there are of each state. */
  readonly states: readonly number[];
  readonly members: readonly number[];
}

export interface Places {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  state(id: number): number;
}

/** Below this zoom vehicles that lie close together are drawn as one. */
const CLUSTERED_BELOW = 11.5;
/** From so many in view on they are drawn as one at any zoom, because drawing each takes too long. */
const CROWD = 2000;
/** Pixels, at a whole zoom. */
const CELL = 58;
const NEAR = 44;
/** Fewer are drawn one by one. */
const LEAST = 4;

interface Heap {
  sumX: number;
  sumY: number;
  readonly members: number[];
}

export function isClustered(zoom: number, inView: number): boolean {
  return zoom < CLUSTERED_BELOW || inView > CROWD;
}

/**
 * Puts vehicles together that lie close to each other. Cells and distances are those of the world at a whole zoom, so
 * that nothing changes while the map is moved.
 */
export function clustersOf(
  ids: Iterable<number>,
  places: Places,
  zoom: number,
): { clusters: Cluster[]; singles: number[] } {
  const pixel = WORLD / 256 / 2 ** Math.floor(zoom);
  const heaps = merged(cellsOf(ids, places, CELL * pixel), NEAR * pixel);
  const clusters: Cluster[] = [];
  const singles: number[] = [];
  for (const { members, sumX, sumY } of heaps) {
    const count = members.length;
    if (count < LEAST) singles.push(...members);
    else
      clusters.push({ count, x: sumX / count, y: sumY / count, states: statesOf(members, places), members });
  }
  return { clusters, singles };
}

function cellsOf(ids: Iterable<number>, { x, y }: Places, size: number): Heap[] {
  const cells = new Map<number, Heap>();
  for (const id of ids) {
    const [atX, atY] = [x[id] as number, y[id] as number];
    add(cells, cellKey(atX, atY, size), { sumX: atX, sumY: atY, members: [id] });
  }
  return [...cells.values()];
}

/** Cells whose middles are near each other become one, the largest first. */
function merged(cells: Heap[], near: number): Heap[] {
  const byPlace = new Map<number, Heap[]>();
  for (const cell of cells.sort((a, b) => b.members.length - a.members.length)) {
    const [x, y] = middle(cell);
    const other = around(x, y, near)
      .flatMap((key) => byPlace.get(key) ?? [])
      .find((heap) => distance(heap, x, y) < near);
    if (other !== undefined) join(other, cell);
    else {
      const key = cellKey(x, y, near);
      byPlace.set(key, [...(byPlace.get(key) ?? []), cell]);
    }
  }
  return [...byPlace.values()].flat();
}

function around(x: number, y: number, size: number): number[] {
  const steps = [-size, 0, size];
  return steps.flatMap((dx) => steps.map((dy) => cellKey(x + dx, y + dy, size)));
}

function cellKey(x: number, y: number, size: number): number {
  return Math.floor(x / size) * 10_000_019 + Math.floor(y / size);
}

function add(cells: Map<number, Heap>, key: number, heap: Heap): void {
  const there = cells.get(key);
  if (there === undefined) cells.set(key, heap);
  else join(there, heap);
}

function join(heap: Heap, other: Heap): void {
  heap.sumX += other.sumX;
  heap.sumY += other.sumY;
  for (const id of other.members) heap.members.push(id);
}

function middle({ sumX, sumY, members }: Heap): [x: number, y: number] {
  return [sumX / members.length, sumY / members.length];
}

function distance(heap: Heap, x: number, y: number): number {
  const [atX, atY] = middle(heap);
  return Math.hypot(atX - x, atY - y);
}

function statesOf(members: readonly number[], places: Places): number[] {
  const states = VEHICLE_STATES.map(() => 0);
  for (const id of members) states[places.state(id)] = (states[places.state(id)] ?? 0) + 1;
  return states;
}
