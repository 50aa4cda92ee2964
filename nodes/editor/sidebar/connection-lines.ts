import type { ConnectionView } from "../../../src/fleet/views";
import type { Denied, Refused } from "../../../src/model/refusal";
import { counted, text } from "../kit/texts";
import { ageElement } from "./ages";

/**
 * How a device is connected to the built-in broker, what it may not do there, and why it is not let in; empty where
 * there is nothing to tell.
 */
export function connectionLines(
  connection: ConnectionView | null,
  refused: Refused | null,
  denied: Denied | null,
): JQuery {
  const lines = $("<ul>", { class: "tracker-lines" });
  const line = (said: string, time?: number) =>
    $("<li>")
      .append($("<span>").text(said), time === undefined ? $() : ageElement(time))
      .appendTo(lines);
  if (connection !== null) {
    const { connected, since, address, listening } = connection;
    line(text(connected ? "connection.connected" : "connection.ended"), since);
    line(text("connection.address", { address }));
    if (connected && !listening) line(text("connection.noCommands"));
  }
  if (denied !== null) {
    // What a device has typed is no value of a text: there, "$t(…)" would be looked up.
    line(text(`denial.${denied.code}`), denied.at)
      .children()
      .first()
      .append(" ", $("<code>").text(denied.topic));
  }
  if (refused !== null) {
    line(counted("connection.refused", refused.count), refused.lastAt);
    line(refusalText(refused));
    line(text("connection.address", { address: refused.address }));
  }
  return lines;
}

/** Why a device was not let in, and what helps. */
export function refusalText({ reason }: Pick<Refused, "reason">): string {
  return text(`refusal.${reason}`);
}
