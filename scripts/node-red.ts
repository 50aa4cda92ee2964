import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface NodeRedOptions {
  /** Folder whose node_modules has Node-RED. */
  readonly from: string;
  readonly userDir: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with every line that Node-RED prints. */
  readonly onLine?: (line: string) => void;
}

export interface NodeRed {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends Node-RED and waits until it is gone. */
  stop(): Promise<void>;
}

/** What is told of a Node-RED that did not start. */
const LAST_LINES = 20;

/** Starts Node-RED as a process of its own; resolves once its flows run. */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const require = createRequire(join(options.from, "package.json"));
  const child = spawn(
    process.execPath,
    [require.resolve("node-red/red.js"), "--userDir", options.userDir, "--port", String(options.port)],
    {
      cwd: options.userDir,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const exited = once(child, "exit");
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (lines.push(line) > LAST_LINES) lines.shift();
      options.onLine?.(line);
      if (line.includes("Started flows")) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Node-RED ended with code ${code}:\n${lines.join("\n")}`)));
  });
  return {
    url: `http://127.0.0.1:${options.port}`,
    process: child,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** A settings.js for a user folder: local only, no telemetry, no tours. */
export function settingsFile(theme: object = {}): string {
  return `module.exports = {
  uiHost: "127.0.0.1",
  flowFile: "flows.json",
  credentialSecret: process.env.TRACKERS_CREDENTIAL_SECRET || "try-out",
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: ${JSON.stringify({ tours: false, ...theme })},
};
`;
}
