import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import type { Command } from "../../src/commands/command";
import type { Commander } from "../../src/commands/commander";
import { COMMAND_DEFAULTS } from "../../src/commands/settings";
import { isObject } from "../../src/devices/fields";
import { type Problem, TrackerError } from "../../src/errors";
import { fencesAsGeoJson } from "../../src/fences/geojson";
import type { Fleet } from "../../src/fleet/fleet";
import { HISTORY_FILES, HISTORY_FORMATS, historyText, readQuery } from "../../src/fleet/history-requests";
import { choiceOf } from "../../src/fleet/read-request";
import { answer, readRequest } from "../../src/fleet/requests";
import { detailsOf, outputChoices, rowsSince, type SidebarDetails } from "../../src/fleet/views";
import { toProblem } from "../runtime/problems";
import type { RegistryNode } from "../runtime/registry-node";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";

/** HTTP status of a problem by its code, or by how the code begins; anything else is the asker's mistake. */
const STATUS: readonly [prefix: string, status: number][] = [
  ["DEVICE_EXISTS", 409],
  ["DEVICE_UNKNOWN", 404],
  ["FENCE_EXISTS", 409],
  ["FENCE_UNKNOWN", 404],
  ["NOT_FOUND", 404],
  ["FORBIDDEN", 403],
  ["CONTENT_TYPE", 415],
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
        return {
          payload: await answer(name, body.payload, { fleet, tools: REGISTRY_TOOLS, by }),
        };
      }),
    );
  }
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
    const { life, kind, deviceConfig } = node;
    const counts = life?.current?.counts() ?? { devices: 0, active: 0, online: 0, pending: 0 };
    const problem = node.problem ?? life?.problem;
    registries.push({
      id,
      name: name ?? "",
      kind,
      deviceConfig,
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

/** A long answer, piece by piece, as fast as the asker takes it. */
class Streamed {
  constructor(
    private readonly pieces: AsyncIterable<string>,
    private readonly type: string,
    private readonly file: string,
  ) {}

  /** Where it fails in the middle, the connection is cut, so that nobody takes a part for the whole. */
  sendTo(response: Response): void {
    response.attachment(this.file).set("Content-Type", this.type);
    pipeline(Readable.from(this.pieces), response).catch(() => response.destroy());
  }
}

async function historyOf({ params, query }: Request, fleet: Fleet): Promise<Streamed> {
  const imei = String(params.imei);
  const format = choiceOf("format", query.format, HISTORY_FORMATS);
  const asked = await readQuery({ imei, from: timeOf(query.from), to: timeOf(query.to) }, { fleet });
  const pages = fleet.history.asked.records(asked);
  const [type, ending] = HISTORY_FILES[format];
  return new Streamed(
    historyText(format, pages, asked, { fleet, tools: REGISTRY_TOOLS }),
    type,
    `${asked.imei}.${ending}`,
  );
}

/** Milliseconds stand in an address as text. */
function timeOf(value: unknown): unknown {
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
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

function forbidden(): Problem {
  return { code: "FORBIDDEN", message: "this address only answers questions; changes go to …/request" };
}
