import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Broker } from "../../scripts/broker";
import { anyPort } from "../support/port";

/**
 * Mosquitto on a free port of 127.0.0.1, without login. Where `keptIn` names a folder it keeps its queues there over a
 * restart, and has one message on its way to a client at a time (docs/commands.md).
 */
export async function startMosquitto(wanted?: number, keptIn?: string): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "mosquitto-"));
  const port = wanted ?? (await anyPort());
  const config = join(folder, "mosquitto.conf");
  const kept = [
    "persistence true",
    `persistence_location ${keptIn}/`,
    "autosave_interval 1",
    "max_inflight_messages 1",
    "max_queued_messages 0",
    // It gives up its rights where root starts it, and could not write the folder then.
    "user root",
  ];
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "log_dest stderr",
    ...(keptIn === undefined ? ["persistence false"] : kept),
  ];
  await writeFile(config, `${lines.join("\n")}\n`);
  const mosquitto = spawn("mosquitto", ["-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(mosquitto, "exit");
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: mosquitto.stderr }).on("line", (line) => {
      if (/mosquitto version .* running/.test(line)) resolve();
    });
    mosquitto.once("error", reject);
    mosquitto.once("exit", (code) => reject(new Error(`Mosquitto ended with code ${code}.`)));
  });
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      mosquitto.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
