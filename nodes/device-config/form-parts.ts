import { translate } from "../editor/kit/red";

export const configField = (name: string): JQuery => $(`#node-config-input-${name}`);
export const textOf = (name: string): string => String(configField(name).val() ?? "").trim();

/** Texts of the options are `<texts>.<option>`, and `<texts>.none` of the empty one. */
export function fillSelect(name: string, values: readonly string[], value: string, texts = name): void {
  for (const option of values) addOption(name, option, translate(`${texts}.${option || "none"}`));
  // An environment variable, or something this version does not know, stays what it is.
  if (!values.includes(value)) addOption(name, value, value);
  configField(name).val(value);
}

export function textRow(list: string, id: string | number, label: string, value: string | undefined): JQuery {
  const inputId = `node-config-input-${list}-${id}`;
  return $("<div>", { class: "form-row" })
    .append(
      $("<label>", { for: inputId }).text(label),
      $("<input>", { type: "text", id: inputId }).val(value ?? ""),
    )
    .appendTo(`#tracker-${list}`);
}

export function typedNames(list: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => textOf(`${list}-${index + 1}`));
  return names.every((name) => name === "") ? [] : names;
}

export function addOption(select: string, value: string, label: string): void {
  $("<option>", { value }).text(label).appendTo(configField(select));
}
