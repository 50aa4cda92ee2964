import type { Command } from "./command";
import type { Reason } from "./machine";
import type { OutgoingFrame } from "./surroundings";

/** Who hands commands on to the devices, and hears what becomes of them. */
export interface CommandSender {
  /** Why what it is given would not be published; undefined where nothing is known against it. */
  obstacle(): Reason | undefined;
  send(command: Command, outgoing: OutgoingFrame): void;
  report(command: Command): void;
}

const NO_SENDER: Reason = { code: "NO_SENDER", reason: "there is no node that could send it" };

/** The nodes that hand commands on, by id, in the order in which they came up. */
export class CommandSenders {
  private readonly senders = new Map<string, CommandSender>();

  /** Returns how to stop it. */
  add(node: string, sender: CommandSender): () => void {
    this.senders.set(node, sender);
    return () => {
      if (this.senders.get(node) === sender) this.senders.delete(node);
    };
  }

  get isEmpty(): boolean {
    return this.senders.size === 0;
  }

  /** Why a command would not be published; undefined where nothing is known against it. */
  obstacle(command: Command): Reason | undefined {
    const sender = this.of(command);
    return sender === undefined ? NO_SENDER : sender.obstacle();
  }

  /** Commands go out at the node that they were given to; the sidebar's, or those of a node that is gone, at the first. */
  of({ origin }: Command): CommandSender | undefined {
    return this.senders.get(origin) ?? [...this.senders.values()][0];
  }
}
