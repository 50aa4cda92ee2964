import { button, iconButton } from "../kit/form";
import { red } from "../kit/red";
import { counted, text } from "../kit/texts";
import { alarmIcon } from "./alarm-icon";
import { ringingOf } from "./alarms";
import { eventElement } from "./event-view";
import type { NewsItem } from "./news";
import { titleOf } from "./rows";

/** Where the browser keeps that nobody wants to be notified. */
const STORED = "trackers-notify";

export function wantsNotifications(): boolean {
  return localStorage.getItem(STORED) !== "off";
}

function setNotifications(wanted: boolean): void {
  if (wanted) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "off");
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** The button that switches notifications on and off. */
export function notifyButton(): JQuery {
  const made = iconButton(text("news.notify"), "fa-bell-o", () => setNotifications(!wantsNotifications()));
  const draw = () => {
    const wanted = wantsNotifications();
    made.attr({ "aria-pressed": String(wanted), title: text(wanted ? "news.on" : "news.off") });
    made.find("i").attr("class", `fa ${wanted ? "fa-bell-o" : "fa-bell-slash-o"}`);
  };
  listeners.add(draw);
  draw();
  return made.addClass("tracker-notify");
}

/** Puts a number at the sidebar's tab: that of alarms that nobody has acknowledged, else that of news; 0 takes it away. */
export function showBadge(tab: string, news: number, alarms: number): void {
  const count = alarms || news;
  const label = counted(alarms > 0 ? "alarms.tab" : "news.tab", count);
  // Node-RED 5 has a bar of buttons, 4 has tabs and links to them.
  const tabs = $(`button[data-tab-id="${tab}"], #red-ui-tab-${tab}, #red-ui-tab-${tab}-link-button`);
  tabs.find(".tracker-badge").remove();
  tabs.filter("button").attr("aria-label", count === 0 ? text("tab") : label);
  if (count === 0) return;
  tabs
    .addClass("tracker-badged")
    .append(
      $("<span>", { class: "tracker-badge", "aria-hidden": "true" }).text(count > 99 ? "99+" : String(count)),
    );
}

/** A notification of what is new, with the ways to see it and to hear no more of the kind. */
export function notify(news: readonly NewsItem[], show: (imei: string | undefined) => void): void {
  const [first] = news;
  if (first === undefined || !wantsNotifications()) return;
  const only = news.length === 1 ? first.row : undefined;
  const content = $("<div>", { class: "tracker-news" });
  for (const kind of ["pending", "alarm", "event"] as const) {
    const some = news.filter((item) => item.kind === kind);
    if (some.length > 0) content.append(newsLine(some));
  }
  const close = () => notification.close();
  content.append(
    $("<div>", { class: "tracker-news-buttons" }).append(
      button(text("news.show"), "", () => {
        close();
        show(only?.imei);
      }).addClass("red-ui-button-small"),
      button(text("news.silence"), "", () => {
        setNotifications(false);
        close();
      }).addClass("red-ui-button-small"),
    ),
  );
  const notification = red.notify(content, { type: "compact", timeout: 10_000 });
}

/** What news of one kind say. */
function newsLine(news: readonly NewsItem[]): JQuery {
  const [{ kind, row }] = news as [NewsItem];
  if (news.length > 1) return $("<p>").text(counted(`news.${kind}`, news.length));
  const line = $("<p>").text(text(`news.${kind}Of`, { name: titleOf(row) }));
  // What a device has sent, or people have written, is no value of a text, where "$t(…)" would be looked up.
  const alarm = kind === "alarm" ? ringingOf(row) : undefined;
  if (alarm !== undefined)
    return line.append(": ", alarmIcon(alarm.level), $("<span>").text(` ${alarm.name}`));
  return kind === "event" && row.event !== undefined ? line.append(": ", eventElement(row.event)) : line;
}
