import { type DeviceAnswer, type ValueAnswer, VEHICLE_STATES } from "../../../src/map/wire";
import { element, make, setLabel, setText } from "./dom";
import type { ShownFleet } from "./fleet";
import { directionText, measureText, pageAge, pageNumber, speedText } from "./format";
import { latitudeOf, longitudeOf } from "./mercator";
import { pageText } from "./texts";

interface Line {
  readonly label: string;
  readonly value: string;
  /** Epoch ms; absent where it has no age. */
  readonly time?: number;
}

export interface CardEvents {
  readonly close: () => void;
  readonly follow: () => void;
  readonly trail: () => void;
  readonly play: () => void;
}

/** What is known of the chosen vehicle. */
export class VehicleCard {
  /** -1 for none. */
  vehicle = -1;
  private near = "";
  values: readonly ValueAnswer[] = [];
  private drawn = "";
  private readonly card = element("card");
  private readonly follow = element<HTMLButtonElement>("card-follow");
  private readonly trail = element<HTMLButtonElement>("card-trail");

  constructor(
    private readonly fleet: ShownFleet,
    events: CardEvents,
    /** Days that can be looked back. */
    days: number,
  ) {
    const close = element("card-close");
    setLabel(close, pageText("close"));
    element("card-values").setAttribute("aria-label", pageText("values"));
    close.addEventListener("click", events.close);
    this.follow.addEventListener("click", events.follow);
    this.trail.addEventListener("click", events.trail);
    const play = element("card-play");
    setText(play, pageText("playBack"));
    play.addEventListener("click", events.play);
    play.hidden = this.trail.hidden = days === 0;
  }

  show(vehicle: number): void {
    this.vehicle = vehicle;
    this.near = "";
    this.values = [];
    this.drawn = "";
    this.say("");
    this.card.hidden = vehicle < 0;
    document.body.classList.toggle("chosen", vehicle >= 0);
    element("card-values").scrollTop = 0;
    this.draw();
  }

  setNear(vehicle: number, near: string): void {
    if (vehicle !== this.vehicle) return;
    this.near = near;
    this.draw();
  }

  setValues(vehicle: number, { values }: DeviceAnswer): void {
    if (vehicle !== this.vehicle) return;
    this.values = values;
    this.draw();
  }

  setActions(isFollowed: boolean, hasTrail: boolean): void {
    const set = (button: HTMLButtonElement, isOn: boolean, label: string) => {
      button.setAttribute("aria-pressed", String(isOn));
      setText(button, label);
    };
    set(this.follow, isFollowed, pageText(isFollowed ? "followEnd" : "follow"));
    set(this.trail, hasTrail, pageText(hasTrail ? "trailHide" : "trail"));
  }

  /** Tells what came of something. */
  say(note: string): void {
    setText(element("card-note"), note);
  }

  draw(): void {
    const { vehicle: id, fleet } = this;
    const vehicle = fleet.vehicles[id];
    if (vehicle === undefined) return;
    const now = fleet.now();
    const state = fleet.state(id);
    const seen = fleet.lastSeen[id] as number;
    setText(element("card-name"), vehicle.name);
    const said = element("card-state");
    said.dataset.state = String(state);
    setText(
      said,
      `${pageText(VEHICLE_STATES[state] as string)} · ${Number.isNaN(seen) ? pageText("never") : pageAge(seen, now)}`,
    );
    setText(element("card-near"), fleet.hasPlace(id) ? this.near : pageText("noPosition"));
    this.follow.disabled = !fleet.hasPlace(id);
    this.drawLines([...this.placeLines(id), ...this.values.map(lineOf), ...labelLines(vehicle)], now);
  }

  private placeLines(id: number): Line[] {
    const { fleet } = this;
    if (!fleet.hasPlace(id)) return [];
    const [speed, course] = [fleet.speed[id] as number, fleet.course[id] as number];
    const time = fleet.time[id] as number;
    const [latitude, longitude] = [latitudeOf(fleet.toY[id] as number), longitudeOf(fleet.toX[id] as number)];
    const place = `${pageNumber(latitude, 5)}°, ${pageNumber(longitude, 5)}°`;
    return [
      ...(Number.isNaN(speed) ? [] : [{ label: pageText("speed"), value: speedText(speed), time }]),
      ...(Number.isNaN(course)
        ? []
        : [{ label: pageText("course"), value: `${directionText(course)} (${course}°)`, time }]),
      { label: pageText("position"), value: place, time },
    ];
  }

  /** The rows are made anew only where others are to be shown, so that a selected text stays selected. */
  private drawLines(lines: readonly Line[], now: number): void {
    const body = element("card-values").querySelector("tbody") as HTMLElement;
    const labels = lines.map(({ label }) => label).join("\n");
    if (labels !== this.drawn) {
      this.drawn = labels;
      body.replaceChildren(
        ...lines.map(({ label }) => {
          const head = make("th", "", label);
          head.scope = "row";
          return make("tr", "", head, make("td", "value"), make("td", "age"));
        }),
      );
    }
    lines.forEach(({ value, time }, index) => {
      const [, said, age] = [...(body.children[index]?.children ?? [])];
      if (said !== undefined) setText(said, value);
      if (age !== undefined) setText(age, time === undefined ? "" : pageAge(time, now));
    });
  }
}

function lineOf({ label, value, unit, switched, time }: ValueAnswer): Line {
  return { label, value: valueText(value, unit, switched), time };
}

function valueText(value: ValueAnswer["value"], unit: string, switched: boolean): string {
  if (typeof value === "boolean") {
    const [yes, no] = switched ? ["on", "off"] : ["yes", "no"];
    return pageText(value ? (yes as string) : (no as string));
  }
  return typeof value === "number" ? measureText(value, unit) : String(value ?? "–");
}

function labelLines({ plate, group, imei }: { plate: string; group: string; imei: string }): Line[] {
  const lines = { plate, group, imei };
  return Object.entries(lines).flatMap(([key, value]) =>
    value === "" ? [] : [{ label: pageText(key), value }],
  );
}
