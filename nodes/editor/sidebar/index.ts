import { isRingingAlarm } from "../../../src/alarms/alarm";
import type { Command } from "../../../src/commands/command";
import type { Row, SidebarDetails } from "../../../src/fleet/views";
import { confirm, say } from "../kit/dialog";
import { downloadCsv } from "../kit/download";
import { findByPurpose } from "../kit/palette";
import { red } from "../kit/red";
import { language, problemText, text } from "../kit/texts";
import { addDevice } from "./add-dialog";
import { startAges } from "./ages";
import { alarmsOf } from "./alarms";
import { api, asProblem } from "./api";
import { commandStatusText, remarksText } from "./command-rows";
import { exportName } from "./csv-file";
import { DevicePage } from "./device-page";
import { editDevice } from "./edit-dialog";
import { Feed } from "./feed";
import { openImportDialog } from "./import-dialog";
import { ListPage, mayChange } from "./list-page";
import { notify, showBadge } from "./news-view";
import { translateStatuses } from "./node-status";
import { titleOf } from "./rows";
import { openShareDialog } from "./share-dialog";
import { deedText } from "./switch-question";
import { WideView } from "./wide-view";

const TAB = "trackers";
const ACTION = "trackers:show-trackers-tab";

/** Adds the tab "Trackers" to the sidebar. */
export function create(): void {
  // A plugin that is updated while the editor is open is loaded once more.
  if (red.sidebar.containsTab(TAB)) return;
  const content = $("<div>", { class: "tracker-sidebar" });
  red.actions.add(ACTION, () => red.sidebar.show(TAB), { label: text("action.showTab") });
  red.sidebar.addTab({
    id: TAB,
    label: text("tab"),
    name: text("tab"),
    iconClass: "fa fa-map-marker",
    content,
    action: ACTION,
  });
  const exists = (id: string) => Boolean(red.nodes.node(id));
  const feed = new Feed({ ...api, exists }, asProblem, language());
  fill(content, feed);
  follow(feed);
  followLinks();
  watchWhileVisible(content[0] as HTMLElement, feed);
  // What waits for a person is told although nobody looks.
  red.events.on("flows:loaded", () => feed.glance());
  startAges();
  findByPurpose();
  translateStatuses();
}

/** What is written in a flow can lead here: an address with `?sidebar=trackers`, a link to `#trackers-sidebar`. */
function followLinks(): void {
  $(document).on("click", 'a[href="#trackers-sidebar"]', (event) => {
    event.preventDefault();
    red.sidebar.show(TAB);
  });
  const shown = new URLSearchParams(window.location.search).get("sidebar");
  // The editor itself chooses what to show right after the flows are there.
  if (shown === TAB) red.events.on("flows:loaded", () => setTimeout(() => red.sidebar.show(TAB)));
}

function fill(content: JQuery, feed: Feed): void {
  let page: DevicePage | undefined;
  const registry = (): string => feed.registry?.id ?? "";
  /** Does something in the registry, and says where that fails. */
  const attempt = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
    try {
      await work();
      feed.refresh();
      if (done !== undefined) say(done);
      return true;
    } catch (error) {
      say(problemText(asProblem(error)), "error");
      return false;
    }
  };
  const nameOf = (imei: string) => titleOf(feed.rows.get(imei) ?? { name: "", plate: "", imei });
  const activate = (imei: string) =>
    void attempt(() => api.activate(registry(), imei), text("done.activated", { name: nameOf(imei) }));
  const ignore = (imei: string, ignored: boolean) =>
    void attempt(() => api.ignore(registry(), imei, ignored));

  const back = () => {
    const imei = page?.imei;
    page?.close();
    page = undefined;
    content.removeClass("tracker-has-page");
    if (imei !== undefined) list.focusRow(imei);
  };
  const open = (imei: string) => {
    page?.close();
    // What is asked about one registry is not to be done in another that was chosen meanwhile.
    const at = registry();
    page = new DevicePage(feed, at, imei, {
      mayChange: mayChange(),
      back,
      edit: (details) => editDevice(registry(), feed, details),
      activate,
      deactivate: (imei) => void deactivate(imei),
      ignore,
      remove: (details) => void remove(details),
      switchOutput: (order, name) => attempt(async () => sayCommand(await api.switchOutput(at, order), name)),
      cancelCommand: async ({ imei, id }) => {
        await attempt(() => api.cancelCommand(at, imei, id));
      },
    });
    content.addClass("tracker-has-page").append(page.element);
    feed.news.lookedAt(imei);
    newsChanged();
    page.focus();
  };
  const deactivate = async (imei: string) => {
    const at = registry();
    const name = nameOf(imei);
    const question = $("<div>").append(
      $("<p>").append($("<strong>").text(text("deactivate.question", { name }))),
      $("<p>").text(text("deactivate.means")),
    );
    if (!(await confirm(question, { no: text("action.cancel"), yes: text("action.deactivate") }))) return;
    await attempt(() => api.deactivate(at, imei), text("done.deactivated", { name }));
  };
  const remove = async ({ device }: Extract<SidebarDetails, { kind: "device" }>) => {
    const at = registry();
    const name = nameOf(device.imei);
    const keep = $("<input>", { type: "checkbox", class: "tracker-keep-history" });
    const question = $("<div>").append(
      $("<p>").append($("<strong>").text(text("remove.question", { name }))),
      $("<p>").text(text("remove.lost")),
      $("<label>", { class: "tracker-check" }).append(keep, $("<span>").text(text("remove.keepHistory"))),
    );
    if (!(await confirm(question, { no: text("action.cancel"), yes: text("action.remove") }))) return;
    const keepsHistory = keep.prop("checked") === true;
    const work = () => api.remove(at, device.imei, keepsHistory);
    if (await attempt(work, text("done.removed", { name }))) back();
  };
  const list = new ListPage(feed, {
    mayChange: mayChange(),
    isNews: (imei: string) => feed.news.isMarked(imei),
    wide: () => wide.toggle(),
    open: ({ imei }: Row) => open(imei),
    acknowledgeAlarm: (id, note) =>
      void attempt(() => api.acknowledgeAlarm(registry(), id, note), text("alarms.acknowledged")),
    clearAlarm: (id, note) =>
      void attempt(() => api.clearAlarm(registry(), id, note), text("alarms.cleared")),
    activate: ({ imei }: Row) => activate(imei),
    ignore: ({ imei }: Row, ignored) => ignore(imei, ignored),
    // A window of its own, because a map wants room and stays open.
    map: () => window.open(`trackers/map/${encodeURIComponent(registry())}/`, `tracker-map-${registry()}`),
    share: () => openShareDialog(registry(), feed),
    add: () => addDevice(registry(), feed, open),
    importCsv: () => openImportDialog(registry(), feed),
    exportCsv: () =>
      void attempt(async () => downloadCsv(exportName(new Date()), await api.exportCsv(registry()))),
  });
  let shown = registry();
  feed.onChange(() => {
    // Another registry was chosen, or this one was deployed away: the device belongs to the other.
    if (page !== undefined && shown !== registry()) back();
    shown = registry();
  });
  const newsChanged = () => {
    if (feed.isWatched) feed.news.listSeen();
    showBadge(
      TAB,
      feed.news.count,
      alarmsOf(feed.rows.all()).filter(({ alarm }) => isRingingAlarm(alarm)).length,
    );
    list.newsChanged();
  };
  feed.onChange(newsChanged);
  feed.onWatched(newsChanged);
  feed.onNews((news) => {
    // Who looks at the list sees it there.
    if (feed.isWatched) return;
    notify(news, (imei) => {
      red.sidebar.show(TAB);
      if (imei !== undefined) open(imei);
    });
  });
  const wide = new WideView(content, (isWide) => list.showWide(isWide));
  const hint = $("<div>", { class: "tracker-wide-hint" }).text(text("wide.hint"));
  content.append(list.element, hint);
}

/** What has become of a command that was given just now. */
function sayCommand(command: Command, output: string): void {
  const what = text("command.what", { output, what: deedText(command) });
  const become = text("command.become", { what, status: commandStatusText(command.status) });
  const isGood = ["accepted", "waiting", "sent", "received", "confirmed"].includes(command.status);
  say(`${become} ${remarksText(command)}`.trim(), isGood ? "success" : "warning");
}

/** Listens to Node-RED: what changed, what was deployed, a connection that is there again. */
function follow(feed: Feed): void {
  red.comms.subscribe("trackers/registry/#", (topic, data) => {
    const { news } = (data ?? {}) as { news?: number };
    feed.announced(topic.split("/")[2] ?? "", news);
  });
  red.comms.on("connect", () => feed.everythingOutdated());
  red.events.on("deploy", () => feed.everythingOutdated());
  red.events.on("runtime-state", () => feed.everythingOutdated());
  // A registry that is added or removed in the editor changes what an empty list says.
  red.events.on("nodes:add", (node: { type?: string }) => {
    if (node.type === "tracker-registry") feed.everythingOutdated();
  });
}

/** The feed works only while the tab can be seen. */
function watchWhileVisible(element: HTMLElement, feed: Feed): void {
  let stop: (() => void) | undefined;
  let intersects = false;
  const update = () => {
    const visible = intersects && document.visibilityState !== "hidden";
    if (visible) stop ??= feed.watch();
    else {
      stop?.();
      stop = undefined;
    }
  };
  new IntersectionObserver((entries) => {
    intersects = entries.at(-1)?.isIntersecting === true;
    update();
  }).observe(element);
  document.addEventListener("visibilitychange", update);
}
