import type { FenceKind } from "../../../src/fences/fence";
import { make } from "./dom";
import type { FenceValues } from "./fence-values";
import { pageLocale, pageText } from "./texts";

interface FieldLook {
  readonly type: "text" | "number" | "color" | "time" | "points" | "check" | "days";
  readonly kinds?: readonly FenceKind[];
  /** Among the settings that most fences do not need. */
  readonly more?: true;
  readonly ofHours?: true;
  readonly step?: string;
}

/** The form from its top to its end. */
const LOOKS: Readonly<Record<string, FieldLook>> = {
  name: { type: "text" },
  latitude: { type: "number", kinds: ["circle"], step: "any" },
  longitude: { type: "number", kinds: ["circle"], step: "any" },
  radius: { type: "number", kinds: ["circle"], step: "any" },
  points: { type: "points", kinds: ["polygon", "corridor"] },
  width: { type: "number", kinds: ["corridor"], step: "any" },
  colour: { type: "color" },
  speedLimit: { type: "number", more: true },
  dwell: { type: "number", more: true },
  maxStay: { type: "number", more: true },
  innerEdge: { type: "number", more: true },
  outerEdge: { type: "number", more: true },
  groups: { type: "text", more: true },
  devices: { type: "text", more: true },
  hours: { type: "check", more: true },
  days: { type: "days", more: true, ofHours: true },
  from: { type: "time", more: true, ofHours: true },
  to: { type: "time", more: true, ofHours: true },
  timeZone: { type: "text", more: true, ofHours: true },
};

type Input = HTMLInputElement | HTMLTextAreaElement;

/** The fields of a fence. */
export class FenceForm {
  readonly element = make("div", "fence-fields");
  private readonly inputs = new Map<string, Input>();
  private readonly days: HTMLInputElement[] = [];
  private readonly more = make("details", "", make("summary", "", pageText("fenceMore")));

  /** `changed` is told of every change that a person makes. */
  constructor(
    kind: FenceKind,
    private values: FenceValues,
    private readonly changed: () => void,
  ) {
    for (const [name, look] of Object.entries(LOOKS)) {
      if (look.kinds?.includes(kind) === false) continue;
      const row = this.rowOf(name, look);
      if (look.ofHours) row.dataset.hours = "";
      (look.more ? this.more : this.element).append(row);
    }
    this.element.append(this.more);
    this.write(values);
  }

  read(): Record<string, string> {
    const read = Object.fromEntries([...this.inputs].map(([name, input]) => [name, textOf(input)]));
    const days = this.days.filter(({ checked }) => checked).map(({ value }) => value);
    return { ...read, days: days.join() };
  }

  write(values: FenceValues): void {
    this.values = { ...this.values, ...values };
    for (const [name, value] of Object.entries(values)) {
      const input = this.inputs.get(name);
      if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === "on";
      else if (input !== undefined) input.value = value;
    }
    const days = this.values.days?.split(",") ?? [];
    for (const day of this.days) day.checked = days.includes(day.value);
    this.showHours();
  }

  focus(name = "name"): void {
    const input = this.inputs.get(name) ?? (name === "days" ? this.days[0] : undefined);
    if (input === undefined) return;
    if (this.more.contains(input)) this.more.open = true;
    input.focus();
  }

  /** Marks the field that is wrong; none without a name. */
  mark(wrong = ""): void {
    for (const [name, input] of this.inputs) {
      if (name === wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (wrong !== "") this.focus(wrong);
  }

  private rowOf(name: string, look: FieldLook): HTMLElement {
    const text = pageText(`fence.${name}`);
    if (look.type === "days") return this.dayRow(text);
    const input = inputOf(look);
    input.id = `fence-${name}`;
    input.addEventListener("input", () => {
      this.showHours();
      this.changed();
    });
    this.inputs.set(name, input);
    const label = make("label", "", text);
    label.htmlFor = input.id;
    return look.type === "check" ? make("div", "row check", input, label) : make("div", "row", label, input);
  }

  private dayRow(text: string): HTMLElement {
    const format = new Intl.DateTimeFormat(pageLocale(), { weekday: "short", timeZone: "UTC" });
    const days = Array.from({ length: 7 }, (_, index) => {
      const input = make("input");
      input.type = "checkbox";
      input.value = String(index + 1);
      input.addEventListener("input", this.changed);
      this.days.push(input);
      // 5 January 1970 was a Monday.
      return make("label", "", input, format.format(Date.UTC(1970, 0, 5 + index)));
    });
    const legend = make("legend", "", text);
    return make("fieldset", "days", legend, ...days);
  }

  private showHours(): void {
    const isOn = this.inputs.get("hours") as HTMLInputElement | undefined;
    for (const row of this.more.querySelectorAll<HTMLElement>("[data-hours]")) row.hidden = !isOn?.checked;
  }
}

function inputOf({ type, step }: FieldLook): Input {
  if (type === "points") {
    const area = make("textarea");
    area.rows = 5;
    area.spellcheck = false;
    return area;
  }
  const input = make("input");
  input.type = type === "check" ? "checkbox" : type;
  input.autocomplete = "off";
  if (type === "number") input.step = step ?? "1";
  return input;
}

function textOf(input: Input): string {
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked ? "on" : "";
  return input.value.trim();
}
