import type { Severity } from "../../../src/model/events";
import { eventLabel } from "../../../src/protocols/event-label";
import type { LastEvent } from "../../../src/state/live-state";
import { language, text } from "../kit/texts";

const ICONS: Readonly<Record<Severity, string>> = {
  info: "",
  warning: "fa-exclamation-triangle",
  critical: "fa-exclamation-circle",
};

/** What happened in the user's language, with a sign of how severe it is. Never HTML: devices write texts. */
export function eventElement(event: LastEvent): JQuery {
  const { severity, raw = {} } = event;
  const said = eventLabel(event, language());
  const { function: called = "–", code = "–" } = raw;
  const element = $("<span>", { class: `tracker-event tracker-event-${severity}` }).text(
    said ?? text("device.event", { function: called, code }),
  );
  if (ICONS[severity] === "") return element;
  const title = text(`severity.${severity}`);
  const icon = $("<i>", { class: `fa ${ICONS[severity]}`, role: "img", title }).attr("aria-label", title);
  return element.prepend(icon, " ");
}
