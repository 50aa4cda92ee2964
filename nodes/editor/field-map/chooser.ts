import { convert, isBit, rescale, unitsOf } from "../../../src/protocols/json/convert";
import { isScalable, type Rule } from "../../../src/protocols/json/field-map";
import { findTarget } from "../../../src/protocols/json/targets";
import type { Choice } from "./edit";
import type { ValueRow } from "./rows";
import { targetBox } from "./target-box";
import { fillText, mapText, sampleValueText, unitText } from "./texts";
import { isUnitOpen, linearOfUnit, OTHER_HALF, startUnit } from "./units";

/** What the panel under a value tells. A choice counts at once. */
export interface ChooserActions {
  /** `before` is the signal that was chosen before. */
  choose(choice: Choice, before: string | undefined): void;
  /** Another signal of the same value. */
  more(): void;
  remove(): void;
  close(): void;
  /** The unit that a rule for a target has; undefined where there is no such rule. */
  unitOfRule(to: string): string | undefined;
  /** The bit to begin with, where others of the value are signals already. */
  freeBit(): string | undefined;
}

export interface Chooser {
  readonly element: JQuery;
  focus(): void;
}

/** The panel in which a person says what a value is. `current` is the rule that it has, or what was recognised. */
export function chooser(
  row: ValueRow,
  current: Rule | undefined,
  hasRule: boolean,
  actions: ChooserActions,
): Chooser {
  let choice: Choice | undefined = current?.to ? { ...current, to: current.to } : undefined;
  const details = $("<div>", { class: "tracker-fm-details" });
  const apply = (next: Choice): void => {
    const before = choice?.to;
    choice = next;
    actions.choose(next, before);
    more.toggle(isBit(next.unit));
  };
  const box = targetBox(mapText("chooser.label"), (to) => {
    const when = to === "event" ? sampleValueText(row.value) : undefined;
    const otherHalf = actions.unitOfRule(OTHER_HALF[to] ?? "");
    const bit = isBit(choice?.unit) ? choice?.unit : actions.freeBit();
    const unit = startUnit(to, row.value, { said: row.said, otherHalf, bit });
    apply({ to, ...(unit === "" ? {} : { unit }), ...(when === undefined ? {} : { when }) });
    showDetails();
    // Where there is nothing more to say the next value can be taken at once.
    if (isUnitOpen(findTarget(to), unit)) details.find("select, input").first().trigger("focus");
    else actions.close();
  });
  const showDetails = (): void => {
    details.empty();
    if (choice !== undefined) details.append(detailsOf(row, choice, apply));
  };
  const button = (icon: string, label: string, click: () => void): JQuery =>
    $("<button>", { type: "button", class: "red-ui-button red-ui-button-small" })
      .append($("<i>", { class: `fa ${icon}` }), ` ${label}`)
      .on("click", click);
  const more = button("fa-plus", mapText("chooser.more"), actions.more).toggle(isBit(choice?.unit));
  const buttons = $("<div>", { class: "tracker-fm-tools" }).append(
    more,
    button("fa-ban", mapText("chooser.ignore"), () => {
      apply({ to: "ignore" });
      actions.close();
    }),
    ...(hasRule ? [button("fa-trash", mapText("tree.remove"), actions.remove)] : []),
    button("fa-check", mapText("chooser.close"), actions.close),
  );
  const element = $("<div>", { class: "tracker-fm-chooser", role: "group" })
    .attr("aria-label", mapText("tree.choose"))
    .append($("<label>").text(mapText("tree.choose")), box.element, details, buttons);
  element.on("keydown", (event) => {
    const isDone = event.key === "Enter" && $(event.target).is("select, .tracker-fm-details input");
    if ((event.key !== "Escape" && !isDone) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    actions.close();
  });
  box.show(choice?.to ?? "");
  showDetails();
  return {
    element,
    focus: () => {
      box.input.trigger("focus");
      if (choice === undefined) box.open();
    },
  };
}

/** What else there is to say about a value that becomes a signal, and what comes out. */
function detailsOf(row: ValueRow, choice: Choice, apply: (choice: Choice) => void): JQuery[] {
  const target = findTarget(choice.to);
  let now = choice;
  const change = (changes: Partial<Choice>): void => {
    now = { ...now, ...changes };
    apply(now);
    preview.text(outcome(row, now));
  };
  const preview = $("<output>", { class: "tracker-fm-preview" }).text(outcome(row, choice));
  const scale = [
    field(
      mapText("rules.factor"),
      input(choice.factor, (factor) => change({ factor })),
    ),
    field(
      mapText("rules.offset"),
      input(choice.offset, (offset) => change({ offset })),
    ),
  ];
  if (target === undefined) {
    return [
      field(
        mapText("chooser.ownUnit"),
        input(choice.unit, (unit) => change({ unit })),
      ),
      ...scale,
      preview,
    ];
  }
  if (target.type === "event") {
    const hint = $("<div>", { class: "tracker-hint" }).text(mapText("chooser.whenHint"));
    return [
      field(
        mapText("chooser.when"),
        input(choice.when, (when) => change({ when })),
      ),
      hint,
    ];
  }
  const fits = (unit: string): boolean => convert(row.value, target, unit) !== undefined;
  const units = unitsOf(target).filter((unit) => !isBit(unit) || fits(unit));
  if (units.length < 2) return isScalable(target) ? [...scale, preview] : [preview];
  const select = $("<select>");
  for (const unit of units) {
    const converted = fillText({
      to: choice.to,
      value: convert(row.value, target, unit) ?? null,
      unit: target.unit,
    });
    $("<option>", { value: unit })
      .text(`${unitText(unit, target.unit)} → ${fits(unit) ? converted : mapText("chooser.unfit")}`)
      .appendTo(select);
  }
  select.val(choice.unit || (units[0] as string)).on("change", () => change({ unit: String(select.val()) }));
  return [field(mapText("chooser.unit"), select), ...(isScalable(target) ? scale : []), preview];
}

function field(label: string, control: JQuery): JQuery {
  return $("<label>", { class: "tracker-fm-field" }).append($("<span>").text(label), control);
}

function input(value: string | number | undefined, changed: (value: string) => void): JQuery {
  const field = $("<input>", { type: "text" }).val(value ?? "");
  return field.on("input", () => changed(String(field.val() ?? "").trim()));
}

/** `12345 → 12.345 km` */
function outcome({ value }: ValueRow, choice: Choice): string {
  const { to, unit = "" } = choice;
  const target = findTarget(to);
  const linear = linearOfUnit(choice);
  const scaled = linear === undefined ? value : rescale(value, linear);
  const converted = target === undefined ? scaled : convert(value, target, unit, linear);
  const shown =
    converted === undefined
      ? mapText("chooser.unfit")
      : fillText({ to, value: converted, unit: target?.unit ?? unit });
  return `${sampleValueText(value)} → ${shown}`;
}
