import type { Row, Status } from "../../../src/fleet/views";
import { text } from "../kit/texts";

/** A form for each status, so that nobody has to tell them apart by colour. */
const ICONS: Readonly<Record<Status, string>> = {
  online: "fa-circle",
  offline: "fa-circle-o",
  shutOut: "fa-minus-circle",
  waiting: "fa-clock-o",
  registered: "fa-pause-circle-o",
  deactivated: "fa-ban",
  pending: "fa-question-circle",
  ignored: "fa-eye-slash",
};

export function statusText(status: Status): string {
  return text(`status.${status}`);
}

export type Trouble = Row["trouble"];

/**
 * The sign of a status; what it means stands beside it or in the row's label. A device that has trouble with the
 * broker never has the sign of one that is well.
 */
export function setStatusIcon(icon: HTMLElement, status: Status, trouble?: Trouble): void {
  const isWell = status !== "online" || trouble === undefined;
  icon.className = isWell
    ? `fa ${ICONS[status]} tracker-status tracker-status-${status}`
    : "fa fa-exclamation-triangle tracker-status tracker-status-trouble";
  icon.title = [statusText(status), ...(isWell ? [] : [text(`row.${trouble}`)])].join(", ");
  icon.setAttribute("aria-hidden", "true");
}

/** The sign of a status and its name. */
export function statusElement(status: Status, trouble?: Trouble): JQuery {
  const icon = document.createElement("i");
  setStatusIcon(icon, status, trouble);
  return $("<span>", { class: "tracker-status-line" }).append(icon, $("<span>").text(statusText(status)));
}
