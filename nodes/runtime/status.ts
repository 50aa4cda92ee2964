import type { Node, NodeStatus } from "node-red";
import { cutStatus } from "../../src/status-text";

/** The editor is told at most once in this time. */
const INTERVAL_MS = 1000;
/** A status that counts per minute is drawn anew after this time without a message. */
const IDLE_MS = 60_000;
/** Draws a node's status at most once a second; the last one always arrives. */
export class ThrottledStatus {
  private readonly node: Node;
  private render: () => NodeStatus = () => ({});
  private pending: NodeJS.Timeout | undefined;
  private idle: NodeJS.Timeout | undefined;
  private drawnAt = Number.NEGATIVE_INFINITY;

  constructor(node: Node) {
    this.node = node;
  }

  /** `render` is called when the status is drawn, not before. */
  set(render: () => NodeStatus): void {
    this.render = render;
    if (this.pending !== undefined) return;
    const wait = this.drawnAt + INTERVAL_MS - performance.now();
    if (wait <= 0) this.draw();
    else this.pending = setTimeout(() => this.draw(), wait);
  }

  close(): void {
    clearTimeout(this.pending);
    clearTimeout(this.idle);
  }

  private draw(): void {
    this.pending = undefined;
    this.drawnAt = performance.now();
    this.show();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.show(), IDLE_MS).unref();
  }

  private show(): void {
    const status = this.render();
    this.node.status(status.text === undefined ? status : { ...status, text: cutStatus(status.text) });
  }
}
