import type { NodeAPI } from "node-red";
import { toText } from "../../src/bytes/text";
import { attempt } from "../runtime/problems";
import { jsonPayload } from "./json-payload";

/** More than a person can look at, and no more than an editor can show. */
const MAX_BYTES = 1024 * 1024;

interface LastMessage {
  /** Id of its device config; empty for none. */
  readonly device: string;
  readonly value: unknown;
  readonly topic: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** The last message of each decoder, for the field map editor. */
export class LastMessages {
  private readonly messages = new Map<string, LastMessage>();

  note(node: string, device = "", value: unknown, topic: unknown): void {
    const receivedAt = Date.now();
    this.messages.set(node, { device, value, topic: typeof topic === "string" ? topic : "", receivedAt });
  }

  forget(node: string): void {
    this.messages.delete(node);
  }

  /** Of a decoder, or the newest of all that use a device config. */
  of(id: string): LastMessage | undefined {
    const own = this.messages.get(id);
    if (own !== undefined) return own;
    const ofConfig = [...this.messages.values()].filter(({ device }) => device === id);
    return ofConfig.toSorted((a, b) => b.receivedAt - a.receivedAt)[0];
  }
}

/** Lets the editor have the last message as text: `{text, topic, receivedAt}`. */
export function lastMessageRoute(RED: NodeAPI, path: string, messages: LastMessages): void {
  // There is no httpAdmin where nodes are loaded without an editor.
  RED.httpAdmin?.get(path, RED.auth.needsPermission("trackers.read"), (request, response) => {
    response.set("Cache-Control", "no-store");
    const message = messages.of(String(request.params.id));
    if (message === undefined) {
      const sentence = "no message has come yet, or this node is not deployed";
      response.status(404).json({ code: "NO_MESSAGE", message: sentence });
      return;
    }
    const { value: text, problem } = attempt(() => textOf(message.value));
    if (text === undefined) response.status(422).json({ code: problem.code, message: problem.message });
    else response.json({ text, topic: message.topic, receivedAt: message.receivedAt });
  });
}

function textOf(value: unknown): string {
  const payload = jsonPayload(value, { property: "payload", maxBytes: MAX_BYTES });
  // Of an object, only the text shows how large it is.
  return "bytes" in payload ? toText(payload.bytes) : textOf(JSON.stringify(payload.parsed, undefined, 2));
}
