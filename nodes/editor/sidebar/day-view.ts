import type { SavedDeviceConfig } from "../../../src/device-config/device-config";
import type { SeriesAnswer } from "../../../src/fleet/history-charts";
import type { LiveView } from "../../../src/fleet/views";
import { Days, dayAfter, readDay } from "../../../src/model/days";
import { button, iconButton, setOptions } from "../kit/form";
import { language, problemText, text } from "../kit/texts";
import { asProblem, api as server } from "./api";
import { ChartView, type ChartWords } from "./chart-view";
import { DayExport } from "./day-export";
import { DayImport } from "./day-import";
import { type ChartedValue, chartedValues, columnPaths, placeValue } from "./day-values";

/** A day to which more comes is drawn anew at most so often. */
const AGAIN_MS = 15_000;

/** What was chosen last, also for the next device. */
let lastChosen = "externalVoltage";

/** What a device's page knows of it. */
export interface DayOf {
  readonly live: LiveView;
  readonly config: SavedDeviceConfig | undefined;
  readonly timeZone: string;
  /** History is the last hour. */
  readonly isBrief: boolean;
}

/** A day of a device: how fast it was, how any value went, and the day as a file. */
export class DayView {
  readonly element = $("<div>", { class: "tracker-day" });
  private readonly input = $("<input>", {
    type: "date",
    class: "tracker-day-input",
    "aria-label": text("day.label"),
  });
  private readonly previous = iconButton(text("day.previous"), "fa-chevron-left", () => this.step(-1));
  private readonly next = iconButton(text("day.next"), "fa-chevron-right", () => this.step(1));
  private readonly message = $("<div>", { class: "tracker-failure", role: "alert" });
  private readonly brief = $("<div>", { class: "tracker-hint tracker-day-brief" }).text(text("day.brief"));
  private readonly select = $("<select>", { class: "tracker-day-value", "aria-label": text("day.value") });
  private readonly speed = new ChartView();
  private readonly value = new ChartView(this.select);
  private readonly export: DayExport;
  private about: DayOf | undefined;
  private days: Days | undefined;
  private day: string | undefined;
  private values: readonly ChartedValue[] = [];
  private asked = 0;
  private askedAt = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly registry: string,
    private readonly imei: string,
    mayChange: boolean,
  ) {
    this.export = new DayExport((format) => {
      const paths = format === "csv" ? columnPaths(this.about?.live.attributes ?? [], 100) : [];
      return server.historyFile(registry, imei, this.day ?? "", format, paths);
    }, imei);
    const chooser = $("<div>", { class: "tracker-day-chooser" }).append(
      this.previous.addClass("tracker-day-previous"),
      this.input,
      this.next.addClass("tracker-day-next"),
      button(text("day.today"), "", () => this.choose(this.today())).addClass(
        "red-ui-button-small tracker-day-today",
      ),
    );
    const importing = new DayImport(
      (file, told) => server.importHistory(registry, imei, file, told),
      ({ last }) => this.choose(last === undefined ? this.day : this.days?.of(last)),
    );
    this.element.append(
      chooser,
      this.brief,
      this.message,
      this.speed.element,
      this.value.element,
      this.export.element,
      mayChange ? importing.element : $(),
    );
    this.input.on("change", () => this.choose(readDay(this.input.val())));
    this.select.on("change", () => {
      lastChosen = String(this.select.val());
      void this.ask();
    });
  }

  /** Follows what comes in, which may be of any day. */
  show(about: DayOf): void {
    const { records, late } = about.live.counters;
    const isNews = records !== this.about?.live.counters.records || late !== this.about?.live.counters.late;
    this.about = about;
    if (this.days?.timeZone !== about.timeZone) {
      this.days = new Days(about.timeZone);
      this.day = undefined;
    }
    this.brief.toggle(about.isBrief);
    this.values = chartedValues(about.live.attributes, about.config);
    setOptions(
      this.select,
      this.values.map(({ key, label }) => ({ value: key, text: label })),
    );
    if (this.values.some(({ key }) => key === lastChosen)) this.select.val(lastChosen);
    this.input.attr("max", this.today());
    if (this.day === undefined) this.choose(this.days.of(about.live.time ?? Date.now()));
    else if (isNews) this.askLater();
  }

  close(): void {
    clearTimeout(this.later);
    this.asked++;
  }

  private today(): string {
    return this.days?.of(Date.now()) ?? "";
  }

  private step(days: number): void {
    if (this.day !== undefined) this.choose(dayAfter(this.day, days));
  }

  private choose(day: string | undefined): void {
    if (day === undefined) return;
    this.day = day;
    this.input.val(day);
    this.next.prop("disabled", day >= this.today());
    this.export.clear();
    void this.ask();
  }

  private askLater(): void {
    if (this.later !== undefined) return;
    this.later = setTimeout(
      () => {
        this.later = undefined;
        void this.ask();
      },
      Math.max(0, this.askedAt + AGAIN_MS - Date.now()),
    );
  }

  private async ask(): Promise<void> {
    const number = ++this.asked;
    this.askedAt = Date.now();
    const chosen = this.values.find(({ key }) => key === this.select.val()) ?? placeValue("altitude");
    const speed = placeValue("speed");
    try {
      const [speeds, values] = await Promise.all([this.seriesOf(speed), this.seriesOf(chosen)]);
      // A day that was chosen meanwhile is asked for, too.
      if (number !== this.asked) return;
      this.message.text("");
      this.speed.show(speeds, this.wordsFor(speed));
      this.value.show(values, this.wordsFor(chosen));
    } catch (error) {
      if (number === this.asked) this.message.text(problemText(asProblem(error)));
    }
  }

  /** Of the first path that history has values of on this day. */
  private async seriesOf({ paths }: ChartedValue): Promise<SeriesAnswer> {
    let found: SeriesAnswer | undefined;
    for (const path of paths) {
      if (found !== undefined && found.count > 0) break;
      found = await server.series(this.registry, { imei: this.imei, day: this.day ?? "", path });
    }
    return found as SeriesAnswer;
  }

  private wordsFor({ label, isYesNo, textOf }: ChartedValue): ChartWords {
    const timeZone = this.about?.timeZone ?? "UTC";
    const shown = new Intl.DateTimeFormat(language(), { timeZone, hour: "2-digit", minute: "2-digit" });
    const hour = new Intl.DateTimeFormat(language(), { timeZone, hour: "numeric" });
    const read = new Intl.DateTimeFormat("en", {
      timeZone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    return {
      label,
      isYesNo,
      valueText: textOf,
      clockText: (time) => shown.format(time),
      hourText: (time) => hour.format(time),
      clock: (time) => {
        const [hour = 0, minute = 0] = read.format(time).split(":").map(Number);
        return { hour, minute };
      },
    };
  }
}
