import { FENCE_KINDS, type Fence, type FenceKind, type FenceShape } from "../../../src/fences/fence";
import { element, make, setLabel, setText } from "./dom";
import { FenceForm } from "./fence-form";
import type { FenceSketch } from "./fence-sketch";
import { fieldOf, newValues, requestOf, shapeValues, valuesOf } from "./fence-values";
import { distanceText, pageNumber } from "./format";
import { askRegistry, type RegistryRefusal } from "./server";
import { pageText } from "./texts";

/** More rows make a page slow; the search narrows. */
const MOST_ROWS = 200;
/** With fewer fences nobody searches. */
const SEARCHED = 8;

export interface FencePanelEvents {
  /** The fences have changed. */
  readonly changed: () => Promise<void>;
  readonly goTo: (fence: Fence) => void;
  /** The fence that is being changed is not drawn otherwise; empty for none. */
  readonly hide: (id: string) => void;
}

/** What is being written: a new fence, or one that there is. */
interface Open {
  readonly kind: FenceKind;
  readonly fence: Fence | undefined;
  readonly form: FenceForm;
}

/** The list of fences, and the form of one. Only behind the editor's door. */
export class FencePanel {
  private readonly panel = element("fences");
  private readonly body = make("div", "fence-body");
  private readonly note = make("p", "note");
  private readonly list = make("ul");
  private readonly find = make("input", "fence-find");
  private fences: readonly Fence[] = [];
  private open: Open | undefined;

  constructor(
    private readonly sketch: FenceSketch,
    private readonly events: FencePanelEvents,
  ) {
    setText(element("fences-title"), pageText("fences"));
    const close = element("fences-close");
    setLabel(close, pageText("close"));
    close.addEventListener("click", () => this.show(false));
    this.note.setAttribute("role", "status");
    this.find.type = "search";
    this.find.placeholder = pageText("fenceFind");
    this.find.setAttribute("aria-label", pageText("fenceFind"));
    this.find.addEventListener("input", () => this.fillList());
    this.panel.append(this.body, this.note);
    this.panel.addEventListener("keydown", (event) => this.pressed(event));
    this.showList();
  }

  get isShown(): boolean {
    return !this.panel.hidden;
  }

  show(isShown: boolean): void {
    if (!isShown) this.closeForm();
    this.panel.hidden = !isShown;
    const button = element("fences-open");
    button.setAttribute("aria-expanded", String(isShown));
    document.body.classList.toggle("fencing", isShown);
    if (isShown) element("fences-close").focus();
    else button.focus();
  }

  use(fences: readonly Fence[]): void {
    this.fences = fences;
    this.fillList();
  }

  /** Opens the form of a fence, as from a click on it. */
  edit(id: string): void {
    const fence = this.fences.find((one) => one.id === id);
    if (fence === undefined) return;
    if (!this.isShown) this.show(true);
    this.openForm(fence.kind, fence);
    this.events.hide(id);
    this.sketch.show(fence);
    this.events.goTo(fence);
  }

  /** Takes over what was drawn. */
  drawn(shape: Partial<FenceShape>): void {
    this.open?.form.write(shapeValues(shape as FenceShape));
    this.say("");
  }

  private showList(): void {
    const kinds = FENCE_KINDS.map((kind) => {
      const button = make("button", "", pageText(`fenceNew.${kind}`));
      button.type = "button";
      button.addEventListener("click", () => this.begin(kind));
      return button;
    });
    const file = make("input");
    file.type = "file";
    file.accept = ".geojson,.json,application/geo+json";
    file.id = "fences-file";
    file.className = "away";
    file.addEventListener("change", () => void this.importFile(file));
    const take = make("label", "button", pageText("fenceImport"));
    take.htmlFor = file.id;
    const give = make("button", "", pageText("fenceExport"));
    give.type = "button";
    give.addEventListener("click", () => void this.exportFile());
    this.body.replaceChildren(
      make("div", "buttons", ...kinds),
      this.find,
      this.list,
      make("div", "buttons", file, take, give),
    );
    this.fillList();
  }

  private fillList(): void {
    const wanted = this.find.value.trim().toLocaleLowerCase();
    const found = this.fences.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
    const items = found.slice(0, MOST_ROWS).map((fence) => {
      const mark = make("span", "swatch");
      mark.style.setProperty("background", fence.colour);
      const about = `${pageText(`fenceKind.${fence.kind}`)}${sizeOf(fence)}`;
      const button = make("button", "", mark, make("span", "name", fence.name), make("span", "state", about));
      button.type = "button";
      button.dataset.id = fence.id;
      button.addEventListener("click", () => this.edit(fence.id));
      return make("li", "", button);
    });
    this.list.replaceChildren(...items);
    this.list.hidden = items.length === 0;
    this.find.hidden = this.fences.length < SEARCHED;
    if (this.open === undefined) this.say(this.countText(found.length));
  }

  private countText(found: number): string {
    if (this.fences.length === 0) return pageText("fenceNone");
    return found > MOST_ROWS ? pageText("narrow", { shown: MOST_ROWS, n: found }) : "";
  }

  private begin(kind: FenceKind): void {
    this.openForm(kind, undefined);
    this.sketch.begin(kind);
    this.say(pageText(`fenceDraw.${kind}`));
  }

  private openForm(kind: FenceKind, fence: Fence | undefined): void {
    this.closeForm();
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const values = { ...newValues(kind, timeZone), ...(fence === undefined ? {} : valuesOf(fence)) };
    const form = new FenceForm(kind, values, () => this.typed());
    const button = (text: string, className: string, press: () => void) => {
      const made = make("button", className, pageText(text));
      made.type = "button";
      made.addEventListener("click", press);
      return made;
    };
    const save = make("button", "primary", pageText("fenceSave"));
    const buttons = make(
      "div",
      "buttons",
      save,
      button("cancel", "", () => this.back()),
    );
    if (fence !== undefined)
      buttons.append(button("fenceDelete", "danger", () => void this.askDelete(fence)));
    const whole = make("form", "", make("h3", "", pageText(`fenceKind.${kind}`)), form.element, buttons);
    whole.noValidate = true;
    whole.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.open = { kind, fence, form };
    this.body.replaceChildren(whole);
    this.say("");
    this.look();
    form.focus();
  }

  private closeForm(): void {
    if (this.open === undefined) return;
    this.open = undefined;
    this.sketch.end();
    this.events.hide("");
    this.showList();
  }

  /** Back to the list, to where one was in it. */
  private back(): void {
    const id = this.open?.fence?.id;
    this.closeForm();
    const buttons = [...this.list.querySelectorAll("button")];
    const button = buttons.find(({ dataset }) => dataset.id === id) ?? this.body.querySelector("button");
    button?.focus();
  }

  /** Shows what was typed on the map, as soon as it is a place. */
  private typed(): void {
    this.look();
    this.say("");
    const { open } = this;
    if (open === undefined) return;
    const shape = requestOf(open.kind, open.form.read()) as unknown as FenceShape;
    if (isDrawable(shape)) this.sketch.show(shape);
  }

  private look(): void {
    const values = this.open?.form.read() ?? {};
    this.sketch.useLook({ colour: values.colour ?? "", width: Number(values.width ?? 0) });
  }

  private async save(): Promise<void> {
    const { open } = this;
    if (open === undefined) return;
    const payload = requestOf(open.kind, open.form.read());
    const name = open.fence === undefined ? "addFence" : "changeFence";
    const id = open.fence === undefined ? {} : { id: open.fence.id };
    const refused = await this.request(name, { ...id, ...payload });
    if (refused !== undefined) {
      open.form.mark(fieldOf(refused.path ?? ""));
      return;
    }
    await this.events.changed();
    this.back();
    this.say(pageText("fenceSaved"));
  }

  private async askDelete(fence: Fence): Promise<void> {
    const dialog = element<HTMLDialogElement>("question");
    setText(element("question-text"), pageText("fenceAskDelete", { name: fence.name }));
    const [yes, no] = [element("question-yes"), element("question-no")];
    setText(yes, pageText("fenceDelete"));
    setText(no, pageText("cancel"));
    const answer = new Promise<string>((resolve) => {
      dialog.onclose = () => resolve(dialog.returnValue);
    });
    yes.onclick = () => dialog.close("yes");
    no.onclick = () => dialog.close("");
    dialog.returnValue = "";
    dialog.showModal();
    no.focus();
    if ((await answer) !== "yes") return;
    if ((await this.request("removeFence", fence.id)) !== undefined) return;
    await this.events.changed();
    this.back();
    this.say(pageText("fenceDeleted"));
  }

  /** Undefined where it was done; otherwise it is said what is wrong. */
  private async request(name: string, payload: unknown): Promise<RegistryRefusal | undefined> {
    const answer = await askRegistry("request", name, payload);
    if ("payload" in answer) return undefined;
    this.refuse(answer);
    return answer;
  }

  private refuse({ code, message, path = "" }: RegistryRefusal): void {
    const known = `fenceError.${code}`;
    const said = pageText(known);
    const field = pageText(`fence.${fieldOf(path)}`);
    const place = path === "" || field.startsWith("fence.") ? "" : `${field}: `;
    this.say(`${place}${said === known ? message : said}`, true);
  }

  private async importFile(file: HTMLInputElement): Promise<void> {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    const data = await chosen.text();
    file.value = "";
    const answer = await askRegistry("request", "importFences", { data });
    if (!("payload" in answer)) {
      this.refuse(answer);
      return;
    }
    const report = answer.payload as {
      added: number;
      failed: number;
      lines: { name: string; message?: string }[];
    };
    await this.events.changed();
    const [wrong] = report.lines.filter(({ message }) => message !== undefined);
    const first = wrong === undefined ? "" : ` ${wrong.name}: ${wrong.message}`;
    this.say(
      pageText("fenceImported", { added: report.added, failed: report.failed }) + first,
      wrong !== undefined,
    );
  }

  private async exportFile(): Promise<void> {
    const answer = await askRegistry("query", "fences", { format: "geojson" });
    if (!("payload" in answer)) {
      this.refuse(answer);
      return;
    }
    const link = make("a");
    link.href = URL.createObjectURL(
      new Blob([JSON.stringify(answer.payload)], { type: "application/geo+json" }),
    );
    link.download = "fences.geojson";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (this.open === undefined) this.show(false);
    else this.back();
  }

  private say(text: string, isWrong = false): void {
    this.note.classList.toggle("wrong", isWrong);
    setText(this.note, text);
  }
}

function sizeOf(fence: Fence): string {
  if (fence.kind === "polygon") return "";
  const metres = fence.kind === "circle" ? fence.radius : fence.width;
  return ` · ${metres < 1000 ? `${pageNumber(metres, 0)}\u00a0m` : distanceText(metres)}`;
}

function isDrawable(shape: FenceShape): boolean {
  if (shape.kind === "circle") {
    const { center, radius } = shape;
    return [center.latitude, center.longitude, radius].every(Number.isFinite) && radius > 0;
  }
  return Array.isArray(shape.points) && shape.points.length >= (shape.kind === "polygon" ? 3 : 2);
}
