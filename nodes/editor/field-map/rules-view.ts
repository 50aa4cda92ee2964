import type { Problem } from "../../../src/errors";
import { unitsOf } from "../../../src/protocols/json/convert";
import { type FieldMap, isScalable, type Rule } from "../../../src/protocols/json/field-map";
import { findTarget } from "../../../src/protocols/json/targets";
import { translate } from "../kit/red";
import type { RuleState } from "./preview";
import { type TargetBox, targetBox } from "./target-box";
import { mapText, problemView, unitText } from "./texts";

export interface RulesActions {
  change(index: number, changes: Rule): void;
  move(index: number, by: -1 | 1): void;
  remove(index: number): void;
}

/** What is wrong with each rule, by its index; of an expression also what went wrong when it was tried. */
export type RuleProblems = ReadonlyMap<number, Problem>;

const FIELDS = ["from", "unit", "factor", "offset", "default", "when"] as const;
type Field = (typeof FIELDS)[number];

/**
 * The rules in their order. Rows stay in the page while what they say changes, so that the field in which somebody
 * types keeps the focus.
 */
export class RulesView {
  readonly element = $("<ol>", { class: "tracker-fm-rules" });
  private readonly rows: RuleRow[] = [];

  constructor(private readonly actions: RulesActions | undefined) {
    this.element.attr("aria-label", mapText("rules.title"));
  }

  /** Without states no sample was read. */
  show(
    { rules = [] }: FieldMap,
    states: ReadonlyMap<number, RuleState> | undefined,
    problems: RuleProblems,
  ): void {
    while (this.rows.length > rules.length) this.rows.pop()?.element.remove();
    while (this.rows.length < rules.length) {
      const row = new RuleRow(this.rows.length, this.actions);
      this.rows.push(row);
      this.element.append(row.element);
    }
    for (const [index, row] of this.rows.entries()) {
      row.show(rules[index] as Rule, states?.get(index), problems.get(index), rules.length);
    }
  }

  /** Gives the focus to the rule's button of this name, or to its first field. */
  focus(index: number, button: string): void {
    const row = this.rows[index]?.element;
    const wanted = row?.find(`[data-action="${button}"]:enabled`);
    (wanted?.length ? wanted : row?.find("input, button:enabled").first())?.trigger("focus");
  }
}

class RuleRow {
  readonly element = $("<li>", { class: "tracker-fm-rule" });
  private readonly fields = new Map<Field, JQuery>();
  private readonly units = $("<select>", { class: "tracker-fm-units" });
  private readonly language = $("<select>", { class: "tracker-fm-language" });
  private readonly box: TargetBox;
  private readonly state = $("<div>", { class: "tracker-fm-rule-state" });
  private readonly error = $("<div>", { class: "tracker-error", role: "alert" });

  constructor(
    private readonly index: number,
    actions: RulesActions | undefined,
  ) {
    const change = (changes: Rule): void => actions?.change(index, changes);
    for (const name of FIELDS) {
      const input = $("<input>", { type: "text", class: `tracker-fm-${name}`, spellcheck: "false" });
      this.fields.set(
        name,
        input.on("input", () => change({ [name]: String(input.val() ?? "") })),
      );
    }
    for (const language of ["path", "jsonata"]) {
      $("<option>", { value: language })
        .text(mapText(`rules.${language}`))
        .appendTo(this.language);
    }
    this.language
      .attr("aria-label", mapText("rules.language"))
      .on("change", () => change({ language: this.language.val() as "path" | "jsonata" }));
    this.units
      .attr("aria-label", mapText("rules.unit"))
      .on("change", () => change({ unit: String(this.units.val() ?? "") }));
    this.box = targetBox(mapText("rules.to"), (to) =>
      change({ to, unit: "", factor: "", offset: "", when: "" }),
    );
    const line = (...parts: JQuery[]) => $("<div>", { class: "tracker-fm-rule-line" }).append(...parts);
    const arrow = $("<span>", { class: "tracker-fm-arrow" }).attr("aria-hidden", "true").text("→");
    this.element
      .attr("aria-label", mapText("rules.rule", { n: index + 1 }))
      .append(
        $("<div>", { class: "tracker-fm-rule-fields" }).append(
          line(this.language, this.field("from")),
          line(arrow, this.box.element, this.units, this.field("unit"), this.field("when")),
          line(this.field("factor"), this.field("offset"), this.field("default")),
          this.state,
          this.error,
        ),
      );
    if (actions === undefined) this.element.find("input, select").prop("disabled", true);
    else this.element.append(this.buttons(actions));
  }

  show(rule: Rule, state: RuleState | undefined, problem: Problem | undefined, count: number): void {
    const target = findTarget(rule.to ?? "");
    const isJsonata = rule.language === "jsonata";
    this.label("from", mapText(isJsonata ? "rules.expression" : "rules.from"));
    this.language.val(isJsonata ? "jsonata" : "path");
    for (const name of FIELDS) setValue(this.field(name), rule[name]);
    this.label("when", mapText("rules.when"));
    this.label("default", mapText("rules.default"), mapText("rules.elseShort"));
    this.label("unit", mapText("rules.ownUnit"));
    this.label("factor", mapText("rules.factor"), mapText("rules.factorShort"));
    this.label("offset", mapText("rules.offset"), mapText("rules.offsetShort"));
    this.box.show(rule.to ?? "");
    this.showUnits(rule);
    // Not by toggle(), which asks for the layout after each change.
    this.field("unit").prop("hidden", target !== undefined);
    for (const name of ["factor", "offset"] as const) this.field(name).prop("hidden", !isScalable(target));
    this.field("when").prop("hidden", target?.type !== "event");
    this.field("default").prop("hidden", target?.type === "ignore" || target?.type === "event");
    this.element.find('[data-action="up"]').prop("disabled", this.index === 0);
    this.element.find('[data-action="down"]').prop("disabled", this.index === count - 1);
    this.showState(state, problem);
  }

  private showState(state: RuleState | undefined, problem: Problem | undefined): void {
    const isQuiet = problem !== undefined || state === undefined || state === "hit";
    this.state.text(isQuiet ? "" : mapText(`rules.${state}`));
    this.element.toggleClass("tracker-fm-rule-quiet", !isQuiet);
    this.error.empty();
    if (problem === undefined)
      this.element.find(".input-error").removeClass("input-error").removeAttr("aria-invalid");
    else {
      const isOfRule = problem.code.startsWith("RULE_");
      if (isOfRule) this.error.text(translate(`error.${problem.code}`));
      else this.error.append(problemView({ ...problem, path: "" }));
      const wrong = problem.path === "to" ? this.box.input : this.field((problem.path ?? "from") as Field);
      this.element.find("input").not(wrong).removeClass("input-error").removeAttr("aria-invalid");
      wrong.addClass("input-error").attr("aria-invalid", "true");
    }
  }

  private showUnits({ to = "", unit = "" }: Rule): void {
    const target = findTarget(to);
    const units = target === undefined ? [] : unitsOf(target);
    const values = units.includes(unit) || unit === "" ? units : [...units, unit];
    if (this.units.attr("data-to") !== `${to} ${values.length}`) {
      this.units.empty().attr("data-to", `${to} ${values.length}`);
      for (const value of values) {
        $("<option>", { value }).text(unitText(value, "")).appendTo(this.units);
      }
    }
    this.units.val(unit || (units[0] ?? "")).prop("hidden", units.length < 2);
  }

  private label(name: Field, label: string, placeholder = label): void {
    this.field(name).attr({ "aria-label": label, title: label, placeholder });
  }

  private field(name: Field): JQuery {
    return this.fields.get(name) as JQuery;
  }

  private buttons({ move, remove }: RulesActions): JQuery {
    const button = (action: string, icon: string, click: () => void): JQuery => {
      const label = mapText(`rules.${action}`);
      return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small", title: label })
        .attr({ "aria-label": label, "data-action": action })
        .append($("<i>", { class: `fa ${icon}` }))
        .on("click", click);
    };
    return $("<div>", { class: "tracker-fm-rule-buttons" }).append(
      button("up", "fa-arrow-up", () => move(this.index, -1)),
      button("down", "fa-arrow-down", () => move(this.index, 1)),
      button("remove", "fa-trash", () => remove(this.index)),
    );
  }
}

/** Not into a field that says so already: the cursor would jump to its end. */
function setValue(input: JQuery, value: Rule["default"]): void {
  const shown = value === undefined || value === null ? "" : String(value);
  if (input.val() !== shown) input.val(shown);
}
