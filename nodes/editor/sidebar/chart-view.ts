import type { SeriesAnswer } from "../../../src/fleet/history-charts";
import { text } from "../kit/texts";
import { chartShape, HEIGHT, hourTicks, nearestPart, WIDTH, xOf } from "./chart";

/** How a chart says what it shows. */
export interface ChartWords {
  readonly label: string;
  /** It is so or not: there is no least and no largest. */
  readonly isYesNo: boolean;
  /** A value with its unit. */
  valueText(value: number): string;
  /** A time of the day. */
  clockText(time: number): string;
  hourText(time: number): string;
  clock(time: number): { readonly hour: number; readonly minute: number };
}

let made = 0;

/** How a value went, to look at and, with the arrow keys, to listen to. */
export class ChartView {
  readonly element = $("<figure>", { class: "tracker-chart" });
  private readonly caption = $("<figcaption>", {
    class: "tracker-chart-title",
    id: `tracker-chart-${++made}`,
  });
  private readonly plot = $("<div>", { class: "tracker-chart-plot" });
  private readonly cursor = $("<div>", { class: "tracker-chart-cursor", "aria-hidden": "true" });
  private readonly summary = $("<div>", { class: "tracker-chart-summary" });
  private readonly reading = $("<div>", { class: "tracker-chart-reading", "aria-hidden": "true" });
  private answer: SeriesAnswer | undefined;
  private words: ChartWords | undefined;
  private chosen: number | undefined;

  constructor(chooser?: JQuery) {
    const head = $("<div>", { class: "tracker-chart-head" }).append(chooser ?? this.caption, this.reading);
    if (chooser !== undefined) this.caption.addClass("tracker-unseen").appendTo(this.element);
    this.element.append(head, this.plot, this.summary);
    this.plot.on("keydown", (event) => this.keyed(event));
    this.plot.on("pointermove pointerdown", (event) => this.pointed(event.clientX ?? 0));
    this.plot.on("pointerleave", () => this.choose(undefined));
    this.plot.on("blur", () => this.choose(undefined));
  }

  show(answer: SeriesAnswer, words: ChartWords): void {
    this.answer = answer;
    this.words = words;
    this.caption.text(words.label);
    const shape = chartShape(answer);
    this.plot.empty().toggle(shape !== undefined);
    this.summary.text(shape === undefined ? text("day.noValues") : this.summaryText(answer, words));
    this.choose(undefined);
    if (shape === undefined) return;
    const axis = $("<div>", { class: "tracker-chart-axis", "aria-hidden": "true" }).append(
      $("<span>").text(words.valueText(shape.top)),
      $("<span>").text(words.valueText(shape.bottom)),
    );
    const hours = $("<div>", { class: "tracker-chart-hours", "aria-hidden": "true" }).append(
      ...hourTicks(answer, words.clock).map(({ time }) =>
        $("<span>", { style: `left: ${xOf(time, answer) / 10}%` }).text(words.hourText(time)),
      ),
    );
    this.plot.append(axis, drawing(shape, answer, words), hours, this.cursor).attr({
      role: "slider",
      tabindex: 0,
      "aria-labelledby": this.caption.attr("id") as string,
      "aria-valuemin": 0,
      "aria-valuemax": answer.points.length - 1,
      "aria-valuenow": 0,
      "aria-valuetext": this.summary.text() || words.label,
    });
  }

  private summaryText(
    { minimum, maximum }: SeriesAnswer,
    { isYesNo, valueText, clockText }: ChartWords,
  ): string {
    if (isYesNo || minimum === undefined || maximum === undefined) return "";
    return text("day.extremes", {
      least: valueText(minimum.value),
      leastAt: clockText(minimum.time),
      most: valueText(maximum.value),
      mostAt: clockText(maximum.time),
    });
  }

  private keyed(event: JQuery.KeyDownEvent): void {
    const last = (this.answer?.points.length ?? 0) - 1;
    const at = this.chosen ?? -1;
    const next: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at < 0 ? last : at - 1,
      ArrowDown: at < 0 ? last : at - 1,
      PageUp: at + 12,
      PageDown: at - 12,
      Home: 0,
      End: last,
    };
    const wanted = next[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    this.choose(Math.max(0, Math.min(last, wanted)));
  }

  private pointed(x: number): void {
    const { answer } = this;
    const frame = this.plot.find("svg")[0]?.getBoundingClientRect();
    if (answer === undefined || frame === undefined || answer.points.length === 0) return;
    const share = (x - frame.left) / Math.max(1, frame.width);
    this.choose(nearestPart(answer.points, answer.from + share * (answer.to - answer.from)));
  }

  /** Says what was at a part of the day; undefined: at none. */
  private choose(at: number | undefined): void {
    const { answer, words } = this;
    this.chosen = at;
    const part = at === undefined ? undefined : answer?.points[at];
    this.cursor.toggle(part !== undefined);
    this.reading.text("");
    if (part === undefined || answer === undefined || words === undefined) return;
    const { least, most, time } = part;
    const values =
      least === most ? words.valueText(most) : `${words.valueText(least)} – ${words.valueText(most)}`;
    const said = `${words.clockText(time)}: ${values}`;
    this.cursor.css("left", `${xOf(time, answer) / 10}%`);
    this.reading.text(said);
    this.plot.attr({ "aria-valuenow": at as number, "aria-valuetext": said });
  }
}

function drawing(
  { line, band, dots }: NonNullable<ReturnType<typeof chartShape>>,
  answer: SeriesAnswer,
  words: ChartWords,
): Element {
  const svg = element("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
    focusable: "false",
  });
  for (const { time } of hourTicks(answer, words.clock)) {
    const x = xOf(time, answer);
    svg.append(element("path", { class: "tracker-chart-grid", d: `M${x} 0V${HEIGHT}` }));
  }
  svg.append(
    element("path", { class: "tracker-chart-band", d: band }),
    element("path", { class: "tracker-chart-line", d: line }),
    // A line of no length with round ends, because a circle would be stretched.
    ...dots.map(({ x, y }) => element("path", { class: "tracker-chart-dot", d: `M${x} ${y}h0` })),
  );
  return svg;
}

function element(name: string, attributes: Readonly<Record<string, string>>): Element {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
