import { expandTopic } from "../device/topics";
import { shownText, TrackerError } from "../errors";
import type { NormalizedRecord } from "../model/message";
import type { Connections } from "../registry/connections";
import type { Marks } from "../registry/live";
import type { Registry } from "../registry/registry";
import { Batch } from "./batch";
import { CommandBook } from "./book";
import { type Command, isRunning, nextUniqueId } from "./command";
import { confirmation } from "./confirmation";
import { due, type Reason, type Situation, type Step, step } from "./machine";
import { findLateObstacle, findObstacle, type Outlook, recent } from "./obstacles";
import { encodeCommand, outputLabel } from "./outputs";
import { readCommand } from "./read";
import type { CommandSettings } from "./settings";

/** What the commander needs of the registry whose devices it commands. */
export type CommandedRegistry = Pick<
  Registry,
  | "clock"
  | "device"
  | "live"
  | "profileOf"
  | "revisions"
  | "commands"
  | "exclusively"
  | "commitCommands"
  | "onRecord"
  | "onRemoval"
  | "onChange"
> & { readonly connections: Pick<Connections, "isListening" | "onListening"> };

/** What is to be published at QoS 1, never retained. */
export interface OutgoingFrame {
  readonly topic: string;
  readonly frame: Uint8Array;
}

/** What the commander needs from its owner. None of it may throw. */
export interface CommanderPort {
  newId(): string;
  /** Whether {@link send} would find somebody to send it. */
  canSend(command: Command): boolean;
  send(command: Command, outgoing: OutgoingFrame): void;
  /** Told after every change of a command, once the store has it. */
  report(command: Command): void;
}

/** Who gives a command. */
export interface Caller {
  readonly settings: CommandSettings;
  /** For the history. */
  readonly by: string;
  /** Kept with the command, so that the owner knows who is to send it and hears of it. */
  readonly origin: string;
}

/** What is only known while this runs. */
interface Watch {
  /** On the steady clock: when its expiry comes, and since when a confirmation is waited for. */
  readonly deadline: number;
  silentSince: number;
  /** On the clock of the day: when it was first handed over. */
  handedAt?: number;
  /** The device did not hear the last sending when that was handed over. */
  wasMissed?: boolean;
  confirmation?: Reason | undefined;
}

/**
 * The commands to the devices of a registry. Everything is in the store before anybody is told of it, and a
 * sending is in the store before it is handed over: whatever ends this, a sending can be lost by it, but never
 * comes twice. Has no timers: its owner calls {@link tick} every second.
 */
export class Commander {
  private readonly book: CommandBook;
  private readonly watches = new Map<string, Watch>();
  private readonly woken = new Set<string>();
  /** Commands that were refused because the store failed, which may have them all the same. */
  private readonly doubtful = new Set<string>();
  private readonly stops: readonly (() => void)[];
  private closed = false;

  /** Takes over what the registry's store had; the registry has to be open. */
  constructor(
    private readonly registry: CommandedRegistry,
    private readonly port: CommanderPort,
  ) {
    this.book = new CommandBook(registry.commands());
    registry.commands = () => this.book.all();
    // Those that were sent get the whole time anew: nobody listened while this was not running.
    for (const imei of this.book.busy()) for (const command of this.book.running(imei)) this.watch(command);
    this.stops = [
      registry.onRecord((record, marks) => this.heard(record, marks)),
      registry.connections.onListening((imei) => this.wake(imei)),
      registry.onRemoval((imeis) => this.cancelAll(imeis)),
      registry.onChange(({ imei, change }) => {
        if (change === "removed") this.forgetDevice(imei);
      }),
    ];
  }

  /**
   * Takes a command as a person gives it (see {@link readCommand}) and resolves with it once it is in the store:
   * sent, waiting or refused. Rejects with a TrackerError where it cannot be read (codes there), where its id
   * was used before (`COMMAND_TWICE`), or where the store fails (`STORE_*`): then there is no command.
   */
  submit(payload: unknown, { settings, by, origin }: Caller): Promise<Command> {
    // How long it may take counts from here, however long its turn is in coming.
    const now = this.registry.clock.day();
    const steady = this.registry.clock.steady();
    return this.registry.exclusively(async () => {
      this.checkOpen();
      const request = readCommand(payload, settings, this.registry, now);
      const id = request.id ?? this.port.newId();
      if (this.book.get(id) !== undefined) throw givenTwice(id);
      const entry = { time: now, status: "accepted", code: "ACCEPTED", reason: "it was accepted" } as const;
      const command: Command = {
        ...request,
        id,
        by,
        origin,
        confirmWithin: settings.confirmWithin,
        retries: settings.retries[request.mode],
        maxPerMinute: settings.maxPerMinute,
        createdAt: now,
        status: "accepted",
        sendings: [],
        history: [entry],
      };
      this.watches.set(id, { deadline: steady + command.expires - now, silentSince: steady });
      await this.accept(command);
      return this.book.get(id) ?? command;
    });
  }

  /**
   * Takes a command back that was not sent yet. Rejects with a TrackerError: `COMMAND_NOT_FOUND`, `COMMAND_SENT`
   * (it cannot be taken back any more), `COMMAND_FINISHED`, `STORE_*`.
   */
  cancel(id: string, by: string): Promise<Command> {
    return this.registry.exclusively(async () => {
      this.checkOpen();
      const command = this.book.get(id);
      if (command === undefined) throw refusal("COMMAND_NOT_FOUND", `there is no command ${id}`);
      if (!isRunning(command))
        throw refusal("COMMAND_FINISHED", `the command is finished: ${command.status}`);
      if (command.status === "sent") {
        throw refusal("COMMAND_SENT", "the command is sent already, so it cannot be taken back");
      }
      const batch = this.batch(command.imei);
      const reason = by === "" ? "it was cancelled" : `it was cancelled by ${by}`;
      this.take(batch, command, { happening: "cancel", code: "CANCELLED", reason });
      await this.finish(batch);
      return this.book.get(id) ?? command;
    });
  }

  get(id: string): Command | undefined {
    return this.book.get(id);
  }

  /** The commands of a device that are kept, newest first: all that run, and the last finished ones. */
  list(imei: string): Command[] {
    return this.book.ofDevice(imei).reverse();
  }

  /**
   * Does what the time brings: expiry, sending again, giving up. To be called every second or so. Rejects as the
   * store does; what was due is tried again with the next call.
   */
  async tick(): Promise<void> {
    if (this.closed || (this.book.busy().length === 0 && this.doubtful.size === 0)) return;
    await this.registry.exclusively(async () => {
      for (const imei of this.book.busy()) await this.advance(imei);
      if (this.doubtful.size > 0) await this.commit(new Batch("", undefined));
    });
  }

  /** Sends nothing any more and waits for what is being written. The registry is closed after it. */
  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops) stop();
    await this.registry.exclusively(async () => undefined);
  }

  /** A newer command stands for what is wanted now, so older ones for its output end, whatever becomes of it. */
  private async accept(command: Command): Promise<void> {
    const batch = this.batch(command.imei);
    batch.put(command);
    const reason = `a newer command for ${outputLabel(command.output)} took its place`;
    for (const older of this.book.running(command.imei)) {
      if (older.output !== command.output) continue;
      this.take(batch, older, { happening: "supersede", code: "SUPERSEDED", reason });
    }
    this.decide(batch, command);
    try {
      await this.finish(batch);
    } catch (error) {
      if (this.book.get(command.id) === undefined) {
        this.doubtful.add(command.id);
        this.watches.delete(command.id);
      }
      throw error;
    }
  }

  /** Does what is due for a device's commands. */
  private async advance(imei: string): Promise<void> {
    const batch = this.batch(imei);
    for (const command of this.book.running(imei)) this.decide(batch, command);
    await this.finish(batch);
  }

  private decide(batch: Batch, command: Command): void {
    const next = due(command, this.situation(command, batch));
    if (next !== undefined) this.take(batch, command, next);
  }

  private take(batch: Batch, command: Command, next: Step): void {
    const now = this.registry.clock.day();
    if (next.happening !== "send") {
      const after = step(command, next, now);
      if (after !== undefined) batch.put(after);
      return;
    }
    const uniqueId = nextUniqueId(batch.sendings?.uniqueId, now);
    const after = step(command, next, now, uniqueId);
    if (after !== undefined) batch.putSending(after, [...recent(batch.sendings, now), now]);
  }

  private batch(imei: string): Batch {
    return new Batch(imei, this.book.sendings(imei));
  }

  /** Writes what was decided, then hands over what is to be sent, then tells of it. */
  private async finish(batch: Batch): Promise<void> {
    if (batch.isEmpty) return;
    await this.commit(batch);
    const withheld = batch.sent.filter((command) => !this.handOver(command));
    for (const command of batch.steps) this.report(command);
    if (withheld.length === 0 || this.closed) return;
    const next = this.batch(batch.imei);
    const reason = "it was not handed over, because too much had changed when it was written down";
    for (const command of withheld) {
      this.take(next, command, { happening: "withhold", code: "WITHHELD", reason });
      const after = next.latest(command.id);
      if (after !== undefined) this.decide(next, after);
    }
    await this.finish(next);
  }

  private async commit(batch: Batch): Promise<void> {
    const forgotten = this.book.tooMany(batch.imei, [...batch.commands.values()]);
    const gone = [...forgotten, ...this.doubtful].filter((id) => !batch.commands.has(id));
    await this.registry.commitCommands({
      commands: new Map<string, Command | null>([
        ...batch.commands,
        ...gone.map((id) => [id, null] as const),
      ]),
      ...(batch.sent.length > 0 && batch.sendings
        ? { sendings: new Map([[batch.imei, batch.sendings]]) }
        : {}),
    });
    this.doubtful.clear();
    for (const id of forgotten) this.book.forget(id);
    for (const command of batch.commands.values()) this.book.put(command);
    if (batch.sendings !== undefined) this.book.putSendings(batch.imei, batch.sendings);
    for (const command of batch.commands.values()) if (!isRunning(command)) this.watches.delete(command.id);
  }

  /** Gives a frame to the owner, unless it must not be sent any more after it was written down. */
  private handOver(command: Command): boolean {
    const outlook = this.outlook(command);
    const { profile, now } = outlook;
    const device = this.registry.device(command.imei);
    const isLate =
      this.closed ||
      this.isOver(command) ||
      device?.state !== "active" ||
      profile === undefined ||
      findLateObstacle(command, outlook) !== undefined;
    const uniqueId = command.sendings.at(-1)?.uniqueId;
    if (isLate || uniqueId === undefined) return false;
    const watch = this.watch(command);
    watch.silentSince = this.registry.clock.steady();
    watch.handedAt ??= now;
    watch.wasMissed = outlook.isListening !== true;
    const { topic, invertTimed } = profile.commands;
    const envelope = { expires: command.expires, uniqueId, invertTimed };
    const frame = encodeCommand(command.imei, command, envelope);
    this.port.send(command, { topic: expandTopic(topic, command.imei), frame });
    return true;
  }

  private situation(command: Command, batch: Batch): Situation {
    const watch = this.watch(command);
    const outlook = { ...this.outlook(command), sendings: batch.sendings };
    return {
      isOver: this.isOver(command),
      active: this.registry.device(command.imei)?.state === "active",
      online: outlook.live?.online === true,
      confirmation: watch.confirmation,
      isSilent: this.registry.clock.steady() - watch.silentSince >= command.confirmWithin,
      wasMissed: watch.wasMissed === true && outlook.isListening === true,
      ...findObstacle(command, outlook),
    };
  }

  private outlook(command: Command): Outlook {
    const { imei } = command;
    const device = this.registry.device(imei);
    return {
      now: this.registry.clock.day(),
      profile: device && this.registry.profileOf(device),
      live: this.registry.live(imei),
      sendings: this.book.sendings(imei),
      canSend: this.port.canSend(command),
      isListening: this.registry.connections.isListening(imei),
    };
  }

  /** By either clock: the one of the day may be set back. */
  private isOver(command: Command): boolean {
    const { clock } = this.registry;
    return clock.day() >= command.expires || clock.steady() >= this.watch(command).deadline;
  }

  private watch({ id, expires }: Command): Watch {
    const known = this.watches.get(id);
    if (known !== undefined) return known;
    const { clock } = this.registry;
    const watch = { deadline: clock.steady() + expires - clock.day(), silentSince: clock.steady() };
    this.watches.set(id, watch);
    return watch;
  }

  /** A record has come: it may confirm commands, and the device can be told something now. */
  private heard(record: NormalizedRecord & { readonly imei: string }, marks: Marks): void {
    const { imei } = record;
    const running = this.book.running(imei);
    if (running.length === 0) return;
    const now = this.registry.clock.day();
    for (const command of running) {
      const watch = this.watch(command);
      const sentAt = watch.handedAt ?? command.sendings[0]?.time ?? Number.POSITIVE_INFINITY;
      watch.confirmation ??= confirmation(command, record, marks, sentAt, now);
    }
    this.wake(imei);
  }

  private wake(imei: string): void {
    if (this.woken.has(imei) || this.book.running(imei).length === 0) return;
    this.woken.add(imei);
    const work = async () => {
      this.woken.delete(imei);
      if (!this.closed) await this.advance(imei);
    };
    // Where the store fails, the next tick tries again, and says so.
    this.registry.exclusively(work).catch(() => undefined);
  }

  /** Part of the removal of devices, whose turn it is. */
  private async cancelAll(imeis: readonly string[]): Promise<void> {
    for (const imei of imeis) {
      const batch = this.batch(imei);
      for (const command of this.book.running(imei)) {
        const reason = "the device was removed";
        this.take(batch, command, { happening: "cancel", code: "DEVICE_REMOVED", reason });
      }
      await this.finish(batch);
    }
  }

  private forgetDevice(imei: string): void {
    for (const { id } of this.book.ofDevice(imei)) this.watches.delete(id);
    this.book.forgetDevice(imei);
  }

  private report(command: Command): void {
    if (this.registry.device(command.imei) !== undefined) this.registry.revisions.touch(command.imei);
    this.port.report(command);
  }

  private checkOpen(): void {
    if (this.closed) throw refusal("NOT_READY", "the registry is closed");
  }
}

function givenTwice(id: string): TrackerError {
  const message = `there was a command ${shownText(id)} already, and none is taken twice`;
  return new TrackerError({ code: "COMMAND_TWICE", path: "id", message });
}

function refusal(code: string, message: string): TrackerError {
  return new TrackerError({ code, path: "id", message });
}
