import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { TrackerError } from "../../errors";
import { endedProblem, problemOf } from "./problems";
import type { Answer } from "./requests";

/** A worker has options of its own, so the one that turns SQLite on in Node.js before 22.13 is handed on. */
const OPTIONS = [
  "--disable-warning=ExperimentalWarning",
  ...process.execArgv.filter((option) => option.endsWith("experimental-sqlite")),
];

interface Waiting {
  resolve(value: unknown): void;
  reject(error: TrackerError): void;
}

/** The worker of one open store. However it ends, every request is answered. */
export class StoreThread {
  /** Resolves when the worker has ended. */
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private cause = "its thread has ended";

  constructor(
    readonly path: string,
    script = join(__dirname, "worker.js"),
  ) {
    this.worker = new Worker(script, { workerData: path, execArgv: OPTIONS });
    this.worker.on("message", (answer: Answer) => this.settle(answer));
    this.worker.on("error", (error) => {
      this.cause = error instanceof Error ? error.message : String(error);
    });
    this.ended = new Promise((resolve) => {
      this.worker.on("exit", () => {
        // First, so that nobody who hears of it by a rejection can still ask this thread for something.
        resolve();
        const ended = new TrackerError(endedProblem(this.path, this.cause));
        for (const { reject } of this.waiting.values()) reject(ended);
        this.waiting.clear();
      });
    });
  }

  /** `transfer` is memory in the argument that the worker is given instead of a copy. */
  request(method: string, argument?: unknown, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.requests;
      try {
        this.worker.postMessage({ id, method, argument }, transfer);
        this.waiting.set(id, { resolve, reject });
      } catch (error) {
        reject(new TrackerError(problemOf(error, this.path)));
      }
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
    await this.ended;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ("problem" in answer) waiting?.reject(new TrackerError(answer.problem));
    else waiting?.resolve(answer.value);
  }
}
