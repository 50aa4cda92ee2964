// The thread that waits for the disk, so that nothing else does; see thread.ts for the other end.
import { parentPort, workerData } from "node:worker_threads";
import { StoreFile } from "./file";
import { problemOf } from "./problems";
import type { Answer, Request } from "./requests";

const path = String(workerData);
const file = new StoreFile(path);

parentPort?.on("message", (request: Request) => parentPort?.postMessage(answer(request)));

function answer({ id, method, argument }: Request): Answer {
  try {
    const call = file[method] as (argument: unknown) => unknown;
    return { id, value: call.call(file, argument) };
  } catch (error) {
    return { id, problem: problemOf(error, path) };
  }
}
