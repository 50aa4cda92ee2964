// The node bench-meter, for the flows of the bench alone: the end of a flow, which says when so many messages have come and
// what the main thread did until then. Loaded by Node-RED from its user folder.
import { Session } from "node:inspector/promises";
import type { Response } from "express";
import type { Node, NodeAPI, NodeDef } from "node-red";

/** What a meter answers. Times of arrival are those of the system's monotonic clock, which all processes share. */
export interface Measured {
  /** µs that the main thread worked, from the request until the messages had come and `settle` was over. */
  readonly cpu: number;
  /** Times of arrival in ms. */
  readonly arrivals: readonly number[];
}

interface Task {
  readonly count: number;
  /** ms after the last message, for what is put off, such as saving. */
  readonly settle: number;
  readonly answer: (measured: Measured) => void;
}

/** @types/node does not know it yet. */
const { threadCpuUsage } = process as unknown as { threadCpuUsage(): NodeJS.CpuUsage };

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** µs that this thread has worked. */
function threadCpu(): number {
  // Linux adds up what a thread has worked when the thread stops working, or at a tick, which may be 10 ms away.
  Atomics.wait(nothing, 0, 0, 0.05);
  const { user, system } = threadCpuUsage();
  return user + system;
}

export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

class Meter {
  private task: Task | undefined;
  private cpuBefore = 0;
  private arrivals: number[] = [];

  measure(task: Task): void {
    this.task = task;
    this.arrivals = [];
    this.cpuBefore = threadCpu();
  }

  count(): void {
    const { task, arrivals } = this;
    if (task === undefined || arrivals.push(now()) < task.count) return;
    this.task = undefined;
    setTimeout(() => task.answer({ cpu: threadCpu() - this.cpuBefore, arrivals }), task.settle);
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
      count: Number(query.count),
      settle: Number(query.settle),
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
