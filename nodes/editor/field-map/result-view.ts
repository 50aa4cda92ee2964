import type { Preview } from "./preview";
import { mapCounted, mapText, problemView } from "./texts";

/** Characters of a record that are shown. */
const MAX_SHOWN = 20_000;
const MAX_PROBLEMS = 10;

/** The record that the node makes of a reading, with what was wrong with it in words. */
export class ResultView {
  readonly element = $("<div>", { class: "tracker-fm-result" });
  private readonly problems = $("<div>", { class: "tracker-fm-problems", role: "status" });
  private readonly record = $("<pre>", { tabindex: 0 }).attr("aria-label", mapText("result.title"));

  constructor() {
    this.element.append($("<h4>").text(mapText("result.title")), this.problems, this.record);
  }

  show(preview: Preview | undefined): void {
    this.problems.empty();
    if (preview === undefined) {
      this.record.text("");
      return;
    }
    for (const name of ["imei", "time"] as const) {
      if (preview.record[name] === null) {
        $("<div>", { class: "tracker-fm-problem" })
          .text(mapText(`result.${name}`))
          .appendTo(this.problems);
      }
    }
    this.problems.append(...preview.problems.slice(0, MAX_PROBLEMS).map(problemView));
    const { warnings: _, ...record } = preview.record;
    const shown = JSON.stringify({ ...record, time: record.time ?? record.receivedAt }, null, 2);
    this.record.text(
      shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}\n${mapText("result.longer")}`,
    );
  }
}

/** How much of the reading the map covers, and whether it has what every message needs. */
export function summaryView({ coverage, record }: Preview): JQuery {
  const { total, mapped, ignored, sensors } = coverage;
  const parts = [
    mapCounted("coverage.mapped", total, { mapped }),
    ...(ignored === 0 ? [] : [mapText("coverage.ignored", { n: ignored })]),
    ...(sensors === 0 ? [] : [mapCounted("coverage.sensors", sensors)]),
  ];
  const bar = $("<div>", { class: "tracker-fm-bar" }).attr("aria-hidden", "true");
  for (const [kind, count] of Object.entries({ mapped, ignored, sensors })) {
    if (count > 0)
      $("<span>", { class: `tracker-fm-share-${kind}` })
        .css("flex-grow", count)
        .appendTo(bar);
  }
  const needed = $("<ul>", { class: "tracker-fm-needed" }).attr("aria-label", mapText("needed.label"));
  for (const [name, has] of Object.entries({
    imei: record.imei !== null,
    time: record.time !== null,
    position: record.position !== undefined,
  })) {
    const label = mapText(`needed.${name}`);
    $("<li>", { class: has ? "tracker-fm-has" : "tracker-fm-lacks" })
      .attr("data-needed", name)
      .append(
        $("<i>", { class: `fa ${has ? "fa-check" : "fa-exclamation-triangle"}` }).attr("aria-hidden", "true"),
      )
      .append(document.createTextNode(has ? ` ${label}` : ` ${label} ${mapText("needed.missing")}`))
      .appendTo(needed);
  }
  return $("<div>", { class: "tracker-fm-summary", role: "status" }).append(
    $("<div>", { class: "tracker-fm-coverage" }).text(parts.join(", ")),
    bar,
    needed,
  );
}
