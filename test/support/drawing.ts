import type { FlowNode } from "./end-to-end";

interface Drawn extends FlowNode {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const GRID = 20;
/** Of a letter of the editor's font, in pixels: few are wider. */
const LETTER = 7;
const PORT_DISTANCE = 13;
const HALF_HEIGHT = 15;

/** Where a node is, as the editor draws it: as wide as its name, as high as its outputs need. */
function boxOf({ name, type, x, y, wires = [] }: Drawn): Box {
  const text = name || type.replace(/^tracker-/, "").replaceAll("-", " ");
  const width = Math.max(100, GRID * Math.ceil((text.length * LETTER + 57) / GRID));
  const height = Math.max(2 * HALF_HEIGHT, wires.length * 15);
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

/** Points of a wire, which is a cubic curve that leaves and arrives level. */
function* pointsOf(from: Drawn, port: number, to: Drawn): Generator<readonly [x: number, y: number]> {
  const outputs = from.wires?.length ?? 1;
  const [startX, startY] = [
    boxOf(from).right,
    from.y - ((outputs - 1) / 2) * PORT_DISTANCE + port * PORT_DISTANCE,
  ];
  const [endX, endY] = [boxOf(to).left, to.y];
  const reach = Math.min(0.75 * 100, 0.75 * Math.hypot(endX - startX, endY - startY));
  const cubic = (a: number, b: number, c: number, d: number, t: number) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
  for (let step = 1; step < 100; step++) {
    const t = step / 100;
    yield [cubic(startX, startX + reach, endX - reach, endX, t), cubic(startY, startY, endY, endY, t)];
  }
}

/** A wire, and what it connects. */
interface Wire {
  readonly from: Drawn;
  readonly port: number;
  readonly to: Drawn;
}

function wiresOf(nodes: readonly Drawn[]): Wire[] {
  return nodes.flatMap((from) =>
    (from.wires ?? []).flatMap((targets, port) =>
      nodes.filter(({ id }) => targets.includes(id)).map((to) => ({ from, port, to })),
    ),
  );
}

const named = (node: Drawn): string => `"${node.name || node.type}"`;

function wrongOfWire({ from, port, to }: Wire, nodes: readonly Drawn[]): string[] {
  const wire = `${named(from)} to ${named(to)}`;
  const points = [...pointsOf(from, port, to)];
  const crossed = nodes.filter((other) => {
    const { left, right, top, bottom } = boxOf(other);
    const isEnd = other === from || other === to;
    return !isEnd && points.some(([x, y]) => x > left && x < right && y > top && y < bottom);
  });
  const goesBack = boxOf(to).left < boxOf(from).right + GRID;
  return [
    ...(goesBack ? [`${wire} goes back`] : []),
    ...crossed.map((other) => `${wire} runs through ${named(other)}`),
  ];
}

function overlap(one: Drawn, other: Drawn): boolean {
  const [a, b] = [boxOf(one), boxOf(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** What a person would call badly drawn in a flow: wires that go back, or that run through what they do not belong to. */
export function badlyDrawn(flow: readonly FlowNode[]): string[] {
  const nodes = flow.filter((node) => "x" in node && node.type !== "group") as Drawn[];
  return [
    ...wiresOf(nodes).flatMap((wire) => wrongOfWire(wire, nodes)),
    ...nodes.flatMap((one, index) =>
      nodes
        .slice(index + 1)
        .flatMap((other) => (overlap(one, other) ? [`${named(one)} lies on ${named(other)}`] : [])),
    ),
  ];
}
