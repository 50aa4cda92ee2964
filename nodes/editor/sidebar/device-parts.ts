import type { LiveView } from "../../../src/fleet/views";
import type { JournalEntry } from "../../../src/journal/entry";
import { counted, text } from "../kit/texts";
import { ageElement } from "./ages";
import { counterLines } from "./counters";

/** Who did it: the names that the programs give themselves, else a user's own. */
export function byText(by: string): string {
  return by === "editor" || by === "message" ? text(`by.${by}`) : by;
}

/** A part of the page with a title of its own, where it has one. */
export function section(name: string): { readonly element: JQuery; readonly body: JQuery } {
  const body = $("<div>", { class: "tracker-section-body" });
  const element = $("<section>", { class: `tracker-section tracker-section-${name}` });
  const title = text(`section.${name}`);
  if (title !== "") element.append($("<h4>").text(title));
  return { element: element.append(body), body };
}

/** Name and value, line by line; empty values are left out. */
export function fillFacts(body: JQuery, facts: readonly (readonly [string, string | JQuery])[]): void {
  const lines = $("<dl>", { class: "tracker-facts" });
  for (const [name, value] of facts) {
    if (value === "") continue;
    const content = $("<dd>");
    if (typeof value === "string") content.text(value);
    else content.append(value);
    lines.append($("<dt>").text(text(`field.${name}`)), content);
  }
  body.empty().append(lines);
}

/** What was said and how long ago, line by line. */
export function list(entries: readonly { readonly label: string | JQuery; readonly time: number }[]): JQuery {
  const lines = $("<ul>", { class: "tracker-lines" });
  for (const { label, time } of entries) {
    const said = typeof label === "string" ? $("<span>").text(label) : label;
    $("<li>").append(said, ageElement(time)).appendTo(lines);
  }
  return lines;
}

/** How many records came, in words. */
export function countersElement(live: LiveView): JQuery {
  const lines = $("<ul>", { class: "tracker-lines" });
  for (const { key, count, hasFirst } of counterLines(live.counters)) {
    const said = key === "none" ? text("counters.none") : counted(`counters.${key}`, count);
    $("<li>")
      .append($("<span>").text(said), hasFirst ? ageElement(live.firstSeen) : $())
      .appendTo(lines);
  }
  return lines;
}

/** What became of a device. */
export function journalElement(journal: readonly Omit<JournalEntry, "imei">[]): JQuery {
  return list(
    journal.map(({ time, change, by }) => ({
      label:
        by === ""
          ? text(`change.${change}`)
          : text("device.changedBy", { change: text(`change.${change}`), by: byText(by) }),
      time,
    })),
  );
}
