import type { Request, Response } from "express";
import type { LiveStream } from "../../src/map/live-stream";
import type { FleetEvent } from "../../src/map/wire";

/** Streams at a time; each costs a socket. */
const MAX_VIEWERS = 200;
/** A viewer who has not read this much is let go; the page comes back and asks for what it lacks. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** After so many seconds without news the page is told that it is still up to date. */
const QUIET_SECONDS = 10;

/** The open pages of a map, each with a stream of server-sent events. */
export class Viewers {
  private readonly responses = new Set<Response>();
  private quiet = 0;

  constructor(private readonly stream: LiveStream) {}

  get count(): number {
    return this.responses.size;
  }

  /** Answers a page that wants to be kept up to date. */
  add(request: Request, response: Response): void {
    if (this.responses.size >= MAX_VIEWERS) {
      response
        .status(503)
        .set("Retry-After", "30")
        .json({ code: "VIEWERS", message: "too many pages are open" });
      return;
    }
    response.status(200).set({
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      // nginx would otherwise keep it until it has enough.
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    request.socket.setNoDelay(true);
    // What happened while nobody looked is no news to who comes now.
    if (this.responses.size === 0) this.stream.news();
    this.responses.add(response);
    response.on("close", () => this.responses.delete(response));
    const { epoch, since } = request.query;
    const revision = /^\d{1,15}$/.test(String(since)) ? Number(since) : undefined;
    const first = this.stream.since(typeof epoch === "string" ? epoch : undefined, revision);
    response.write(first === undefined ? ": the registry is not open yet\n\n" : eventOf(first));
  }

  /** Sends what is new. To be called every second. */
  tick(): void {
    if (this.responses.size === 0) return;
    const news = this.stream.news();
    this.quiet = news === undefined ? this.quiet + 1 : 0;
    if (news === undefined && this.quiet < QUIET_SECONDS) return;
    this.quiet = 0;
    const text = news === undefined ? ": still here\n\n" : eventOf(news);
    for (const response of this.responses) {
      if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
      else response.write(text);
    }
  }

  close(): void {
    for (const response of this.responses) response.end();
    this.responses.clear();
  }
}

function eventOf(event: FleetEvent): string {
  return `event: fleet\ndata: ${JSON.stringify(event)}\n\n`;
}
