import { counted, numberText, text } from "../kit/texts";
import { setAge } from "./ages";
import { mapLink } from "./place";

interface LastPlace {
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly time: number;
  readonly speed?: number | null;
  readonly course?: number | null;
  readonly altitude?: number | null;
  readonly satellites?: number | null;
}

/** Where a device was last, how fast, and when. */
export class PlaceView {
  readonly element = $("<div>");
  private readonly map = mapLink();
  private readonly text = $("<div>", { class: "tracker-place-text" });
  private readonly age = $("<time>");

  constructor() {
    this.element.append(this.map.element, this.text, this.age);
  }

  /** Returns whether there is anything to show. */
  show(position: LastPlace | null): boolean {
    const { latitude, longitude } = position ?? {};
    if (position === null || typeof latitude !== "number" || typeof longitude !== "number") return false;
    this.map.show(latitude, longitude);
    const { speed, course, altitude, satellites, time } = position;
    const parts = [
      typeof speed === "number" ? `${numberText(speed, 0)} km/h` : "",
      typeof course === "number" ? `${numberText(course, 0)}°` : "",
      typeof altitude === "number" ? text("device.altitude", { metres: numberText(altitude, 0) }) : "",
      typeof satellites === "number" ? counted("device.satellites", satellites) : "",
    ];
    this.text.text(parts.filter(Boolean).join(" · "));
    setAge(this.age, time);
    return true;
  }
}
