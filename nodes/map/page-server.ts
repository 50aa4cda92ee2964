import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { NextFunction, Request, Response } from "express";
import type { MapDevice } from "../../src/map/feed";
import { type OnlineTiles, tilesOrigin } from "../../src/map/online-tiles";
import type { PageConfig } from "../../src/map/wire";
import { mayOpen } from "./access";
import { deviceAnswer, type Language, PAGE_TEXTS } from "./answers";
import { STREET_FILE, sendJson, sendPacked, sendRange, streetMaps } from "./files";
import { fencesOnPage, sendFences } from "./page-fences";
import type { PageSource } from "./page-source";
import { EXPORT_FORMATS, sendExport, sendSeries, sendTrail } from "./past";
import { tilesOf } from "./settings";
import { type LinkRefusal, SHARE_HEADER } from "./shared-pages";

/** What the build makes of nodes/map/page, beside the compiled code. */
const FILES = join(__dirname, "..", "..", "..", "resources", "map");
const BASE_MAP = "base.pmtiles";
/** The page as the editor opens it, with the token that this has. */
export const EDITOR_PAGE = "editor.html";

/**
 * The page talks to itself only, but for pictures of the host whose tiles the user chose. A dashboard of the same Node-RED
 * may have it in a frame.
 */
function policyOf(tiles: OnlineTiles | undefined): string {
  const host = tiles === undefined ? "" : ` ${tilesOrigin(tiles.url)}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${host}`,
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; ");
}

type DeviceAnswerer = (
  source: PageSource,
  device: MapDevice,
  request: Request,
  response: Response,
  language: Language,
) => unknown;
type Answer = (source: PageSource, request: Request, response: Response) => unknown;

/** The page as it opens with a link, whose secret it sends. */
const SHARE_PAGE = "share.html";
/** The page itself, which has no data of anybody: it stands in the package that everybody can read. */
const PUBLIC = [...scripts(), "page.css", "icon.svg", "page.webmanifest", EDITOR_PAGE, SHARE_PAGE];

/** The page's code: its own, and parts of it that are fetched when they are needed. */
function scripts(): string[] {
  return existsSync(FILES) ? readdirSync(FILES).filter((name) => name.endsWith(".js")) : [];
}

const file =
  (name: string): Answer =>
  (_source, request, response) =>
    sendPacked(request, response, join(FILES, name));

/** What the page can ask for, by name behind its path. */
const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["", file("index.html")],
  ...PUBLIC.map((name): [string, Answer] => [name, file(name)]),
  [BASE_MAP, (_source, request, response) => sendRange(request, response, join(FILES, BASE_MAP))],
  ["config", async (source, request, response) => response.json(await pageConfig(source, request))],
  ["events", ({ viewers }, request, response) => viewers.add(request, response)],
  ["roads", async ({ roads }, request, response) => sendJson(request, response, await roads.lines())],
  ["trail", ofDevice(sendTrail)],
  ["series", ofDevice(sendSeries)],
  ["export", ofDevice(sendExport)],
  ["device", ofDevice(sendDevice)],
  ["fences", sendFences],
]);
const STREETS = "maps/";

export function isPublic(name: string): boolean {
  return PUBLIC.includes(name) || name === BASE_MAP;
}

/** Answers a request to a map's page; `name` is what stands behind the page's path and a slash. */
export function servePage(
  source: PageSource,
  name: string,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  const answer = ANSWERS.get(name) ?? (name.startsWith(STREETS) ? sendStreets : undefined);
  if (answer === undefined) {
    next();
    return;
  }
  answerWith(answer, name, source, request, response).catch((error) => {
    // Half an answer cannot become an error page.
    if (response.headersSent || response.destroyed) response.destroy();
    else next(error);
  });
}

async function answerWith(
  answer: Answer,
  name: string,
  source: PageSource,
  request: Request,
  response: Response,
): Promise<void> {
  const tiles = tilesOf(source.options);
  response.set({
    "Content-Security-Policy": policyOf(tiles),
    "X-Content-Type-Options": "nosniff",
    // Who gives tiles away wants to know to which site.
    "Referrer-Policy": tiles === undefined ? "no-referrer" : "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
  });
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.status(405).set("Allow", "GET, HEAD").end();
    return;
  }
  const secret = request.get(SHARE_HEADER);
  const shared =
    secret === undefined ? source : source.shared.open(secret, request.socket.remoteAddress ?? "");
  if (typeof shared === "string") refuseLink(shared, source, request, response);
  else if (secret === undefined && !isPublic(name) && !mayOpen(source.access, request))
    refuse(source, request, response);
  else await answer(shared, request, response);
}

/** Status, code and text. A link that is over is no other than one that never was. */
const LINK_REFUSALS = {
  opening: [503, "NOT_READY", "opening"],
  limited: [429, "SHARE_LIMITED", "shareLimited"],
  unknown: [403, "SHARE_UNKNOWN", "shareEnded"],
} as const satisfies Record<LinkRefusal, unknown>;

function refuseLink(why: LinkRefusal, source: PageSource, request: Request, response: Response): void {
  const [status, code, key] = LINK_REFUSALS[why];
  response.status(status).json({ code, message: PAGE_TEXTS[languageOf(source, request)][key] });
}

/** Says why the page does not open here, and what to do. */
function refuse(source: PageSource, request: Request, response: Response): void {
  const language = languageOf(source, request);
  const { refusedTitle, refused } = PAGE_TEXTS[language];
  const page = `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${refusedTitle}</title><h1>${refusedTitle}</h1><p>${refused}</p></html>`;
  response.status(403).type("html").send(page);
}

function languageOf({ options }: PageSource, request: Request): Language {
  if (options.language !== "browser") return options.language;
  return request.acceptsLanguages("en", "de") === "de" ? "de" : "en";
}

async function pageConfig(source: PageSource, request: Request): Promise<PageConfig> {
  const { options, mapsFolder, link } = source;
  const language = languageOf(source, request);
  return {
    language,
    title: link?.name || options.title || PAGE_TEXTS[language].title,
    units: options.units,
    values: options.values,
    days: options.days,
    formats: options.days > 0 ? EXPORT_FORMATS : [],
    fences: fencesOnPage(source),
    alarms: source.draws,
    texts: PAGE_TEXTS[language],
    maps: await streetMaps(mapsFolder),
    tiles: tilesOf(options) ?? null,
  };
}

async function sendStreets({ mapsFolder }: PageSource, request: Request, response: Response): Promise<void> {
  const name = request.path.slice(request.path.lastIndexOf("/") + 1);
  const isThere = STREET_FILE.test(name) && (await streetMaps(mapsFolder)).some((map) => map.file === name);
  if (isThere) await sendRange(request, response, join(mapsFolder, name));
  else response.status(404).end();
}

/** Answers for a device that the map shows; there is no other. */
function ofDevice(answer: DeviceAnswerer): Answer {
  return (source, request, response) => {
    const device = source.stream.device(idOf(request));
    if (device === undefined) return notFound(response);
    return answer(source, device, request, response, languageOf(source, request));
  };
}

function sendDevice(
  { options, feed, link }: PageSource,
  { imei }: MapDevice,
  _request: Request,
  response: Response,
  language: Language,
): void {
  if (options.values) response.json(deviceAnswer(feed, imei, language, options, link));
  else notFound(response);
}

function idOf({ query }: Request): number {
  return /^\d{1,9}$/.test(String(query.id)) ? Number(query.id) : -1;
}

function notFound(response: Response): void {
  response.status(404).json({ code: "DEVICE_UNKNOWN", message: "this map shows no such device" });
}
