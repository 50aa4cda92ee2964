import { openDialog } from "../kit/dialog";
import { text } from "../kit/texts";

/** Moves what the sidebar shows to where there is room for list and device side by side, and back. */
export class WideView {
  private close: (() => void) | undefined;

  constructor(
    private readonly content: JQuery,
    private readonly changed: (isWide: boolean) => void,
  ) {}

  toggle(): void {
    if (this.close !== undefined) this.close();
    else this.open();
  }

  private open(): void {
    const { content } = this;
    const home = content.parent();
    openDialog({
      title: text("wide.title"),
      name: "wide",
      wide: true,
      buttons: [{ id: "cancel", text: text("action.close"), click: () => this.close?.() }],
      build: ({ body, close }) => {
        this.close = close;
        body.append(content.addClass("tracker-wide"));
        this.changed(true);
      },
      shown: () => content.find("#tracker-list").trigger("focus"),
      closed: () => {
        this.close = undefined;
        home.prepend(content.removeClass("tracker-wide"));
        this.changed(false);
      },
    });
  }
}
