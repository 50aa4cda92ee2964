import type { Alarm } from "../../../src/alarms/alarm";
import { element, make, setLabel, setText } from "./dom";
import { momentText, pageAge } from "./format";
import { askRegistry, mayWrite } from "./server";
import { pageCounted, pageText } from "./texts";

/** More lines make a page slow, and nobody reads them. */
const MOST = 100;

export interface AlarmPanelEvents {
  /** What a device is called. */
  readonly nameOf: (imei: string) => string;
  /** Shows a device. */
  readonly choose: (imei: string) => void;
  readonly near: (longitude: number, latitude: number) => Promise<string>;
  /** The server's clock, epoch ms. */
  readonly now: () => number;
}

/** The alarms that want a person, on the editor's map alone: they are acknowledged here by who may. */
export class AlarmPanel {
  private readonly panel = element("alarms");
  private readonly button = element("alarms-open");
  private readonly count = make("b", "badge");
  private readonly list = make("ul");
  private readonly note = make("p", "note");
  private alarms: readonly Alarm[] = [];
  private mayChange = false;
  private drawn = "";
  /** What is being written for an alarm is not made anew. */
  private writing = "";

  constructor(private readonly events: AlarmPanelEvents) {
    setText(element("alarms-title"), pageText("alarms"));
    const close = element("alarms-close");
    setLabel(close, pageText("close"));
    close.addEventListener("click", () => this.show(false));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      if (this.writing === "") this.show(false);
      else this.write("");
    });
    this.note.setAttribute("role", "status");
    this.panel.append(make("div", "alarm-body", this.list), this.note);
    this.button.append(this.count);
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.show(this.panel.hidden === true));
    // Both have the same place.
    element("fences-open").addEventListener("click", () => {
      if (!this.panel.hidden) this.hide();
    });
    this.draw();
    void mayWrite().then((may) => {
      this.mayChange = may;
      this.drawn = "";
      this.draw();
    });
  }

  /** Asks for the alarms anew. */
  async refresh(): Promise<void> {
    const answer = await askRegistry("query", "alarms", { open: true });
    if (!("payload" in answer)) return;
    this.alarms = answer.payload as Alarm[];
    this.draw();
  }

  show(isShown: boolean): void {
    if (isShown && !element("fences").hidden) element("fences-close").click();
    if (!isShown) this.hide();
    else {
      this.panel.hidden = false;
      this.button.setAttribute("aria-expanded", "true");
    }
    document.body.classList.toggle("fencing", isShown);
    (isShown ? element("alarms-close") : this.button).focus();
  }

  private hide(): void {
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  private draw(): void {
    const ringing = this.alarms.filter(
      ({ state, acknowledged }) => state === "active" && acknowledged === null,
    );
    this.count.hidden = ringing.length === 0;
    setText(this.count, String(ringing.length));
    setLabel(this.button, pageCounted("alarmsRinging", ringing.length));
    setText(this.note, this.alarms.length === 0 ? pageText("alarmsNone") : "");
    const said = JSON.stringify(this.alarms.map((alarm) => [alarm, this.events.nameOf(alarm.imei)]));
    if (said === this.drawn || this.writing !== "") return;
    this.drawn = said;
    const sorted = [...ringing, ...this.alarms.filter((alarm) => !ringing.includes(alarm))];
    this.list.replaceChildren(
      ...sorted.slice(0, MOST).map((alarm) => this.line(alarm, ringing.includes(alarm))),
    );
  }

  private line(alarm: Alarm, rings: boolean): HTMLLIElement {
    const { id, imei, name, level, begin, position, acknowledged, state, details } = alarm;
    const dot = make("i", "dot");
    dot.dataset.state = rings ? "4" : "3";
    const device = make("button", "alarm-device", this.events.nameOf(imei));
    device.type = "button";
    device.addEventListener("click", () => this.events.choose(imei));
    const when = make("span", "age", pageAge(begin, this.events.now()));
    when.title = momentText(begin);
    const where = make("p", "alarm-where");
    if (position !== null) {
      const { latitude, longitude } = position;
      const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
      setText(where, at);
      void this.events
        .near(longitude, latitude)
        .then((near) => setText(where, near === "" ? at : `${near} · ${at}`));
    }
    const parts = [
      pageText(`alarmLevel.${level}`),
      typeof details.fence === "string" ? details.fence : "",
      state === "cleared" ? pageText("alarmOver") : "",
    ];
    const line = make(
      "li",
      rings ? "ringing" : "",
      make("div", "alarm-head", dot, make("strong", "", name), device, when),
      make("p", "", parts.filter(Boolean).join(" · ")),
      where,
    );
    if (acknowledged !== null) line.append(make("p", "", seenText(acknowledged)));
    else if (this.mayChange) line.append(this.acknowledging(id, `${name}, ${this.events.nameOf(imei)}`));
    return line;
  }

  private acknowledging(id: string, what: string): HTMLElement {
    const button = make("button", "", pageText("acknowledge"));
    button.type = "button";
    setLabel(button, `${pageText("acknowledge")}: ${what}`);
    const note = make("input");
    note.maxLength = 200;
    note.placeholder = pageText("alarmNote");
    note.setAttribute("aria-label", pageText("alarmNote"));
    const yes = make("button", "primary", pageText("acknowledge"));
    const no = make("button", "", pageText("cancel"));
    no.type = "button";
    no.addEventListener("click", () => this.write(""));
    const form = make("form", "alarm-form", note, make("div", "buttons", yes, no));
    form.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.acknowledge(id, note.value.trim());
    });
    button.addEventListener("click", () => {
      this.writing = id;
      form.hidden = false;
      button.hidden = true;
      note.focus();
    });
    return make("div", "buttons", button, form);
  }

  private async acknowledge(id: string, note: string): Promise<void> {
    const answer = await askRegistry("request", "acknowledgeAlarm", { id, note });
    if ("payload" in answer) {
      this.write("");
      await this.refresh();
    } else {
      const key = `alarmError.${answer.code}`;
      const said = pageText(key);
      setText(this.note, said === key ? answer.message : said);
    }
  }

  /** What was being written is done with. */
  private write(id: string): void {
    this.writing = id;
    this.drawn = "";
    this.draw();
    element("alarms-close").focus();
  }
}

function seenText({ by, note }: NonNullable<Alarm["acknowledged"]>): string {
  const who = by === "" || by === "editor" ? pageText("alarmSeen") : pageText("alarmSeenBy", { by });
  return note === "" ? who : `${who}: ${note}`;
}
