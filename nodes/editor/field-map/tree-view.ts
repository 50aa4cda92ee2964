import type { GroupRow, State, TreeRow, ValueRow } from "./rows";
import { fillText, mapText, sampleValueText, shortLabel, targetLabel } from "./texts";

export interface TreeActions {
  choose(row: ValueRow): void;
  accept(row: ValueRow): void;
  remove(path: string): void;
  ignore(path: string): void;
}

/** Rows in the page at most, until more are asked for. */
const PORTION = 200;

const ICONS: Readonly<Record<State, string>> = {
  mapped: "fa-check-circle",
  recognised: "fa-magic",
  ignored: "fa-ban",
  waiting: "fa-clock-o",
  open: "fa-question-circle",
};

/** The values of a reading, each with what becomes of it. One row has the focus; arrow keys go from row to row. */
export class TreeView {
  readonly element = $("<ul>", { class: "tracker-fm-tree" });
  private rows: readonly TreeRow[] = [];
  private ruled: ReadonlySet<string> = new Set();
  private limit = PORTION;
  private active = "";
  private panel: { readonly path: string; readonly element: JQuery } | undefined;

  /** Without actions the values can be looked at, not changed. */
  constructor(private readonly actions: TreeActions | undefined) {
    this.element.attr("aria-label", mapText("tree.label")).on("keydown", (event) => this.onKey(event));
    this.element.on("focusin", "li", (event) => {
      this.active = $(event.currentTarget).attr("data-path") ?? "";
      this.rove();
    });
  }

  /** `ruled` has the paths that rules are about exactly. */
  show(rows: readonly TreeRow[], ruled: ReadonlySet<string>): void {
    if (rows.length < this.rows.length) this.limit = PORTION;
    this.rows = rows;
    this.ruled = ruled;
    const hadFocus = this.element.has(document.activeElement as Element).length > 0;
    const inPanel = this.panel?.element.find(":focus").get(0);
    this.panel?.element.detach();
    this.element.empty();
    for (const row of rows.slice(0, this.limit)) this.rowView(row).appendTo(this.element);
    if (rows.length > this.limit) this.moreView(rows.length - this.limit).appendTo(this.element);
    if (this.panel !== undefined) this.openAt(this.panel.path, this.panel.element);
    this.rove();
    // What leaves the page for a moment loses the focus.
    if (inPanel !== undefined) inPanel.focus();
    else if (hadFocus) this.focus(this.active);
  }

  /** Shows a panel under the row of a path. */
  openAt(path: string, element: JQuery): void {
    if (this.panel?.element !== element) this.closePanel();
    this.panel = { path, element };
    const item = this.item(path);
    if (item.length > 0) {
      item.append(element).find(".tracker-fm-cell").attr("aria-expanded", "true");
    }
  }

  closePanel(): void {
    const path = this.panel?.path;
    this.panel?.element.remove();
    this.panel = undefined;
    if (path !== undefined) this.item(path).find(".tracker-fm-cell").attr("aria-expanded", "false");
  }

  focus(path: string): void {
    const item = this.item(path);
    (item.length > 0 ? item : this.element.children("[data-path]").first())
      .find(".tracker-fm-cell")
      .trigger("focus");
  }

  private item(path: string): JQuery {
    return this.element.children().filter((_, item) => item.getAttribute("data-path") === path);
  }

  /** Only the row with the focus can be reached by Tab. */
  private rove(): void {
    const items = this.element.children();
    const at = this.item(this.active);
    const one = at.length > 0 ? at : items.first();
    items.find("> button, > span > button").attr("tabindex", "-1");
    one.find("> button, > span > button").attr("tabindex", "0");
  }

  private onKey(event: JQuery.TriggeredEvent): void {
    const item = $(event.target as Element).closest("li");
    // The panel under a row has keys of its own.
    if ($(event.target as Element).closest(".tracker-fm-chooser").length > 0) return;
    const cells = this.element.find("> li > .tracker-fm-cell");
    const at = cells.index(item.children(".tracker-fm-cell"));
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: cells.length - 1,
    };
    const to = steps[event.key ?? ""];
    const path = item.attr("data-path") ?? "";
    if (to !== undefined) cells.eq(Math.max(0, Math.min(to, cells.length - 1))).trigger("focus");
    else if (event.key === "Delete" && this.ruled.has(path)) this.actions?.remove(path);
    else return;
    event.preventDefault();
    // What it came from may be gone from the page, which Node-RED's own keys do not expect.
    event.stopPropagation();
  }

  private moreView(count: number): JQuery {
    const more = $("<button>", { type: "button", class: "red-ui-button tracker-fm-cell" })
      .text(mapText("tree.more", { count }))
      .on("click", () => {
        this.limit += PORTION;
        this.active = this.rows[this.limit - PORTION]?.path ?? "";
        this.show(this.rows, this.ruled);
        this.focus(this.active);
      });
    return $("<li>", { class: "tracker-fm-more" }).append(more);
  }

  private rowView(row: TreeRow): JQuery {
    const item = $("<li>", { class: `tracker-fm-row tracker-fm-row-${row.kind}` })
      .attr("data-path", row.path)
      .css("--depth", Math.min(row.depth, 8));
    return row.kind === "group" ? this.groupView(item, row) : this.valueView(item, row);
  }

  private groupView(item: JQuery, { path, label }: GroupRow): JQuery {
    item.append($("<span>", { class: "tracker-fm-cell", tabindex: -1 }).text(label));
    if (this.actions === undefined) return item;
    const button = this.ruled.has(path)
      ? this.button("fa-times", mapText("tree.remove"), () => this.actions?.remove(path))
      : this.button("fa-ban", mapText("tree.ignoreAll"), () => this.actions?.ignore(path));
    return item.append(toolsView(button));
  }

  private valueView(item: JQuery, row: ValueRow): JQuery {
    const cell = this.actions === undefined ? $("<div>", { tabindex: -1 }) : this.cellButton(row);
    cell
      .addClass("tracker-fm-cell")
      .append(
        $("<span>", { class: "tracker-fm-key" }).text(row.label),
        $("<span>", { class: "tracker-fm-value" }).text(
          row.value === "" ? mapText("tree.empty") : sampleValueText(row.value),
        ),
        outcomeView(row),
      );
    item.addClass(`tracker-fm-is-${row.state}`).append(cell);
    return this.actions === undefined ? item : item.append(toolsView(...this.buttonsOf(row)));
  }

  private buttonsOf(row: ValueRow): JQuery[] {
    const [fill] = row.fills;
    const accept =
      row.state === "recognised" && fill !== undefined
        ? [
            this.button("fa-check", mapText("tree.accept", { what: targetLabel(fill.to) }), () =>
              this.actions?.accept(row),
            ).addClass("tracker-fm-accept"),
          ]
        : [];
    const remove = this.ruled.has(row.path)
      ? [this.button("fa-times", mapText("tree.remove"), () => this.actions?.remove(row.path))]
      : [];
    return [...accept, ...remove];
  }

  private cellButton(row: ValueRow): JQuery {
    return $("<button>", { type: "button" })
      .attr("aria-expanded", "false")
      .on("click", () => this.actions?.choose(row));
  }

  private button(icon: string, label: string, click: () => void): JQuery {
    return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small", title: label })
      .attr("aria-label", label)
      .append($("<i>", { class: `fa ${icon}` }))
      .on("click", click);
  }
}

function toolsView(...buttons: JQuery[]): JQuery {
  return $("<span>", { class: "tracker-fm-row-tools" }).append(...buttons);
}

/** What becomes of a value, in words: the mark alone is not to be needed. */
function outcomeView(row: ValueRow): JQuery {
  const view = $("<span>", { class: "tracker-fm-outcome" }).append(
    $("<i>", { class: `fa ${ICONS[row.state]}` }).attr("aria-hidden", "true"),
  );
  const words = $("<span>").appendTo(view);
  for (const fill of row.fills) {
    words.append($("<span>").text(`${shortLabel(fill.to)} `), $("<b>").text(fillText(fill)), " ");
  }
  words.append($("<small>").text(notesOf(row).join(", ")));
  return view;
}

function notesOf({ state, fills, unitOf, reason, waitsFor }: ValueRow): string[] {
  if (unitOf !== undefined) return [mapText("state.unitOf", { what: shortLabel(unitOf) })];
  if (reason !== undefined && waitsFor !== undefined) {
    return [`${shortLabel(waitsFor)}: ${mapText(`reason.${reason}`)}, ${mapText("state.waiting")}`];
  }
  if (state === "mapped") return [];
  const isAssumed = fills.some(({ assumed }) => assumed);
  return [mapText(`state.${state}`), ...(isAssumed ? [mapText("state.unitAssumed")] : [])];
}
