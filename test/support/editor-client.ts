import { once } from "node:events";

interface Published {
  readonly topic: string;
  readonly data: unknown;
}

/** Talks to a running Node-RED as its editor does: deploys flows, presses inject buttons, reads the debug sidebar. */
export class EditorClient {
  private readonly heard: Published[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly url: string,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener("message", ({ data }) => {
      const messages: Published | Published[] = JSON.parse(String(data));
      this.heard.push(...[messages].flat());
      for (const check of [...this.waiting]) check();
    });
  }

  static async connect(url: string): Promise<EditorClient> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/comms`);
    await once(socket, "open");
    const client = new EditorClient(url, socket);
    for (const topic of ["debug", "status/#", "trackers/registry/#", "notification/runtime-deploy"])
      socket.send(JSON.stringify({ subscribe: topic }));
    return client;
  }

  close(): void {
    this.socket.close();
  }

  /** Resolves when the flows have started. */
  deploy(flows: readonly object[]): Promise<void> {
    return this.deployedBy(() => this.post("/flows", flows));
  }

  /** Resolves when the flows that `act` deploys have started, which may be after Node-RED has answered. */
  async deployedBy(act: () => Promise<void>): Promise<void> {
    this.heard.length = 0;
    const started = this.next(({ topic }) => topic === "notification/runtime-deploy");
    await act();
    await started;
  }

  /** Presses an inject node's button, by choice with another payload than it has. */
  async press(injectId: string, payload?: object): Promise<void> {
    const other = { __user_inject_props__: [{ p: "payload", v: JSON.stringify(payload), vt: "json" }] };
    await this.post(`/inject/${injectId}`, payload === undefined ? {} : other);
  }

  /** The next message in the debug sidebar from this node, also one that has come already; parsed where it is JSON. */
  async debug(nodeId: string): Promise<unknown> {
    const found = await this.next(
      ({ topic, data }) => topic === "debug" && (data as { id: string }).id === nodeId,
    );
    const { msg, format } = found.data as { msg: string; format: string };
    return /^(Object|array|error)/.test(format) ? JSON.parse(msg) : msg;
  }

  /** Waits until an MQTT node says that it is connected. */
  connected(nodeId: string): Promise<void> {
    return this.status(nodeId, /^node-red:common\.status\.connected$/);
  }

  /** Waits until a node has this status. */
  async status(nodeId: string, wanted: RegExp): Promise<void> {
    await this.next(
      ({ topic, data }) =>
        topic === `status/${nodeId}` && wanted.test((data as { text?: string }).text ?? ""),
    );
  }

  /** Waits until a registry says that something changed. */
  async changed(registryId: string): Promise<void> {
    await this.next(({ topic }) => topic === `trackers/registry/${registryId}`);
  }

  private next(wanted: (published: Published) => boolean): Promise<Published> {
    return new Promise((resolve) => {
      const check = () => {
        const at = this.heard.findIndex(wanted);
        if (at < 0) return;
        this.waiting.delete(check);
        resolve(this.heard.splice(at, 1)[0] as Published);
      };
      this.waiting.add(check);
      check();
    });
  }

  private async post(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": "full" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}
