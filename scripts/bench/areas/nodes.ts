// What the nodes cost in a real Node-RED, against function nodes between the same connection and the same end.
import { area, inTurn, quantile, ratios } from "../frame";
import { FLOW_NAMES, FlowBench, type FlowName } from "../real/flows";

const FRAMES = 1000;
const SKIPPED = 100;
const PER_SECOND = 500;
const LATENCIES = 1000;

export const AREA = area("nodes", async (report) => {
  const bench = await FlowBench.start();
  const cpu = (name: FlowName) => async (): Promise<number> =>
    (await bench.run(name, FRAMES, SKIPPED)).cpu / FRAMES;
  const slowest = (name: FlowName) => async (): Promise<number> =>
    quantile(await bench.latencies(name, LATENCIES, PER_SECOND), 0.99);

  const µs = await inTurn(Object.fromEntries(FLOW_NAMES.map((name) => [name, cpu(name)])));
  const ms = await inTurn(
    { passThrough: slowest("passThrough"), registryFrame: slowest("registryFrame") },
    5,
    1,
  );
  await bench.stop();

  const of = (name: FlowName): number[] => µs[name] as number[];
  report.add("passThrough", of("passThrough"));
  report.add("frame", ratios(of("passThrough"), of("frame")));
  report.add("record", ratios(of("prepared"), of("record")));
  report.add("registryFrame", ratios(of("registryFrame"), of("passThrough")));
  report.add("registryRecord", ratios(of("registryRecord"), of("passThrough")));
  report.add(
    "latency",
    ms.registryFrame.map((value, round) => value - (ms.passThrough[round] as number)),
  );
});
