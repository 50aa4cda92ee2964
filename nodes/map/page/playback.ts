import type { DeviceSeries, PageConfig, TrailAnswer, ValueAnswer } from "../../../src/map/wire";
import { DayRange } from "./day-range";
import { element, setLabel, setText } from "./dom";
import type { ShownFleet } from "./fleet";
import { measureText, momentText, speedText } from "./format";
import type { LiveMap } from "./live-map";
import { PlayChart } from "./play-chart";
import { PlayTrack } from "./play-track";
import { saveFile } from "./save-file";
import { get } from "./server";
import { pageCounted, pageText } from "./texts";

const FASTEST = [1, 10, 60, 300, 1000];
const USUAL = 60;
/** Milliseconds that keys move the slider, whose own steps would be one. */
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -10_000,
  ArrowDown: -10_000,
  ArrowRight: 10_000,
  ArrowUp: 10_000,
  PageDown: -300_000,
  PageUp: 300_000,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
const FORMAT_NAMES: Readonly<Record<string, string>> = { geojson: "GeoJSON" };

/** Plays back where a vehicle was: a panel below the map with its day, a chart that is the slider, and files to save. */
export class Playback {
  /** -1 where nothing is played back. */
  vehicle = -1;
  private readonly range: DayRange;
  private readonly chart: PlayChart;
  private readonly dock = element("dock");
  private readonly slider = element<HTMLInputElement>("play-slider");
  private readonly play = element<HTMLButtonElement>("play-play");
  private readonly speed = element<HTMLSelectElement>("play-speed");
  private readonly skip = element<HTMLInputElement>("play-skip");
  private readonly values = element<HTMLSelectElement>("play-value");
  private readonly format = element<HTMLSelectElement>("play-format");
  private track: PlayTrack | undefined;
  private value: DeviceSeries | undefined;
  private time = 0;
  private lastFrame: number | undefined;

  constructor(
    private readonly fleet: ShownFleet,
    private readonly map: LiveMap,
    config: PageConfig,
    private readonly closed: () => void,
  ) {
    this.range = new DayRange(
      () => fleet.now(),
      config.days,
      () => void this.load(),
    );
    this.chart = new PlayChart(map.palette);
    for (const times of FASTEST) this.speed.append(new Option(`× ${times}`, String(times)));
    this.speed.value = String(USUAL);
    this.format.append(
      ...config.formats.map((one) => new Option(FORMAT_NAMES[one] ?? one.toUpperCase(), one)),
    );
    for (const [id, key] of [
      ["play-close", "close"],
      ["play-stop-before", "stopBefore"],
      ["play-stop-after", "stopAfter"],
      ["play-speed", "playSpeed"],
      ["play-slider", "playTime"],
      ["play-value", "playValue"],
      ["play-format", "format"],
    ] as const)
      setLabel(element(id), pageText(key));
    setText(element("play-skip-text"), pageText("skipStops"));
    setText(element("play-save"), pageText("save"));
    element("play-close").addEventListener("click", () => this.close());
    element("play-save").addEventListener("click", () => void this.save());
    element("play-stop-before").addEventListener("click", () => this.jump(-1));
    element("play-stop-after").addEventListener("click", () => this.jump(1));
    this.play.addEventListener("click", () => this.run(this.lastFrame === undefined));
    this.slider.addEventListener("input", () => this.goTo(Number(this.slider.value)));
    this.slider.addEventListener("keydown", (event) => this.pressed(event));
    this.slider.addEventListener("pointermove", (event) => this.hover(event));
    this.slider.addEventListener("pointerleave", () => this.goTo(this.time));
    this.values.addEventListener("change", () => void this.loadValue());
  }

  get isOpen(): boolean {
    return this.vehicle >= 0;
  }

  usePalette(): void {
    this.chart.usePalette(this.map.palette);
  }

  /** Opens with the day that the vehicle was heard last. `values` are those that can be charted. */
  open(vehicle: number, values: readonly ValueAnswer[]): void {
    this.vehicle = vehicle;
    this.dock.hidden = false;
    document.body.classList.add("playing");
    setText(element("dock-name"), this.fleet.vehicles[vehicle]?.name ?? "");
    const inChart = values.filter(({ value }) => typeof value === "number" || typeof value === "boolean");
    this.values.replaceChildren(
      new Option(pageText("speedOnly"), ""),
      ...inChart.map(({ key, label }) => new Option(label, key)),
    );
    const heard = this.fleet.time[vehicle] as number;
    this.range.reset(Number.isNaN(heard) ? this.fleet.now() : heard);
    void this.load();
    this.play.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    this.run(false);
    this.vehicle = -1;
    this.dock.hidden = true;
    document.body.classList.remove("playing");
    this.map.trail.hide();
    this.map.played.hide();
    this.closed();
  }

  private async load(): Promise<void> {
    this.run(false);
    const { vehicle } = this;
    const { from, to } = this.range.span;
    setText(element("play-note"), pageText("loading"));
    const trail = await get<TrailAnswer>(`trail?id=${vehicle}&from=${from}&to=${to}`);
    const isOther = vehicle !== this.vehicle || from !== this.range.span.from || to !== this.range.span.to;
    if (isOther) return;
    const track = trail === undefined ? undefined : new PlayTrack(trail);
    this.track = track?.isEmpty === false ? track : undefined;
    this.chart.show(this.track);
    for (const id of ["play-play", "play-slider", "play-stop-before", "play-stop-after", "play-save"])
      element<HTMLButtonElement>(id).disabled = this.track === undefined;
    if (this.track === undefined || trail === undefined) {
      this.map.trail.hide();
      this.map.played.hide();
      setText(element("play-now"), "");
      setText(element("play-note"), pageText("playNone"));
      return;
    }
    this.slider.min = String(this.track.from);
    this.slider.max = String(this.track.to);
    setText(element("play-note"), pageCounted("stops", trail.stops.length));
    this.map.trail.show(vehicle, trail);
    this.map.fitExtent(this.track.extent);
    this.goTo(this.track.from);
    await this.loadValue();
  }

  private async loadValue(): Promise<void> {
    const { vehicle, track } = this;
    const key = this.values.value;
    this.value = undefined;
    if (key !== "" && track !== undefined) {
      const address = `series?id=${vehicle}&key=${encodeURIComponent(key)}&from=${track.from}&to=${track.to}`;
      const value = await get<DeviceSeries>(address);
      if (track !== this.track || key !== this.values.value) return;
      this.value = value;
    }
    this.chart.showValue(this.value);
    this.goTo(this.time);
  }

  private run(isRunning: boolean): void {
    if (isRunning && this.track !== undefined && this.time >= this.track.to) this.goTo(this.track.from);
    this.lastFrame = isRunning && this.track !== undefined ? performance.now() : undefined;
    const isPlaying = this.lastFrame !== undefined;
    this.play.dataset.state = isPlaying ? "playing" : "paused";
    setLabel(this.play, pageText(isPlaying ? "pause" : "play"));
    if (isPlaying) requestAnimationFrame(() => this.frame());
  }

  private frame(): void {
    const { track, lastFrame } = this;
    if (track === undefined || lastFrame === undefined) return;
    const now = performance.now();
    this.lastFrame = now;
    const step = (now - lastFrame) * Number(this.speed.value);
    this.goTo(track.advance(this.time, step, this.skip.checked));
    if (this.time >= track.to) this.run(false);
    else requestAnimationFrame(() => this.frame());
  }

  private jump(direction: 1 | -1): void {
    if (this.track !== undefined) this.goTo(this.track.stopBeside(this.time, direction));
  }

  private goTo(time: number): void {
    this.time = time;
    this.slider.value = String(time);
    this.show(time);
    if (this.lastFrame !== undefined) this.map.keepInView();
  }

  private pressed(event: KeyboardEvent): void {
    const step = KEY_STEPS[event.key];
    if (step === undefined || this.track === undefined) return;
    event.preventDefault();
    this.goTo(Math.min(this.track.to, Math.max(this.track.from, this.time + step)));
  }

  /** Shows a moment that is only pointed at. */
  private hover({ clientX, buttons, pointerType }: PointerEvent): void {
    const { track } = this;
    if (track === undefined || buttons !== 0 || pointerType !== "mouse" || this.lastFrame !== undefined)
      return;
    const { left, width } = this.slider.getBoundingClientRect();
    this.show(track.from + Math.min(1, Math.max(0, (clientX - left) / width)) * (track.to - track.from));
  }

  private show(time: number): void {
    if (this.track === undefined) return;
    const moment = this.track.at(time);
    this.map.played.show(moment);
    this.chart.moveTo(time);
    const speed = moment.speed === null ? pageText("silent") : speedText(moment.speed);
    const text = [momentText(time), speed, ...this.valueText(time)].join(" · ");
    setText(element("play-now"), text);
    this.slider.setAttribute("aria-valuetext", text);
  }

  private valueText(time: number): string[] {
    const { value } = this;
    if (value === undefined || value.time.length === 0) return [];
    const index = value.time.findLastIndex((begin) => begin <= time);
    const label = this.values.selectedOptions[0]?.textContent ?? "";
    return index < 0 ? [] : [`${label} ${measureText(value.most[index] as number, value.unit)}`];
  }

  private async save(): Promise<void> {
    const { vehicle, track } = this;
    if (track === undefined) return;
    const { from, to } = this.range.span;
    const path = `export?id=${vehicle}&from=${from}&to=${to}&format=${this.format.value}`;
    if (!(await saveFile(path))) setText(element("play-note"), pageText("saveFailed"));
  }
}
