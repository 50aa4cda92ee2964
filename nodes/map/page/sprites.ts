import { ALARM, STANDING } from "../../../src/map/wire";
import type { Palette } from "./palette";

const DIRECTIONS = 36;
/** Pixels of a vehicle's picture. */
const SIZE = 26;

/** Pictures of a vehicle in every state and direction, drawn once: copying them is much faster than drawing. */
export class Sprites {
  private readonly sheet = document.createElement("canvas");
  private readonly side: number;

  constructor(
    { states, edge }: Palette,
    readonly scale: number,
  ) {
    this.side = Math.ceil(SIZE * scale);
    this.sheet.width = this.side * (DIRECTIONS + 1);
    this.sheet.height = this.side * states.length;
    const context = this.sheet.getContext("2d") as CanvasRenderingContext2D;
    states.forEach((color, state) => {
      for (let direction = 0; direction <= DIRECTIONS; direction++) {
        context.save();
        context.translate(this.side * (direction + 0.5), this.side * (state + 0.5));
        context.scale(scale, scale);
        if (state === ALARM) ring(context, color);
        context.beginPath();
        if (direction < DIRECTIONS) arrow(context, (direction * 2 * Math.PI) / DIRECTIONS);
        else if (state === STANDING) context.roundRect(-5.5, -5.5, 11, 11, 2.5);
        else context.arc(0, 0, 5.5, 0, 2 * Math.PI);
        context.lineJoin = "round";
        context.lineWidth = 3;
        context.strokeStyle = edge;
        context.stroke();
        context.fillStyle = color;
        context.fill();
        context.restore();
      }
    });
  }

  /** Draws a vehicle; `course` is in degrees, NaN for one without a direction. Places are CSS pixels. */
  draw(context: CanvasRenderingContext2D, state: number, course: number, x: number, y: number): void {
    const turns = (Math.round(course / (360 / DIRECTIONS)) + DIRECTIONS) % DIRECTIONS;
    const column = Number.isNaN(course) ? DIRECTIONS : turns;
    const { side, sheet, scale } = this;
    const [left, top] = [Math.round(x * scale - side / 2), Math.round(y * scale - side / 2)];
    context.drawImage(sheet, column * side, state * side, side, side, left, top, side, side);
  }
}

/** So that an alarm is not told by its colour alone. */
function ring(context: CanvasRenderingContext2D, color: string): void {
  context.beginPath();
  context.arc(0, 0, 11.5, 0, 2 * Math.PI);
  context.globalAlpha = 0.3;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = color;
  context.stroke();
}

function arrow(context: CanvasRenderingContext2D, angle: number): void {
  context.rotate(angle);
  context.moveTo(0, -10);
  context.lineTo(7, 7.5);
  context.lineTo(0, 4);
  context.lineTo(-7, 7.5);
  context.closePath();
}
