// Where the main thread of a real Node-RED spends its time: a CPU profile of two flows.
import type { Profiler } from "node:inspector";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { area } from "../frame";
import { FlowBench, type FlowName } from "../real/flows";

const FRAMES = { warm: 4000, measured: 8000 };
const PER_SECOND = 3000;
const TOP = 10;

const TITLES = {
  frame: "mqtt in → BCE decoder, one message a frame of 13 readings",
  registryRecord: "mqtt in → BCE decoder, one message a record → device registry on a file",
} as const satisfies Partial<Record<FlowName, string>>;

/** Where decoding is done; everything else of this package is around it. */
const DECODING = "src/protocols/";

type Frame = Profiler.ProfileNode["callFrame"];

interface Share {
  readonly name: string;
  /** The file, as a person finds it; empty for what is in no file. */
  readonly file: string;
  /** Of the time in which the thread worked. */
  readonly percent: number;
}

/** No work of the flow: waiting, and starting and ending the profile itself. */
const IDLE = new Set(["(idle)", "(program)", "(root)"]);
const isWork = ({ functionName, url }: Frame): boolean => !IDLE.has(functionName) && url !== "node:inspector";

/** Functions by the time that they took themselves, the one that took most first. */
function shares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Share[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { name: string; file: string; time: number }>();
  let all = 0;
  samples.forEach((id, at) => {
    const frame = frames.get(id) as Frame;
    const { functionName, url, lineNumber } = frame;
    if (!isWork(frame)) return;
    const time = Math.max(0, timeDeltas[at] ?? 0);
    all += time;
    const key = `${functionName} ${url} ${lineNumber}`;
    const known = times.get(key) ?? { name: functionName || "(anonymous)", file: fileOf(url), time: 0 };
    known.time += time;
    times.set(key, known);
  });
  return [...times.values()]
    .map(({ time, ...rest }) => ({ ...rest, percent: (time / all) * 100 }))
    .sort((a, b) => b.percent - a.percent);
}

/** Ours as `src/…` or `nodes/…`, others' by their package. */
function fileOf(url: string): string {
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url).replaceAll("\\", "/");
  const [, ofPackage] = /.*\/node_modules\/(?!@mqtt-trackers\/)(.+)$/.exec(path) ?? [];
  return (
    ofPackage ??
    relative(process.cwd(), path)
      .replace(/^.*?dist\//, "")
      .replace(/\.js$/, ".ts")
  );
}

const isOurs = ({ file }: Share): boolean => /^(src|nodes)\//.test(file);

function tableOf(title: string, all: readonly Share[]): string {
  const lines = all
    .slice(0, TOP)
    .map(({ name, file, percent }) => `| ${percent.toFixed(1)} % | \`${name}\` | ${file} |`);
  return [`**${title}**`, "", "| of its time | function | where |", "|---|---|---|", ...lines].join("\n");
}

export const AREA = area("profile", async (report) => {
  const names = Object.keys(TITLES) as (keyof typeof TITLES)[];
  const bench = await FlowBench.start(names);
  report.atEnd(() => bench.stop());
  const tables: string[] = [];
  for (const name of names) {
    await bench.run(name, FRAMES.warm, PER_SECOND);
    await bench.nodeRed.post("/bench/profile/start");
    await bench.run(name, FRAMES.measured, PER_SECOND);
    const profile = (await (await bench.nodeRed.post("/bench/profile/stop")).json()) as Profiler.Profile;
    const all = shares(profile);
    tables.push(tableOf(TITLES[name], all));
    const around = all.filter((one) => isOurs(one) && !one.file.startsWith(DECODING));
    if (name === "frame") report.add("around", [around[0]?.percent ?? 0]);
  }
  report.text("profile", tables.join("\n\n"));
});
