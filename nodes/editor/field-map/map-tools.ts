import { AUTO, type FieldMap } from "../../../src/protocols/json/field-map";
import { READY_MADE } from "../../../src/protocols/json/maps/index";
import { isBlank, isTrue } from "../../../src/saved";
import { confirm, say } from "../kit/dialog";
import { download } from "../kit/download";
import { asProblem } from "../kit/problem";
import { translate } from "../kit/red";
import { NEW_MAP } from "./edit";
import { exportText, importMap, mapFileName } from "./file";
import { readFile } from "./read-file";
import { mapProblemText, mapText } from "./texts";

export interface MapToolsOptions {
  readonly isEditable: boolean;
  read(): FieldMap;
  change(map: FieldMap): void;
}

/** What counts for the whole map: recognition, readings, name; and the map as a file. */
export class MapTools {
  readonly options = $("<div>", { class: "tracker-fm-options" });
  readonly file = $("<div>", { class: "tracker-fm-file" });
  private readonly recognise = $("<input>", { type: "checkbox", class: "tracker-fm-recognise" });
  private readonly readings = $("<select>", { class: "tracker-fm-readings" });
  private readonly name = $("<input>", { type: "text", class: "tracker-fm-name" });
  private readonly failure = $("<div>", { class: "tracker-error", role: "alert" });

  constructor(private readonly tools: MapToolsOptions) {
    this.buildOptions();
    this.buildFile();
    if (!tools.isEditable) this.options.find("input, select").prop("disabled", true);
  }

  /** `arrays` has the paths in the sample that may hold the readings. */
  show({ recognise, readings, name = "" }: FieldMap, arrays: readonly string[]): void {
    this.recognise.prop("checked", isBlank(recognise) || isTrue(recognise));
    const chosen = readings ?? AUTO;
    const values = [...new Set([AUTO, "", ...arrays, chosen])];
    this.readings.empty();
    for (const value of values) {
      $("<option>", { value }).text(readingsText(value)).appendTo(this.readings);
    }
    this.readings.val(chosen);
    if (this.name.val() !== name) this.name.val(name);
  }

  private buildOptions(): void {
    const { read, change } = this.tools;
    this.recognise.on("change", () =>
      change({ ...read(), recognise: this.recognise.prop("checked") === true }),
    );
    this.readings.on("change", () => change({ ...read(), readings: String(this.readings.val()) }));
    this.options.append(
      $("<label>", { class: "tracker-fm-check" }).append(
        this.recognise,
        $("<span>").text(mapText("options.recognise")),
      ),
      $("<p>", { class: "tracker-hint" }).text(mapText("options.recogniseHint")),
      $("<label>", { class: "tracker-fm-field" }).append(
        $("<span>").text(mapText("options.readings")),
        this.readings,
      ),
    );
  }

  private buildFile(): void {
    const { read, change, isEditable } = this.tools;
    this.name
      .attr({ placeholder: mapText("file.namePlaceholder") })
      .on("input", () => change({ ...read(), name: String(this.name.val() ?? "") }))
      .prop("disabled", !isEditable);
    const file = $("<input>", { type: "file", accept: ".json", class: "tracker-fm-import" }).prop(
      "hidden",
      true,
    );
    file.on("change", () => this.import(file));
    const buttons = [
      button("export", "fa-download", () =>
        download(mapFileName(read()), exportText(read()), "application/json"),
      ),
      ...(isEditable
        ? [
            button("import", "fa-upload", () => file.trigger("click")),
            button("anew", "fa-eraser", () => this.anew()),
            this.readyMade(),
          ]
        : []),
    ];
    this.file.append(
      $("<label>", { class: "tracker-fm-field" }).append($("<span>").text(mapText("file.name")), this.name),
      $("<div>", { class: "tracker-fm-tools" }).append(...buttons, file),
      this.failure,
    );
  }

  private async import(file: JQuery): Promise<void> {
    const [chosen] = (file[0] as HTMLInputElement).files ?? [];
    file.val("");
    if (chosen === undefined) return;
    this.failure.empty();
    try {
      this.tools.change(importMap(await readFile(chosen)));
      say(mapText("file.imported"));
    } catch (error) {
      const { code, path = "", message } = asProblem(error);
      const isOfMap = /^(FIELD_MAP|MAP_|RULE_)/.test(code);
      const said = isOfMap ? translate(`error.${code}`) : mapProblemText({ code, message });
      // As text: a sentence that is not one of ours may have anything in it.
      const where = path === "" ? "" : $("<code>").text(path);
      this.failure.text(mapText("file.refused")).append(where, document.createTextNode(` ${said}`));
    }
  }

  /** Takes the place of all rules, with a map for JSON that others send. */
  private readyMade(): JQuery {
    const list = $("<select>", { class: "tracker-fm-ready-made" }).attr(
      "aria-label",
      mapText("file.readyMade"),
    );
    $("<option>", { value: "" }).text(mapText("file.readyMade")).appendTo(list);
    for (const { name } of READY_MADE) $("<option>", { value: name }).text(name).appendTo(list);
    return list.on("change", async () => {
      const map = READY_MADE.find(({ name }) => name === list.val());
      list.val("");
      if (map !== undefined && (await this.maySetAside())) this.tools.change({ ...map });
    });
  }

  private async anew(): Promise<void> {
    if (await this.maySetAside()) this.tools.change({ ...NEW_MAP });
  }

  /** Whether the rules that there are may go. */
  private async maySetAside(): Promise<boolean> {
    const question = $("<p>").text(mapText("file.anewQuestion"));
    const hasRules = (this.tools.read().rules ?? []).length > 0;
    return (
      !hasRules || (await confirm(question, { no: mapText("file.no"), yes: mapText("file.yes") })) === true
    );
  }
}

function readingsText(value: string): string {
  if (value === AUTO) return mapText("options.auto");
  return value === "" ? mapText("options.whole") : `${mapText("options.each")} ${value}`;
}

function button(name: string, icon: string, click: () => void): JQuery {
  return $("<button>", { type: "button", class: "red-ui-button red-ui-button-small" })
    .attr("data-action", name)
    .append($("<i>", { class: `fa ${icon}` }).attr("aria-hidden", "true"), ` ${mapText(`file.${name}`)}`)
    .on("click", click);
}
