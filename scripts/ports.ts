import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";

/** The first port from `wanted` on (at most 100 further) that is free on 127.0.0.1; 0 asks for any. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port <= wanted + 100; port++) {
    const server = createServer();
    try {
      const found = await listen(server, port);
      server.close();
      await once(server, "close");
      return found;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
  throw new Error(`No port from ${wanted} to ${wanted + 100} is free.`);
}

/** Listens on 127.0.0.1; returns the port, which is the given one unless that is 0. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
