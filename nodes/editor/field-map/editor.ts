import type { Problem } from "../../../src/errors";
import { type CompiledMap, checkRule, type FieldMap, type Rule } from "../../../src/protocols/json/field-map";
import type { ReadingOrigin } from "../../../src/protocols/json/normalize";
import type { PlacedReading } from "../../../src/protocols/json/readings";
import { matchTopic } from "../../../src/protocols/topics";
import { type Chooser, chooser } from "./chooser";
import {
  acceptRecognised,
  addRule,
  addressIn,
  assign,
  changeRule,
  freeBit,
  moveRule,
  NEW_MAP,
  removeRule,
  ruledPathsIn,
  rulesAt,
  unassign,
} from "./edit";
import { type Evaluated, evaluate, NOTHING_EVALUATED } from "./evaluate";
import { MapTools } from "./map-tools";
import { type Preview, previewOf, readSample, type Sample, usableMap } from "./preview";
import { ResultView, summaryView } from "./result-view";
import { rowsFiltered, type TreeRow, type ValueRow } from "./rows";
import { RulesView } from "./rules-view";
import { NO_SAMPLE, SampleView, type TakenSample } from "./sample-view";
import { mapText } from "./texts";
import { TreeView } from "./tree-view";

export interface MapEditorOptions {
  /** Where it is put. */
  readonly container: JQuery;
  /** Of the node, or the device config, whose last message can be taken. */
  readonly id: string;
  readonly map: FieldMap;
  /** To look at only. */
  readonly readOnly?: boolean;
  /** Id of the protocol that messages come in. */
  protocol(): string;
  /** The topic template of the device config, which may have the IMEI in it. */
  topicTemplate(): string;
  /** Called on every change of the map. */
  changed?(map: FieldMap): void;
}

/** Samples of this session, so that a dialog that is opened again has them. They are never saved. */
const samples = new Map<string, TakenSample>();

/** The editor of a field map: a sample, what becomes of it, and the rules. */
export function mapEditor(options: MapEditorOptions): void {
  const isEditable = options.readOnly !== true;
  let map: FieldMap = options.map;
  let sample = samples.get(options.id) ?? NO_SAMPLE;
  let shown = 0;
  let preview: Preview | undefined;
  let reading: PlacedReading | undefined;
  let parsed: { readonly of: string; readonly sample: Sample } | undefined;
  let evaluated: { readonly of: string; readonly result: Evaluated } = { of: "", result: NOTHING_EVALUATED };
  let openPanel: { readonly path: string; readonly chooser: Chooser } | undefined;

  const sampleView = new SampleView(
    options.id,
    (taken) => {
      sample = taken;
      shown = 0;
      samples.set(options.id, taken);
      closePanel();
      refresh();
    },
    (by) => {
      shown += by;
      closePanel();
      refresh();
    },
  );
  const tree = new TreeView(
    isEditable
      ? {
          choose: (row) => togglePanel(row),
          accept: ({ path }) => change(acceptRecognised(map, preview?.rows ?? [], path)),
          remove: (path) => {
            closePanel();
            change(unassign(map, address(path)));
          },
          ignore: (path) => change(assign(map, address(path), { to: "ignore" })),
        }
      : undefined,
  );
  const rules = new RulesView(
    isEditable
      ? {
          change: (index, changes) => change(changeRule(map, index, changes)),
          move: (index, by) => {
            change(moveRule(map, index, by));
            rules.focus(index + by, by < 0 ? "up" : "down");
          },
          remove: (index) => {
            change(removeRule(map, index));
            rules.focus(Math.max(0, Math.min(index, (map.rules?.length ?? 0) - 1)), "remove");
          },
        }
      : undefined,
  );
  const result = new ResultView();
  const tools = new MapTools({
    isEditable,
    read: () => map,
    change: (next) => {
      closePanel();
      change(next);
    },
  });

  const summary = $("<div>");
  const filter = $("<input>", {
    type: "text",
    class: "tracker-fm-filter",
    placeholder: mapText("tree.filter"),
  })
    .attr("aria-label", mapText("tree.filter"))
    .on("input", () => showRows());
  const openOnly = $("<input>", { type: "checkbox" }).on("change", () => showRows());
  const acceptAll = $("<button>", {
    type: "button",
    class: "red-ui-button red-ui-button-small tracker-fm-accept-all",
  })
    .append($("<i>", { class: "fa fa-check" }).attr("aria-hidden", "true"), ` ${mapText("tree.acceptAll")}`)
    .on("click", () => change(acceptRecognised(map, preview?.rows ?? [])));
  const nothing = $("<p>", { class: "tracker-hint" }).text(mapText("tree.none"));
  const values = $("<div>", { class: "tracker-fm-values" }).append(
    summary,
    $("<div>", { class: "tracker-fm-tools" }).append(
      filter,
      $("<label>", { class: "tracker-fm-check" }).append(
        openOnly,
        $("<span>").text(mapText("tree.openOnly")),
      ),
      acceptAll,
    ),
    tree.element,
    nothing,
  );
  const noRules = $("<p>", { class: "tracker-hint" }).text(mapText("rules.none"));
  const ruleList = $("<div>", { class: "tracker-fm-rule-list" }).append(
    $("<h4>").text(mapText("rules.title")),
    $("<p>", { class: "tracker-hint" }).text(mapText("rules.first")),
    noRules,
    rules.element,
    ...(isEditable ? [addButton()] : []),
  );
  const work = $("<div>", { class: "tracker-fm-work" }).append(values, result.element);
  $("<div>", { class: "tracker-fm" })
    .append(sampleView.element, work, tools.options, ruleList, tools.file)
    .appendTo(options.container.empty());

  function addButton(): JQuery {
    return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small tracker-fm-add" })
      .append($("<i>", { class: "fa fa-plus" }).attr("aria-hidden", "true"), ` ${mapText("rules.add")}`)
      .on("click", () => {
        change(addRule(map));
        rules.focus((map.rules?.length ?? 1) - 1, "");
      });
  }

  function change(next: FieldMap): void {
    map = next;
    options.changed?.(map);
    refresh();
  }

  /** The path that a rule about a value has. */
  function address(path: string): string {
    return reading === undefined ? path : addressIn(map, reading, path);
  }

  function togglePanel(row: ValueRow): void {
    const isOpen = openPanel?.path === row.path;
    closePanel();
    if (isOpen) return;
    const own = rulesAt(map, address(row.path)).map((index) => map.rules?.[index]);
    const [fill] = row.fills;
    const recognised = fill === undefined ? undefined : { to: fill.to, unit: fill.from };
    openChooser(row, own.find((rule) => rule?.to !== "event") ?? own[0] ?? recognised);
  }

  function openChooser(row: ValueRow, current: Rule | undefined): void {
    const { path } = row;
    closePanel();
    const place = address(path);
    const panel = chooser(row, current, rulesAt(map, place).length > 0, {
      choose: (choice, before) => change(assign(map, place, choice, before)),
      more: () => openChooser(row, undefined),
      freeBit: () => freeBit(map, place),
      unitOfRule: (to) => {
        const rule = map.rules?.find((one) => one.to === to);
        return rule && (rule.unit ?? "");
      },
      remove: () => {
        closePanel();
        change(unassign(map, place));
        tree.focus(path);
      },
      close: () => {
        closePanel();
        tree.focus(path);
      },
    });
    openPanel = { path, chooser: panel };
    tree.openAt(path, panel.element);
    panel.focus();
    panel.element[0]?.scrollIntoView({ block: "nearest" });
  }

  function closePanel(): void {
    openPanel = undefined;
    tree.closePanel();
  }

  function showRows(): void {
    const rows: readonly TreeRow[] = preview?.rows ?? [];
    const wanted = { text: String(filter.val() ?? ""), openOnly: openOnly.prop("checked") === true };
    const filtered = rowsFiltered(rows, wanted, openPanel?.path);
    tree.show(filtered, reading === undefined ? new Set() : ruledPathsIn(map, reading));
    nothing.toggle(rows.length > 0 && filtered.length === 0);
  }

  /** Reads the sample again only where something that counts for it has changed. */
  function parse(usable: CompiledMap): Sample {
    const of = `${usable.readings}\n${sample.text}`;
    if (parsed?.of !== of) parsed = { of, sample: readSample(sample.text, usable) };
    return parsed.sample;
  }

  /** What the expressions say; where that is not known yet it is found out, and shown as soon as it is. */
  function evaluatedOf(usable: CompiledMap, { readings }: Sample): Evaluated {
    const reading = readings[shown];
    const expressions = usable.rules.flatMap(({ index, expression }) =>
      expression ? [[index, expression]] : [],
    );
    if (expressions.length === 0 || reading === undefined) return NOTHING_EVALUATED;
    const of = JSON.stringify([expressions, shown, parsed?.of]);
    if (evaluated.of !== of) {
      evaluated = { of, result: evaluated.result };
      void evaluate(usable, reading).then((found) => {
        if (evaluated.of !== of) return;
        evaluated = { of, result: found };
        refresh();
      });
    }
    return evaluated.result;
  }

  function refresh(): void {
    const usable = usableMap(map);
    const read = parse(usable);
    shown = Math.max(0, Math.min(shown, read.readings.length - 1));
    reading = read.readings[shown];
    const { computed, problems } = evaluatedOf(usable, read);
    preview = reading && previewOf(reading, usable, computed, origin());
    sampleView.show(read.problem, shown, read.readings.length);
    work.toggle(preview !== undefined);
    if (preview !== undefined) summary.empty().append(summaryView(preview));
    const isAnyRecognised = preview?.rows.some((row) => row.kind === "value" && row.state === "recognised");
    acceptAll.toggle(isEditable && isAnyRecognised === true);
    showRows();
    result.show(preview);
    rules.show(map, preview?.rules, ruleProblems(map, problems));
    noRules.toggle((map.rules ?? []).length === 0);
    tools.show(map, read.arrays);
  }

  function origin(): ReadingOrigin {
    const imei = sample.topic === "" ? null : matchTopic(options.topicTemplate(), sample.topic);
    const common = { protocol: options.protocol(), receivedAt: sample.receivedAt };
    return typeof imei === "string" ? { ...common, topicImei: imei } : common;
  }

  if (sample !== NO_SAMPLE) sampleView.restore(sample);
  refresh();
}

/** What is wrong with each rule; a rule that is right may still have an expression that fails. */
function ruleProblems(
  { rules = [] }: FieldMap,
  failed: ReadonlyMap<number, Problem>,
): ReadonlyMap<number, Problem> {
  return new Map(
    rules.flatMap((rule, index) => {
      const problem = checkRule(rule) ?? failed.get(index);
      return problem === undefined ? [] : [[index, problem] as const];
    }),
  );
}

/** What a saved node has as its map; something else than a map is shown as a new one. */
export function savedMap(value: unknown): FieldMap {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  const { rules, ...map } = (isMap ? value : NEW_MAP) as FieldMap;
  const list = Array.isArray(rules) ? rules.filter((rule) => typeof rule === "object" && rule !== null) : [];
  return { ...withoutObjects(map), schema: 1, rules: list.map(withoutObjects) };
}

/** No part of a map or a rule is an object, and a field that shows one says nothing or fails. */
function withoutObjects<T extends object>(saved: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(saved).filter(([, value]) => typeof value !== "object"),
  ) as Partial<T>;
}
