import { ALARM, DRIVING, VEHICLE_STATES } from "../../../src/map/wire";
import { element, make, setLabel, setText } from "./dom";
import type { ShownFleet } from "./fleet";
import { pageAge, speedText } from "./format";
import { ONLY_DEVICE } from "./server";
import { pageCounted, pageLocale, pageText } from "./texts";

/** More rows make a page slow, and nobody reads them: the search narrows. */
const MOST_ROWS = 200;

interface RowParts {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly dot: HTMLElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
  readonly age: HTMLElement;
  id: number;
}

export interface ListEvents {
  readonly choose: (id: number) => void;
  /** What is to be seen has changed. */
  readonly filtered: () => void;
}

/** The list of vehicles, with its search and filters. */
export class VehicleList {
  selected = -1;
  private words: readonly string[] = [];
  private group = "";
  private readonly hidden = new Set<number>();
  private readonly rows: RowParts[] = [];
  private readonly counts: HTMLElement[] = [];
  private order: readonly number[] = [];
  private version = -1;
  private readonly list = element("list");
  private readonly find = element<HTMLInputElement>("find");
  private readonly groups = element<HTMLSelectElement>("group");

  constructor(
    private readonly fleet: ShownFleet,
    private readonly events: ListEvents,
  ) {
    // Where fingers point there is no key to press.
    this.find.placeholder = pageText(matchMedia("(hover: none)").matches ? "find" : "findHint");
    setLabel(this.find, pageText("find"));
    setLabel(this.groups, pageText("groups"));
    this.find.addEventListener("input", () => {
      this.words = this.find.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.filtered();
    });
    this.groups.addEventListener("change", () => {
      this.group = this.groups.value;
      this.filtered();
    });
    this.makeStates();
  }

  /** Whether a vehicle is to be seen, on the map and in the list. */
  shows(id: number): boolean {
    const vehicle = this.fleet.vehicles[id];
    return (
      vehicle !== undefined &&
      (ONLY_DEVICE === undefined || vehicle.imei === ONLY_DEVICE) &&
      !this.hidden.has(this.fleet.state(id)) &&
      (this.group === "" || vehicle.group === this.group) &&
      this.words.every((word) => vehicle.words.includes(word))
    );
  }

  focusSearch(): void {
    this.find.focus();
  }

  draw(): void {
    if (this.version !== this.fleet.version) {
      this.version = this.fleet.version;
      this.sort();
      this.fillGroups();
    }
    const shown = this.order.filter((id) => this.shows(id));
    this.drawCounts();
    setText(element("count"), this.summary(shown.length));
    const ids = shown.slice(0, MOST_ROWS);
    while (this.rows.length < ids.length) this.rows.push(this.makeRow());
    for (const { item } of this.rows.splice(ids.length)) item.remove();
    ids.forEach((id, index) => {
      this.drawRow(this.rows[index] as RowParts, id);
    });
  }

  private filtered(): void {
    this.draw();
    this.events.filtered();
  }

  private sort(): void {
    const { compare } = new Intl.Collator(pageLocale(), { numeric: true });
    const nameOf = (id: number) => this.fleet.vehicles[id]?.name ?? "";
    this.order = [...this.fleet.ids()].sort((a, b) => compare(nameOf(a), nameOf(b)) || a - b);
  }

  private fillGroups(): void {
    const names = new Set(this.order.map((id) => this.fleet.vehicles[id]?.group ?? ""));
    names.delete("");
    this.groups.hidden = names.size < 2 && this.group === "";
    const { compare } = new Intl.Collator(pageLocale(), { numeric: true });
    const options = [...names].sort(compare).map((name) => new Option(name, name));
    this.groups.replaceChildren(new Option(pageText("allGroups"), ""), ...options);
    this.groups.value = names.has(this.group) ? this.group : "";
    this.group = this.groups.value;
  }

  private summary(shown: number): string {
    if (this.fleet.count === 0) return pageText("empty");
    if (shown === 0) return pageText("none");
    const n = shown.toLocaleString(pageLocale());
    return shown > MOST_ROWS ? pageText("narrow", { shown: MOST_ROWS, n }) : pageCounted("vehicles", shown);
  }

  private makeStates(): void {
    const box = element("states");
    box.setAttribute("aria-label", pageText("states"));
    VEHICLE_STATES.forEach((name, state) => {
      const count = make("b", "", "0");
      const dot = make("i", "dot");
      dot.dataset.state = String(state);
      const button = make("button", "", dot, pageText(name), " ", count);
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        if (!this.hidden.delete(state)) this.hidden.add(state);
        button.setAttribute("aria-pressed", String(!this.hidden.has(state)));
        this.filtered();
      });
      this.counts.push(count);
      // What somebody has to see comes first, also where they do not all have room.
      if (state === ALARM) box.prepend(button);
      else box.append(button);
    });
  }

  private drawCounts(): void {
    const counts = VEHICLE_STATES.map(() => 0);
    for (const id of this.fleet.ids()) counts[this.fleet.state(id)] = (counts[this.fleet.state(id)] ?? 0) + 1;
    this.counts.forEach((target, state) => {
      setText(target, (counts[state] ?? 0).toLocaleString(pageLocale()));
    });
  }

  private makeRow(): RowParts {
    const [dot, name, state, age] = [
      make("i", "dot"),
      make("span", "name"),
      make("span", "state"),
      make("span", "age"),
    ];
    const button = make("button", "", dot, name, state, age);
    button.type = "button";
    const item = make("li", "", button);
    const row: RowParts = { item, button, dot, name, state, age, id: -1 };
    button.addEventListener("click", () => this.events.choose(row.id));
    this.list.append(item);
    return row;
  }

  private drawRow(row: RowParts, id: number): void {
    row.id = id;
    const state = this.fleet.state(id);
    const seen = this.fleet.lastSeen[id] as number;
    row.dot.dataset.state = String(state);
    row.button.setAttribute("aria-current", String(id === this.selected));
    setText(row.name, this.fleet.vehicles[id]?.name ?? "");
    const isDriving = state === DRIVING;
    setText(
      row.state,
      isDriving ? speedText(this.fleet.speed[id] as number) : pageText(VEHICLE_STATES[state] as string),
    );
    const age = Number.isNaN(seen) ? pageText("never") : pageAge(seen, this.fleet.now());
    setText(row.age, this.fleet.hasPlace(id) ? age : `${age} · ${pageText("noPosition")}`);
  }
}
