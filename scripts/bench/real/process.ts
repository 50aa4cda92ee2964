// What the system says of a process. Linux.
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { median } from "../frame";

export interface Usage {
  /** Share of a core, in percent. */
  readonly cpu: number;
  /** Bytes of memory, without what is swapped out: the median of what it had second by second. */
  readonly memory: number;
  /** Bytes a second that it had written to a disk. */
  readonly written: number;
}

/** USER_HZ, which is the same on all of them. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number {
  const [, afterName = ""] = /\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  const [user, system] = afterName.split(" ").slice(11, 13).map(Number) as [number, number];
  return (user + system) / TICKS_PER_SECOND;
}

const numberIn = (file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(readFileSync(file, "utf8"))?.[1]);

/** Bytes that a process has had written to a disk. */
export const writtenBy = (pid: number): number => numberIn(`/proc/${pid}/io`, "write_bytes");

const memoryOf = (pid: number): number => numberIn(`/proc/${pid}/status`, "VmRSS") * 1024;

/** The one process that a process has started. */
export function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

/** Watches a process for so many seconds. */
export async function usageOf(pid: number, seconds: number): Promise<Usage> {
  const [cpu, written, start] = [cpuSeconds(pid), writtenBy(pid), performance.now()];
  const memory: number[] = [];
  for (let second = 0; second < seconds; second++) {
    await setTimeout(1000);
    memory.push(memoryOf(pid));
  }
  const passed = (performance.now() - start) / 1000;
  return {
    cpu: ((cpuSeconds(pid) - cpu) / passed) * 100,
    memory: median(memory),
    written: (writtenBy(pid) - written) / passed,
  };
}
