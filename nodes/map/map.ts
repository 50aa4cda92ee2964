import { join } from "node:path";
import type { Express, RequestHandler } from "express";
import type { Node, NodeAPI, NodeDef, NodeStatus } from "node-red";
import { TrackerError } from "../../src/errors";
import type { FleetLife } from "../../src/fleet/life";
import { upgradeSavedNode } from "../../src/saved-nodes";
import { attempt, describe } from "../runtime/problems";
import { registryLife } from "../runtime/registry-node";
import { ThrottledStatus } from "../runtime/status";
import { type Access, accessOf, type HttpSettings } from "./access";
import { openEditorDoor } from "./editor-door";
import { type PageSource, pageSource } from "./page-source";
import { MapPlaces } from "./places";
import { type MapOptions, readMapOptions } from "./settings";

type Config = NodeDef & Partial<MapOptions> & { registry?: string };

/** Of Node-RED's settings file, as far as nodes with pages need it. */
interface Settings extends HttpSettings {
  readonly httpNodeRoot?: string | false;
  readonly userDir?: string;
}

module.exports = (RED: NodeAPI): void => {
  const settings = RED.settings as Settings;
  const app = RED.httpNode as Express | undefined;
  const places =
    app === undefined
      ? undefined
      : new MapPlaces(
          app,
          () => settings.httpNodeMiddleware as RequestHandler | RequestHandler[] | undefined,
        );

  // There is no httpAdmin where nodes are loaded without an editor.
  const editor = RED.httpAdmin as NodeAPI["httpAdmin"] | undefined;
  if (editor !== undefined) openEditorDoor(RED, editor, mapsFolder(settings));

  function TrackerMap(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new ThrottledStatus(this);
    const { value: running, problem } = attempt(() =>
      open(RED, places, settings, upgradeSavedNode(config.type, config)),
    );
    if (running === undefined) {
      status.set(() => ({ fill: "red", shape: "ring", text: problem.message }));
      this.error(describe(problem));
      this.on("close", () => status.close());
      return;
    }
    const { life, options, access, page } = running;
    let drawn = "";
    const draw = () => {
      const now = summary(life, options, access, page.viewers.count);
      if (JSON.stringify(now) === drawn) return;
      drawn = JSON.stringify(now);
      status.set(() => now);
    };
    draw();
    const stop = life.onTick.add(() => {
      page.tick();
      draw();
    });
    this.on("close", () => {
      stop();
      running.remove();
      page.close();
      status.close();
    });
  }

  RED.nodes.registerType("tracker-map", TrackerMap);
};

interface Running {
  readonly life: FleetLife;
  readonly options: MapOptions;
  readonly access: Access;
  readonly page: PageSource;
  /** Takes the page away. */
  readonly remove: () => void;
}

/** Puts the page at its place. Throws what is wrong with the node's config, or with where it runs. */
function open(RED: NodeAPI, places: MapPlaces | undefined, settings: Settings, config: Config): Running {
  const options = readMapOptions(config as unknown as Record<string, unknown>);
  const life = registryLife(RED, config.registry);
  if (places === undefined || settings.httpNodeRoot === false) {
    const message = "Node-RED serves no pages, because httpNodeRoot is false in its settings";
    throw new TrackerError({ code: "MAP_NO_PAGES", message });
  }
  const access = accessOf(settings, options.open);
  const page = pageSource(life, options, access, mapsFolder(settings));
  const remove = places.add(options.path, page);
  return { life, options, access, page, remove };
}

/** Where the user's own maps of streets are. */
function mapsFolder({ userDir }: Settings): string {
  return join(userDir ?? ".", "maps");
}

function summary(life: FleetLife, { path }: MapOptions, access: Access, viewers: number): NodeStatus {
  if (life.problem !== undefined) return { fill: "red", shape: "ring", text: life.problem.message };
  if (life.current === undefined) return { fill: "grey", shape: "ring", text: "opening" };
  const who = access === "local" ? " · this machine only" : "";
  const open = viewers === 0 ? "" : ` · ${viewers} open`;
  return { fill: "green", shape: "dot", text: `${path}${who}${open}` };
}
