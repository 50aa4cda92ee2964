import { isRingingAlarm } from "../../../src/alarms/alarm";
import type { Row, RowAlarm } from "../../../src/fleet/views";
import { confirm } from "../kit/dialog";
import { button, field } from "../kit/form";
import { counted, numberText, text } from "../kit/texts";
import { ageElement } from "./ages";
import { alarmIcon } from "./alarm-icon";
import { alarmsOf } from "./alarms";
import { byText } from "./device-parts";
import { mapLink } from "./place";
import { titleOf } from "./rows";

/** More lines make a page slow, and nobody reads them. */
const MOST = 50;

export interface AlarmActions {
  /** False for those who may only look. */
  readonly mayChange: boolean;
  open(row: Row): void;
  acknowledgeAlarm(id: string, note: string): void;
  clearAlarm(id: string, note: string): void;
}

/** The alarms that want a person: their number as the heading, which shows and hides the list of them. */
export class AlarmList {
  readonly element = $("<section>", { class: "tracker-alarms" });
  private readonly head = $("<button>", { type: "button", class: "tracker-alarms-head" });
  private readonly list = $("<ul>", { class: "tracker-alarms-list", tabindex: 0 });
  private isShown = true;
  private drawn = "";

  constructor(private readonly actions: AlarmActions) {
    this.list.attr("aria-label", text("alarms.label"));
    this.head.on("click", () => {
      this.isShown = !this.isShown;
      this.arrange();
    });
    this.element.append(this.head, this.list);
    this.arrange();
  }

  /** Draws the alarms of these rows, where they are others than before. */
  show(rows: readonly Row[]): void {
    const all = alarmsOf(rows);
    const said = JSON.stringify(all.map(({ row, alarm }) => [titleOf(row), alarm]));
    if (said === this.drawn) return;
    this.drawn = said;
    this.element.toggle(all.length > 0);
    const ringing = all.filter(({ alarm }) => isRingingAlarm(alarm)).length;
    this.head
      .toggleClass("tracker-alarms-ringing", ringing > 0)
      .empty()
      .append(
        $("<i>", { class: "fa fa-bell", "aria-hidden": "true" }),
        $("<span>").text(
          ringing > 0 ? counted("alarms.ringing", ringing) : counted("alarms.open", all.length),
        ),
        $("<i>", { class: "fa tracker-alarms-arrow", "aria-hidden": "true" }),
      );
    const focused = document.activeElement?.getAttribute("data-alarm-button");
    this.list
      .empty()
      .append(...all.slice(0, MOST).map(({ row, alarm }) => this.line(row, alarm)))
      .append(all.length > MOST ? $("<li>").text(counted("alarms.more", all.length - MOST)) : $());
    // What a person has the focus on is made anew as well.
    if (focused != null) {
      const again = this.list.find(`[data-alarm-button="${CSS.escape(focused)}"]`);
      (again.length > 0 ? again : this.list).trigger("focus");
    }
    this.arrange();
  }

  private arrange(): void {
    this.list.toggle(this.isShown);
    this.head.attr("aria-expanded", String(this.isShown));
    this.head
      .find(".tracker-alarms-arrow")
      .attr("class", `fa tracker-alarms-arrow fa-chevron-${this.isShown ? "up" : "down"}`);
  }

  private line(row: Row, alarm: RowAlarm): JQuery {
    const { id, name, level, state, begin, end, repeats, position, details, acknowledged } = alarm;
    const device = $("<button>", { type: "button", class: "tracker-alarm-device" })
      .attr("data-alarm-button", `open ${id}`)
      .text(titleOf(row))
      .on("click", () => this.actions.open(row));
    const head = $("<div>", { class: "tracker-alarm-head" }).append(
      alarmIcon(level),
      $("<strong>").text(name),
      device,
      ageElement(begin),
    );
    const where = $("<div>", { class: "tracker-alarm-where" });
    if (position !== null) {
      const link = mapLink();
      link.show(position.latitude, position.longitude);
      where.append(link.element);
    }
    const what = [
      typeof details.fence === "string" ? details.fence : "",
      typeof details.speed === "number" ? `${numberText(details.speed, 0)} km/h` : "",
      repeats > 0 ? counted("alarms.repeats", repeats) : "",
    ].filter(Boolean);
    if (what.length > 0) where.append($("<span>").text(what.join(" · ")));
    const became = $("<div>", { class: "tracker-alarm-became" });
    if (state === "cleared" && end !== null)
      became.append($("<span>").text(text("alarms.over")), " ", ageElement(end));
    if (acknowledged !== null) {
      const { by, note } = acknowledged;
      // What people write is no value of a text, where "$t(…)" would be looked up.
      const who = by === "" ? text("alarms.seen") : `${text("alarms.seenBy")} ${byText(by)}`;
      const said = note === "" ? who : `${who}: ${note}`;
      became.append($("<span>").text(said));
    }
    const line = $("<li>", { class: "tracker-alarm" })
      .toggleClass("tracker-alarm-ringing", isRingingAlarm(alarm))
      .append(head, where, became);
    return this.actions.mayChange ? line.append(this.buttons(row, alarm)) : line;
  }

  private buttons(row: Row, { id, name, state, acknowledged }: RowAlarm): JQuery {
    const ask = (kind: "acknowledge" | "clear", run: (id: string, note: string) => void) => async () => {
      const note = await askForNote(kind, `${name} · ${titleOf(row)}`);
      if (note !== undefined) run(id, note);
    };
    const make = (kind: "acknowledge" | "clear", run: (id: string, note: string) => void) =>
      button(text(`alarms.${kind}`), "", () => void ask(kind, run)())
        .addClass(`red-ui-button-small tracker-alarm-${kind}`)
        .attr({
          "data-alarm-button": `${kind} ${id}`,
          "aria-label": `${text(`alarms.${kind}`)}: ${name}, ${titleOf(row)}`,
        });
    const { acknowledgeAlarm, clearAlarm } = this.actions;
    return $("<div>", { class: "tracker-alarm-buttons" }).append(
      acknowledged === null ? make("acknowledge", acknowledgeAlarm) : $(),
      state === "active" ? make("clear", clearAlarm) : $(),
    );
  }
}

/** Resolves with what a person writes about it, or undefined where it is not to be done. */
async function askForNote(kind: "acknowledge" | "clear", what: string): Promise<string | undefined> {
  const note = field(text("alarms.note"), { attributes: { maxlength: "200", class: "tracker-alarm-note" } });
  const question = $("<div>").append(
    $("<p>").append($("<strong>").text(text(`alarms.${kind}Title`))),
    $("<p>").text(what),
    $("<p>").text(text(`alarms.${kind}Means`)),
    note.row,
  );
  note.input.on("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    question.closest('[role="alertdialog"]').find("#tracker-confirm-yes").trigger("click");
  });
  const answer = confirm(question, { no: text("action.cancel"), yes: text(`alarms.${kind}`) });
  // After the question has given it to its first button.
  setTimeout(() => note.input.trigger("focus"), 0);
  return (await answer) ? note.value() : undefined;
}
