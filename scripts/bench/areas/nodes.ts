// What the nodes cost in a real Node-RED, against function nodes between the same connection and the same end.
import { area, inTurn, quantile, ratios } from "../frame";
import { FLOW_NAMES, FlowBench, type FlowName } from "../real/flows";

const FRAMES = 1000;
/** As many as the slowest flow can have, so that no flow has a backlog, and what comes at once is alike in all. */
const PER_SECOND = 4000;
const ROUNDS = 11;

const LATENCIES = { frames: 1000, perSecond: 500, rounds: 5 };

export const AREA = area("nodes", async (report) => {
  const bench = await FlowBench.start();
  report.atEnd(() => bench.stop());
  const cpu = (name: FlowName) => async (): Promise<number> =>
    (await bench.run(name, FRAMES, PER_SECOND)).cpu;
  const slowest = (name: FlowName) => async (): Promise<number> =>
    quantile((await bench.run(name, LATENCIES.frames, LATENCIES.perSecond)).latencies, 0.99);

  const µs = await inTurn(Object.fromEntries(FLOW_NAMES.map((name) => [name, cpu(name)])), ROUNDS);
  const slow = { passThrough: slowest("passThrough"), registryFrame: slowest("registryFrame") };
  const ms = await inTurn(slow, LATENCIES.rounds, 1);

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
