import { red } from "./red";
import { text } from "./texts";

export interface DialogButton {
  readonly id: string;
  readonly text: string;
  readonly primary?: boolean;
  click(): void;
}

export interface Dialog {
  readonly body: JQuery;
  /** The button with this id, to rename, hide or disable it. */
  button(id: string): JQuery;
  /** What was entered is saved: Escape closes it without a question. */
  saved(): void;
  close(): void;
}

/** Dialogs that are open, one on top of the other. */
let open = 0;
let questions = 0;

/**
 * Opens a dialog in Node-RED's tray. `title` is taken as HTML by Node-RED: only texts of our own. When it is
 * closed, the focus goes back to where it came from. Escape closes it, after a question where something was entered.
 */
export function openDialog(options: {
  readonly title: string;
  readonly name: string;
  readonly buttons: readonly DialogButton[];
  /** As wide as there is room, for something to look at: nothing is entered that could be lost. */
  readonly wide?: boolean;
  build(dialog: Dialog): void;
  /** Also called when a dialog that was opened on top has gone. */
  shown?(): void;
  closed?(): void;
}): void {
  const from = document.activeElement as HTMLElement | null;
  const id = (button: string) => `tracker-${options.name}-${button}`;
  let isChanged = false;
  open++;
  // As Node-RED's own dialogs do; without the second, one that was opened from here would leave it as it is.
  red.view.state(red.state.EDITING);
  red.tray.show({
    title: options.title,
    width: options.wide ? Number.POSITIVE_INFINITY : 560,
    focusElement: false,
    buttons: options.buttons.map(({ id: name, text, primary, click }) => ({
      id: id(name),
      text,
      click,
      // Exactly "primary" would be pressed by a click beside the dialog.
      ...(primary ? { class: "primary tracker-primary" } : {}),
    })),
    open: (tray) => {
      tray.attr({ role: "dialog", "aria-label": options.title });
      const body = tray.find(".red-ui-tray-body");
      const content = $("<div>", { class: "tracker-dialog", id: `tracker-${options.name}` }).appendTo(body);
      // The tray is in the page only after this.
      const button = (name: string) => tray.find(`#${id(name)}`);
      const saved = () => {
        isChanged = false;
      };
      options.build({ body: content, button, saved, close: () => red.tray.close() });
      content.on("input change", (event) => {
        // What the program sets is no change of the person's.
        if (event.originalEvent !== undefined && !options.wide) isChanged = true;
      });
      // Whatever has the focus in it; a list that is open takes the key for itself.
      tray.on("keydown", (event) => {
        if (event.key !== "Escape" || event.isDefaultPrevented()) return;
        event.stopPropagation();
        if (!isChanged) button("cancel").trigger("click");
        else
          void askToDiscard().then((yes) => {
            if (yes) button("cancel").trigger("click");
          });
      });
    },
    show: () => options.shown?.(),
    close: () => {
      options.closed?.();
      if (--open === 0) red.view.state(red.state.DEFAULT);
      // Node-RED gives the focus to the workspace right after this.
      setTimeout(() => from?.isConnected && from.focus(), 0);
    },
  });
}

function askToDiscard(): Promise<boolean> {
  const question = $("<p>").append($("<strong>").text(text("discard.question")));
  return confirm(question, { no: text("discard.no"), yes: text("discard.yes") });
}

/** Disables a button while something is under way, and enables it again. */
export async function busyWhile<T>(button: JQuery, work: () => Promise<T>): Promise<T> {
  button.prop("disabled", true).addClass("disabled");
  try {
    return await work();
  } finally {
    button.prop("disabled", false).removeClass("disabled");
  }
}

/** Asks before something that has consequences; the question's title is its `<strong>`. */
export function confirm(
  question: JQuery,
  labels: { readonly no: string; readonly yes: string },
): Promise<boolean> {
  const from = document.activeElement as HTMLElement | null;
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      // While it slides away it is no longer the question that is asked.
      whole.find("button").removeAttr("id").prop("disabled", true);
      notification.close();
      resolve(yes);
      setTimeout(() => from?.isConnected && from.focus(), 0);
    };
    const content = $("<div>").append(question);
    const title = `tracker-question-${++questions}`;
    content.find("strong").first().attr("id", title);
    const notification = red.notify(content, {
      modal: true,
      fixed: true,
      type: "warning",
      buttons: [
        { id: "tracker-confirm-no", text: labels.no, click: () => answer(false) },
        { id: "tracker-confirm-yes", class: "primary", text: labels.yes, click: () => answer(true) },
      ],
    });
    // The buttons belong to it, too.
    const whole = content.parent().attr({
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": title,
    });
    whole.on("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      answer(false);
    });
    // Its own: a question that was just answered is still sliding away.
    setTimeout(() => content.parent().find("#tracker-confirm-no").trigger("focus"), 0);
  });
}

/** A short word that something was done, or why not; always text, never HTML. */
export function say(message: string, type: "success" | "error" | "warning" = "success"): void {
  red.notify($("<p>").text(message), type);
}
