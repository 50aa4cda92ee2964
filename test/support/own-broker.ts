import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import type { ConnectionEvent } from "../../src/broker/events";
import { DEFAULT_LIMITS } from "../../src/broker/limits";
import { BrokerServer, type BrokerSettings } from "../../src/broker/server";
import type { DeviceAccount, Directory } from "../../src/fleet/directory";
import { TestDirectory } from "./directory";
import { type Connect, RawClient } from "./raw-client";

export const SERVICE = { user: "node-red", password: "flow's own", role: "full" } as const;
export const READER = { user: "phone", password: "may look", role: "read" } as const;

/** A broker on a free port of 127.0.0.1, with what it has told. */
export class OwnBroker {
  readonly events: ConnectionEvent[] = [];
  readonly problems: Error[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly clients: MqttClient[] = [];
  private readonly sockets: Socket[] = [];

  private constructor(readonly server: { value?: BrokerServer }) {}

  static async start(directory: Directory, settings: Partial<BrokerSettings> = {}): Promise<OwnBroker> {
    const broker = new OwnBroker({});
    broker.server.value = await BrokerServer.start(
      {
        listening: { port: 0, host: "127.0.0.1", tls: undefined },
        services: [SERVICE, READER],
        local: "none",
        anonymous: false,
        acknowledge: "stored",
        limits: DEFAULT_LIMITS,
        ...settings,
      },
      {
        event: (event) => {
          broker.events.push(event);
          for (const check of [...broker.waiting]) check();
        },
        problem: (error) => broker.problems.push(error),
      },
    );
    broker.running.use(directory);
    return broker;
  }

  get running(): BrokerServer {
    if (this.server.value === undefined) throw new Error("the broker does not run");
    return this.server.value;
  }

  get port(): number {
    return this.running.ports.plain ?? this.running.ports.tls ?? 0;
  }

  url(scheme: "mqtt" | "mqtts" = "mqtt"): string {
    const { plain, tls } = this.running.ports;
    return `${scheme}://127.0.0.1:${scheme === "mqtt" ? plain : tls}`;
  }

  /** A client that does not reconnect; rejects where it is refused. */
  async client(options: IClientOptions = {}, url = this.url()): Promise<MqttClient> {
    const client = await connectAsync(url, { reconnectPeriod: 0, ...options }, false);
    client.on("error", () => undefined);
    this.clients.push(client);
    return client;
  }

  service(options: IClientOptions = {}): Promise<MqttClient> {
    return this.client({ username: SERVICE.user, password: SERVICE.password, ...options });
  }

  /** A bare connection, to send what no client would send. */
  socket(): Socket {
    const socket = connect(this.port, "127.0.0.1");
    socket.on("error", () => undefined);
    this.sockets.push(socket);
    return socket;
  }

  /** A client that sends what no library would, once it has its answer. */
  raw(options: Connect): Promise<RawClient> {
    return RawClient.connect(this.socket(), options);
  }

  /** Waits for an event, also one that has come already. */
  event(wanted: (event: ConnectionEvent) => boolean): Promise<ConnectionEvent> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.events.find(wanted);
        if (found === undefined) return;
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.clients.map((client) => client.endAsync(true)));
    await this.server.value?.close();
  }
}

/** A broker for each test of a suite, with a directory of its own; at the end nothing may have gone wrong in it. */
export function useBroker(settings: Partial<BrokerSettings>, ...accounts: DeviceAccount[]) {
  const at = {} as { broker: OwnBroker; known: TestDirectory };
  beforeEach(async () => {
    at.known = new TestDirectory().add(...accounts);
    at.broker = await OwnBroker.start(at.known, settings);
  });
  afterEach(async () => {
    await at.broker.stop();
    assert.deepEqual(at.broker.problems, []);
  });
  return at;
}

export interface Certificates {
  /** Paths of PEM files. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  readonly clientKey: string;
  readonly clientCert: string;
  /** Puts a new key and certificate into the same files. */
  renew(): void;
  remove(): void;
}

/** A certificate authority, a server's certificate for 127.0.0.1 and a client's with the given name. */
export function makeCertificates(clientName: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority");
  const issue = (name: string, subject: string, ...extensions: string[]) =>
    openssl(
      ...["req", "-x509", ...key, "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", `/CN=${subject}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`, ...extensions],
    );
  const issueServer = () => issue("server", "broker", "-addext", "subjectAltName=IP:127.0.0.1");
  issueServer();
  issue("client", clientName);
  return {
    ca: path("ca.pem"),
    key: path("server.key"),
    cert: path("server.pem"),
    clientKey: path("client.key"),
    clientCert: path("client.pem"),
    renew: issueServer,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
