import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `npm start` runs after the build, with a folder of its own. */
export class NpmStart {
  private running: ChildProcess | undefined;
  /** The lines that it has printed. */
  readonly said: string[] = [];

  private constructor(readonly folder: string) {}

  static async inNewFolder(): Promise<NpmStart> {
    return new NpmStart(await mkdtemp(join(tmpdir(), "start-")));
  }

  /** Starts it and resolves with the editor's address that it prints, once it says that it is ready. */
  begin(): Promise<string> {
    const child = this.spawn("inherit");
    this.running = child;
    return new Promise((resolve, reject) => {
      if (child.stdout === null) throw new Error("nothing can be read");
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.said.push(line);
        const address = /^ {2}Open +(http:\S+)$/.exec(line)?.[1];
        if (address !== undefined) resolve(new URL(address).origin);
      });
      child.once("exit", (code) => reject(new Error(`ended with code ${code}`)));
    });
  }

  /** Of what runs Node-RED. */
  get pid(): number {
    return this.running?.pid ?? 0;
  }

  /** Starts it once more in the same folder, and resolves with what it has printed when it has ended. */
  async again(): Promise<{ readonly code: number | null; readonly said: string }> {
    const child = this.spawn("pipe");
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        said += chunk;
        if (/^Ready/m.test(said)) child.kill("SIGINT");
      });
    }
    const [code] = await once(child, "close");
    return { code, said };
  }

  /** Presses Ctrl-C; resolves with the exit code. */
  async end(): Promise<number | null> {
    const child = this.running;
    if (child === undefined) return null;
    this.running = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit");
    child.kill("SIGINT");
    const [code] = await exited;
    return code;
  }

  async remove(): Promise<void> {
    if (this.running?.exitCode === null && this.running.kill("SIGKILL")) await once(this.running, "exit");
    await rm(this.folder, { recursive: true, force: true });
  }

  private spawn(errors: "inherit" | "pipe"): ChildProcess {
    return spawn(process.execPath, [join("dist", "scripts", "start.js")], {
      env: { ...process.env, TRACKERS_USER_DIR: this.folder },
      stdio: ["ignore", "pipe", errors],
    });
  }
}
