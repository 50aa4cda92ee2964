import type { Command, DeviceSendings } from "./command";

/** Steps of a device's commands that are written together. */
export class Batch {
  /** The commands after each step, in the order in which they happened. */
  readonly steps: Command[] = [];
  /** Each command after its last step. */
  readonly commands = new Map<string, Command>();
  /** Those that are to be sent. */
  readonly sent: Command[] = [];

  constructor(
    readonly imei: string,
    /** What was sent to the device so far, with what is in here. */
    public sendings: DeviceSendings | undefined,
  ) {}

  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  put(command: Command): void {
    this.steps.push(command);
    this.commands.set(command.id, command);
  }

  /** A command whose last sending is a new one; `times` are those of all sendings of the last minute. */
  putSending(command: Command, times: readonly number[]): void {
    this.put(command);
    this.sent.push(command);
    const uniqueId = command.sendings.at(-1)?.uniqueId;
    if (uniqueId !== undefined) this.sendings = { uniqueId, times };
  }

  /** A command as it is after its last step in here. */
  latest(id: string): Command | undefined {
    return this.commands.get(id);
  }
}
