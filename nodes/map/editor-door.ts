import type { NextFunction, Request, Response } from "express";
import type { NodeAPI } from "node-red";
import type { FleetLife } from "../../src/fleet/life";
import type { RegistryNode } from "../runtime/registry-node";
import { EDITOR_PAGE, isPublic, servePage } from "./page-server";
import { type PageSource, pageSource } from "./page-source";
import { readMapOptions } from "./settings";
import { SHARE_HEADER } from "./shared-pages";

const BASE = "/trackers/map";
/** Who may read in the editor may look back as far as there is history. */
const EVERYTHING_DAYS = 36_500;

/**
 * The map of each registry for those who may read in the editor, under /trackers/map/<id of the registry>/ of its
 * address. The page sends the editor's token; without the permission `trackers.read` it is given nothing.
 */
export function openEditorDoor(RED: NodeAPI, app: NodeAPI["httpAdmin"], mapsFolder: string): void {
  const pages = new WeakMap<FleetLife, PageSource>();
  const mayRead = RED.auth.needsPermission("trackers.read");
  app.use(BASE, (request: Request, response: Response, next: NextFunction) => {
    const [, id = "", path = ""] = /^\/([\w.-]+)\/(.*)$/.exec(request.path) ?? [];
    const name = path === "" ? EDITOR_PAGE : path;
    const serve = () => {
      const node = RED.nodes.getNode(id) as RegistryNode | null;
      if (node?.type !== "tracker-registry" || node.life === undefined) {
        response.status(404).json({ code: "NOT_FOUND", message: "this registry is not deployed" });
        return;
      }
      let page = pages.get(node.life);
      if (page === undefined) {
        page = pageOf(node, node.life, mapsFolder);
        pages.set(node.life, page);
      }
      servePage(page, name, request, response, next);
    };
    // Who comes with a link needs no token of the editor, and is given only what the link is for.
    if (isPublic(name) || request.headers[SHARE_HEADER] !== undefined) serve();
    else mayRead(request, response, serve);
  });
}

/** Everything that the registry has; who may see it was asked before. */
function pageOf(node: RegistryNode, life: FleetLife, mapsFolder: string): PageSource {
  const options = { ...readMapOptions({}), title: node.name ?? "", days: EVERYTHING_DAYS };
  const page = pageSource(life, options, "everybody", mapsFolder, { draws: true });
  life.onTick.add(() => page.tick());
  node.on("close", () => page.close());
  return page;
}
