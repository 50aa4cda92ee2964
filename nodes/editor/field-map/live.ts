import { ask } from "../kit/ask";

/** The last message that a running node was given. */
export interface LastMessage {
  readonly text: string;
  readonly topic: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** Of a decoder, or of all that use a device config. Rejects with a problem, such as `NO_MESSAGE`. */
export function lastMessage(id: string): Promise<LastMessage> {
  return ask({ url: `trackers/globalmatix/${encodeURIComponent(id)}/last`, method: "GET", cache: true });
}
