import type { Owner, Share } from "../owner";
import { type Command, type DeviceSendings, FINISHED_LENGTH, isRunning } from "./command";
import type { CommandsPort } from "./port";

/** The commands that are kept, by device, and what was last sent to each. */
export class CommandBook implements Owner<CommandsPort> {
  private readonly byId = new Map<string, Command>();
  private readonly byDevice = new Map<string, Set<string>>();
  /** Devices with unfinished commands, and which these are. */
  private readonly unfinished = new Map<string, Set<string>>();
  private readonly sent = new Map<string, DeviceSendings>();

  load({ commands, sendings }: CommandsPort["stored"]): void {
    for (const command of commands) this.put(command);
    for (const [imei, ofDevice] of sendings) this.sent.set(imei, ofDevice);
  }

  get(id: string): Command | undefined {
    return this.byId.get(id);
  }

  /** Nothing waits for the next save: the commander writes before it tells. */
  share(): Share<CommandsPort["changes"]> {
    return { changes: undefined };
  }

  everything(): CommandsPort["changes"] {
    return { commands: this.byId, sendings: this.sent };
  }

  forget(imeis: readonly string[]): Share<CommandsPort["changes"]> {
    return {
      changes: { forgotten: imeis },
      committed: () => {
        for (const imei of imeis) this.forgetDevice(imei);
      },
    };
  }

  /** In the order in which they were given. */
  ofDevice(imei: string): Command[] {
    return this.listed(this.byDevice.get(imei));
  }

  /** Those of a device that are not finished. */
  running(imei: string): Command[] {
    return this.listed(this.unfinished.get(imei));
  }

  /** Devices that have unfinished commands. */
  busy(): string[] {
    return [...this.unfinished.keys()];
  }

  sendings(imei: string): DeviceSendings | undefined {
    return this.sent.get(imei);
  }

  put(command: Command): void {
    const { id, imei } = command;
    this.byId.set(id, command);
    add(this.byDevice, imei, id);
    if (isRunning(command)) add(this.unfinished, imei, id);
    else remove(this.unfinished, imei, id);
  }

  putSendings(imei: string, sendings: DeviceSendings): void {
    this.sent.set(imei, sendings);
  }

  /** Ids of finished commands of a device that are too many once `more` others are finished too. */
  tooMany(imei: string, more: readonly Command[]): string[] {
    const added = more.filter((command) => !isRunning(command)).map(({ id }) => id);
    const finished = this.ofDevice(imei).filter(
      (command) => !isRunning(command) && !added.includes(command.id),
    );
    return finished
      .slice(0, Math.max(0, finished.length + added.length - FINISHED_LENGTH))
      .map(({ id }) => id);
  }

  /** Forgets one command. */
  drop(id: string): void {
    const command = this.byId.get(id);
    if (command === undefined) return;
    this.byId.delete(id);
    remove(this.byDevice, command.imei, id);
    remove(this.unfinished, command.imei, id);
  }

  private forgetDevice(imei: string): void {
    for (const { id } of this.ofDevice(imei)) this.drop(id);
    this.sent.delete(imei);
  }

  private listed(ids: ReadonlySet<string> | undefined): Command[] {
    // Nearly all devices have none, and are asked for with every record.
    return ids === undefined ? [] : [...ids].flatMap((id) => this.byId.get(id) ?? []);
  }
}

function add(sets: Map<string, Set<string>>, key: string, id: string): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(id));
}

function remove(sets: Map<string, Set<string>>, key: string, id: string): void {
  const set = sets.get(key);
  set?.delete(id);
  if (set?.size === 0) sets.delete(key);
}
