import type { Request, Response } from "express";
import type { Fence } from "../../src/fences/fence";
import type { MapFence, PageConfig } from "../../src/map/wire";
import { sendJson } from "./files";
import type { PageSource } from "./page-source";
import { groupsOf } from "./settings";

type Fenced = Pick<PageSource, "draws" | "fences" | "options">;

export function fencesOnPage({ draws, options }: Fenced): PageConfig["fences"] {
  if (draws) return "drawn";
  return options.fences ? "shown" : "none";
}

export async function sendFences(source: PageSource, request: Request, response: Response): Promise<void> {
  const fences = fencesFor(source);
  if (fences !== undefined) await sendJson(request, response, fences);
  else response.status(404).json({ code: "NO_FENCES", message: "this map shows no fences" });
}

/**
 * What a page is given: all of each where they can be drawn, otherwise only what is seen, and nothing of fences that are for
 * others than the devices it shows. Undefined where it has none.
 */
function fencesFor({ draws, fences, options }: Fenced): readonly (Fence | MapFence)[] | undefined {
  if (draws) return [...fences()];
  if (!options.fences) return undefined;
  const groups = new Set(groupsOf(options));
  const isSeen = (fence: Fence) =>
    groups.size === 0 ||
    (fence.groups.length === 0 && fence.devices.length === 0) ||
    fence.groups.some((group) => groups.has(group));
  return [...fences()].filter(isSeen).map(mapFence);
}

function mapFence(fence: Fence): MapFence {
  const { id, name, colour } = fence;
  if (fence.kind === "circle")
    return { id, name, colour, kind: fence.kind, center: fence.center, radius: fence.radius };
  if (fence.kind === "polygon") return { id, name, colour, kind: fence.kind, points: fence.points };
  return { id, name, colour, kind: fence.kind, points: fence.points, width: fence.width };
}
