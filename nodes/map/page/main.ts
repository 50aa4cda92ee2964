import "ol/ol.css";
import "./page.css";
import type { DeviceAnswer, FleetEvent, PageConfig, TrailAnswer } from "../../../src/map/wire";
import type { AlarmPanel } from "./alarms";
import { VehicleCard } from "./card";
import { dayAround } from "./day-range";
import { element, setLabel, setText } from "./dom";
import { followFleet, type StreamState } from "./event-stream";
import type { ShownFences } from "./fences";
import { ShownFleet } from "./fleet";
import { pageTime, useUnits } from "./format";
import { VehicleList } from "./list";
import { LiveMap } from "./live-map";
import { latitudeOf, longitudeOf } from "./mercator";
import { Nearby } from "./nearby";
import { Playback } from "./playback";
import { accessHeaders, get, isByLink, ONLY_DEVICE, refusal } from "./server";
import { pageText, useTexts } from "./texts";
import type { Hit } from "./vehicle-layer";

/** The list and the ages in it are drawn at most so often. */
const LIST_MS = 1000;
/** A chosen vehicle's values are asked for so often while it says something. */
const VALUES_MS = 3000;
/** The alarms are asked for so often while devices say something. */
const ALARMS_MS = 2000;
/** The roads that were driven are asked for so often. */
const ROADS_MS = 30_000;
const THEME = "tracker-map-theme";

/** The page: what is chosen, and what belongs to it. */
class Page {
  private readonly fleet = new ShownFleet();
  private readonly list: VehicleList;
  private readonly card: VehicleCard;
  private readonly map: LiveMap;
  private readonly nearby: Nearby;
  private readonly playback: Playback;
  private fences: ShownFences | undefined;
  private alarms: AlarmPanel | undefined;
  private alarmsAt = 0;
  private isFirst = true;
  private valuesAt = 0;

  constructor(private readonly config: PageConfig) {
    const { fleet } = this;
    this.map = new LiveMap(fleet, config, (hit) => this.clicked(hit));
    this.list = new VehicleList(fleet, {
      choose: (id) => {
        this.choose(id);
        this.map.goToVehicle(id);
        showSheet(false);
      },
      filtered: () => this.map.vehicles.redraw(),
    });
    this.playback = new Playback(fleet, this.map, config, () => this.played());
    // What is played back is another time than what is live.
    this.map.vehicles.filter = (id) => !this.playback.isOpen && this.list.shows(id);
    const actions = {
      close: () => this.choose(-1),
      follow: () => this.follow(),
      trail: () => void this.toggleTrail(),
      play: () => this.playBack(),
    };
    this.card = new VehicleCard(fleet, actions, config.days);
    this.nearby = new Nearby(this.map.base);
    prepareTools(
      () => this.map.fit([...fleet.ids()].filter((id) => this.list.shows(id))),
      (isDark) => {
        this.map.useTheme(isDark);
        this.playback.usePalette();
        this.fences?.usePalette(this.map.palette);
      },
    );
    document.addEventListener("visibilitychange", () => this.refresh());
    addEventListener("keydown", (event) => this.pressed(event));
    this.isFirst = isByLink || ONLY_DEVICE !== undefined || !this.map.goToAddress();
    followFleet(accessHeaders, (event) => this.take(event), showState);
    setInterval(() => this.refresh(), LIST_MS);
    setInterval(() => void this.askRoads(), ROADS_MS);
    if (config.fences !== "none") void this.showFences();
    if (config.alarms && ONLY_DEVICE === undefined) void this.showAlarms();
  }

  private take(event: FleetEvent): void {
    this.fleet.take(event, !document.hidden);
    if (event.full) void this.askRoads();
    if (this.isFirst && this.fleet.count > 0) {
      this.isFirst = false;
      if (ONLY_DEVICE === undefined) this.map.fit(this.fleet.ids());
      else this.watch(ONLY_DEVICE);
    }
    const { vehicle } = this.card;
    if (vehicle >= 0 && !this.fleet.has(vehicle)) this.choose(-1);
    else if (event.rows.some(([id]) => id === vehicle)) this.extend(vehicle);
    this.map.vehicles.redraw();
    this.map.wake();
    if (event.full) this.list.draw();
    if (this.alarms !== undefined) this.askAlarms(this.alarms);
  }

  /** Alarms are changes of devices, too: after each of these there may be others. */
  private askAlarms(alarms: AlarmPanel): void {
    if (performance.now() - this.alarmsAt < ALARMS_MS) return;
    this.alarmsAt = performance.now();
    void alarms.refresh();
  }

  /** A small map has one device, its trail of today, and goes along with it. */
  private watch(imei: string): void {
    const id = [...this.fleet.ids()].find((one) => this.fleet.vehicles[one]?.imei === imei) ?? -1;
    this.choose(id);
    if (id < 0 || !this.fleet.hasPlace(id)) return;
    this.follow();
    void this.toggleTrail();
  }

  /** The chosen vehicle has said something. */
  private extend(id: number): void {
    const { toX, toY, time, speed } = this.fleet;
    if (this.map.trail.vehicle === id && !this.playback.isOpen)
      this.map.trail.extend(toX[id] as number, toY[id] as number, time[id] as number, speed[id] as number);
    if (performance.now() - this.valuesAt > VALUES_MS) void this.ask(id);
  }

  private refresh(): void {
    if (document.hidden) return;
    this.list.draw();
    this.card.draw();
    this.map.vehicles.redraw();
    if (this.alarms !== undefined) this.askAlarms(this.alarms);
  }

  private clicked(hit: Hit | undefined): void {
    if (hit !== undefined && "cluster" in hit) this.map.closer(hit.cluster.x, hit.cluster.y);
    else this.choose(hit?.vehicle ?? -1);
  }

  private choose(id: number): void {
    if (id !== this.card.vehicle) {
      this.playback.close();
      this.map.trail.hide();
      this.map.followed = -1;
    }
    this.list.selected = id;
    this.map.vehicles.selected = id;
    this.card.show(id);
    this.showActions();
    this.list.draw();
    this.map.vehicles.redraw();
    if (id >= 0) void this.ask(id);
  }

  /** Asks for what the stream does not have. */
  private async ask(id: number): Promise<void> {
    this.valuesAt = performance.now();
    const { fleet, config } = this;
    if (fleet.hasPlace(id)) {
      const [x, y] = [fleet.toX[id] as number, fleet.toY[id] as number];
      this.card.setNear(id, await this.nearby.describe(longitudeOf(x), latitudeOf(y)).catch(() => ""));
    }
    if (!config.values) return;
    const answer = await get<DeviceAnswer>(`device?id=${id}`);
    if (answer !== undefined) this.card.setValues(id, answer);
  }

  /** What draws fences is fetched only where there can be some. */
  private async showFences(): Promise<void> {
    const { showFences } = await import("./fences");
    this.fences = showFences(this.map.map, this.map.palette, this.config.fences === "drawn");
    this.map.isDrawing = this.fences.isDrawing;
    this.map.openAt = this.fences.openAt;
  }

  /** Only the editor's map has it. */
  private async showAlarms(): Promise<void> {
    const { AlarmPanel } = await import("./alarms");
    const { fleet } = this;
    const idOf = (imei: string) => [...fleet.ids()].find((id) => fleet.vehicles[id]?.imei === imei) ?? -1;
    this.alarms = new AlarmPanel({
      nameOf: (imei) => fleet.vehicles[idOf(imei)]?.name ?? imei,
      choose: (imei) => {
        const id = idOf(imei);
        if (id < 0) return;
        this.choose(id);
        this.map.goToVehicle(id);
      },
      near: (longitude, latitude) => this.nearby.describe(longitude, latitude).catch(() => ""),
      now: () => fleet.now(),
    });
    await this.alarms.refresh();
  }

  private async askRoads(): Promise<void> {
    if (!document.hidden) void this.fences?.refresh();
    const roads = document.hidden ? undefined : await get<number[][]>("roads");
    if (roads !== undefined) this.map.roads.show(roads);
  }

  private follow(): void {
    const { vehicle } = this.card;
    this.map.followed = this.map.followed === vehicle ? -1 : vehicle;
    if (this.map.followed >= 0) this.map.goToVehicle(vehicle);
    this.showActions();
  }

  private async toggleTrail(): Promise<void> {
    const { vehicle } = this.card;
    if (this.map.trail.vehicle === vehicle) {
      this.map.trail.hide();
      this.card.say("");
    } else {
      const { from } = dayAround(this.fleet.now());
      const trail = await get<TrailAnswer>(`trail?id=${vehicle}&from=${from}`);
      if (vehicle !== this.card.vehicle) return;
      const [since] = trail?.time ?? [];
      if (trail !== undefined && since !== undefined) {
        this.map.trail.show(vehicle, trail);
        this.card.say(pageText("trailSince", { time: pageTime(since, this.fleet.now()) }));
      } else this.card.say(pageText("trailNone"));
    }
    this.showActions();
  }

  private playBack(): void {
    this.map.followed = -1;
    this.playback.open(this.card.vehicle, this.card.values);
    this.map.vehicles.selected = -1;
    this.map.vehicles.redraw();
    this.showActions();
  }

  /** Back to where the vehicles are now. */
  private played(): void {
    this.card.say("");
    this.showActions();
    this.map.vehicles.selected = this.card.vehicle;
    this.map.vehicles.redraw();
    element("card-play").focus();
  }

  private showActions(): void {
    const { vehicle } = this.card;
    this.card.setActions(vehicle >= 0 && this.map.followed === vehicle, this.map.trail.vehicle === vehicle);
  }

  private pressed(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (event.key === "Escape" && this.playback.isOpen) this.playback.close();
    else if (event.key === "Escape" && this.card.vehicle >= 0) this.choose(-1);
    if (event.key !== "/" || isTyping) return;
    event.preventDefault();
    showSheet(true);
    this.list.focusSearch();
  }
}

function showState(state: StreamState): void {
  // What was shown is not to stay when a link is over; the page then says so.
  if (state === "signedOut" && isByLink) location.reload();
  const live = element("live");
  live.dataset.state = state;
  setText(live, pageText(state));
}

/** On a phone the list is a sheet that is pulled up. */
function showSheet(isOpen: boolean): void {
  document.body.classList.toggle("sheet", isOpen);
  element("menu").setAttribute("aria-expanded", String(isOpen));
}

function prepareTools(fit: () => void, useTheme: (isDark: boolean) => void): void {
  for (const [id, key] of [
    ["fit", "fit"],
    ["theme", "theme"],
    ["menu", "list"],
  ] as const)
    setLabel(element(id), pageText(key));
  element("fit").addEventListener("click", fit);
  element("menu").addEventListener("click", () => showSheet(!document.body.classList.contains("sheet")));
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(THEME);
  const apply = () => {
    const isDark = chosen === null ? system.matches : chosen === "dark";
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    useTheme(isDark);
    return isDark;
  };
  let isDark = apply();
  system.addEventListener("change", () => {
    isDark = apply();
  });
  element("theme").addEventListener("click", () => {
    chosen = isDark ? "light" : "dark";
    localStorage.setItem(THEME, chosen);
    isDark = apply();
  });
}

async function main(): Promise<void> {
  const config = await get<PageConfig>("config");
  if (config === undefined) {
    // There are no texts either.
    const why = isByLink ? await refusal("config") : undefined;
    setText(
      element("title"),
      why ?? "Node-RED does not show this map. Log in to its editor, and load this page anew.",
    );
    document.body.classList.add("refused");
    return;
  }
  useTexts(config);
  useUnits(config.units);
  document.title = config.title;
  setText(element("title"), config.title);
  showState("connecting");
  document.body.classList.toggle("small", ONLY_DEVICE !== undefined);
  new Page(config);
}

void main();
