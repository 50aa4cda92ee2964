import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, createServer, get, type IncomingMessage, type Server } from "node:http";
import type { Express } from "express";
import { Viewers } from "../../nodes/map/viewers";
import { listen } from "../../scripts/ports";
import { LiveStream } from "../../src/map/live-stream";
import { mapDevice, SampleFeed } from "../support/map-feed";
import { nodeRedRequire } from "../support/node-red";
import { IMEI, START } from "../support/registry";

const MOST = 200;

interface OpenPage {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}

describe("the open pages of a map", () => {
  let feed: SampleFeed;
  let viewers: Viewers;
  let server: Server;
  let url: string;
  const pages: OpenPage[] = [];
  beforeEach(async () => {
    feed = new SampleFeed();
    feed.put(mapDevice(IMEI));
    viewers = new Viewers(new LiveStream(feed, { groups: [] }, "run", () => START));
    const app: Express = nodeRedRequire("express")();
    app.get("/events", (request, response) => viewers.add(request, response));
    server = createServer(app);
    url = `http://127.0.0.1:${await listen(server, 0)}/events`;
  });
  afterEach(async () => {
    for (const { request } of pages.splice(0)) request.destroy();
    server.close();
    await once(server, "close");
  });
  const open = (query = ""): Promise<OpenPage> =>
    new Promise((resolve, reject) => {
      const request = get(`${url}${query}`, (response) => {
        response.setEncoding("utf8").on("error", () => undefined);
        const page = { request, response };
        pages.push(page);
        resolve(page);
      }).on("error", reject);
    });
  const next = async ({ response }: OpenPage): Promise<string> => String((await once(response, "data"))[0]);

  it("are given all, then the same news", async () => {
    const all = await Promise.all([open(), open()]);
    for (const page of all) assert.match(await next(page), /^event: fleet\ndata: .*"full":true/);
    feed.put(mapDevice(IMEI, { name: "bus" }));
    const news = all.map(next);
    viewers.tick();
    const [one, other] = await Promise.all(news);
    assert.equal(one, other);
    assert.match(String(one), /"full":false.*"bus"/);
  });

  it("are told every ten ticks that they are up to date, where nothing is new", async () => {
    const page = await open();
    await next(page);
    const said = next(page);
    for (let tick = 0; tick < 10; tick++) viewers.tick();
    assert.equal(await said, ": still here\n\n");
  });

  it("come back with what they have seen, and are given only what they lack", async () => {
    const page = await open();
    const { epoch, revision } = JSON.parse(/^data: (.*)$/m.exec(await next(page))?.[1] ?? "");
    const again = await open(`?epoch=${epoch}&since=${revision}`);
    assert.match(await next(again), /"full":false,"rows":\[\]/);
    for (const wrong of ["-1", "1e3", "NaN", "9".repeat(30), "1&since=2"])
      assert.match(await next(await open(`?epoch=${epoch}&since=${wrong}`)), /"full":true/, wrong);
  });

  it("are as many as a server can bear: the next is told to come later, until one goes", async () => {
    for (let count = 0; count < MOST; count++) await open();
    assert.equal(viewers.count, MOST);
    const { response } = await open();
    assert.deepEqual([response.statusCode, response.headers["retry-after"]], [503, "30"]);
    const [first] = pages.splice(0, 1);
    first?.request.destroy();
    // The server hears of it a moment later.
    while (viewers.count === MOST) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await open()).response.statusCode, 200);
  });

  it("end with the map", async () => {
    const page = await open();
    await next(page);
    const end = once(page.response, "end");
    page.response.resume();
    viewers.close();
    await end;
    assert.equal(viewers.count, 0);
  });

  it("wait while the registry is not open, and are given all when it is", async () => {
    feed.epoch = undefined;
    const page = await open();
    assert.equal(await next(page), ": the registry is not open yet\n\n");
    feed.epoch = "e";
    const all = next(page);
    viewers.tick();
    assert.match(await all, /"full":true/);
  });
});
