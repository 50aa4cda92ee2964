import { red } from "../red";

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
  close(): void;
}

/**
 * Opens a dialog in Node-RED's tray. `title` is taken as HTML by Node-RED: only texts of our own. When it is
 * closed, the focus goes back to where it came from.
 */
export function openDialog(options: {
  readonly title: string;
  readonly name: string;
  readonly buttons: readonly DialogButton[];
  build(dialog: Dialog): void;
  /** Also called when a dialog that was opened on top has gone. */
  shown?(): void;
  closed?(): void;
}): void {
  const from = document.activeElement as HTMLElement | null;
  const id = (button: string) => `tracker-${options.name}-${button}`;
  // As Node-RED's own dialogs do; without the second, one that was opened from here would leave it as it is.
  red.view.state(red.state.EDITING);
  red.tray.show({
    title: options.title,
    width: 560,
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
      options.build({ body: content, button, close: () => red.tray.close() });
      // Whatever has the focus in it; a list that is open takes the key for itself.
      tray.on("keydown", (event) => {
        if (event.key === "Escape" && !event.isDefaultPrevented()) button("cancel").trigger("click");
      });
    },
    show: () => options.shown?.(),
    close: () => {
      options.closed?.();
      red.view.state(red.state.DEFAULT);
      // Node-RED gives the focus to the workspace right after this.
      setTimeout(() => from?.isConnected && from.focus(), 0);
    },
  });
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

/** Asks before something that cannot be undone. */
export function confirm(
  question: JQuery,
  labels: { readonly no: string; readonly yes: string },
): Promise<boolean> {
  const from = document.activeElement as HTMLElement | null;
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      notification.close();
      resolve(yes);
      setTimeout(() => from?.isConnected && from.focus(), 0);
    };
    const content = $("<div>", { role: "alertdialog" }).append(question);
    const notification = red.notify(content, {
      modal: true,
      fixed: true,
      type: "warning",
      buttons: [
        { id: "tracker-confirm-no", text: labels.no, click: () => answer(false) },
        { id: "tracker-confirm-yes", class: "primary", text: labels.yes, click: () => answer(true) },
      ],
    });
    content.parent().on("keydown", (event) => {
      if (event.key === "Escape") answer(false);
    });
    // Its own: a question that was just answered is still sliding away.
    setTimeout(() => content.parent().find("#tracker-confirm-no").trigger("focus"), 0);
  });
}

/** A short word that something was done, or why not; always text, never HTML. */
export function say(message: string, type: "success" | "error" | "warning" = "success"): void {
  red.notify($("<p>").text(message), type);
}
