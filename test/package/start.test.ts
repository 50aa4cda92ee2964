import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { imeiOf } from "../../src/simulator/plan";
import { EditorClient } from "../support/editor-client";
import type { FlowNode } from "../support/end-to-end";

describe("npm start", () => {
  let folder: string;
  let running: ChildProcess | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "start-"));
  });
  afterEach(async () => {
    if (running?.exitCode === null && running.kill("SIGKILL")) await once(running, "exit");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Starts it and resolves with the address that it prints, once it says that it is ready. */
  const start = (): Promise<string> => {
    const child = spawn(process.execPath, [join("dist", "scripts", "start.js")], {
      env: { ...process.env, TRACKERS_USER_DIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = child;
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const address = /^ {2}Open +(http:\S+)$/.exec(line)?.[1];
        if (address !== undefined) resolve(new URL(address).origin);
      });
      child.once("exit", (code) => reject(new Error(`ended with code ${code}`)));
    });
  };
  const end = async (): Promise<number | null> => {
    const child = running as ChildProcess;
    const exited = once(child, "exit");
    child.kill("SIGINT");
    const [code] = await exited;
    return code as number | null;
  };
  const refuses = (address: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(address).port), "127.0.0.1");
      socket.once("connect", () => resolve(false)).once("error", () => resolve(true));
    });

  it("has the fleet online, tells of events and commands, ends on Ctrl-C, and keeps the user's flows", async function () {
    this.timeout(90_000);
    const address = await start();
    const flowsFile = join(folder, "flows.json");
    const flows: FlowNode[] = JSON.parse(await readFile(flowsFile, "utf8"));
    const idOf = (wanted: string): string => flows.find(({ name }) => name === wanted)?.id ?? "";
    const editor = await EditorClient.connect(address);
    const registry = flows.find(({ type }) => type === "tracker-registry");
    assert.ok(registry);
    const count = async (): Promise<string> => {
      const overview = await (await fetch(`${address}/trackers/registry`)).json();
      const [{ counts }] = (overview as { registries: [{ counts: Record<string, number> }] }).registries;
      return `${counts.online} of ${counts.active} online, ${counts.pending} pending`;
    };
    // Three are not registered, so the broker does not let them in.
    while ((await count()) !== "22 of 22 online, 3 pending") await editor.changed(registry.id);
    await editor.press(idOf("panic button pressed"));
    while (!/^\D+ \d+ reports PANIC$/.test(String(await editor.debug(idOf("what happens")))));
    await editor.press(idOf("a power cable is cut"), { event: "powerCut", imei: imeiOf("xtcu", 2) });
    while ((await editor.debug(idOf("what happens"))) !== "xTCU car 2 reports POWER CUT");
    await editor.press(idOf("beacon on"));
    while ((await editor.debug(idOf("what became of it"))) !== "Car 1, beacon on: confirmed");
    editor.close();
    assert.equal(await end(), 0);
    assert.ok(await refuses(address), "Node-RED is gone");

    const mine = [{ id: "mine", type: "tab", label: "my own flow" }];
    await writeFile(flowsFile, JSON.stringify(mine));
    const again = await start();
    assert.deepEqual(await (await fetch(`${again}/flows`)).json(), mine);
    assert.equal(await end(), 0);
  });
});
