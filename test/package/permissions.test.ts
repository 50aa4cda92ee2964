import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsFile, startNodeRed } from "../../scripts/node-red";
import { editorToken, editorUsers } from "../support/editor-login";
import { NODE_RED_FROM } from "../support/node-red";
import { anyPort } from "../support/port";
import { IMEI } from "../support/registry";

const USERS = {
  reader: "read",
  clerk: ["trackers.read", "trackers.write"],
  stranger: ["flows.read"],
} as const;

const CIRCLE = {
  id: "yard",
  name: "Yard",
  kind: "circle",
  center: { latitude: 54, longitude: 25 },
  radius: 100,
};
const GEOJSON = { type: "FeatureCollection", features: [] };

describe("permissions for the registry", () => {
  it("are trackers.read and trackers.write of Node-RED's users", async function () {
    this.timeout(60_000);
    const userDir = await mkdtemp(join(tmpdir(), "permissions-"));
    const settings = { adminAuth: editorUsers(USERS), nodesDir: [process.cwd()] };
    await writeFile(
      join(userDir, "settings.js"),
      `${settingsFile()}Object.assign(module.exports, ${JSON.stringify(settings)});`,
    );
    await writeFile(
      join(userDir, "flows.json"),
      JSON.stringify([{ id: "registry", type: "tracker-registry", storage: "memory" }]),
    );
    const nodeRed = await startNodeRed({ from: NODE_RED_FROM, userDir, port: await anyPort() });
    try {
      const login = (username: string) => editorToken(nodeRed.url, username);
      const ask = async (
        token: string,
        path: string,
        command?: string,
        payload: unknown = IMEI,
      ): Promise<Response> =>
        fetch(`${nodeRed.url}/trackers/registry${path}`, {
          method: command === undefined ? "GET" : "POST",
          headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
          ...(command === undefined ? {} : { body: JSON.stringify({ request: command, payload }) }),
        });
      const statuses = async (token: string): Promise<number[]> => {
        const answers = [
          await ask(token, ""),
          await ask(token, "/registry/rows"),
          await ask(token, "/registry/query", "export"),
          await ask(token, "/registry/request", "register"),
          await ask(token, `/registry/devices/${IMEI}`),
          await ask(token, "/registry/query", "history"),
          await ask(token, `/registry/devices/${IMEI}/history`),
          await ask(token, `/registry/devices/${IMEI}/history?format=gpx`),
          await ask(token, "/registry/request", "removeHistory"),
          await ask(token, "/registry/query", "removeHistory"),
          await ask(token, "/registry/query", "series"),
          await ask(token, "/registry/query", "area"),
          await ask(token, `/registry/devices/${IMEI}/history`, "importHistory"),
          await ask(token, "/registry/query", "importHistory"),
          await ask(token, "/registry/request", "remove"),
          await ask(token, "/registry/query", "fences", "yard"),
          await ask(token, "/registry/fences"),
          await ask(token, "/registry/request", "addFence", CIRCLE),
          await ask(token, "/registry/request", "changeFence", CIRCLE),
          await ask(token, "/registry/request", "importFences", GEOJSON),
          await ask(token, "/registry/query", "addFence", CIRCLE),
          await ask(token, "/registry/query", "removeFence", CIRCLE),
          await ask(token, "/registry/request", "removeFence", "yard"),
          await ask(token, "/registry/query", "alarms", {}),
          await ask(token, "/registry/query", "acknowledgeAlarm", "a"),
          await ask(token, "/registry/query", "clearAlarm", "a"),
          await ask(token, "/registry/request", "acknowledgeAlarm", "a"),
          await ask(token, "/registry/request", "clearAlarm", "a"),
        ];
        return answers.map(({ status }) => status);
      };
      assert.deepEqual(await statuses("nobody"), Array(28).fill(401));
      assert.deepEqual(await statuses(await login("stranger")), Array(28).fill(401));
      assert.deepEqual(
        await statuses(await login("clerk")),
        [
          200, 200, 200, 200, 200, 200, 200, 200, 200, 403, 400, 400, 415, 403, 200, 404, 200, 200, 200, 200,
          403, 403, 200, 200, 403, 403, 404, 404,
        ],
      );
      assert.deepEqual(
        await statuses(await login("reader")),
        [
          200, 200, 200, 401, 404, 404, 404, 404, 401, 403, 400, 400, 401, 403, 401, 404, 200, 401, 401, 401,
          403, 403, 401, 200, 403, 403, 401, 401,
        ],
      );
      const clerk = await login("clerk");
      await ask(clerk, "/registry/request", "register");
      const { journal } = (await (await ask(clerk, `/registry/devices/${IMEI}`)).json()) as {
        journal: { by: string }[];
      };
      assert.deepEqual(
        journal.map(({ by }) => by),
        ["clerk"],
        "the journal says who did it",
      );
    } finally {
      await nodeRed.stop();
      await rm(userDir, { recursive: true, force: true });
    }
  });
});
