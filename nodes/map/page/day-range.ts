import type { Span } from "../../../src/history/port";
import { element, setLabel } from "./dom";
import { pageText } from "./texts";

const two = (number: number): string => String(number).padStart(2, "0");

/** A day of the browser's time zone as fields of a form have it: 2026-01-15. */
export function dayText(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function minuteText(time: number): string {
  const date = new Date(time);
  return `${dayText(time)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** From midnight to midnight, by the browser's time zone; a day of summer time's change has another length. */
export function dayAround(time: number): Span {
  const date = new Date(time);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return { from: new Date(year, month, day).getTime(), to: new Date(year, month, day + 1).getTime() - 1 };
}

/** The fields of a day, or of a time from one minute to another. */
export class DayRange {
  span: Span;
  private readonly day = element<HTMLInputElement>("play-day");
  private readonly from = element<HTMLInputElement>("play-from");
  private readonly to = element<HTMLInputElement>("play-to");
  private readonly exact = element<HTMLButtonElement>("play-exact");

  constructor(
    private readonly now: () => number,
    /** Days that can be looked back. */
    private readonly days: number,
    private readonly changed: () => void,
  ) {
    this.span = dayAround(now());
    for (const [id, key] of [
      ["play-day", "day"],
      ["play-from", "from"],
      ["play-to", "to"],
      ["play-before", "dayBefore"],
      ["play-after", "dayAfter"],
    ] as const)
      setLabel(element(id), pageText(key));
    this.exact.textContent = pageText("fromTo");
    this.exact.addEventListener("click", () => this.setExact(this.from.hidden === true));
    element("play-before").addEventListener("click", () => this.step(-1));
    element("play-after").addEventListener("click", () => this.step(1));
    this.day.addEventListener("change", () => {
      if (this.day.value !== "") this.goTo(dayAround(new Date(`${this.day.value}T12:00`).getTime()));
    });
    for (const field of [this.from, this.to]) field.addEventListener("change", () => this.typed());
  }

  /** Begins anew with the day of a time. */
  reset(time: number): void {
    this.setExact(false);
    this.span = dayAround(time);
    this.draw();
  }

  private setExact(isExact: boolean): void {
    for (const id of ["play-before", "play-day", "play-after"]) element(id).hidden = isExact;
    this.from.hidden = this.to.hidden = !isExact;
    this.exact.setAttribute("aria-pressed", String(isExact));
    this.draw();
  }

  private step(days: number): void {
    const noon = new Date(this.span.from);
    noon.setHours(12);
    noon.setDate(noon.getDate() + days);
    this.goTo(dayAround(noon.getTime()));
  }

  private typed(): void {
    const [from, to] = [this.from, this.to].map(({ value }) => new Date(value).getTime()) as [number, number];
    if (from < to) this.goTo({ from, to });
  }

  private goTo(span: Span): void {
    this.span = span;
    this.draw();
    this.changed();
  }

  private draw(): void {
    const { from, to } = this.span;
    const oldest = this.now() - this.days * 86_400_000;
    this.day.value = dayText(from);
    this.day.max = dayText(this.now());
    this.day.min = dayText(Math.max(0, oldest));
    this.from.value = minuteText(from);
    this.to.value = minuteText(to);
    element<HTMLButtonElement>("play-before").disabled = from <= oldest;
    element<HTMLButtonElement>("play-after").disabled = to >= this.now();
  }
}
