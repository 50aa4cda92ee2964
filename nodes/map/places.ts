import type { Express, NextFunction, Request, RequestHandler, Response } from "express";
import { TrackerError } from "../../src/errors";
import { servePage } from "./page-server";
import type { PageSource } from "./page-source";

type Middleware = RequestHandler | readonly RequestHandler[] | undefined;

/** The pages of all maps by their paths: one handler in Node-RED's own server, because routes cannot be taken back. */
export class MapPlaces {
  private readonly pages = new Map<string, PageSource>();

  /** `middleware` is that of Node-RED's settings, which other nodes with pages pass as well. */
  constructor(app: Express, middleware: () => Middleware) {
    app.use((request: Request, response: Response, next: NextFunction) => {
      const place = this.find(request.path);
      if (place === undefined) {
        next();
        return;
      }
      const steps = [middleware() ?? []].flat() as RequestHandler[];
      inTurn(steps, request, response, next, () => this.serve(place, request, response, next));
    });
  }

  /** Puts a page at a path; returns how to take it away. Throws `MAP_PATH` where another map is there. */
  add(path: string, page: PageSource): () => void {
    if (this.pages.has(path)) {
      const message = `another tracker map is at ${path}`;
      throw new TrackerError({ code: "MAP_PATH", path: "path", message });
    }
    this.pages.set(path, page);
    return () => {
      this.pages.delete(path);
    };
  }

  private find(path: string): { page: PageSource; name: string | undefined } | undefined {
    const exact = this.pages.get(path);
    if (exact !== undefined) return { page: exact, name: undefined };
    for (const [place, page] of this.pages) {
      if (path.startsWith(`${place}/`)) return { page, name: path.slice(place.length + 1) };
    }
    return undefined;
  }

  private serve(
    { page, name }: { page: PageSource; name: string | undefined },
    request: Request,
    response: Response,
    next: NextFunction,
  ): void {
    if (name === undefined) {
      // What the page asks for stands behind a slash. A proxy may have Node-RED at another path.
      response.redirect(`${request.path.slice(request.path.lastIndexOf("/") + 1)}/`);
      return;
    }
    servePage(page, name, request, response, next);
  }
}

function inTurn(
  [first, ...others]: readonly RequestHandler[],
  request: Request,
  response: Response,
  next: NextFunction,
  last: () => void,
): void {
  if (first === undefined) last();
  else
    first(request, response, (error?: unknown) => {
      if (error === undefined || error === null) inTurn(others, request, response, next, last);
      else next(error);
    });
}
