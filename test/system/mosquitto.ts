import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Broker } from "../../scripts/broker";
import { anyPort } from "../support/port";

/** Mosquitto on a free port of 127.0.0.1, without login. */
export async function startMosquitto(wanted?: number): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "mosquitto-"));
  const port = wanted ?? (await anyPort());
  const config = join(folder, "mosquitto.conf");
  await writeFile(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\n`,
  );
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
