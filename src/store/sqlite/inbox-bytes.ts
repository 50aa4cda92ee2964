import type { InboxMessage } from "../../inbox/port";

/** Number, time of receipt (both as floats of 8 bytes), lengths of client (2), topic (2) and payload (4). */
const HEAD = 24;

/** Messages as bytes, one after the other. */
export function bytesOfMessages(messages: Iterable<InboxMessage>): Uint8Array<ArrayBuffer> {
  const parts = Array.from(messages, (message) => ({
    message,
    client: Buffer.byteLength(message.client),
    topic: Buffer.byteLength(message.topic),
  }));
  const size = parts.reduce(
    (sum, { message, client, topic }) => sum + HEAD + client + topic + message.payload.length,
    0,
  );
  // Memory of its own, which can be handed to a thread.
  const bytes = Buffer.from(new ArrayBuffer(size));
  let at = 0;
  for (const { message, client, topic } of parts) {
    bytes.writeDoubleLE(message.id, at);
    bytes.writeDoubleLE(message.receivedAt, at + 8);
    bytes.writeUInt16LE(client, at + 16);
    bytes.writeUInt16LE(topic, at + 18);
    bytes.writeUInt32LE(message.payload.length, at + 20);
    at += HEAD;
    at += bytes.write(message.client, at);
    at += bytes.write(message.topic, at);
    bytes.set(message.payload, at);
    at += message.payload.length;
  }
  return new Uint8Array(bytes.buffer as ArrayBuffer);
}

/** One message as {@link bytesOfMessages} wrote it. */
export interface MessageBytes {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Cuts bytes into those of each message. */
export function cutMessages(bytes: Uint8Array): MessageBytes[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const messages: MessageBytes[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size =
      HEAD + view.getUint16(at + 16, true) + view.getUint16(at + 18, true) + view.getUint32(at + 20, true);
    messages.push({ id: view.getFloat64(at, true), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return messages;
}

export function messageOf({ id, bytes }: MessageBytes): InboxMessage {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const topicAt = HEAD + whole.readUInt16LE(16);
  const payloadAt = topicAt + whole.readUInt16LE(18);
  return {
    id,
    client: whole.toString("utf8", HEAD, topicAt),
    topic: whole.toString("utf8", topicAt, payloadAt),
    payload: new Uint8Array(whole.subarray(payloadAt)),
    receivedAt: whole.readDoubleLE(8),
  };
}
