import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Request, Response } from "express";
import type { StreetMap } from "../../src/map/wire";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

const packed = new Map<string, Promise<{ readonly body: Buffer; readonly tag: string }>>();

/** Sends a small file of this package, packed. Rejects where there is none. */
export async function sendPacked(request: Request, response: Response, path: string): Promise<void> {
  let file = packed.get(path);
  if (file === undefined) {
    file = pack(path);
    packed.set(path, file);
    file.catch(() => packed.delete(path));
  }
  const { body, tag } = await file;
  response.set({
    "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
    "Cache-Control": "no-cache",
    ETag: tag,
    Vary: "Accept-Encoding",
  });
  if (request.fresh) {
    response.status(304).end();
  } else if (request.acceptsEncodings("gzip")) {
    response.set("Content-Encoding", "gzip").send(body);
  } else {
    response.send(await readFile(path));
  }
}

async function pack(path: string): Promise<{ body: Buffer; tag: string }> {
  const { size, mtimeMs } = await stat(path);
  return { body: await promisify(gzip)(await readFile(path)), tag: `"${size}-${Math.round(mtimeMs)}"` };
}

/** Larger answers are packed. */
const SMALL_BYTES = 2000;

/** Sends what may be large as JSON. */
export async function sendJson(request: Request, response: Response, body: unknown): Promise<void> {
  const text = JSON.stringify(body);
  response.type("json");
  if (text.length < SMALL_BYTES || !request.acceptsEncodings("gzip")) response.send(text);
  else response.set("Content-Encoding", "gzip").send(await promisify(gzip)(text));
}

/** Sends a part of a large file, as the page reads single tiles of it. Rejects where there is no such file. */
export async function sendRange(request: Request, response: Response, path: string): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  response.set({
    "Content-Type": "application/vnd.pmtiles",
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=3600",
    ETag: `"${size}-${Math.round(mtimeMs)}"`,
  });
  const ranges = request.range(size);
  if (ranges === -1) {
    response.status(416).set("Content-Range", `bytes */${size}`).end();
    return;
  }
  // Several at once, or of something else than bytes: a server may answer with all.
  const isOne = Array.isArray(ranges) && ranges.type === "bytes" && ranges.length === 1;
  const range = isOne ? ranges[0] : undefined;
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range !== undefined) response.status(206).set("Content-Range", `bytes ${start}-${end}/${size}`);
  response.set("Content-Length", String(end - start + 1));
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // A page that has gone, perhaps while the file was looked for, needs no more of it.
  if (response.destroyed) return;
  pipeline(createReadStream(path, { start, end }), response, () => undefined);
}

const HEADER_BYTES = 127;
/** Vector tiles, by the format's own number. */
const MVT = 1;
/** A name that is the same in an address; it cannot lead out of the folder. */
export const STREET_FILE = /^[\w][\w.-]*\.pmtiles$/;

/** The archives of vector tiles in a folder, which need not be there. */
export async function streetMaps(folder: string): Promise<readonly StreetMap[]> {
  const files = await readdir(folder).catch(() => []);
  const read = files
    .filter((file) => STREET_FILE.test(file))
    .sort()
    .map((file) => streetMap(folder, file));
  return (await Promise.all(read)).filter((map) => map !== undefined);
}

/** Undefined where a file is no archive of vector tiles, version 3. */
async function streetMap(folder: string, file: string): Promise<StreetMap | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const handle = await open(join(folder, file));
    try {
      await handle.read(header, 0, HEADER_BYTES, 0);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
  if (header.toString("latin1", 0, 7) !== "PMTiles" || header[7] !== 3 || header[99] !== MVT)
    return undefined;
  const degrees = (index: number) => header.readInt32LE(102 + 4 * index) / 1e7;
  return {
    file,
    minZoom: header[100] ?? 0,
    maxZoom: header[101] ?? 0,
    bounds: [degrees(0), degrees(1), degrees(2), degrees(3)],
  };
}
