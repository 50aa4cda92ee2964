/** A labelled field of a dialog, with a place for what is wrong with it and a hint. */
export interface Field {
  readonly row: JQuery;
  readonly input: JQuery;
  value(): string;
  /** Shows what is wrong; empty for nothing. */
  setError(message: string): void;
  setHint(message: string): void;
}

let made = 0;

export function field(
  label: string,
  options: { input?: JQuery; value?: string; hint?: string; attributes?: Record<string, string> } = {},
): Field {
  const id = `tracker-field-${++made}`;
  const input = (options.input ?? $("<input>", { type: "text" })).attr({
    id,
    "aria-describedby": `${id}-note`,
    autocomplete: "off",
    ...options.attributes,
  });
  if (options.value !== undefined) input.val(options.value);
  const note = $("<div>", { id: `${id}-note`, class: "tracker-field-note", "aria-live": "polite" });
  const row = $("<div>", { class: "tracker-field" }).append(
    $("<label>", { for: id }).text(label),
    input,
    note,
  );
  const show = (message: string, isError: boolean) => {
    note.text(message).toggleClass("tracker-field-error", isError);
    input
      .toggleClass("input-error", isError && message !== "")
      .attr("aria-invalid", String(isError && message !== ""));
  };
  const hint = options.hint ?? "";
  show(hint, false);
  return {
    row,
    input,
    value: () => String(input.val() ?? "").trim(),
    setError: (message) => show(message || hint, message !== ""),
    setHint: (message) => show(message, false),
  };
}

/** Fills a select; keeps what is chosen where that is still there. */
export function setOptions(
  select: JQuery,
  options: readonly { readonly value: string; readonly text: string }[],
): void {
  const chosen = String(select.val() ?? "");
  const present = select.children().get() as HTMLOptionElement[];
  const same =
    present.length === options.length && options.every(({ value }, index) => present[index]?.value === value);
  if (same) {
    options.forEach(({ text }, index) => {
      const option = present[index];
      if (option !== undefined && option.textContent !== text) option.textContent = text;
    });
    return;
  }
  select.empty();
  for (const { value, text } of options) $("<option>", { value }).text(text).appendTo(select);
  if (options.some(({ value }) => value === chosen)) select.val(chosen);
}

/** A button with a text, and with a sign before it where there is one. */
export function button(label: string, icon: string, click: () => void): JQuery {
  const sign = icon === "" ? $() : $("<i>", { class: `fa ${icon}`, "aria-hidden": "true" });
  return $("<button>", { type: "button", class: "red-ui-button" })
    .append(sign, $("<span>").text(icon === "" ? label : ` ${label}`))
    .on("click", click);
}

/** A button that only has a sign; its text is said and shown on hover. */
export function iconButton(label: string, icon: string, click: () => void): JQuery {
  return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small", title: label })
    .attr("aria-label", label)
    .append($("<i>", { class: `fa ${icon}`, "aria-hidden": "true" }))
    .on("click", click);
}
