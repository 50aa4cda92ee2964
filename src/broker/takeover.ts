import type { Aedes, Client } from "./aedes";

interface Members {
  readonly clients: Record<string, Client>;
  unregisterClient(client: Client): void;
}

/**
 * aedes takes out whoever has a client id when a connection with that id is done with closing, which can be a moment
 * after a new one has taken its place: of the new one nobody would then hear when it ends, or be able to end it.
 */
export function keepSuccessors(aedes: Aedes): void {
  const members = aedes as unknown as Members;
  const { unregisterClient } = members;
  members.unregisterClient = (client) => {
    const current = members.clients[client.id];
    unregisterClient.call(members, client);
    if (current !== undefined && current !== client) members.clients[client.id] = current;
  };
}
