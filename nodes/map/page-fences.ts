import type { Request, Response } from "express";
import type { Fence } from "../../src/fences/fence";
import type { MapFence, PageConfig } from "../../src/map/wire";
import { sendJson } from "./files";
import type { PageSource } from "./page-source";
import { groupsOf } from "./settings";

export function fencesOnPage({ draws, options }: PageSource): PageConfig["fences"] {
  if (draws) return "drawn";
  return options.fences ? "shown" : "none";
}

/**
 * Sends all of each fence where they can be drawn, otherwise only what is seen, and nothing of fences that are for others
 * than the devices that the page shows. The page asks often: while nothing changes it is not sent again.
 */
export async function sendFences(source: PageSource, request: Request, response: Response): Promise<void> {
  if (fencesOnPage(source) === "none") {
    response.status(404).json({ code: "NO_FENCES", message: "this map shows no fences" });
    return;
  }
  const fences = source.fences();
  response.set({
    "Cache-Control": "private, no-cache",
    ETag: `"${source.feed.epoch ?? ""}-${fences?.revision ?? ""}"`,
  });
  const all = [...(fences?.all() ?? [])];
  if (request.fresh) response.status(304).end();
  else await sendJson(request, response, source.draws ? all : seenFences(all, groupsOf(source.options)));
}

function seenFences(fences: readonly Fence[], groups: readonly string[]): MapFence[] {
  const isSeen = (fence: Fence) =>
    groups.length === 0 ||
    (fence.groups.length === 0 && fence.devices.length === 0) ||
    fence.groups.some((group) => groups.includes(group));
  return fences.filter(isSeen).map(mapFence);
}

function mapFence(fence: Fence): MapFence {
  const { id, name, colour, kind } = fence;
  if (kind === "circle") return { id, name, colour, kind, center: fence.center, radius: fence.radius };
  if (kind === "polygon") return { id, name, colour, kind, points: fence.points };
  return { id, name, colour, kind, points: fence.points, width: fence.width };
}
