import { createServer } from "node:net";
import { listen } from "./ports";

export interface Broker {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** An MQTT broker on 127.0.0.1 without login, for trying things out and for tests. */
export async function startBroker(wanted = 0): Promise<Broker> {
  const { Aedes } = await import("aedes");
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  const port = await listen(server, wanted);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
