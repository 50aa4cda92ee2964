import type { LiveState } from "../registry/device";
import type { Profile } from "../registry/profiles";
import type { Command, DeviceSendings } from "./command";
import { type Danger, danger, mayStop } from "./interlock";
import type { Obstacle, Reason } from "./machine";
import { hasNoChannel } from "./read";

const MINUTE = 60_000;

/** What is known when a command is about to be sent. */
export interface Outlook {
  /** Own clock, milliseconds. */
  readonly now: number;
  readonly profile: Profile | undefined;
  readonly live: LiveState | undefined;
  readonly sendings: DeviceSendings | undefined;
  /** Whether somebody is there who can send it. */
  readonly canSend: boolean;
  /** Whether the device hears it; undefined where it is not known to use the built-in broker. */
  readonly isListening: boolean | undefined;
}

/** Why a command cannot be sent now, and why it is sent all the same. */
export interface Finding {
  readonly obstacle: Obstacle | undefined;
  readonly overridden: Reason | undefined;
}

/**
 * What stands against sending a command now. Looked at right before every sending. Codes: `NO_SENDER`,
 * `PROFILE_UNKNOWN`, `NO_COMMAND_CHANNEL`, `NOT_CONNECTED`, `RATE_LIMIT`, `INTERLOCK_*`; overridden: `SENT_OVERRIDE`.
 */
export function findObstacle(command: Command, outlook: Outlook): Finding {
  const obstacle = findBlockade(command, outlook) ?? findTooMany(command, outlook);
  if (obstacle !== undefined) return { obstacle, overridden: undefined };
  return findDanger(command, outlook);
}

/** As {@link findObstacle}, but for a sending that is counted already. */
export function findLateObstacle(command: Command, outlook: Outlook): Obstacle | undefined {
  return findBlockade(command, outlook) ?? findDanger(command, outlook).obstacle;
}

function findBlockade(command: Command, { profile, canSend, isListening }: Outlook): Obstacle | undefined {
  if (!canSend) {
    return {
      code: "NO_SENDER",
      reason: "there is no node that could send it",
      holds: canWait(command),
    };
  }
  // A device config is away for a moment while flows are deployed.
  if (profile === undefined) {
    const reason = "no device config describes the device";
    return { code: "PROFILE_UNKNOWN", reason, holds: canWait(command) };
  }
  if (hasNoChannel(profile)) {
    const reason = "Globalmatix devices have no public command channel";
    return { code: "NO_COMMAND_CHANNEL", reason, holds: false };
  }
  if (isListening !== false) return undefined;
  const reason = "the device is not connected to the broker, or has not subscribed to its commands yet";
  return { code: "NOT_CONNECTED", reason, holds: canWait(command) };
}

function findTooMany(command: Command, { sendings, now }: Outlook): Obstacle | undefined {
  const { maxPerMinute } = command;
  if (recent(sendings, now).length < maxPerMinute) return undefined;
  const reason = `${maxPerMinute} commands were sent to the device within a minute; no more are allowed`;
  return { code: "RATE_LIMIT", reason, holds: canWait(command) };
}

function findDanger(command: Command, { profile, live, now }: Outlook): Finding {
  const none = { obstacle: undefined, overridden: undefined };
  const { stops = [], interlock } = profile?.commands ?? {};
  if (interlock === undefined || !mayStop(command, stops[command.output - 1] ?? "")) return none;
  const found = danger(live, interlock, now);
  if (found === undefined) return none;
  const { code, reason } = found;
  if (command.override) {
    const overridden = { code: "SENT_OVERRIDE", reason: `it was sent with override, although ${reason}` };
    return { obstacle: undefined, overridden };
  }
  const holds = interlock.whenUnsafe === "hold" || awaitsNews(command, found);
  return { obstacle: { code, reason, holds }, overridden: undefined };
}

/** "Now or never" ends with what stands against it; what waits anyway, and what was sent before, does not. */
function canWait({ status, delivery }: Command): boolean {
  return status !== "accepted" || delivery === "wait";
}

/** A device that comes back often tells old things first; a command that waits for it waits for its news too. */
function awaitsNews({ delivery }: Command, { isUnknown }: Danger): boolean {
  return delivery === "wait" && isUnknown;
}

/** Sendings of the last minute; also those that are ahead by less, because a clock that is set back made them. */
export function recent(sendings: DeviceSendings | undefined, now: number): number[] {
  return (sendings?.times ?? []).filter((time) => Math.abs(now - time) < MINUTE);
}
