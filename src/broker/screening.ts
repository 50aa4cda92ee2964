import type { BrokerClient } from "./aedes";

/** A packet as mqtt-packet has read it, with what is looked at here. */
export type Incoming =
  | {
      readonly cmd: "connect";
      readonly protocolVersion: number;
      readonly clientId: string;
      readonly username?: string;
    }
  | { readonly cmd: "publish"; readonly topic: string }
  | { readonly cmd: "subscribe"; readonly subscriptions: { topic: string; qos: number }[] }
  | { readonly cmd: "pubrec" }
  | { readonly cmd: "other" };

interface Parser {
  listeners(event: "packet"): ((packet: Incoming) => void)[];
  removeAllListeners(event: "packet"): void;
  on(event: "packet", listener: (packet: Incoming) => void): void;
}

/**
 * Shows each packet of a client before aedes has it: aedes refuses some by itself, and then nobody learns why.
 * `passes` may change a packet; where it returns false, aedes does not see it.
 */
export function screen(client: BrokerClient, passes: (packet: Incoming) => boolean): void {
  const parser = (client as unknown as { readonly _parser: Parser })._parser;
  const handlers = parser.listeners("packet");
  parser.removeAllListeners("packet");
  parser.on("packet", (packet) => {
    if (!passes(packet)) return;
    for (const handle of handlers) handle.call(parser, packet);
  });
}

/**
 * A CONNACK of MQTT 5 that says which version to speak (3.2): an answer in that of 3.1.1 would not be understood.
 * Reason code 0x84 is "unsupported protocol version"; 0x1F a reason in words.
 */
export function versionAnswer(words: string): Buffer {
  const text = Buffer.from(words);
  const properties = Buffer.concat([Buffer.from([0x1f, 0, text.length]), text]);
  return Buffer.concat([Buffer.from([0x20, 3 + properties.length, 0, 0x84, properties.length]), properties]);
}
