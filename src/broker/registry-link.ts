import { setTimeout as sleep } from "node:timers/promises";
import { TrackerError } from "../errors";
import type { Directory } from "../fleet/directory";
import type { InboxMessage } from "../inbox/port";
import type { Client } from "./aedes";
import { InboxDelivery, type Outlet } from "./delivery";

/** So long clients are kept waiting while the registry opens, as it does at every deploy. */
const READY_MS = 20_000;
const READY_POLL_MS = 100;

/** What the link needs of the broker. */
export interface Linked extends Pick<Outlet, "publish"> {
  readonly flow: Pick<Outlet, "hearers" | "flowSince">;
  /** A directory has opened. */
  opened(directory: Directory): void;
  /** A directory that was open is asked no more. */
  left(directory: Directory): void;
  /** What a device may do may have changed. */
  changed(imei: string): void;
  problem(error: Error): void;
}

/** A client that waits for the directory to open. */
interface Waiting {
  readonly client: Client | undefined;
  /** By `performance.now()`. */
  readonly until: number;
  readonly resolve: (directory: Directory | undefined) => void;
}

/** The directory that is asked at the moment, which opens late and changes with each deploy, and what it keeps. */
export class RegistryLink {
  private directory: Directory | undefined;
  private delivery: InboxDelivery | undefined;
  private unfollow: (() => void) | undefined;
  private closed = false;
  private readonly waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly broker: Linked) {}

  /** The directory; undefined while there is none, or it is not open. */
  get current(): Directory | undefined {
    return this.directory?.ready ? this.directory : undefined;
  }

  /** Messages that nobody in the flow hears yet. */
  get backlog(): number {
    return this.delivery?.backlog ?? 0;
  }

  /** Asks another directory from now on; none while there is none, as between two deploys. */
  use(directory: Directory | undefined): void {
    if (this.current !== undefined) this.broker.left(this.current);
    this.unfollow?.();
    this.unfollow = undefined;
    this.delivery?.close();
    this.delivery = undefined;
    this.directory = directory;
    if (directory !== undefined) this.follow(directory).catch((error) => this.broker.problem(error));
  }

  close(): void {
    this.closed = true;
    this.use(undefined);
  }

  /** The directory as soon as it is open; undefined where that takes too long, or the client has gone. */
  open(client: Client | undefined): Promise<Directory | undefined> {
    if (this.current !== undefined && this.waiting.length === 0) return Promise.resolve(this.current);
    return new Promise((resolve) => {
      this.waiting.push({ client, until: performance.now() + READY_MS, resolve });
      this.serveLater();
    });
  }

  /**
   * Keeps a message of a device until the flow has it. Done when it is stored and on its way to the flow, so that no more
   * is acknowledged than the flow takes. A flow that hears it is handed it while it is being stored, unless that has failed
   * lately (`isDoubtful`): a message that is not acknowledged comes again. Rejects as {@link Directory.keep} does.
   */
  keep(
    client: Client | undefined,
    message: Omit<InboxMessage, "id" | "receivedAt">,
    isDoubtful = false,
  ): Promise<void> {
    const { current } = this;
    const isOpen = current !== undefined && this.waiting.length === 0;
    // Every promise between a message and its answer is one for each message of the fleet.
    return isOpen
      ? this.keepIn(current, message, isDoubtful)
      : this.open(client).then((opened) => this.keepIn(opened, message, isDoubtful));
  }

  private async keepIn(
    directory: Directory | undefined,
    message: Omit<InboxMessage, "id" | "receivedAt">,
    isDoubtful: boolean,
  ): Promise<void> {
    if (directory === undefined)
      throw new TrackerError({ code: "NOT_READY", message: "the registry is not open" });
    const { delivery } = this;
    let early: InboxMessage | undefined;
    let handedOver: Promise<void> | undefined;
    const taken = (one: InboxMessage) => {
      const hearers = isDoubtful ? [] : (delivery?.hearers(one.topic) ?? []);
      if (hearers.length === 0) return;
      early = one;
      handedOver = delivery?.add(one, hearers);
    };
    try {
      const kept = await directory.keep({ ...message, receivedAt: Date.now() }, taken);
      if (early === undefined && directory === this.directory) handedOver = this.delivery?.add(kept);
    } catch (error) {
      if (early !== undefined) delivery?.withdraw(early);
      throw error;
    }
    if (handedOver !== undefined) await handedOver;
  }

  /** A service has subscribed. */
  heard(): void {
    this.delivery?.heard();
  }

  private serveLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.serve();
    }, READY_POLL_MS).unref();
  }

  /** Answers those that wait in the order in which they came: messages are kept in it. */
  private serve(): void {
    const now = performance.now();
    for (const one of this.waiting.splice(0)) {
      const isOver = this.closed || one.client?.closed || now > one.until;
      if (isOver) one.resolve(undefined);
      else if (this.current === undefined) this.waiting.push(one);
      else one.resolve(this.current);
    }
    if (this.waiting.length > 0) this.serveLater();
  }

  private async follow(directory: Directory): Promise<void> {
    while (this.directory === directory && !directory.ready)
      await sleep(READY_POLL_MS, undefined, { ref: false });
    if (this.directory !== directory) return;
    this.unfollow = directory.onChange((imei) => this.broker.changed(imei));
    this.delivery = new InboxDelivery(directory, {
      hearers: (topic) => this.broker.flow.hearers(topic),
      flowSince: () => this.broker.flow.flowSince(),
      publish: (message) => this.broker.publish(message),
      gaveUp: (message) => this.broker.problem(unheard(message)),
    });
    this.broker.opened(directory);
  }
}

function unheard({ topic, client }: InboxMessage): TrackerError {
  const message = `nothing in the flow subscribes to ${topic}, and too much waits: of ${client}, which has sent most, the oldest is given up`;
  return new TrackerError({ code: "INBOX_UNHEARD", message });
}
