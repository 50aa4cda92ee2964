import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { anyPort } from "../support/port";

export interface Influx {
  readonly url: string;
  /** The answer to a question in InfluxQL; throws what the database says against it. */
  ask(query: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** InfluxDB 1.x of Debian on a free port of 127.0.0.1, with an empty database `trackers`. */
export async function startInflux(): Promise<Influx> {
  const folder = await mkdtemp(join(tmpdir(), "influxdb-"));
  const [port, backup] = [await anyPort(), await anyPort()];
  const sub = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path);
    return JSON.stringify(path);
  };
  const config = join(folder, "influxdb.conf");
  await writeFile(
    config,
    [
      "reporting-disabled = true",
      `bind-address = "127.0.0.1:${backup}"`,
      "[meta]",
      `dir = ${await sub("meta")}`,
      "[data]",
      `dir = ${await sub("data")}`,
      `wal-dir = ${await sub("wal")}`,
      "[monitor]",
      "store-enabled = false",
      "[http]",
      `bind-address = "127.0.0.1:${port}"`,
    ].join("\n"),
  );
  const influxd = spawn("influxd", ["-config", config], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(influxd, "exit");
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: influxd.stderr }).on("line", (line) => {
      if (/Listening on HTTP/.test(line)) resolve();
    });
    influxd.once("error", reject);
    influxd.once("exit", (code) => reject(new Error(`InfluxDB ended with code ${code}.`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (query: string) => {
    const body = new URLSearchParams({ db: "trackers", epoch: "ms", q: query });
    const answer = await (await fetch(`${url}/query`, { method: "POST", body })).json();
    const [{ error, series = [] }] = (answer as { results: { error?: string; series?: Series[] }[] })
      .results as [{ error?: string; series?: Series[] }];
    if (error !== undefined) throw new Error(error);
    return series.flatMap(({ columns, values, tags }) =>
      values.map((row) => ({ ...tags, ...Object.fromEntries(row.map((cell, at) => [columns[at], cell])) })),
    );
  };
  await ask("CREATE DATABASE trackers");
  return {
    url,
    ask,
    stop: async () => {
      influxd.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Series {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly tags?: Readonly<Record<string, string>>;
}
