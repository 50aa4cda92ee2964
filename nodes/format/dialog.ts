import { FORMATS, settingsOf } from "../../src/formats/index";

const FIELDS = ["topic", "url", "measurement"] as const;

/** Shows the settings that the chosen format has, and what counts where they are empty. */
export function prepare(): void {
  const choice = $("#tracker-format #node-input-format");
  const show = () => {
    const format = FORMATS.find(({ id }) => id === choice.val());
    if (format === undefined) return;
    const presets = settingsOf(format);
    for (const field of FIELDS) {
      $(`#tracker-format-row-${field}`).toggle(Object.hasOwn(format.settings, field));
      $(`#tracker-format #node-input-${field}`).attr("placeholder", presets[field]);
    }
    $("#tracker-format-back").toggle(format.session !== undefined);
  };
  choice.on("change", show);
  show();
}
