import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { imeiOf } from "../../src/simulator/plan";
import { EditorClient } from "../support/editor-client";
import { EXAMPLES, type FlowNode } from "../support/end-to-end";
import { vehiclesOn } from "../support/map-events";
import { NpmStart } from "../support/npm-start";

describe("npm start", function () {
  this.timeout(120_000);
  let start: NpmStart;
  /** Somebody else's: Mosquitto, perhaps. */
  let taken: Server;
  before(async () => {
    start = await NpmStart.inNewFolder();
    taken = createServer().on("error", () => undefined);
    taken.listen(1883, "127.0.0.1");
    await Promise.race([once(taken, "listening"), once(taken, "close"), once(taken, "error")]);
  });
  after(async () => {
    await start.remove();
    taken.close();
  });

  const refuses = (address: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(address).port), "127.0.0.1");
      socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    });
  const savedFlows = async (): Promise<FlowNode[]> =>
    JSON.parse(await readFile(join(start.folder, "flows.json"), "utf8"));

  const read = (file: string): FlowNode[] => JSON.parse(readFileSync(file, "utf8"));
  const allConnected = async (editor: EditorClient, flows: readonly FlowNode[]): Promise<void> => {
    for (const { id, type } of flows) {
      if (/^mqtt (in|out)$/.test(type)) await editor.connected(id);
      if (type === "tracker-broker") await editor.status(id, /^listening on \d+ /);
    }
  };

  it("has the fleet online, tells of events and commands, and ends on Ctrl-C", async () => {
    const address = await start.begin();
    const flows = await savedFlows();
    const idOf = (wanted: string): string => flows.find(({ name }) => name === wanted)?.id ?? "";
    const editor = await EditorClient.connect(address);
    const registry = flows.find(({ type }) => type === "tracker-registry");
    assert.ok(registry);
    const count = async (): Promise<string> => {
      const overview = await (await fetch(`${address}/trackers/registry`)).json();
      const { registries } = overview as { registries: { id: string; counts: Record<string, number> }[] };
      const counts = registries.find(({ id }) => id === registry.id)?.counts ?? {};
      return `${counts.online} of ${counts.active} online, ${counts.pending} pending`;
    };
    // Three are not registered, so the broker does not let them in.
    while ((await count()) !== "22 of 22 online, 3 pending") await editor.changed(registry.id);
    // Port 1883 is taken: what the set-up sheet says comes from here.
    const { brokers } = (await (await fetch(`${address}/trackers/brokers`)).json()) as {
      brokers: { registry: string; hosts: string[]; port: number; tlsPort: null }[];
    };
    assert.equal(brokers.length, 1);
    assert.ok((brokers[0]?.port ?? 0) > 1883);
    assert.deepEqual([brokers[0]?.registry, brokers[0]?.hosts, brokers[0]?.tlsPort], [registry.id, [], null]);
    const [map = ""] = start.said.flatMap((line) => /^ {2}Map +(http:\S+)$/.exec(line)?.[1] ?? []);
    assert.equal(map.startsWith(`${address}/fleet/#`), true, map);
    const vehicles = await vehiclesOn(`${address}/fleet/events`, 22);
    assert.ok(vehicles.includes("Car 1") && vehicles.includes("xTCU car 1"));
    // One tab further: fleet management, with vehicles of its own.
    const tabs = flows.filter(({ type }) => type === "tab") as (FlowNode & { label?: string })[];
    assert.deepEqual(
      tabs.map(({ label }) => label),
      ["Start here", "12 Fleet management"],
    );
    const [page = ""] = start.said.flatMap((line) => /^ {2}Fleet +(http:\S+)$/.exec(line)?.[1] ?? []);
    assert.equal(page, `${address}/fleet-management`);
    while (!/<td>Van 1<\/td>.*<td>online<\/td>/.test(await (await fetch(page)).text()))
      await editor.changed(flows.findLast(({ type }) => type === "tracker-registry")?.id ?? "");
    await editor.press(idOf("panic button pressed"));
    while (!/^\D+ \d+ reports panic$/.test(String(await editor.debug(idOf("what happens")))));
    await editor.press(idOf("a power cable is cut"), { event: "powerCut", imei: imeiOf("xtcu", 2) });
    while ((await editor.debug(idOf("what happens"))) !== "xTCU car 2 reports powerLost");
    await editor.press(idOf("beacon on"));
    while ((await editor.debug(idOf("what became of it"))) !== "Car 1, beacon on: confirmed");
    editor.close();
    assert.equal(await start.end(), 0);
    assert.ok(await refuses(address), "Node-RED is gone");
  });

  it("started a second time in the same folder, it says that it runs already, where, and ends", async () => {
    const address = await start.begin();
    const { code, said } = await start.again();
    assert.equal(code, 1);
    assert.match(said, /^It runs already: http/m);
    assert.ok(said.includes(address) && said.includes(start.folder), said);
    assert.doesNotMatch(said, /Ready|Error|Started flows/);
    // The first one has not noticed.
    assert.equal((await fetch(`${address}/flows`)).status, 200);
    assert.equal(await start.end(), 0);
  });

  for (const [order, files] of Object.entries({
    "in their order": EXAMPLES,
    "in the reverse order": EXAMPLES.toReversed(),
  })) {
    it(`runs every example that is imported, one after another, ${order}`, async () => {
      const address = await start.begin();
      const editor = await EditorClient.connect(address);
      let flows = (await savedFlows()).filter(({ id }) => id.startsWith("5a"));
      for (const file of files) {
        // As the editor does with "import copy": a config node that is there already is taken as it is.
        flows = [...flows, ...read(file).filter(({ id }) => !flows.some((there) => there.id === id))];
        await editor.deploy(flows);
        await allConnected(editor, flows);
      }
      const idOf = (file: RegExp, wanted: string): string => {
        return read(files.find((one) => file.test(one)) ?? "").find(({ name }) => name === wanted)?.id ?? "";
      };
      await editor.press(idOf(/02-/, "publish Hello"));
      assert.match(String(await editor.debug(idOf(/02-/, "what was done"))), /message #1/);
      await editor.press(idOf(/04-/, "beacon on"));
      while (!/^confirmed: on at OUT1/.test(String(await editor.debug(idOf(/04-/, "what became of it")))));
      await editor.press(idOf(/06-/, "as if a tracker reported"));
      editor.close();
      assert.equal(await start.end(), 0);
    });
  }

  it("keeps the user's flows", async () => {
    const mine = [{ id: "mine", type: "tab", label: "my own flow" }];
    await writeFile(join(start.folder, "flows.json"), JSON.stringify(mine));
    const again = await start.begin();
    assert.deepEqual(await (await fetch(`${again}/flows`)).json(), mine);
    assert.equal(await start.end(), 0);
  });
});
