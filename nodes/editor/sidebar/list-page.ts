import type { Row } from "../../../src/fleet/views";
import { button, iconButton, setOptions } from "../kit/form";
import { red } from "../kit/red";
import { counted, numberText, problemText, text } from "../kit/texts";
import { type AlarmActions, AlarmList } from "./alarm-list";
import { emptyKey, emptyText } from "./empty-state";
import type { Feed } from "./feed";
import { notifyButton } from "./news-view";
import { type RowActions, rowKind } from "./row-view";
import { SORTS, type Sort, STATUS_FILTERS, type StatusFilter, type View } from "./rows";
import { VirtualList } from "./virtual-list";

export interface ListActions extends RowActions, AlarmActions {
  wide(): void;
  add(): void;
  importCsv(): void;
  exportCsv(): void;
  map(): void;
  share(): void;
}

type SearchBox = JQuery & {
  searchBox(options: object): JQuery;
  searchBox(method: "value", value?: string): string;
};

/** Value of the option for all groups; no group can be called like this, because names are trimmed. */
const ALL_GROUPS = " ";

/** Only offered where there are some. */
const RARE: ReadonlySet<StatusFilter> = new Set(["shutOut", "ignored"]);

/** The page with the list of devices, and all that narrows it. */
export class ListPage {
  readonly element = $("<div>", { class: "tracker-page tracker-list-page" });
  private readonly list;
  private readonly registrySelect = $("<select>", { class: "tracker-registry-select" });
  private readonly searchInput = $("<input>", { type: "text", class: "tracker-search" });
  private readonly statusSelect = $("<select>", { class: "tracker-status-select" });
  private readonly groupSelect = $("<select>", { class: "tracker-group-select" });
  private readonly sortSelect = $("<select>", { class: "tracker-sort-select" });
  private readonly notice = $("<div>", { class: "tracker-notice", role: "status" });
  private readonly banner = $("<button>", { type: "button", class: "tracker-banner" });
  private readonly summary = $("<span>", { class: "tracker-summary" });
  private readonly alarms: AlarmList;
  private readonly empty = $("<div>", { class: "tracker-empty" });
  private readonly toolbar = $("<div>", { class: "tracker-toolbar" });
  private readonly controls = $("<div>", { class: "tracker-controls" });
  private readonly wideButton = iconButton("", "", () => this.actions.wide());
  /** The list stands still while somebody points at it. */
  private pointed = false;
  private shownEmpty: string | undefined;

  constructor(
    private readonly feed: Feed,
    private readonly actions: ListActions,
  ) {
    this.alarms = new AlarmList(actions);
    this.list = new VirtualList(rowKind(actions), text("list.label"), "tracker-list");
    const addButton = button(text("list.add"), "fa-plus", () => actions.add());
    addButton.addClass("tracker-add primary red-ui-button-small").attr("title", text("action.add"));
    const importButton = iconButton(text("action.import"), "fa-upload", () => actions.importCsv());
    const exportButton = iconButton(text("action.export"), "fa-download", () => actions.exportCsv());
    const mapButton = iconButton(text("action.map"), "fa-map-o", () => actions.map());
    const shareButton = iconButton(text("action.share"), "fa-share-alt", () => actions.share());
    const writing = actions.mayChange ? addButton.add(importButton.addClass("tracker-import")) : $();
    const search = $("<div>", { class: "tracker-searching" }).append(this.searchInput);
    this.toolbar.append(
      search,
      writing,
      exportButton.addClass("tracker-export"),
      notifyButton(),
      this.wideButton.addClass("tracker-wide-button"),
    );
    this.showWide(false);
    this.controls.append(
      $("<div>", { class: "tracker-selects" }).append(this.statusSelect, this.groupSelect, this.sortSelect),
      $("<div>", { class: "tracker-list-head" }).append(
        this.summary,
        this.banner,
        mapButton.addClass("tracker-map-button"),
        actions.mayChange ? shareButton.addClass("tracker-share-button") : $(),
      ),
    );
    this.element.append(
      this.toolbar,
      this.registrySelect,
      this.notice,
      this.controls,
      this.alarms.element,
      this.list.element,
      this.empty,
    );
    this.wire();
    setInterval(() => this.list.refresh(), 1000);
    feed.onChange(() => this.refresh());
    this.refresh();
  }

  /** Says what the button does with the view as it is now. */
  showWide(isWide: boolean): void {
    const label = text(isWide ? "wide.end" : "wide.begin");
    this.wideButton.attr({ title: label, "aria-label": label });
    this.wideButton.find("i").attr("class", `fa ${isWide ? "fa-compress" : "fa-expand"}`);
  }

  /** Something was looked at. */
  newsChanged(): void {
    this.list.refill();
  }

  /** Back from a device: to its row. */
  focusRow(imei: string): void {
    this.list.choose(imei);
    this.list.element.focus();
  }

  private wire(): void {
    const { searchInput, statusSelect, groupSelect, sortSelect, registrySelect, list } = this;
    const hint = `${text("list.search")}: ${text("list.searchHint")}`;
    searchInput.attr({ placeholder: text("list.search"), "aria-label": hint, title: hint });
    this.banner.attr("title", text("list.pendingHint"));
    (searchInput as SearchBox).searchBox({ style: "compact", delay: 80, change: () => this.choiceChanged() });
    // What is pasted or dropped comes without a key.
    searchInput.on("input", () => this.choiceChanged());
    searchInput.on("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        list.element.focus();
      }
    });
    setOptions(
      sortSelect,
      SORTS.map((sort) => ({ value: sort, text: `⇅ ${text(`sort.${sort}`)}` })),
    );
    sortSelect.attr({ "aria-label": text("sort.label"), title: text("sort.label") });
    statusSelect.attr("aria-label", text("filter.status"));
    groupSelect.attr("aria-label", text("filter.group"));
    registrySelect.attr("aria-label", text("list.registry"));
    for (const select of [statusSelect, groupSelect, sortSelect])
      select.on("change", () => this.choiceChanged());
    registrySelect.on("change", () => this.feed.choose(String(registrySelect.val())));
    this.banner.on("click", () => {
      statusSelect.val(statusSelect.val() === "pending" ? "all" : "pending");
      this.choiceChanged();
      list.element.focus();
    });
    list.element.addEventListener("mouseenter", () => {
      this.pointed = true;
    });
    list.element.addEventListener("mouseleave", () => {
      this.pointed = false;
      this.showRows();
    });
  }

  private view(): View {
    const group = String(this.groupSelect.val() ?? ALL_GROUPS);
    return {
      search: String(this.searchInput.val() ?? ""),
      status: String(this.statusSelect.val() ?? "all") as StatusFilter,
      group: group === ALL_GROUPS ? undefined : group,
      sort: String(this.sortSelect.val() ?? "name") as Sort,
    };
  }

  private choiceChanged(): void {
    this.showRows(false);
    this.list.scrollToTop();
  }

  private refresh(): void {
    const { feed } = this;
    const registries = feed.registries ?? [];
    setOptions(
      this.registrySelect,
      registries.map(({ id, name }) => ({ value: id, text: name || text("list.unnamedRegistry") })),
    );
    if (feed.registry !== undefined) this.registrySelect.val(feed.registry.id);
    this.registrySelect.toggle(registries.length > 1);
    this.showChoices();
    this.showNotice();
    this.alarms.show(feed.rows.all());
    this.showRows();
  }

  private showChoices(): void {
    const counts = this.feed.rows.counts();
    const chosen = this.view().status;
    setOptions(
      this.statusSelect,
      STATUS_FILTERS.filter((filter) => !RARE.has(filter) || counts[filter] > 0 || chosen === filter).map(
        (filter) => ({
          value: filter,
          text: `${text(`filter.${filter}`)} (${numberText(counts[filter])})`,
        }),
      ),
    );
    const groups = this.feed.rows.groups();
    setOptions(this.groupSelect, [
      { value: ALL_GROUPS, text: text("filter.allGroups") },
      ...groups.map((group) => ({ value: group, text: group })),
      { value: "", text: text("filter.noGroup") },
    ]);
    this.groupSelect.toggle(groups.length > 0);
    if (groups.length === 0) this.groupSelect.val(ALL_GROUPS);
    this.banner
      .toggle(counts.pending > 0 || chosen === "pending")
      .attr("aria-pressed", String(chosen === "pending"))
      .empty()
      .append(
        $("<i>", { class: "fa fa-question-circle", "aria-hidden": "true" }),
        $("<span>").text(counted("list.pending", counts.pending)),
      );
    const devices = counts.online + counts.shutOut + counts.offline + counts.waiting;
    this.summary.text(
      devices === 0
        ? ""
        : text("list.online", { online: numberText(counts.online), all: numberText(devices) }),
    );
  }

  /** What a person should know although the list works. */
  private showNotice(): void {
    const { registry, loaded, problem } = this.feed;
    const found = problem ?? registry?.problem ?? registry?.notice;
    this.notice.toggle(loaded && found !== undefined).text(found === undefined ? "" : problemText(found));
  }

  private showRows(hold = true): void {
    const { feed, list } = this;
    const held = hold && (this.pointed || document.activeElement === list.element) && list.shown.length > 0;
    const rows: readonly Row[] = feed.loaded
      ? feed.rows.list(this.view(), held ? list.shown : undefined)
      : [];
    const hasRows = feed.loaded && feed.rows.size > 0;
    this.controls.toggle(hasRows);
    this.toolbar.toggle(hasRows);
    $(list.element).toggle(rows.length > 0);
    list.show(rows);
    this.showEmpty(rows.length === 0);
  }

  private showEmpty(isEmpty: boolean): void {
    const key = isEmpty ? emptyKey(this.feed) : undefined;
    if (key === this.shownEmpty) return;
    this.shownEmpty = key;
    this.empty.toggle(isEmpty).empty();
    if (isEmpty) this.empty.append(emptyText(this.feed, this.actions, () => this.clearChoice()));
  }

  private clearChoice(): void {
    (this.searchInput as SearchBox).searchBox("value", "");
    this.statusSelect.val("all");
    this.groupSelect.val(ALL_GROUPS);
    this.choiceChanged();
    this.searchInput.trigger("focus");
  }
}

/** True where the person may change devices, not only look at them. */
export function mayChange(): boolean {
  return red.user.hasPermission("trackers.write");
}
