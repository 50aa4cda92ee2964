import type { AlarmLevel } from "../../../src/alarms/alarm";
import { text } from "../kit/texts";

const ICONS = {
  info: "fa-info-circle",
  warning: "fa-exclamation-triangle",
  critical: "fa-exclamation-circle",
};

/** A sign of how severe an alarm is. */
export function alarmIcon(level: AlarmLevel): JQuery {
  const title = text(`severity.${level}`);
  return $("<i>", { class: `fa ${ICONS[level]} tracker-alarm-${level}`, role: "img", title }).attr(
    "aria-label",
    title,
  );
}
