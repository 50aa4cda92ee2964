import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, get, type Server } from "node:http";
import { join } from "node:path";
import type { Express } from "express";
import { sendRange, streetMaps } from "../../nodes/map/files";
import { listen } from "../../scripts/ports";
import { useFolder } from "../support/folder";
import { nodeRedRequire } from "../support/node-red";
import { townAround } from "../support/town";

describe("parts of large files", () => {
  const folder = useFolder("map-files");
  let server: Server;
  let url: string;
  /** What came of the last answer. */
  let answered: Promise<void>;
  beforeEach(async () => {
    const path = join(folder(), "tiles.pmtiles");
    await writeFile(path, "0123456789");
    const app: Express = nodeRedRequire("express")();
    app.get("/gone", (request, response) => {
      response.destroy();
      answered = sendRange(request, response, path);
    });
    app.get("/tiles", (request, response) => {
      answered = sendRange(request, response, path);
    });
    server = createServer(app);
    url = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(async () => {
    server.close();
    await once(server, "close");
  });
  const part = async (range: string) => {
    const answer = await fetch(`${url}/tiles`, { headers: { range, connection: "close" } });
    return [answer.status, answer.headers.get("content-range"), await answer.text()];
  };

  it("are those that are asked for", async () => {
    assert.deepEqual(await part("bytes=2-4"), [206, "bytes 2-4/10", "234"]);
    assert.deepEqual(await part("bytes=0-0"), [206, "bytes 0-0/10", "0"]);
    assert.deepEqual(await part("bytes=8-100"), [206, "bytes 8-9/10", "89"]);
    assert.deepEqual(await part("bytes=-3"), [206, "bytes 7-9/10", "789"]);
    assert.deepEqual(await part("bytes=10-20"), [416, "bytes */10", ""]);
    assert.deepEqual(await part("bytes=abc"), [416, "bytes */10", ""]);
    for (const range of ["letters=0-1", "bytes=0-1,5-6", ""])
      assert.deepEqual(await part(range), [200, null, "0123456789"], range);
  });

  it("go to nobody where the page has gone meanwhile, without an error", async () => {
    const request = get(`${url}/gone`);
    await once(request, "error");
    await answered;
  });
});

describe("a user's maps of streets", () => {
  const folder = useFolder("streets");

  it("are the archives of vector tiles in a folder, with where they are; nothing else", async () => {
    assert.deepEqual(await streetMaps(join(folder(), "none")), []);
    const town = await townAround(25.28, 54.69);
    const files: Record<string, Buffer | string> = {
      "town.pmtiles": town,
      "a b.pmtiles": town,
      ".hidden.pmtiles": town,
      "short.pmtiles": "PMTiles",
      "empty.pmtiles": "",
      "raster.pmtiles": Buffer.from(town).fill(2, 99, 100),
      "old.pmtiles": Buffer.from(town).fill(2, 7, 8),
      "town.txt": town,
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder(), name), content);
    await mkdir(join(folder(), "folder.pmtiles"));
    const [map, ...others] = await streetMaps(folder());
    assert.deepEqual([others, map?.file, map?.minZoom, map?.maxZoom], [[], "town.pmtiles", 8, 12]);
    const [west, south, east, north] = map?.bounds ?? [];
    for (const [found, wanted] of [
      [west, 25.08],
      [south, 54.49],
      [east, 25.48],
      [north, 54.89],
    ])
      assert.ok(Math.abs((found ?? 0) - (wanted ?? 0)) < 1e-6, `${found} ${wanted}`);
  });
});
