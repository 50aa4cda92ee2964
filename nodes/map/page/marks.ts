import type { Cluster } from "./clusters";
import type { Palette } from "./palette";

const NAME_SIZE = 12;
const MOST_NAME_PIXELS = 160;

/** Pixels that a name takes. */
export function nameWidth(context: CanvasRenderingContext2D, name: string, scale: number): number {
  context.font = fontOf(NAME_SIZE, scale);
  return Math.min(MOST_NAME_PIXELS, context.measureText(name).width / scale) + 8;
}

export function drawName(
  context: CanvasRenderingContext2D,
  { edge, name: color }: Palette,
  name: string,
  x: number,
  y: number,
  scale: number,
): void {
  context.font = fontOf(NAME_SIZE, scale);
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.lineWidth = 3 * scale;
  context.strokeStyle = edge;
  context.fillStyle = color;
  const most = MOST_NAME_PIXELS * scale;
  context.strokeText(name, x * scale, (y + 11) * scale, most);
  context.fillText(name, x * scale, (y + 11) * scale, most);
}

/** Under the vehicle that is chosen. */
export function drawGlow(
  context: CanvasRenderingContext2D,
  { glow, accent }: Palette,
  x: number,
  y: number,
  scale: number,
): void {
  context.beginPath();
  context.arc(x * scale, y * scale, 17 * scale, 0, 2 * Math.PI);
  context.fillStyle = glow;
  context.fill();
  context.lineWidth = 2 * scale;
  context.strokeStyle = accent;
  context.stroke();
}

/** A ring with a part for each state, and how many there are. */
export function drawCluster(
  context: CanvasRenderingContext2D,
  { edge, name, states }: Palette,
  cluster: Cluster,
  x: number,
  y: number,
  scale: number,
): void {
  const [middleX, middleY] = [x * scale, y * scale];
  const radius = (13 + Math.min(13, Math.log2(cluster.count) * 1.5)) * scale;
  context.beginPath();
  context.arc(middleX, middleY, radius + scale, 0, 2 * Math.PI);
  context.fillStyle = edge;
  context.fill();
  let from = -Math.PI / 2;
  context.lineWidth = 4.5 * scale;
  cluster.states.forEach((count, state) => {
    const to = from + (count / cluster.count) * 2 * Math.PI;
    if (count > 0) {
      context.beginPath();
      context.arc(middleX, middleY, radius - 2 * scale, from, to);
      context.strokeStyle = states[state] as string;
      context.stroke();
    }
    from = to;
  });
  context.font = fontOf(cluster.count > 999 ? 11 : 12, scale);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = name;
  const shown = cluster.count > 9999 ? `${Math.round(cluster.count / 1000)}k` : String(cluster.count);
  context.fillText(shown, middleX, middleY + scale);
}

function fontOf(size: number, scale: number): string {
  return `600 ${size * scale}px system-ui, sans-serif`;
}
