// Builds, starts Node-RED as `npm start` does, and does both again whenever a source file changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";

const WATCHED = ["src", "nodes", "scripts", "icons", "examples"];
/** Editors write a file in several steps; what comes within this time is one change. */
const SETTLE_MS = 300;

let running;
let changed = Promise.resolve();
let timer;

const script = (file) => spawn(process.execPath, [file], { stdio: "inherit" });

async function stop() {
  if (running === undefined || running.exitCode !== null) return;
  running.kill("SIGTERM");
  await once(running, "exit");
}

async function restart() {
  const [code] = await once(script("scripts/build.mjs"), "exit");
  if (code !== 0) return console.log("Waiting for the next change.");
  await stop();
  running = script("dist/scripts/start.js");
}

for (const folder of WATCHED) {
  watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = changed.then(restart);
    }, SETTLE_MS);
  });
}
async function end() {
  await stop();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, end);
// npm passes a signal on to its shell only, which ends without passing it on.
const parent = process.ppid;
setInterval(() => process.ppid === parent || end(), 1000).unref();
changed = restart();
