import { outputLabel } from "../model/output";
import { type Command, type CommandStatus, type Entry, isOut, isRunning, type Sending } from "./command";

/** Something that happens to a command. */
export type Happening =
  | "hold"
  | "send"
  | "withhold"
  | "receive"
  | "confirm"
  | "refuse"
  | "expire"
  | "supersede"
  | "giveUp"
  | "cancel";

export interface Reason {
  readonly code: string;
  readonly reason: string;
}

export interface CommandStep extends Reason {
  readonly happening: Happening;
}

/** What each happening makes of a command; where there is nothing it cannot happen, and final is final. */
const NEXT: Readonly<Partial<Record<CommandStatus, Readonly<Partial<Record<Happening, CommandStatus>>>>>> = {
  accepted: {
    hold: "waiting",
    send: "sent",
    refuse: "refused",
    expire: "expired",
    supersede: "superseded",
    cancel: "cancelled",
  },
  waiting: {
    send: "sent",
    refuse: "refused",
    expire: "expired",
    supersede: "superseded",
    cancel: "cancelled",
  },
  sent: {
    send: "sent",
    withhold: "waiting",
    receive: "received",
    confirm: "confirmed",
    supersede: "superseded",
    giveUp: "unconfirmed",
    cancel: "cancelled",
  },
  received: {
    confirm: "confirmed",
    supersede: "superseded",
    giveUp: "unconfirmed",
    cancel: "cancelled",
  },
};

/**
 * The command after a step, or undefined where that cannot happen to it (any more). `sending` is the new one of
 * `send`. `withhold` takes the last sending back, which was written down but never handed over.
 */
export function step(
  command: Command,
  { happening, code, reason }: CommandStep,
  time: number,
  sending: Omit<Sending, "time"> = { uniqueId: 0 },
): Command | undefined {
  const next = NEXT[command.status]?.[happening];
  if (next === undefined) return undefined;
  let { sendings } = command;
  if (happening === "send") sendings = [...sendings, { ...sending, time }];
  if (happening === "withhold") sendings = sendings.slice(0, -1);
  // What was sent before may still be confirmed.
  const status = happening === "withhold" && sendings.length > 0 ? "sent" : next;
  const entry: Entry = { time, status, code, reason };
  return { ...command, status, sendings, history: [...command.history, entry] };
}

/** Why a command cannot be sent at this moment. */
export interface Obstacle extends Reason {
  /** True where the command waits for it to go; else it is refused. */
  readonly holds: boolean;
  /** True where waiting does not help, so that it is refused at once. */
  readonly lasts?: boolean;
}

/** What is known at a moment, as far as it decides what becomes of a command. */
export interface Situation {
  /** Whether its expiry has come. */
  readonly isOver: boolean;
  /** The device is registered and active. */
  readonly active: boolean;
  readonly online: boolean;
  readonly obstacle: Obstacle | undefined;
  /** Why the device is known to have received it. */
  readonly receipt: Reason | undefined;
  /** Why the device is known to have done it. */
  readonly confirmation: Reason | undefined;
  /** Whether a confirmation would have come by now. */
  readonly isSilent: boolean;
  /** The device was heard just now, after the end of the last sending. */
  readonly isHeardAgain: boolean;
  /** Why it is sent although there would be an obstacle. */
  readonly overridden: Reason | undefined;
}

/** What has to happen to a command now; undefined where nothing has to. */
export function due(command: Command, situation: Situation): CommandStep | undefined {
  if (!isRunning(command)) return undefined;
  return isOut(command) ? dueAfterSending(command, situation) : dueBefore(command, situation);
}

function dueBefore(command: Command, situation: Situation): CommandStep | undefined {
  const { isOver, active, online, obstacle } = situation;
  const wait = (reason: Reason): CommandStep | undefined =>
    command.status === "accepted" ? { happening: "hold", ...reason } : undefined;
  if (isOver) return { happening: "expire", code: "EXPIRED", reason: "it expired before it could be sent" };
  if (!active) return inactive("the device is no longer active");
  if (obstacle?.lasts) return { happening: "refuse", code: obstacle.code, reason: obstacle.reason };
  if (command.delivery === "wait" && !online) {
    return wait({ code: "OFFLINE", reason: "the device is offline; it is sent when the device is heard" });
  }
  if (obstacle === undefined) return sendStep(command, situation);
  const { holds, code, reason } = obstacle;
  return holds ? wait({ code, reason }) : { happening: "refuse", code, reason };
}

/** Nothing is sent again by the clock alone: what nobody hears waits with the broker, and would come twice. */
function dueAfterSending(command: Command, situation: Situation): CommandStep | undefined {
  const { isOver, active, obstacle, receipt, confirmation, isSilent, isHeardAgain } = situation;
  if (receipt !== undefined && command.status === "sent") return { happening: "receive", ...receipt };
  if (confirmation !== undefined) return { happening: "confirm", ...confirmation };
  if (!active)
    return inactive("the device is no longer active; the command was sent, and may have been done");
  // A timed one may have been done, and would be done twice.
  const isLast = command.mode === "timed" || command.sendings.length > command.retries;
  if (isLast || isOver) {
    if (!isSilent) return undefined;
    return { happening: "giveUp", ...silence(command) };
  }
  // What has come once does not come anew by being sent again.
  if (!isHeardAgain || command.status === "received") return undefined;
  if (obstacle === undefined) return sendStep(command, situation);
  if (obstacle.holds || !isSilent) return undefined;
  const reason = `the device has not confirmed it, and it is not sent again: ${obstacle.reason}`;
  return { happening: "giveUp", code: obstacle.code, reason };
}

function silence({ status, output, state }: Command): Reason {
  const unreported = `has not reported ${outputLabel(output)} as ${state}`;
  return status === "received"
    ? { code: "NOT_CHANGED", reason: `the device has received it, but ${unreported}` }
    : { code: "NOT_CONFIRMED", reason: `the device ${unreported}` };
}

function inactive(reason: string): CommandStep {
  return { happening: "cancel", code: "DEVICE_INACTIVE", reason };
}

function sendStep({ sendings }: Command, { overridden }: Situation): CommandStep {
  if (overridden !== undefined) return { happening: "send", ...overridden };
  if (sendings.length === 0) return { happening: "send", code: "SENT", reason: "it was sent" };
  const reason = "it was sent again: the device was heard, and had not done it in time";
  return { happening: "send", code: "SENT_AGAIN", reason };
}
