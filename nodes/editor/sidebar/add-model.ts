import { text } from "../kit/texts";
import type { AddState, AddStep } from "./add-state";
import { OFFERED_MODELS } from "./models";

/** First step: which tracker it is. */
export function modelStep(state: AddState): AddStep {
  const list = $("<div>", {
    class: "tracker-models",
    role: "radiogroup",
    "aria-label": text("add.model.title"),
  });
  for (const model of OFFERED_MODELS) {
    const radio = $("<input>", { type: "radio", name: "tracker-model", value: model.id })
      .prop("checked", model === state.model)
      .on("change", () => {
        state.model = model;
      });
    $("<label>", { class: "tracker-model" })
      .append(
        radio,
        $("<span>").text(model.name || text("add.model.other")),
        $("<small>").text(text(`add.model.${model.protocol.id}`)),
      )
      .appendTo(list);
  }
  return {
    name: "model",
    next: text("action.next"),
    content: $("<div>").append($("<p>").text(text("add.model.text")), list),
    shown: () => list.find("input:checked").trigger("focus"),
    leave: async () => true,
  };
}
