import { search, type TargetOption } from "./choices";
import { groupLabel, mapText, targetLabel } from "./texts";

/** A field in which a signal is searched and chosen: the combobox pattern of WAI-ARIA. */
export interface TargetBox {
  readonly element: JQuery;
  readonly input: JQuery;
  show(to: string): void;
  open(): void;
}

let count = 0;

/** `pick` is called with the key of what was chosen. */
export function targetBox(label: string, pick: (to: string) => void): TargetBox {
  const id = `tracker-fm-list-${++count}`;
  const input = $("<input>", {
    type: "text",
    role: "combobox",
    class: "tracker-fm-target",
    spellcheck: "false",
    placeholder: mapText("chooser.placeholder"),
  }).attr({
    "aria-label": label,
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
  });
  const list = $("<div>", { id, role: "listbox", class: "tracker-fm-list" })
    .attr("aria-label", mapText("chooser.list"))
    .prop("hidden", true);
  const element = $("<div>", { class: "tracker-fm-box" }).append(input, list);
  let chosen = "";
  let options: readonly TargetOption[] = [];
  let active = -1;

  const isOpen = (): boolean => list.prop("hidden") === false;
  const mark = (index: number): void => {
    active = index;
    const items = list.find("[role=option]").attr("aria-selected", "false");
    const item = items.eq(index);
    if (index < 0 || item.length === 0) input.removeAttr("aria-activedescendant");
    else {
      item.attr("aria-selected", "true");
      input.attr("aria-activedescendant", item.attr("id") ?? "");
      item[0]?.scrollIntoView({ block: "nearest" });
    }
  };
  const render = (typed: string): void => {
    options = search(typed, targetLabel);
    list.empty();
    for (const [index, option] of options.entries()) {
      if (option.group !== options[index - 1]?.group) {
        $("<div>", { class: "tracker-fm-group", role: "presentation" })
          .text(groupLabel(option.group))
          .appendTo(list);
      }
      optionView(option, `${id}-${index}`)
        .on("mousedown", (event) => event.preventDefault())
        .on("click", () => choose(index))
        .appendTo(list);
    }
    if (options.length === 0)
      $("<div>", { class: "tracker-fm-group" }).text(mapText("chooser.noMatch")).appendTo(list);
    mark(typed === "" ? options.findIndex(({ key }) => key === chosen) : 0);
  };
  const open = (typed = ""): void => {
    // Before it is filled: what is hidden cannot be scrolled to.
    list.prop("hidden", false);
    input.attr("aria-expanded", "true");
    render(typed);
  };
  const close = (): void => {
    list.prop("hidden", true).empty();
    input.attr("aria-expanded", "false").removeAttr("aria-activedescendant").val(shown(chosen));
  };
  const choose = (index: number): void => {
    const option = options[index];
    if (option === undefined) return;
    chosen = option.key;
    close();
    pick(chosen);
  };

  const KEYS: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (isOpen() ? mark(Math.min(active + 1, options.length - 1)) : open()),
    ArrowUp: () => (isOpen() ? mark(Math.max(active - 1, 0)) : open()),
    Enter: () => (isOpen() ? choose(active) : open()),
    Escape: () => close(),
  };
  input.on("keydown", (event) => {
    if (event.key === "Tab" && isOpen() && input.val() !== shown(chosen)) {
      // Who leaves after typing means what is marked then, unless the choice itself leads on.
      choose(active);
      if (!input.is(":focus")) event.preventDefault();
      return;
    }
    const act = KEYS[event.key];
    // An Escape that closes nothing is for what is around, keys with Ctrl for Node-RED.
    if (act === undefined || event.ctrlKey || event.metaKey || (event.key === "Escape" && !isOpen())) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  input.on("input", () => open(String(input.val() ?? "")));
  input.on("click", () => {
    if (!isOpen()) open();
  });
  input.on("focus", () => input.trigger("select"));
  input.on("blur", close);

  return {
    element,
    input,
    open,
    show: (to) => {
      chosen = to;
      if (!isOpen()) input.val(shown(to));
    },
  };
}

/** A chosen signal as the field shows it. */
function shown(to: string): string {
  return to === "" ? "" : targetLabel(to);
}

function optionView({ key, label, unit, group }: TargetOption, id: string): JQuery {
  const view = $("<div>", { id, role: "option", class: "tracker-fm-option" }).attr("data-key", key);
  $("<span>").text(label).appendTo(view);
  $("<code>")
    .text([group === "own" ? mapText("chooser.own") : key, unit].filter(Boolean).join(" · "))
    .appendTo(view);
  return view;
}
