import { once } from "node:events";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";

/** PEM text, or the path of a file with it. */
export type Pem = { readonly text: string } | { readonly file: string };

export interface TlsSettings {
  readonly port: number;
  readonly key: Pem;
  readonly cert: Pem;
  /** Whose certificates clients may show; needed where they have to. */
  readonly ca?: Pem;
  readonly clientCertificates: boolean;
}

export interface Listening {
  /** 0 takes any free one. */
  readonly port: number | undefined;
  /** Address to listen on; undefined for all that this computer has. */
  readonly host: string | undefined;
  readonly tls: TlsSettings | undefined;
  /** For the TLS handshake. */
  readonly handshakeMs: number;
}

export interface Heed {
  /** A connection has come in, before anything is read of it; false ends it. */
  readonly admits: (socket: Socket) => boolean;
  readonly connection: (socket: Socket) => void;
  /** A TLS handshake has failed. */
  readonly failed: (socket: Socket, error: Error) => void;
  /** Certificates could not be read anew: the old ones are still used. */
  readonly stale: (error: Error) => void;
}

const WATCH_MS = 2000;

/** Sockets that bytes come in at: plain TCP, TLS, or both. */
export class PortListeners {
  /** Ports that are listened on, in the order plain, TLS. */
  readonly ports: { plain?: number; tls?: number } = {};
  private readonly servers: Server[] = [];
  private readonly watched: (() => void)[] = [];

  /** Rejects as `listen` does, with nothing left open. */
  static async open(listening: Listening, heed: Heed): Promise<PortListeners> {
    const listeners = new PortListeners();
    try {
      const { port, host, tls } = listening;
      if (port !== undefined) {
        const server = createServer({ noDelay: true }, heed.connection);
        listeners.ports.plain = await listeners.listen(server, port, host, heed);
      }
      if (tls !== undefined) {
        const server = tlsServer(tls, listening.handshakeMs, heed);
        listeners.ports.tls = await listeners.listen(server, tls.port, host, heed);
        listeners.watch(server, tls, heed);
      }
      return listeners;
    } catch (error) {
      await listeners.close();
      throw error;
    }
  }

  /** Ends listening; connections that are open stay. */
  async close(): Promise<void> {
    for (const unwatch of this.watched.splice(0)) unwatch();
    for (const server of this.servers.splice(0)) server.close();
  }

  private async listen(server: Server, port: number, host: string | undefined, heed: Heed): Promise<number> {
    server.prependListener("connection", (socket: Socket) => {
      socket.on("error", () => socket.destroy());
      if (!heed.admits(socket)) socket.destroy();
    });
    server.listen({ port, host });
    await once(server, "listening");
    this.servers.push(server);
    // What goes wrong later with accepting one connection is no reason to end the others.
    server.on("error", heed.stale);
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  private watch(server: TlsServer, tls: TlsSettings, heed: Heed): void {
    const reload = () => {
      try {
        server.setSecureContext(secrets(tls));
      } catch (error) {
        heed.stale(error as Error);
      }
    };
    for (const pem of [tls.key, tls.cert, tls.ca]) {
      if (pem === undefined || !("file" in pem)) continue;
      const { file } = pem;
      watchFile(file, { interval: WATCH_MS, persistent: false }, reload);
      this.watched.push(() => unwatchFile(file, reload));
    }
  }
}

function tlsServer(tls: TlsSettings, handshakeTimeout: number, heed: Heed): TlsServer {
  const { clientCertificates } = tls;
  const server = createTlsServer(
    {
      ...secrets(tls),
      handshakeTimeout,
      minVersion: "TLSv1.2",
      requestCert: clientCertificates,
      rejectUnauthorized: clientCertificates,
    },
    heed.connection,
  );
  server.on("tlsClientError", (error, socket) => {
    heed.failed(socket, error);
    socket.destroy();
  });
  return server;
}

function secrets({ key, cert, ca }: TlsSettings) {
  const read = (pem: Pem) => ("file" in pem ? readFileSync(pem.file) : pem.text);
  return { key: read(key), cert: read(cert), ...(ca === undefined ? {} : { ca: read(ca) }) };
}
