import type { PublicShare } from "../../../src/fleet/share-requests";
import { busyWhile, type Dialog, openDialog, say } from "../kit/dialog";
import { button, field, iconButton, setOptions } from "../kit/form";
import { red } from "../kit/red";
import { problemText, text } from "../kit/texts";
import { api, asProblem } from "./api";
import type { Feed } from "./feed";
import { titleOf } from "./rows";

const HOUR_MS = 3_600_000;
/** A link is for a day, unless somebody says otherwise. */
const USUAL_MS = 24 * HOUR_MS;

/** Who is not registered is in no link. */
const SENDERS: readonly string[] = ["pending", "ignored"];

/** A node that has a map's page of the registry. */
interface MapNode {
  readonly type: string;
  readonly registry?: string;
  readonly path?: string;
  readonly groups?: string;
  readonly d?: boolean;
}

/** The dialog of links to share: makes new ones, and takes others back. */
export function openShareDialog(registry: string, feed: Feed): void {
  const name = field(text("share.name"), { hint: text("share.nameHint") });
  const devices = chooser(text("share.devices"));
  const groups = chooser(text("share.groups"));
  const [begins, ends] = [moment(text("share.begins"), 0), moment(text("share.ends"), USUAL_MS)];
  const at = field(text("share.at"), { input: $("<select>"), hint: text("share.atHint") });
  const result = $("<div>", { class: "tracker-share-made", role: "status" });
  const links = $("<ul>", { class: "tracker-lines tracker-shares" });
  const failure = $("<p>", { class: "tracker-failure", role: "alert" });
  let dialog: Dialog | undefined;

  const attempt = async (work: () => Promise<void>) => {
    failure.text("");
    try {
      await work();
    } catch (error) {
      failure.text(problemText(asProblem(error)));
    }
  };
  const list = () =>
    attempt(async () => {
      const shares = await api.shares(registry);
      links.empty().append(...shares.map((share) => linkRow(share, feed, () => void takeBack(share))));
      if (shares.length === 0) links.append($("<li>").text(text("share.none")));
    });
  const takeBack = (share: PublicShare) =>
    attempt(async () => {
      await api.removeShare(registry, share.id);
      say(text("share.takenBack"));
      await list();
    });
  const make = () =>
    attempt(async () => {
      if (dialog === undefined) return;
      const asked = {
        name: name.value(),
        imeis: devices.chosen(),
        groups: groups.chosen(),
        begins: begins.time(),
        ends: ends.time(),
      };
      const { secret } = await busyWhile(dialog.button("make"), () =>
        api.addShare(registry, asked.name === "" ? { ...asked, name: undefined } : asked),
      );
      result.empty().append(madeView(`${String(at.input.val())}share.html#${secret}`));
      result.find("input").trigger("focus");
      dialog.saved();
      await list();
    });

  openDialog({
    title: text("share.title"),
    name: "share",
    buttons: [
      { id: "cancel", text: text("action.close"), click: () => dialog?.close() },
      { id: "make", text: text("share.make"), primary: true, click: () => void make() },
    ],
    build: (opened) => {
      dialog = opened;
      const rows = feed.rows.all().filter(({ status }) => !SENDERS.includes(status));
      devices.fill(rows.map((row) => ({ value: row.imei, text: titleOf(row) })));
      const named = new Set(rows.map(({ group }) => group).filter((group) => group !== ""));
      groups.fill([...named].map((group) => ({ value: group, text: group })));
      groups.row.toggle(named.size > 0);
      setOptions(at.input, addressesOf(registry));
      opened.body.append(
        $("<p>").text(text("share.about")),
        name.row,
        devices.row,
        groups.row,
        $("<div>", { class: "tracker-share-times" }).append(begins.row, ends.row),
        at.row,
        failure,
        result,
        $("<h4>").text(text("share.links")),
        links,
      );
      void list();
    },
  });
}

/** Pages of the registry's maps, then the editor's own, which opens also where pages ask for a login. */
function addressesOf(registry: string): { value: string; text: string }[] {
  const { httpNodeRoot = "" } = red.settings as unknown as { httpNodeRoot?: string | false };
  const pages: string[] = [];
  red.nodes.eachNode((node) => {
    const map = node as unknown as MapNode;
    const shows = map.type === "tracker-map" && map.registry === registry && !map.groups && !map.d;
    if (shows && httpNodeRoot !== false)
      pages.push(`${location.origin}${httpNodeRoot.replace(/\/$/, "")}${map.path || "/fleet"}/`);
    return true;
  });
  const editor = new URL(`trackers/map/${encodeURIComponent(registry)}/`, location.href);
  editor.search = editor.hash = "";
  return [...pages, editor.href].map((address) => ({ value: address, text: address }));
}

function madeView(address: string): JQuery {
  const shown = $("<input>", { type: "text", readonly: true, "aria-label": text("share.address") }).val(
    address,
  );
  shown.on("focus", () => shown.trigger("select"));
  const copy = iconButton(text("share.copy"), "fa-copy", () =>
    red.clipboard.copyText(address, copy, "clipboard.copyMessageValue"),
  );
  return $("<div>").append(
    $("<p>").text(text("share.once")),
    $("<div>", { class: "tracker-share-address" }).append(shown, copy),
  );
}

function linkRow(share: PublicShare, feed: Feed, takeBack: () => void): JQuery {
  const { name, imeis, groups, begins, ends } = share;
  const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });
  const whom = [
    ...groups,
    ...imeis.map((imei) => titleOf(feed.rows.get(imei) ?? { name: "", plate: "", imei })),
  ];
  const isOver = ends <= Date.now();
  const time = text(isOver ? "share.over" : "share.time", {
    begins: shown.format(begins),
    ends: shown.format(ends),
  });
  return $("<li>").append(
    $("<span>").append(
      $("<strong>").text(name || whom.join(", ")),
      $("<br>"),
      `${whom.join(", ")} · ${time}`,
    ),
    button(text("share.takeBack"), "", takeBack).addClass("red-ui-button-small"),
  );
}

interface Chooser {
  readonly row: JQuery;
  chosen(): string[];
  fill(choices: readonly { value: string; text: string }[]): void;
}

function chooser(label: string): Chooser {
  const { row, input } = field(label, { input: $("<select>", { multiple: true, size: 6 }) });
  return {
    row,
    chosen: () => ([input.val()].flat() as (string | undefined)[]).filter((one) => one !== undefined),
    fill: (choices) => {
      const { compare } = new Intl.Collator(undefined, { numeric: true });
      setOptions(
        input,
        choices.toSorted((a, b) => compare(a.text, b.text)),
      );
    },
  };
}

/** A field of a time; `later` is so many milliseconds from now. */
function moment(label: string, later: number): { readonly row: JQuery; time(): number | undefined } {
  const now = new Date(Date.now() + later);
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const { row, value } = field(label, { input: $("<input>", { type: "datetime-local" }), value: local });
  return {
    row,
    time: () => {
      const time = new Date(value()).getTime();
      return Number.isNaN(time) ? undefined : time;
    },
  };
}
