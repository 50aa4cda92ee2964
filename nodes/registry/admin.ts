import { Readable } from "node:stream";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import type { Command } from "../../src/commands/command";
import type { Commander } from "../../src/commands/commander";
import { COMMAND_DEFAULTS } from "../../src/commands/settings";
import { isObject } from "../../src/devices/fields";
import { type Problem, TrackerError } from "../../src/errors";
import { fencesAsGeoJson } from "../../src/fences/geojson";
import { AnswerParts } from "../../src/fleet/answer-parts";
import type { Fleet } from "../../src/fleet/fleet";
import type { RequestContext } from "../../src/fleet/request-context";
import { answer, type RequestName, readRequest } from "../../src/fleet/requests";
import { detailsOf, outputChoices, rowsSince, type SidebarDetails } from "../../src/fleet/views";
import { toProblem } from "../runtime/problems";
import type { RegistryNode } from "../runtime/registry-node";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import { historyOf, importOf, Streamed } from "./history-route";

/** HTTP status of a problem by its code, or by how the code begins; anything else is the asker's mistake. */
const STATUS: readonly [prefix: string, status: number][] = [
  ["DEVICE_EXISTS", 409],
  ["DEVICE_UNKNOWN", 404],
  ["ALARM_UNKNOWN", 404],
  ["FENCE_EXISTS", 409],
  ["FENCE_UNKNOWN", 404],
  ["NOT_FOUND", 404],
  ["FORBIDDEN", 403],
  ["CONTENT_TYPE", 415],
  ["HISTORY_TOO_LARGE", 413],
  ["NOT_READY", 503],
  ["STORE_", 503],
  ["INTERNAL", 500],
];

type Handle = (request: Request, node: RegistryNode, fleet: Fleet) => unknown;

type OnOutputs = (commander: Commander, payload: unknown, by: string) => Promise<Command>;

/** A person looks at what is wired before something is tried. */
const SETTINGS = { ...COMMAND_DEFAULTS, allowTrial: true };

/** What the sidebar does with outputs, beside the requests to the registry. */
const ON_OUTPUTS: ReadonlyMap<unknown, OnOutputs> = new Map<string, OnOutputs>([
  ["switch", (commander, payload, by) => commander.submit(payload, { settings: SETTINGS, by, origin: "" })],
  ["cancel", (commander, payload, by) => commander.cancel(isObject(payload) ? String(payload.id) : "", by)],
]);

/**
 * What the sidebar asks for, under /trackers/registry of the editor's address. Errors are `{code, message, path}`.
 * To read takes the permission `trackers.read`, to change anything `trackers.write`.
 */
export function registryRoutes(RED: NodeAPI, app: NodeAPI["httpAdmin"]): void {
  const may = (permission: "trackers.read" | "trackers.write") => RED.auth.needsPermission(permission);
  const route = (handle: Handle) => (request: Request, response: Response) => {
    const work = async () => {
      const node = registryNode(RED, String(request.params.id));
      if (node.life === undefined) throw new TrackerError(node.problem ?? notFound());
      return handle(request, node, await node.life.ready());
    };
    send(response, work());
  };
  const base = "/trackers/registry";

  app.get(base, may("trackers.read"), (_, response) => send(response, Promise.resolve(overview(RED))));
  app.get(
    `${base}/:id/rows`,
    may("trackers.read"),
    route(({ query }, { life }, fleet) => {
      const epoch = life?.epoch ?? "";
      const since =
        query.epoch === epoch && /^\d{1,15}$/.test(String(query.since)) ? Number(query.since) : undefined;
      return rowsSince(fleet, epoch, since);
    }),
  );
  app.get(
    `${base}/:id/outputs`,
    may("trackers.read"),
    route((_request, _node, fleet) => outputChoices(fleet)),
  );
  app.get(
    `${base}/:id/devices/:imei`,
    may("trackers.read"),
    route(async ({ params }, { life }, fleet): Promise<SidebarDetails> => {
      const imei = String(params.imei);
      const details = await detailsOf(fleet, imei);
      if (details.kind === "pending") return details;
      const commands = (await life?.commands())?.list(imei) ?? [];
      return { ...details, commands, canSwitch: life?.senders.isEmpty === false };
    }),
  );
  app.get(
    `${base}/:id/devices/:imei/history`,
    may("trackers.read"),
    route((request, _node, fleet) => historyOf(request, fleet)),
  );
  app.get(
    `${base}/:id/fences`,
    may("trackers.read"),
    route((_request, _node, fleet) => {
      const text = JSON.stringify(fencesAsGeoJson(fleet.fences.all()));
      return new Streamed(Readable.from([text]), "application/geo+json", "fences.geojson");
    }),
  );
  app.post(
    `${base}/:id/devices/:imei/history`,
    may("trackers.write"),
    route((request, _node, fleet) => importOf(request, fleet)),
  );
  for (const [path, permission] of [
    ["query", "trackers.read"],
    ["request", "trackers.write"],
  ] as const) {
    app.post(
      `${base}/:id/${path}`,
      may(permission),
      route(async (request, { life }, fleet) => {
        // A form on another site could send anything else without asking the browser first.
        if (!request.is("application/json")) throw new TrackerError(notJson());
        const body: { request?: unknown; payload?: unknown } = request.body ?? {};
        const by = userOf(request);
        const onOutputs = permission === "trackers.write" ? ON_OUTPUTS.get(body.request) : undefined;
        if (onOutputs !== undefined && life !== undefined) {
          return { payload: await onOutputs(await life.commands(), body.payload, by) };
        }
        const { name, reads } = readRequest(body.request);
        if (permission === "trackers.read" && !reads) throw new TrackerError(forbidden());
        return { payload: await wholeAnswer(name, body.payload, { fleet, tools: REGISTRY_TOOLS, by }) };
      }),
    );
  }
}

async function wholeAnswer(name: RequestName, asked: unknown, context: RequestContext): Promise<unknown> {
  const payload = await answer(name, asked, context);
  if (payload instanceof AnswerParts) throw new TrackerError(noParts());
  return payload;
}

function registryNode(RED: NodeAPI, id: string): RegistryNode {
  const node = RED.nodes.getNode(id) as RegistryNode | null;
  if (node?.type !== "tracker-registry") throw new TrackerError(notFound());
  return node;
}

function overview(RED: NodeAPI): object {
  const registries: object[] = [];
  RED.nodes.eachNode(({ id, type, name }) => {
    const node = type === "tracker-registry" ? (RED.nodes.getNode(id) as RegistryNode | null) : null;
    if (node === null) return;
    const { life, kind, deviceConfig, timeZone } = node;
    const counts = life?.current?.counts() ?? { devices: 0, active: 0, online: 0, pending: 0 };
    const problem = node.problem ?? life?.problem;
    registries.push({
      id,
      name: name ?? "",
      kind,
      deviceConfig,
      timeZone,
      counts,
      ready: life?.current !== undefined,
      ...(problem === undefined ? {} : { problem: plain(problem) }),
      ...(life?.notice === undefined ? {} : { notice: life.notice }),
    });
  });
  return { registries };
}

/** Who is logged in to the editor; without a login, "editor". */
function userOf(request: Request): string {
  const { user } = request as { user?: { username?: unknown } };
  return typeof user?.username === "string" ? user.username : "editor";
}

function send(response: Response, work: Promise<unknown>): void {
  response.set("Cache-Control", "no-store");
  work.then(
    (body) => (body instanceof Streamed ? body.sendTo(response) : response.json(body)),
    (error) => {
      const problem = toProblem(error);
      const status = STATUS.find(([prefix]) => problem.code.startsWith(prefix))?.[1] ?? 400;
      response.status(status).json(plain(problem));
    },
  );
}

function plain({ code, message, path }: Problem): Problem {
  return { code, message, ...(path === undefined ? {} : { path }) };
}

function notFound(): Problem {
  return { code: "NOT_FOUND", message: "this registry is not deployed" };
}

function notJson(): Problem {
  return { code: "CONTENT_TYPE", message: "commands are taken as application/json only" };
}

function noParts(): Problem {
  const message = "this address answers in whole; …/devices/<imei>/history gives parts";
  return { code: "FIELD_VALUE", path: "stream", message };
}

function forbidden(): Problem {
  return { code: "FORBIDDEN", message: "this address only answers questions; changes go to …/request" };
}
