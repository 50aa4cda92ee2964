import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { isFromThisMachine } from "../../nodes/map/access";
import { type NodeRed, settingsFile, startNodeRed } from "../../scripts/node-red";
import { type FleetEvent, LABELS_AT } from "../../src/map/wire";
import { editorToken, editorUsers } from "../support/editor-login";
import { NODE_RED_FROM, nodeRedRequire } from "../support/node-red";
import { anyPort } from "../support/port";
import { IMEI } from "../support/registry";

/** All that a map's page asks for. */
const PARTS = [
  "",
  "page.js",
  "share.html",
  "config",
  "events",
  "roads",
  "trail?id=0",
  "series?id=0",
  "export?id=0&format=gpx",
  "device?id=0",
  "fences",
  "base.pmtiles",
  "maps/town.pmtiles",
];
const FLOW = [
  { id: "tab", type: "tab" },
  { id: "registry", type: "tracker-registry", storage: "memory" },
  { id: "sim", z: "tab", type: "tracker-simulator", car: "2", interval: "1", wires: [["decoder"]] },
  { id: "decoder", z: "tab", type: "tracker-bce-decoder", wires: [["known"], [], []] },
  {
    id: "known",
    z: "tab",
    type: "tracker-device-registry",
    registry: "registry",
    unknown: "activate",
    wires: [[], [], []],
  },
  { id: "map", z: "tab", type: "tracker-map", registry: "registry", path: "/fleet", fences: true },
  {
    id: "open",
    z: "tab",
    type: "tracker-map",
    registry: "registry",
    path: "/open",
    open: true,
    fences: true,
  },
  {
    id: "plain",
    z: "tab",
    type: "tracker-map",
    registry: "registry",
    path: "/plain",
    open: true,
    values: false,
  },
  { id: "today", z: "tab", type: "tracker-map", registry: "registry", path: "/today", open: true, days: 0 },
  {
    id: "others",
    z: "tab",
    type: "tracker-map",
    registry: "registry",
    path: "/others",
    open: true,
    groups: "vans",
    fences: true,
  },
];
const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString("base64")}` });

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  /** Of a stream, its first event. */
  readonly body: string;
}

/** Asks as a browser would; of a stream only the first event is read. */
function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, method }, (response) => {
      let body = "";
      const answer = () => resolve({ status: response.statusCode, headers: response.headers, body });
      const isStream = response.headers["content-type"]?.startsWith("text/event-stream");
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
        if (!isStream || !body.includes("\n\n")) return;
        answer();
        asked.destroy();
      });
      response.on("end", answer);
    });
    asked.on("error", reject).end();
  });
}

/** The last address of this machine that another one would use; none where it has no network. */
const OUTSIDE = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address;

describe("who may see the map", function () {
  this.timeout(60_000);
  let userDir: string;
  let nodeRed: NodeRed;
  const start = async (settings: string, host = "127.0.0.1") => {
    userDir = await mkdtemp(join(tmpdir(), "map-access-"));
    await writeFile(
      join(userDir, "settings.js"),
      `${settingsFile()}Object.assign(module.exports, { nodesDir: [${JSON.stringify(process.cwd())}], uiHost: ${JSON.stringify(host)}, ${settings} });`,
    );
    await writeFile(join(userDir, "flows.json"), JSON.stringify(FLOW));
    nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir, port: await anyPort() });
  };
  afterEach(async () => {
    await nodeRed?.stop();
    await rm(userDir, { recursive: true, force: true });
  });
  const statuses = async (path: string, headers: Record<string, string> = {}, url = nodeRed.url) => {
    const answers = [];
    for (const part of PARTS) answers.push((await ask(`${url}/${path}/${part}`, headers)).status);
    return answers;
  };
  /** What the page is given: of no street map, because there is none. */
  const ALL = PARTS.map((part) => (part.startsWith("maps/") ? 404 : 200));
  const all = (status: number) => PARTS.map(() => status);
  /** Nobody's data is in the page alone, which opens for everybody who has a link. */
  const closed = (status: number) =>
    PARTS.map((part) => (["page.js", "share.html", "base.pmtiles"].includes(part) ? 200 : status));
  const positions = async (path: string, headers: Record<string, string> = {}): Promise<FleetEvent> => {
    for (;;) {
      const { body } = await ask(`${nodeRed.url}/${path}/events`, headers);
      const event: FleetEvent = JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? '{"rows":[]}');
      if (event.rows.some(([, , , , longitude]) => longitude !== null)) return event;
    }
  };
  const PROXIED = { "x-forwarded-for": "127.0.0.1" };

  it("without settings: a browser on this machine alone, unless the dialog opens it to everybody", async () => {
    await start("");
    await positions("fleet");
    assert.deepEqual(await statuses("fleet"), ALL);
    const port = new URL(nodeRed.url).port;
    for (const headers of [
      PROXIED,
      { forwarded: "for=::1" },
      { via: "1.1 proxy" },
      { host: `evil.example:${port}` },
    ]) {
      assert.deepEqual(await statuses("fleet", headers), closed(403), JSON.stringify(headers));
      assert.deepEqual(await statuses("open", headers), ALL, JSON.stringify(headers));
    }
    assert.deepEqual(await statuses("fleet", { host: `localhost:${port}` }), ALL);
    const refused = await ask(`${nodeRed.url}/fleet/`, { ...PROXIED, "accept-language": "de-AT,en;q=0.5" });
    assert.match(refused.body, /lang="de".*httpNodeAuth.*Trackerkarte/s);
    // No login makes it open either, where there is none to ask for.
    assert.deepEqual(await statuses("fleet", { ...PROXIED, ...basic("fleet:right") }), closed(403));
  });

  it("with httpNodeAuth: who has the name and the password, from wherever", async () => {
    const bcrypt: { hashSync(text: string, rounds: number): string } = nodeRedRequire("bcryptjs");
    await start(`httpNodeAuth: { user: "fleet", pass: ${JSON.stringify(bcrypt.hashSync("right", 4))} }`);
    await positions("fleet", basic("fleet:right"));
    assert.deepEqual(await statuses("fleet", basic("fleet:right")), ALL);
    assert.deepEqual(await statuses("fleet", { ...basic("fleet:right"), ...PROXIED }), ALL);
    for (const headers of [{}, basic("fleet:wrong"), basic("other:right"), PROXIED]) {
      assert.deepEqual(await statuses("fleet", headers), all(401));
      assert.deepEqual(await statuses("open", headers), all(401));
    }
  });

  it("with httpNodeMiddleware: who passes it", async () => {
    await start(
      'httpNodeMiddleware: [(req, res, next) => next(), (req, res, next) => req.headers["x-key"] === "right" ? next() : res.sendStatus(418)]',
    );
    await positions("fleet", { "x-key": "right" });
    assert.deepEqual(await statuses("fleet", { "x-key": "right", ...PROXIED }), ALL);
    for (const path of ["fleet", "open"])
      assert.deepEqual(await statuses(path, { "x-key": "wrong" }), all(418));
  });

  it("in the editor: who has trackers.read; the page alone has nobody's data", async () => {
    const users = { reader: "read", stranger: ["flows.read"] };
    await start(`adminAuth: ${JSON.stringify(editorUsers(users))}`);
    await positions("fleet");
    const tokenOf = async (username: string) => ({
      authorization: `Bearer ${await editorToken(nodeRed.url, username)}`,
    });
    const editor = "trackers/map/registry";
    await positions(editor, await tokenOf("reader"));
    assert.deepEqual(await statuses(editor, await tokenOf("reader")), ALL);
    // The page itself is there as well, and sends the token.
    const withoutToken = closed(401).with(0, 200);
    for (const headers of [
      {},
      basic("reader:reader"),
      { authorization: "Bearer made-up" },
      await tokenOf("stranger"),
    ])
      assert.deepEqual(await statuses(editor, headers), withoutToken, JSON.stringify(headers));
    assert.equal(
      (await ask(`${nodeRed.url}/trackers/map/other/config`, await tokenOf("reader"))).status,
      404,
    );
    // Its own door is no other: it asks for no token, and takes none.
    assert.deepEqual(await statuses("fleet", PROXIED), closed(403));
  });

  /** Makes links as the sidebar does. */
  const change = async (request: string, payload: unknown, token: Record<string, string> = {}) => {
    const response = await fetch(`${nodeRed.url}/trackers/registry/registry/request`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...token },
      body: JSON.stringify({ request, payload }),
    });
    return { status: response.status, ...(await response.json()) } as {
      status: number;
      code?: string;
      payload: { id: string; secret: string; digest?: string };
    };
  };
  const hour = 3_600_000;

  it("with a link: what it is for, from when it begins until it ends or is taken back; no IMEI", async () => {
    await start("");
    const { rows } = await positions("fleet");
    const imeis = rows.map((row) => String(row[LABELS_AT + 3]));
    const [mine = "", other = ""] = imeis;
    await change("update", { imei: mine, group: "lorries", driver: "Ivanova" });
    await change("update", { imei: other, group: "cars" });
    const { payload: link } = await change("addShare", {
      name: "customer",
      groups: ["lorries"],
      ends: Date.now() + hour,
    });
    assert.match(link.secret, /^[\w-]{43}$/);
    const headers = { ...PROXIED, "x-tracker-share": link.secret };
    for (const path of ["fleet", "trackers/map/registry"]) {
      const event = await positions(path, headers);
      assert.equal(event.rows.length, 1, "the other group is not there");
      const everything = [];
      for (const part of PARTS.filter((part) => !part.endsWith(".pmtiles")))
        everything.push((await ask(`${nodeRed.url}/${path}/${part}`, headers)).body);
      everything.push((await ask(`${nodeRed.url}/${path}/export?id=0&format=geojson`, headers)).body);
      for (const secret of [...imeis, "Ivanova"])
        assert.equal(everything.join().includes(secret), false, `${path} ${secret}`);
      assert.equal((await ask(`${nodeRed.url}/${path}/trail?id=1`, headers)).status, 404);
      const { body } = await ask(`${nodeRed.url}/${path}/trail?id=0&from=0`, headers);
      assert.ok(JSON.parse(body).from > Date.now() - hour, "nothing from before it begins");
      const long = `id=0&from=0&to=${Date.now() - 30 * 86_400_000}`;
      assert.deepEqual(
        JSON.parse((await ask(`${nodeRed.url}/${path}/trail?${long}`, headers)).body).time,
        [],
      );
      assert.deepEqual(
        JSON.parse((await ask(`${nodeRed.url}/${path}/series?${long}`, headers)).body).time,
        [],
      );
      const file = await ask(`${nodeRed.url}/${path}/export?${long}&format=gpx`, headers);
      assert.deepEqual([file.status, file.body.includes("<trkpt")], [200, false]);
      const statusesOfLink = await statuses(path, headers);
      // Whose fences these are is nothing for who has a link.
      assert.deepEqual(statusesOfLink, ALL.with(PARTS.indexOf("fences"), 404));
    }
    // A page that shows other groups shows nothing of it.
    assert.match((await ask(`${nodeRed.url}/others/events`, headers)).body, /"rows":\[\]/);

    // Somebody has it open when it is taken back.
    const ended = new Promise<void>((resolve, reject) => {
      const asked = request(`${nodeRed.url}/fleet/events`, { headers }, (response) => {
        response.once("data", () => void change("removeShare", link.id));
        response.resume().on("end", resolve);
      });
      asked.on("error", reject).end();
    });
    await ended;
    assert.deepEqual(await statuses("fleet", headers), all(403));
    assert.deepEqual(await statuses("trackers/map/registry", headers), all(403));
  });

  it("with a link that is over, has not begun, or is wrong: nobody; and few wrong ones are looked at", async () => {
    await start("");
    const { rows } = await positions("fleet");
    const imeis = [String(rows[0]?.[LABELS_AT + 3])];
    const begins = Date.now() + hour;
    const { payload: later } = await change("addShare", { groups: ["vans"], begins, ends: begins + hour });
    const { payload: short } = await change("addShare", {
      imeis,
      ends: Date.now() + 1500,
    });
    const open = (secret: string) => ({ ...PROXIED, "x-tracker-share": secret });
    // It ends while it is open.
    await new Promise<void>((resolve, reject) => {
      request(`${nodeRed.url}/fleet/events`, { headers: open(short.secret) }, (response) => {
        assert.equal(response.statusCode, 200);
        response.resume().on("end", resolve);
      })
        .on("error", reject)
        .end();
    });
    assert.deepEqual(await statuses("fleet", open(short.secret)), all(403));
    const { status, body } = await ask(`${nodeRed.url}/fleet/config`, {
      ...open(later.secret),
      "accept-language": "de",
    });
    assert.deepEqual([status, JSON.parse(body).code], [403, "SHARE_UNKNOWN"]);
    assert.match(JSON.parse(body).message, /noch nicht gültig/);
    const wrong = [];
    for (let count = 0; count < 25; count++)
      wrong.push((await ask(`${nodeRed.url}/fleet/config`, open(`wrong${count}`))).status);
    assert.deepEqual(wrong, [...Array(20).fill(403), ...Array(5).fill(429)]);
    // Who needs no link is not kept out.
    assert.equal((await ask(`${nodeRed.url}/fleet/config`)).status, 200);
  });

  it("links are made by who has trackers.write alone", async () => {
    const users = { writer: "*", reader: "read" };
    await start(`adminAuth: ${JSON.stringify(editorUsers(users))}`);
    const tokenOf = async (username: string) => ({
      authorization: `Bearer ${await editorToken(nodeRed.url, username)}`,
    });
    const payload = { groups: ["vans"], ends: Date.now() + hour };
    for (const token of [{}, await tokenOf("reader")])
      for (const request of ["addShare", "shares", "removeShare"]) {
        const response = await fetch(`${nodeRed.url}/trackers/registry/registry/request`, {
          method: "POST",
          headers: { "Content-Type": "application/json", ...token },
          body: JSON.stringify({ request, payload }),
        });
        assert.equal(response.status, 401, request);
      }
    const made = await change("addShare", payload, await tokenOf("writer"));
    assert.deepEqual([made.status, made.payload.digest], [200, undefined]);
    const listed = JSON.stringify(await change("shares", {}, await tokenOf("writer")));
    assert.ok(listed.includes(made.payload.id));
    assert.equal(listed.includes(made.payload.secret), false);
  });

  it("nothing of it changes anything, and a map shows only what its dialog says", async () => {
    await start("");
    await positions("fleet");
    // Node-RED 4 answers OPTIONS itself, which asks and changes nothing.
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      for (const part of PARTS) {
        const { status, headers } = await ask(`${nodeRed.url}/fleet/${part}`, {}, method);
        assert.deepEqual([status, headers.allow], [405, "GET, HEAD"], `${method} ${part}`);
      }
    }
    assert.equal((await ask(`${nodeRed.url}/plain/device?id=0`)).status, 404);
    await positions("plain");
    assert.equal((await ask(`${nodeRed.url}/plain/trail?id=0`)).status, 200);
    assert.equal((await ask(`${nodeRed.url}/plain/device?id=0`)).status, 404);
    // The simulated cars are in no group.
    const { body } = await ask(`${nodeRed.url}/others/events`);
    assert.match(body, /"rows":\[\]/);
    for (const part of ["trail", "series", "export", "device"])
      assert.equal((await ask(`${nodeRed.url}/others/${part}?id=0&format=gpx`)).status, 404);
    // Values are in no chart and no file either.
    assert.equal((await ask(`${nodeRed.url}/plain/series?id=0`)).status, 200);
    assert.equal((await ask(`${nodeRed.url}/plain/series?id=0&key=externalVoltage`)).status, 404);
    const columns = async (path: string) =>
      JSON.parse((await ask(`${nodeRed.url}/${path}/export?id=0&format=geojson`)).body).features[0]
        .properties;
    await positions("fleet");
    assert.ok("externalVoltage" in (await columns("fleet")));
    assert.equal("externalVoltage" in (await columns("plain")), false);
    assert.equal((await ask(`${nodeRed.url}/others/roads`)).body, "[]");
  });

  it("looks back no further than its dialog says, in trails, charts and files", async () => {
    await start("");
    await positions("fleet");
    await positions("today");
    const hour = Date.now() - 3_600_000;
    for (const [path, isThere] of [
      ["fleet", true],
      ["today", false],
    ] as const) {
      const at = (part: string) => ask(`${nodeRed.url}/${path}/${part}&from=${hour}&to=${hour + 7_200_000}`);
      assert.equal(JSON.parse((await at("trail?id=0")).body).time.length > 0, isThere, path);
      assert.equal(JSON.parse((await at("series?id=0")).body).time.length > 0, isThere, path);
      assert.equal((await at("export?id=0&format=gpx")).body.includes("<trkpt"), isThere, path);
      const { formats, days } = JSON.parse((await ask(`${nodeRed.url}/${path}/config`)).body);
      assert.deepEqual([formats.length > 0, days > 0], [isThere, isThere]);
    }
    const bad = await ask(`${nodeRed.url}/fleet/export?id=0&format=exe`);
    assert.deepEqual([bad.status, JSON.parse(bad.body).code], [404, "FORMAT_UNKNOWN"]);
  });

  it("fences: on a page of a node only what is seen, of those for what it shows, and only where its dialog says so", async () => {
    await start("");
    await positions("fleet");
    const center = { latitude: 54, longitude: 25 };
    const rules = { kind: "circle", center, radius: 100, schedule: { timeZone: "UTC" } };
    for (const fence of [
      { id: "all" },
      { id: "vans", groups: ["vans"] },
      { id: "lorries", groups: ["lorries"] },
      { id: "one", devices: [IMEI] },
    ]) {
      const body = JSON.stringify({ request: "addFence", payload: { ...rules, name: fence.id, ...fence } });
      await fetch(`${nodeRed.url}/trackers/registry/registry/request`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
    }
    const fencesAt = async (path: string): Promise<Record<string, unknown>[]> =>
      JSON.parse((await ask(`${nodeRed.url}/${path}/fences`)).body);
    const ids = async (path: string) => (await fencesAt(path)).map(({ id }) => id);
    assert.deepEqual(await ids("fleet"), ["all", "vans", "lorries", "one"]);
    assert.deepEqual(await ids("others"), ["all", "vans"]);
    assert.deepEqual((await fencesAt("fleet"))[3], {
      id: "one",
      name: "one",
      colour: "#2563c9",
      kind: "circle",
      center,
      radius: 100,
    });
    assert.deepEqual((await fencesAt("trackers/map/registry"))[3]?.devices, [IMEI]);
    const { etag = "" } = (await ask(`${nodeRed.url}/fleet/fences`)).headers;
    const again = await ask(`${nodeRed.url}/fleet/fences`, { "if-none-match": etag });
    assert.deepEqual([again.status, again.body], [304, ""], "what has not changed is not sent again");
    assert.equal((await ask(`${nodeRed.url}/plain/fences`)).status, 404);
    const config = async (path: string) => JSON.parse((await ask(`${nodeRed.url}/${path}/config`)).body);
    assert.deepEqual([(await config("fleet")).fences, (await config("plain")).fences], ["shown", "none"]);
  });

  it("where Node-RED serves no pages there is none, but the editor's", async () => {
    await start("httpNodeRoot: false");
    assert.equal((await ask(`${nodeRed.url}/fleet/`)).status, 404);
    assert.equal((await ask(`${nodeRed.url}/trackers/map/registry/`)).status, 200);
    await positions("trackers/map/registry");
  });

  it("the page may talk to itself only, and nothing reads a file that is not the page's", async () => {
    await start("");
    const redirect = await ask(`${nodeRed.url}/fleet`);
    assert.deepEqual([redirect.status, redirect.headers.location], [302, "fleet/"]);
    const { headers } = await ask(`${nodeRed.url}/fleet/`);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'.*frame-ancestors 'self'/);
    assert.doesNotMatch(policy, /https?:|unsafe|\*/);
    for (const part of [
      "maps/../settings.js",
      "maps/..%2fsettings.js",
      "maps/%2e%2e/settings.js",
      "maps/a/../../settings.js",
      "maps/",
      "..%2f..%2fpackage.json",
      "page.ts",
      "constructor",
    ]) {
      assert.equal((await ask(`${nodeRed.url}/fleet/${part}`)).status, 404, part);
    }
  });

  it("from another address: nobody without a login, unless it is open to everybody", async () => {
    await start("", "0.0.0.0");
    await positions("fleet");
    assert.deepEqual(await statuses("fleet"), ALL);
    const { port } = new URL(nodeRed.url);
    // Where there is no network nobody can come from there.
    for (const address of OUTSIDE === undefined ? [] : [OUTSIDE]) {
      const url = `http://${address}:${port}`;
      assert.deepEqual(await statuses("fleet", {}, url), closed(403));
      assert.deepEqual(await statuses("fleet", { host: "localhost" }, url), closed(403));
      assert.deepEqual(await statuses("open", {}, url), ALL);
    }
  });

  it("this machine is known by the socket's address; headers can only speak against it", () => {
    const from = (remoteAddress: string | undefined, headers: Record<string, string> = {}) =>
      isFromThisMachine({ socket: { remoteAddress }, headers: { host: "localhost:1880", ...headers } });
    for (const address of ["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"])
      assert.ok(from(address), address);
    for (const address of [
      "192.168.0.2",
      "10.127.0.1",
      "::ffff:10.0.0.1",
      "fe80::1",
      "1127.0.0.1",
      "",
      undefined,
    ])
      assert.equal(from(address), false, String(address));
    for (const host of ["127.0.0.1", "127.0.0.1:1880", "[::1]:1880", "LOCALHOST", "fleet.localhost:1880"])
      assert.ok(from("::1", { host }), host);
    for (const host of [
      "",
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "192.168.0.2",
    ])
      assert.equal(from("::1", { host }), false, host);
    for (const name of ["x-forwarded-for", "x-real-ip", "forwarded", "via", "cf-connecting-ip"])
      assert.equal(from("127.0.0.1", { [name]: "127.0.0.1" }), false, name);
  });
});
