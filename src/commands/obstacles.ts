import type { DeployedConfig } from "../device-config/deployed";
import type { Interlock } from "../device-config/output-safety";
import type { Command, DeviceSendings } from "./command";
import { frameEnd, isPastItsLife, OTHER_FRAME_LIFE } from "./frame-life";
import { danger, mayStop } from "./interlock";
import type { Obstacle, Reason } from "./machine";
import type { Moment, Motion } from "./motion";
import { findUntried } from "./polarity";
import { noChannel, outputsOf } from "./read";

const MINUTE = 60_000;

/** What is known when a command is about to be sent. */
export interface Outlook {
  readonly now: Moment;
  readonly deviceConfig: DeployedConfig | undefined;
  /** What the device has said of its motion since this runs. */
  readonly motion: Motion | undefined;
  readonly sendings: DeviceSendings | undefined;
  /** Why nobody is there who could send it. */
  readonly noSender: Reason | undefined;
  /** Whether the device hears it; undefined where it is not known to use the built-in broker. */
  readonly isListening: boolean | undefined;
  /** Since when it does, on the monotonic clock. */
  readonly listeningSince: number | undefined;
}

/** Why a command cannot be sent now; or when its frame ends, and why it is sent although there is an obstacle. */
export type Finding =
  | { readonly obstacle: Obstacle; readonly overridden?: undefined }
  | {
      readonly obstacle: undefined;
      readonly overridden: Reason | undefined;
      /** Epoch milliseconds, device's clock. */
      readonly frameEnd: number;
    };

/**
 * What stands against sending a command now. Looked at right before every sending. Codes: `NO_SENDER` and those of
 * the sender, `POLARITY_NOT_TRIED`, `DEVICE_CONFIG_UNKNOWN`, `NO_COMMAND_CHANNEL`, `NOT_CONNECTED`, `RATE_LIMIT`, `INTERLOCK_*`,
 * `NO_FRESH_RECORD`; overridden: `SENT_OVERRIDE`.
 */
export function findObstacle(command: Command, outlook: Outlook): Finding {
  const obstacle = findBlockade(command, outlook) ?? findTooMany(command, outlook);
  return obstacle === undefined ? findDanger(command, outlook) : { obstacle };
}

/** As {@link findObstacle}, but for a sending that is counted already. */
export function findLateObstacle(command: Command, outlook: Outlook): Obstacle | undefined {
  return findBlockade(command, outlook) ?? findDanger(command, outlook).obstacle;
}

function findBlockade(
  command: Command,
  { deviceConfig, noSender, isListening }: Outlook,
): Obstacle | undefined {
  const untried = deviceConfig && findUntried(command, deviceConfig.commands);
  if (untried !== undefined) return { ...untried, holds: false, lasts: true };
  if (noSender !== undefined) return { ...noSender, holds: canWait(command) };
  // A device config is away for a moment while flows are deployed.
  if (deviceConfig === undefined) {
    const reason = "no device config describes the device";
    return { code: "DEVICE_CONFIG_UNKNOWN", reason, holds: canWait(command) };
  }
  if (outputsOf(deviceConfig) === undefined) {
    return { code: "NO_COMMAND_CHANNEL", reason: noChannel(deviceConfig), holds: false };
  }
  if (isListening !== false) return undefined;
  const reason = "the device is not connected to the broker, or has not subscribed to its commands yet";
  return { code: "NOT_CONNECTED", reason, holds: canWait(command) };
}

function findTooMany(command: Command, { sendings, now }: Outlook): Obstacle | undefined {
  const { maxPerMinute } = command;
  if (recent(sendings, now.wall).length < maxPerMinute) return undefined;
  const reason = `${maxPerMinute} commands were sent to the device within a minute; no more are allowed`;
  return { code: "RATE_LIMIT", reason, holds: canWait(command) };
}

function findDanger(command: Command, outlook: Outlook): Finding {
  const { deviceConfig, now } = outlook;
  const { stops = [], interlock } = deviceConfig?.commands ?? {};
  const none = { obstacle: undefined, overridden: undefined };
  if (interlock === undefined || !mayStop(command, stops[command.output - 1] ?? "")) {
    return { ...none, frameEnd: frameEnd(command, now, OTHER_FRAME_LIFE) };
  }
  const motion = outlook.motion?.protocol === deviceConfig?.protocol ? outlook.motion : undefined;
  const obstacle = findUnsafe(command, { ...outlook, motion }, interlock);
  if (obstacle === undefined)
    return { ...none, frameEnd: frameEnd(command, now, interlock.frameLife, motion) };
  if (!command.override) return { obstacle };
  const overridden = {
    code: "SENT_OVERRIDE",
    reason: `it was sent with override, although ${obstacle.reason}`,
  };
  // Perhaps nothing is known of the device, so its clock cannot be asked.
  return { ...none, overridden, frameEnd: frameEnd(command, now, interlock.frameLife) };
}

function findUnsafe(command: Command, outlook: Outlook, interlock: Interlock): Obstacle | undefined {
  const { motion, now } = outlook;
  const found = danger(motion, interlock, now);
  if (found !== undefined) {
    const { code, reason, isUnknown } = found;
    // What is not known now may be with the device's next word, which is often an old one first.
    const holds = interlock.whenUnsafe === "hold" || (isUnknown && canWait(command));
    return { code, reason, holds };
  }
  const reason = findStale(outlook, interlock);
  return reason === undefined ? undefined : { code: "NO_FRESH_RECORD", reason, holds: true };
}

/** Why what the device has said is good, but not of now. */
function findStale(
  { motion, now, isListening, listeningSince }: Outlook,
  { frameLife }: Interlock,
): string | undefined {
  if (motion === undefined || isPastItsLife(motion, now, frameLife)) {
    return `no record of the device is fresh: the newest is older than ${frameLife / 1000} s by its own time`;
  }
  const heardAt = motion.position?.at ?? Number.NEGATIVE_INFINITY;
  if (!isListening || listeningSince === undefined || heardAt >= listeningSince) return undefined;
  return "no record of the device is fresh: it has not said where it is since it has connected";
}

/** "Now or never" ends with what stands against it; what waits anyway, and what was sent before, does not. */
function canWait({ status, delivery }: Command): boolean {
  return status !== "accepted" || delivery === "wait";
}

/** Sendings of the last minute; also those that are ahead by less, because a clock that is set back made them. */
export function recent(sendings: DeviceSendings | undefined, now: number): number[] {
  return (sendings?.times ?? []).filter((time) => Math.abs(now - time) < MINUTE);
}
