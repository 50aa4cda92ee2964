// The thread that waits for the disk, so that nothing else does; see sqlite/thread.ts for the other end.
import { parentPort, workerData } from "node:worker_threads";
import type { PlainTable } from "../../history/table";
import { problemOf } from "../sqlite/problems";
import type { Answer } from "../sqlite/requests";
import { HistoryFile } from "./file";
import type { HistoryMethod } from "./requests";

const path = String(workerData);
const file = new HistoryFile(path);
/** A step is on its way. */
let isStepping = false;

parentPort?.on(
  "message",
  ({ id, method, argument }: { id: number; method: HistoryMethod; argument: unknown }) => {
    const result = answer(id, method, argument);
    parentPort?.postMessage(result, "value" in result ? buffersOf(result.value) : []);
    stepLater();
  },
);

function answer(id: number, method: HistoryMethod, argument: unknown): Answer {
  try {
    const call = file[method] as (argument: unknown) => unknown;
    return { id, value: call.call(file, argument) };
  } catch (error) {
    return { id, problem: problemOf(error, path) };
  }
}

/** Slices of the work that nobody waits for, between requests. One that fails is tried again after the next request. */
function stepLater(): void {
  if (isStepping) return;
  isStepping = true;
  setImmediate(() => {
    isStepping = false;
    try {
      if (file.step()) stepLater();
    } catch {
      // A full disk, which the next commit says.
    }
  });
}

/** Buffers of an answer, which are given away instead of copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== "object" || value === null) return [];
  const table = ("table" in value ? value.table : value) as Partial<PlainTable>;
  const columns = (table.columns ?? []).flatMap(([, tags, values]) => [tags, values]);
  const arrays = [...Object.values(table as object), ...columns].filter((part) => ArrayBuffer.isView(part));
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
