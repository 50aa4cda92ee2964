import type { Command, CommandStatus } from "../../../src/commands/command";
import { button } from "../kit/form";
import { counted, text } from "../kit/texts";
import { ageElement, setAge } from "./ages";
import { deedText } from "./switch-question";
import { canCancel, commandsToShow, remarksOf, wordsOf } from "./switching";

/** More are shown on request. */
const FEW = 5;

/** A form for each status, so that nobody has to tell them apart by colour. */
const ICONS: Readonly<Record<CommandStatus, string>> = {
  accepted: "fa-dot-circle-o",
  waiting: "fa-clock-o",
  sent: "fa-paper-plane-o",
  received: "fa-check-circle-o",
  confirmed: "fa-check-circle",
  refused: "fa-ban",
  expired: "fa-hourglass-end",
  superseded: "fa-step-forward",
  unconfirmed: "fa-question-circle",
  cancelled: "fa-times-circle",
};

export function commandStatusText(status: CommandStatus): string {
  return text(`commandStatus.${status}`);
}

/** What a person should know of a command beside its status; empty where there is nothing. */
export function remarksText(command: Command): string {
  const said = command.history.at(-1)?.reason ?? "";
  return remarksOf(command)
    .map((code) => {
      const known = text(`reason.${code}`);
      return known.endsWith(`reason.${code}`) ? said : known;
    })
    .join(" ");
}

/** The commands of a device, newest first; brought up to date in place, so that the focus stays. */
export class CommandRowsView {
  readonly element = $("<div>");
  private readonly list = $("<ol>", { class: "tracker-commands", tabindex: -1 });
  private readonly more: JQuery;
  private readonly rows = new Map<string, CommandRow>();
  private commands: readonly Command[] = [];
  private names: readonly string[] = [];
  private showsAll = false;
  private mayChange = false;

  constructor(
    label: string,
    private readonly cancel: (command: Command) => Promise<void>,
    private readonly byText: (by: string) => string,
  ) {
    this.list.attr("aria-label", label);
    this.more = button("", "", () => {
      this.showsAll = !this.showsAll;
      this.draw();
    }).addClass("red-ui-button-small tracker-commands-more");
    this.element.append(this.list, this.more);
  }

  /** `names`: what is wired to output n, at index n − 1. */
  show(commands: readonly Command[], names: readonly string[], mayChange: boolean): void {
    Object.assign(this, { commands, names, mayChange });
    this.draw();
  }

  private draw(): void {
    const few = commandsToShow(this.commands, FEW);
    const shown = this.showsAll ? this.commands : few;
    const ids = new Set(shown.map(({ id }) => id));
    const hadFocus = this.list.find(":focus").length > 0;
    for (const [id, row] of this.rows) {
      if (ids.has(id)) continue;
      row.element.remove();
      this.rows.delete(id);
    }
    for (const [index, command] of shown.entries()) {
      const row = this.rows.get(command.id) ?? new CommandRow(this.cancel, this.byText);
      this.rows.set(command.id, row);
      row.show(command, this.names[command.output - 1]?.trim() || `OUT${command.output}`, this.mayChange);
      const at = this.list.children()[index];
      if (at === undefined) this.list.append(row.element);
      else if (at !== row.element[0]) $(at).before(row.element);
    }
    // A button that was pressed may be gone with what it was for.
    if (hadFocus && this.list.find(":focus").length === 0) this.list.trigger("focus");
    const hidden = this.commands.length - few.length;
    this.more.toggle(hidden > 0).attr("aria-expanded", String(this.showsAll));
    this.more
      .find("span")
      .text(this.showsAll ? text("command.fewer") : counted("command.more", Math.max(hidden, 0)));
  }
}

class CommandRow {
  readonly element = $("<li>", { class: "tracker-command" });
  private readonly what = $("<span>", { class: "tracker-command-what" });
  private readonly age = $("<time>");
  private readonly sign = $("<i>", { "aria-hidden": "true" });
  private readonly status = $("<span>", { "aria-live": "polite" });
  private readonly until = $("<span>", { class: "tracker-command-until" });
  private readonly expires = $("<time>");
  private readonly words = $("<span>", { class: "tracker-command-until" });
  private readonly remarks = $("<div>", { class: "tracker-hint" });
  private readonly cancelButton: JQuery;
  private command: Command | undefined;
  private busy = false;

  constructor(
    cancel: (command: Command) => Promise<void>,
    private readonly byText: (by: string) => string,
  ) {
    this.cancelButton = button(text("action.cancelCommand"), "", async () => {
      if (this.command === undefined || this.busy) return;
      this.busy = true;
      await cancel(this.command).finally(() => {
        this.busy = false;
      });
    }).addClass("red-ui-button-small tracker-command-cancel");
    this.until.append($("<span>").text(text("command.expires")), this.expires);
    this.element.append(
      $("<div>", { class: "tracker-command-line" }).append(this.what, this.age),
      $("<div>", { class: "tracker-command-line" }).append(
        $("<span>", { class: "tracker-command-status" }).append(
          this.sign,
          this.status,
          this.until,
          this.words,
        ),
        this.cancelButton,
      ),
      this.remarks,
    );
  }

  show(command: Command, name: string, mayChange: boolean): void {
    this.command = command;
    const { status, createdAt, expires, by, history } = command;
    const what = text("command.what", { output: name, what: deedText(command) });
    const isOpen = canCancel(command);
    const said = by === "" ? "" : text("command.by", { by: this.byText(by) });
    this.element.attr({ "data-id": command.id, "data-status": status });
    this.what.text(what);
    setAge(this.age, createdAt);
    this.sign.attr("class", `fa ${ICONS[status]} tracker-status tracker-command-${status}`);
    const word = commandStatusText(status);
    // What is the same is not said once more.
    if (this.status.text() !== word) this.status.text(word);
    this.status.attr("title", history.at(-1)?.reason ?? "");
    this.until.toggle(isOpen);
    setAge(this.expires, isOpen ? expires : null);
    this.showWords(command);
    this.remarks.text([remarksText(command), said].filter(Boolean).join(" "));
    const canTakeBack = isOpen && mayChange;
    // Not hidden while it has the focus, which would go nowhere.
    if (!canTakeBack && this.cancelButton.is(":focus")) this.element.parent().trigger("focus");
    this.cancelButton.toggle(canTakeBack).attr("aria-label", `${text("action.cancelCommand")}: ${what}`);
  }

  /** Both times, where the device has said that it has come and that it was done. */
  private showWords(command: Command): void {
    const words = wordsOf(command);
    if (this.words.children().length === 2 * words.length) return;
    this.words.empty();
    for (const { status, time } of words) {
      this.words.append($("<span>").text(commandStatusText(status)), ageElement(time));
    }
  }
}
