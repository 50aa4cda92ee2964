import { shownText, TrackerError } from "../errors";
import type { OwnRecord } from "../model/message";
import { outputLabel } from "../model/output";
import { expandTopic } from "../protocols/topics";
import type { Marks } from "../state/live";
import { Batch } from "./batch";
import type { CommandBook } from "./book";
import { type Command, isOut, isRunning, nextUniqueId } from "./command";
import { confirmation, RECEIPT, receivedCommand } from "./confirmation";
import { type CommandStep, due, step } from "./machine";
import { deviceClock, type Moment, Motions } from "./motion";
import { findLateObstacle, findObstacle, type Outlook, recent } from "./obstacles";
import { isInverted } from "./polarity";
import { outputsOf, readCommand } from "./read";
import type { Caller, CommandedFleet, CommanderPort } from "./surroundings";
import { checkUndisturbed, watchTrial } from "./trial";
import { Watches } from "./watches";

/**
 * The commands to the devices of a fleet. Everything is in the store before anybody is told of it, and a
 * sending is in the store before it is handed over: whatever ends this, a sending can be lost by it, but never
 * comes twice. Has no timers: its owner calls {@link tick} every second.
 */
export class Commander {
  private readonly book: CommandBook;
  private readonly watches = new Watches(() => this.now());
  private readonly motions = new Motions();
  /** Since when devices listen at the built-in broker, on the monotonic clock. */
  private readonly listeningSince = new Map<string, number>();
  /** Devices that are to be looked after, and when they were heard, on the monotonic clock; null where they were not. */
  private readonly woken = new Map<string, number | null>();
  /** Commands that were refused because the store failed, which may have them all the same. */
  private readonly doubtful = new Set<string>();
  private readonly stops: readonly (() => void)[];
  private closed = false;

  /** Takes over what the fleet's store had; the fleet has to be open. */
  constructor(
    private readonly fleet: CommandedFleet,
    private readonly port: CommanderPort,
  ) {
    this.book = fleet.commands;
    // Those that were sent get the whole time anew: nobody listened while this was not running.
    for (const imei of this.book.busy())
      for (const command of this.book.running(imei)) this.watches.of(command);
    this.stops = [
      fleet.onRecord.add((record, marks) => this.heard(record, marks)),
      fleet.connections.onListening((imei) => this.listens(imei)),
      fleet.onRemoval((imeis) => this.cancelAll(imeis)),
      fleet.onStatus.add(({ imei, change }) => {
        if (change === "removed") this.forgetDevice(imei);
        if (change === "deactivated") this.endAll(imei);
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
    const { wall: now, monotonic } = this.now();
    return this.fleet.exclusively(async () => {
      this.checkOpen();
      const request = readCommand(payload, settings, this.fleet, now);
      const id = request.id ?? this.port.newId();
      if (this.book.get(id) !== undefined) throw givenTwice(id);
      if (request.trial !== undefined) checkUndisturbed(this.book.ofDevice(request.imei), request, now);
      const entry = { time: now, status: "accepted", code: "ACCEPTED", reason: "it was accepted" } as const;
      const command: Command = {
        ...request,
        id,
        by,
        origin,
        confirmWithin: settings.confirmWithin,
        retries: request.mode === "timed" ? 0 : settings.retries,
        maxPerMinute: settings.maxPerMinute,
        createdAt: now,
        status: "accepted",
        sendings: [],
        history: [entry],
      };
      const deadline = monotonic + command.expires - now;
      this.watches.begin(id, { deadline, silentSince: monotonic, sendingUntil: monotonic });
      await this.accept(command);
      return this.book.get(id) ?? command;
    });
  }

  /**
   * Takes a command back that was not sent yet. Rejects with a TrackerError: `COMMAND_NOT_FOUND`, `COMMAND_SENT`
   * (it cannot be taken back any more), `COMMAND_FINISHED`, `STORE_*`.
   */
  cancel(id: string, by: string): Promise<Command> {
    return this.fleet.exclusively(async () => {
      this.checkOpen();
      const command = this.book.get(id);
      if (command === undefined) throw refusal("COMMAND_NOT_FOUND", `there is no command ${id}`);
      if (!isRunning(command))
        throw refusal("COMMAND_FINISHED", `the command is finished: ${command.status}`);
      if (isOut(command)) {
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
   * Does what the time brings: sending what waits, expiry, giving up. Nothing is sent again by it. To be called every second or so. Rejects as the
   * store does; what was due is tried again with the next call.
   */
  async tick(): Promise<void> {
    if (this.closed || (this.book.busy().length === 0 && this.doubtful.size === 0)) return;
    await this.fleet.exclusively(async () => {
      for (const imei of this.book.busy()) await this.advance(imei, null);
      if (this.doubtful.size > 0) await this.commit(new Batch("", undefined));
    });
  }

  /** Sends nothing any more and waits for what is being written. The fleet is closed after it. */
  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops) stop();
    await this.fleet.exclusively(async () => undefined);
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
    this.decide(batch, command, null);
    try {
      await this.finish(batch);
    } catch (error) {
      if (this.book.get(command.id) === undefined) {
        this.doubtful.add(command.id);
        this.watches.end(command.id);
      }
      throw error;
    }
  }

  /** Does what is due for a device's commands; `heardAt` is when it was heard, where it was (monotonic clock). */
  private async advance(imei: string, heardAt: number | null): Promise<void> {
    const batch = this.batch(imei);
    for (const command of this.book.running(imei)) this.decide(batch, command, heardAt);
    await this.finish(batch);
  }

  private decide(batch: Batch, command: Command, heardAt: number | null): void {
    const watch = this.watches.of(command);
    const outlook = { ...this.outlook(command), sendings: batch.sendings };
    const finding = findObstacle(command, outlook);
    const next = due(command, {
      isOver: this.isOver(command),
      active: this.fleet.devices.get(command.imei)?.state === "active" && !watch.wasDeactivated,
      online: this.fleet.states.get(command.imei)?.online === true,
      obstacle: finding.obstacle,
      overridden: finding.overridden,
      receipt: watch.receipt,
      confirmation: watch.confirmation,
      isSilent: outlook.now.monotonic - watch.silentSince >= command.confirmWithin,
      isHeardAgain: heardAt !== null && heardAt >= watch.sendingUntil,
    });
    if (next === undefined) return;
    if (next.happening === "send" && finding.obstacle === undefined) {
      this.takeSending(batch, command, next, finding.frameEnd);
      return;
    }
    this.take(batch, command, next);
    // What has come may have been done as well.
    const received = next.happening === "receive" ? batch.latest(command.id) : undefined;
    if (received !== undefined) this.decide(batch, received, heardAt);
  }

  private take(batch: Batch, command: Command, next: CommandStep): void {
    const after = step(command, next, this.now().wall);
    if (after !== undefined) batch.put(after);
  }

  private takeSending(batch: Batch, command: Command, next: CommandStep, expires: number): void {
    const { wall, monotonic } = this.now();
    const uniqueId = nextUniqueId(batch.sendings?.uniqueId, wall);
    const after = step(command, next, wall, { uniqueId, expires });
    if (after === undefined) return;
    this.watches.of(command).sendingUntil = monotonic + expires - wall;
    batch.putSending(after, [...recent(batch.sendings, wall), wall]);
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
      if (after !== undefined) this.decide(next, after, null);
    }
    await this.finish(next);
  }

  private async commit(batch: Batch): Promise<void> {
    const forgotten = this.book.tooMany(batch.imei, [...batch.commands.values()]);
    const gone = [...forgotten, ...this.doubtful].filter((id) => !batch.commands.has(id));
    const commands = new Map<string, Command | null>([
      ...batch.commands,
      ...gone.map((id) => [id, null] as const),
    ]);
    const sendings =
      batch.sent.length > 0 && batch.sendings ? { sendings: new Map([[batch.imei, batch.sendings]]) } : {};
    await this.fleet.commit({ commands: { changes: { commands, ...sendings } } });
    this.doubtful.clear();
    for (const id of forgotten) this.book.drop(id);
    for (const command of batch.commands.values()) this.book.put(command);
    if (batch.sendings !== undefined) this.book.putSendings(batch.imei, batch.sendings);
    for (const command of batch.commands.values()) if (!isRunning(command)) this.watches.end(command.id);
  }

  /** Gives a frame to the owner, unless it must not be sent any more after it was written down. */
  private handOver(command: Command): boolean {
    const outlook = this.outlook(command);
    const { deviceConfig, now } = outlook;
    const watch = this.watches.of(command);
    const { uniqueId, expires = 0 } = command.sendings.at(-1) ?? {};
    const outputs = deviceConfig && outputsOf(deviceConfig);
    const isLate =
      this.closed ||
      this.isOver(command) ||
      now.wall >= expires ||
      now.monotonic >= watch.sendingUntil ||
      this.fleet.devices.get(command.imei)?.state !== "active" ||
      deviceConfig === undefined ||
      findLateObstacle(command, outlook) !== undefined;
    if (isLate || uniqueId === undefined || outputs === undefined) return false;
    watch.silentSince = now.monotonic;
    watch.handedAt ??= handingOver(outlook);
    watch.wasMissed = outlook.isListening !== true;
    const { commands } = deviceConfig;
    const invertTimed = isInverted(command, commands);
    const frame = outputs.encode(command.imei, command, { expires, uniqueId, invertTimed });
    this.port.send(command, { topic: expandTopic(commands.topic, command.imei), frame });
    return true;
  }

  private outlook(command: Command): Outlook {
    const { imei } = command;
    const device = this.fleet.devices.get(imei);
    return {
      now: this.now(),
      deviceConfig: device && this.fleet.configFor(device),
      motion: this.motions.get(imei),
      sendings: this.book.sendings(imei),
      noSender: this.port.noSender(command),
      isListening: this.fleet.connections.isListening(imei),
      listeningSince: this.listeningSince.get(imei),
    };
  }

  private now(): Moment {
    const { clock } = this.fleet;
    return { wall: clock.wall(), monotonic: clock.monotonic() };
  }

  /** By either clock: the wall clock may be set back. */
  private isOver(command: Command): boolean {
    const { wall, monotonic } = this.now();
    return wall >= command.expires || monotonic >= this.watches.of(command).deadline;
  }

  /** A record has come: it may confirm commands, and the device can be told something now. */
  private heard(record: OwnRecord, marks: Marks): void {
    const { imei } = record;
    const { wall, monotonic } = this.now();
    const device = this.fleet.devices.get(imei);
    const { stops = [] } = (device && this.fleet.configFor(device))?.commands ?? {};
    // What was known before this run may come again, from a broker that has kept it: it says nothing of now.
    const isHeard = stops.some((state) => state !== "") && record.kind !== "file";
    if (isHeard && this.fleet.dedupe.reaches(imei, record.time)) this.motions.hear(record, marks, monotonic);
    const word = { record, marks, now: wall };
    for (const command of this.book.running(imei)) {
      const watch = this.watches.of(command);
      if (command.trial !== undefined) watchTrial(watch, command, word);
      else watch.confirmation ??= confirmation(command, word, this.handedAt(command));
    }
    const received = receivedCommand(
      () => this.book.ofDevice(imei),
      word,
      (command) => this.handedAt(command),
    );
    if (received !== undefined) this.watches.of(received).receipt = RECEIPT;
    this.wake(imei, monotonic);
  }

  private handedAt(command: Command): number {
    return this.watches.of(command).handedAt ?? command.sendings[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  /** A device hears commands over a new connection: what went over the one before, nobody keeps for it. */
  private listens(imei: string): void {
    const { monotonic } = this.now();
    this.listeningSince.set(imei, monotonic);
    const watches = this.book.running(imei).map((command) => this.watches.of(command));
    for (const watch of watches) watch.sendingUntil = Math.min(watch.sendingUntil, monotonic);
    // What it may have done is sent again only after its next word, which may confirm it.
    this.wake(imei, watches.some(({ wasMissed }) => wasMissed) ? monotonic : null);
  }

  private wake(imei: string, heardAt: number | null): void {
    if (this.book.running(imei).length === 0) return;
    const isWoken = this.woken.has(imei);
    this.woken.set(imei, heardAt ?? this.woken.get(imei) ?? null);
    if (isWoken) return;
    const work = async () => {
      const at = this.woken.get(imei) ?? null;
      this.woken.delete(imei);
      if (!this.closed) await this.advance(imei, at);
    };
    // Where the store fails, the next tick tries again, and says so; what is to be sent again waits for the device.
    this.fleet.exclusively(work).catch(() => undefined);
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

  /** Also where it is activated again before their turn comes. */
  private endAll(imei: string): void {
    for (const command of this.book.running(imei)) this.watches.of(command).wasDeactivated = true;
    this.wake(imei, null);
  }

  private forgetDevice(imei: string): void {
    this.motions.forget(imei);
    this.listeningSince.delete(imei);
  }

  private report(command: Command): void {
    if (this.fleet.devices.get(command.imei) !== undefined) this.fleet.revisions.touch(command.imei);
    this.port.report(command);
  }

  private checkOpen(): void {
    if (this.closed) throw refusal("NOT_READY", "the registry is closed");
  }
}

/** This computer's clock may have been set back, and the device's may be behind: what is later than both is after it. */
function handingOver({ motion, now }: Outlook): number {
  return motion === undefined ? now.wall : Math.max(now.wall, deviceClock(motion, now));
}

function givenTwice(id: string): TrackerError {
  const message = `there was a command ${shownText(id)} already, and none is taken twice`;
  return new TrackerError({ code: "COMMAND_TWICE", path: "id", message });
}

function refusal(code: string, message: string): TrackerError {
  return new TrackerError({ code, path: "id", message });
}
