// The node bench-meter, for the flows of the bench alone: the end of a flow, which says when so many messages have come and
// what the main thread did until then. Loaded by Node-RED from its user folder.
import { Session } from "node:inspector/promises";
import type { Response } from "express";
import type { Node, NodeAPI, NodeDef } from "node-red";

/** What a meter answers. Times of arrival are those of the system's monotonic clock, which all processes share. */
export interface Measured {
  /** µs that the main thread worked, between the message after those that were skipped and the last. */
  readonly cpu: number;
  /** Times of arrival in ms; empty unless asked for. */
  readonly arrivals: readonly number[];
}

interface Task {
  readonly skip: number;
  readonly count: number;
  readonly withArrivals: boolean;
  readonly answer: (measured: Measured) => void;
}

/** @types/node does not know it yet. */
const { threadCpuUsage } = process as unknown as { threadCpuUsage(): NodeJS.CpuUsage };

function threadCpu(): number {
  const { user, system } = threadCpuUsage();
  return user + system;
}

export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

class Meter {
  private task: Task | undefined;
  private came = 0;
  private cpuBefore = 0;
  private arrivals: number[] = [];

  measure(task: Task): void {
    this.task = task;
    this.came = 0;
    this.arrivals = [];
  }

  count(): void {
    const { task } = this;
    if (task === undefined) return;
    this.came++;
    if (task.withArrivals) this.arrivals.push(now());
    if (this.came === task.skip) this.cpuBefore = threadCpu();
    if (this.came < task.skip + task.count) return;
    this.task = undefined;
    task.answer({ cpu: threadCpu() - this.cpuBefore, arrivals: this.arrivals });
  }
}

module.exports = (RED: NodeAPI): void => {
  const meters = new Map<string, Meter>();

  function BenchMeter(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    const meter = new Meter();
    meters.set(this.id, meter);
    this.on("input", (_msg, _send, done) => {
      meter.count();
      done();
    });
  }
  RED.nodes.registerType("bench-meter", BenchMeter);

  RED.httpAdmin.post("/bench/measure/:id", ({ params, query }, response: Response) => {
    meters.get(String(params.id))?.measure({
      skip: Number(query.skip),
      count: Number(query.count),
      withArrivals: query.arrivals !== undefined,
      answer: (measured) => void response.end(JSON.stringify(measured)),
    });
    // The asker may begin to send: the head says that the meter waits.
    response.type("json").flushHeaders();
  });

  let session: Session | undefined;
  RED.httpAdmin.post("/bench/profile/start", async (_, response) => {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 200 });
    await session.post("Profiler.start");
    response.end();
  });
  RED.httpAdmin.post("/bench/profile/stop", async (_, response) => {
    const stopped = await session?.post("Profiler.stop");
    session?.disconnect();
    response.json(stopped?.profile);
  });
};
