import type { Status } from "../../../src/registry/views";
import { text } from "./texts";

/** A form for each status, so that nobody has to tell them apart by colour. */
const ICONS: Readonly<Record<Status, string>> = {
  online: "fa-circle",
  offline: "fa-circle-o",
  waiting: "fa-clock-o",
  registered: "fa-pause-circle-o",
  deactivated: "fa-ban",
  pending: "fa-question-circle",
  ignored: "fa-eye-slash",
};

export function statusText(status: Status): string {
  return text(`status.${status}`);
}

/** The sign of a status; what it means stands beside it or in the row's label. */
export function setStatusIcon(icon: HTMLElement, status: Status): void {
  icon.className = `fa ${ICONS[status]} tracker-status tracker-status-${status}`;
  icon.title = statusText(status);
  icon.setAttribute("aria-hidden", "true");
}

/** The sign of a status and its name. */
export function statusElement(status: Status): JQuery {
  const icon = document.createElement("i");
  setStatusIcon(icon, status);
  return $("<span>", { class: "tracker-status-line" }).append(icon, $("<span>").text(statusText(status)));
}
