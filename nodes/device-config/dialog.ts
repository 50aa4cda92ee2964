import {
  type BuiltInBroker,
  hasPreset,
  INPUT_COUNT,
  knownOr,
  knownProtocol,
  OUTPUT_COUNT,
  PLATFORMS,
  type Platform,
  platformOf,
  type SavedDeviceConfig,
  usualPort,
  withDefaults,
} from "../../src/device-config/device-config";
import {
  DELIVERIES,
  INTERLOCK_LIMITS,
  POLARITIES,
  type SavedInterlock,
  STOP_STATES,
  WHEN_UNSAFE,
} from "../../src/device-config/output-safety";
import { setupSheet } from "../../src/device-config/setup-sheet";
import { DEFAULT_PROTOCOL, type KnownProtocol, PROTOCOLS } from "../../src/protocols/index";
import { CHOICE_NAMES, CHOICES, type Choices } from "../../src/protocols/iotm/choices";
import type { FieldMap } from "../../src/protocols/json/field-map";
import type { SetUpTool, SheetLine, SheetSection } from "../../src/protocols/sheet";
import { TOPIC_ROLES } from "../../src/protocols/topics";
import { isTrue } from "../../src/saved";
import { mapEditor, savedMap } from "../editor/field-map/editor";
import { brokerOfConfig, runningBrokers } from "../editor/kit/built-in-broker";
import { setOptions } from "../editor/kit/form";
import { storedPassword } from "../editor/kit/password";
import {
  type EditorNode,
  isEnvironment,
  keepEnvironment,
  red,
  showInstead,
  translate,
  typedText,
} from "../editor/kit/red";
import { sensorList } from "../editor/kit/sensor-list";
import { printSheet, renderSheet, wiring } from "../editor/kit/sheet-view";
import { createTabs, type Tabs } from "../editor/kit/tabs";
import { checkBrokers } from "../editor/kit/unset-password";
import { checkField, wrongFields, wrongInterlock } from "../editor/kit/validate";
import { configField, fillSelect, textOf, textRow, typedNames } from "./form-parts";

type DeviceConfigNode = EditorNode<SavedDeviceConfig & { name?: string }>;

/** What Node-RED shows in a password field instead of a password that is stored. */
const STORED = "__PWRD__";

/** What a platform's preset fills. */
const PRESET_FIELDS = ["host", "port"];

const TABS = ["connection", "topics", "names", "sensors", "map", "sheet"] as const;
/** The tab where the user says what the values mean, by the field that it fills. */
const MEANING_TABS = { sensors: "sensors", fieldMap: "map" } as const;

/** The fields that can be wrong, and the tab they are on. Rows of the sensor list have their own messages. */
const CHECKED: Readonly<Partial<Record<keyof SavedDeviceConfig, (typeof TABS)[number]>>> = {
  host: "connection",
  port: "connection",
  topics: "topics",
  inputNames: "names",
  outputNames: "names",
  outputStops: "names",
  timedPolarity: "names",
  interlock: "names",
  delivery: "names",
  sensors: "sensors",
  choices: "sensors",
  offlineAfter: "connection",
  fieldMap: "map",
};

const INTERLOCK_NUMBERS = ["freshFor", "maxSpeed", "frameLife"] as const;

/** Reads the dialog that is open; Node-RED opens one at a time of a type. */
let readOpen: (() => SavedDeviceConfig) | undefined;

export function prepare(node: DeviceConfigNode): void {
  let stored: string | undefined;
  let sensors: ReturnType<typeof sensorList> | undefined;
  let tabs: Tabs | undefined;
  let map: FieldMap = node.fieldMap ?? {};
  let isMapShown = false;
  let broker: BuiltInBroker | undefined;

  fillForm(node);

  /** Only when it is looked at: most device configs have none. */
  const showMap = (): void => {
    if (isMapShown) return;
    isMapShown = true;
    mapEditor({
      container: $("#tracker-fieldMap"),
      id: node.id,
      map: savedMap(map),
      protocol: () => chosenProtocol().id,
      topicTemplate: () => textOf("topics-telemetry") || (chosenProtocol().defaults.topics.telemetry ?? ""),
      changed: (next) => {
        map = next;
        refresh();
      },
    });
  };

  const read = (): SavedDeviceConfig => ({
    protocol: textOf("protocol"),
    platform: textOf("platform"),
    host: typedText(configField("host")),
    port: typedText(configField("port")),
    tls: configField("tls").prop("checked") === true,
    clientId: textOf("clientId"),
    offlineAfter: textOf("offlineAfter"),
    topics: Object.fromEntries(
      TOPIC_ROLES.map((role) => [role, textOf(`topics-${role}`)]).filter(([, topic]) => topic !== ""),
    ),
    inputNames: typedNames("inputNames", INPUT_COUNT),
    outputNames: typedNames("outputNames", OUTPUT_COUNT),
    sensors: sensors?.read() ?? node.sensors ?? [],
    choices: readChoices(),
    showPersonal: configField("showPersonal").prop("checked") === true,
    invertTimedOutputs: configField("invertTimedOutputs").prop("checked") === true,
    outputStops: typedNames("outputStops", OUTPUT_COUNT),
    timedPolarity: typedNames("timedPolarity", OUTPUT_COUNT),
    interlock: readInterlock(node.interlock),
    delivery: textOf("delivery"),
    fieldMap: map,
  });
  readOpen = read;

  /** The password as the sheet would show it: what was typed, the platform's, or undefined where stored. */
  const typedPassword = (): string | undefined => {
    const typed = String(configField("password").val() ?? "");
    if (typed === STORED) return undefined;
    return typed || chosenPlatform().password || "";
  };
  const password = async (): Promise<string> => {
    stored ??= typedPassword() === undefined ? await storedPassword(node.id) : undefined;
    return typedPassword() ?? stored ?? "";
  };

  const sheet = (secret: string | null): SheetSection[] => {
    const saved = read();
    const config = withDefaults(saved, { user: textOf("user") }, broker);
    const tool = chosenTool();
    const shown = { name: textOf("name"), password: secret, wrong: wrongFields(saved), tool };
    return [...setupSheet(config, shown), ...wiring(saved)];
  };

  let revealed = false;
  /** The password, or undefined and a word about it where it cannot be had. */
  const tryPassword = (): Promise<string | undefined> =>
    password().catch(() => {
      red.notify(translate("sheet.notDeployed"), "warning");
      return undefined;
    });
  const lineText = async (line: SheetLine): Promise<string | undefined> => {
    if (!line.secret) return line.value;
    const secret = await tryPassword();
    if (secret === undefined) return undefined;
    const lines = sheet(secret).flatMap((section) => section.lines);
    return lines.find((found) => found.field === line.field)?.value;
  };
  const secretNow = (): string | null => {
    const typed = typedPassword();
    if (typed === "") return "";
    return revealed ? (typed ?? stored ?? null) : null;
  };
  const refresh = () => {
    showPreset(broker);
    showProtocol();
    const { meaning } = chosenProtocol();
    for (const [field, tab] of Object.entries(MEANING_TABS)) {
      tabs?.toggle(`tracker-tab-${tab}`, field === meaning);
    }
    showErrors(read());
    showTools();
    $("#tracker-sheet")
      .empty()
      .append(renderSheet(sheet(secretNow()), lineText));
    $("#tracker-sheet-show")
      .toggle(typedPassword() !== "")
      .find("span")
      .text(translate(revealed ? "sheet.hide" : "sheet.show"));
  };

  sensors = sensorList($("#node-config-input-sensors-list"), node.sensors ?? [], refresh);
  $("#tracker-sensors-likely").on("click", () => sensors?.addLikely());
  $("#tracker-sheet-show").on("click", async () => {
    revealed = !revealed && (await tryPassword()) !== undefined;
    refresh();
  });
  $("#tracker-sheet-print").on("click", () =>
    printSheet(textOf("name") || translate("sheet.title"), sheet(secretNow())),
  );

  tabs = createTabs(
    "tracker-device-config-tabs",
    TABS.map((tab) => ({ id: `tracker-tab-${tab}`, label: translate(`tab.${tab}`) })),
    (id) => {
      if (id === "tracker-tab-map") showMap();
    },
  );
  $("#tracker-device-config").on("input change", "input, select", refresh);
  refresh();
  void runningBrokers().then((found) => {
    if (readOpen !== read) return;
    broker = brokerOfConfig(found, node.id);
    refresh();
  });
}

/** Makes the fields that Node-RED does not fill itself. */
function fillForm(node: DeviceConfigNode): void {
  const protocols = PROTOCOLS.map(({ id }) => id);
  fillSelect("protocol", protocols, node.protocol || DEFAULT_PROTOCOL.id);
  fillSelect("platform", Object.keys(PLATFORMS), node.platform || "own");

  for (const role of TOPIC_ROLES) {
    textRow("topics", role, translate(`topic.${role}`), node.topics?.[role]);
  }
  for (let n = 1; n <= INPUT_COUNT; n++) {
    textRow("inputNames", n, translate("input", { n }), node.inputNames?.[n - 1]);
  }
  for (let n = 1; n <= OUTPUT_COUNT; n++) {
    const row = textRow("outputNames", n, translate("output", { n }), node.outputNames?.[n - 1]);
    for (const [list, texts, choices] of [
      ["outputStops", "stopsOf", STOP_STATES],
      ["timedPolarity", "polarityOf", POLARITIES],
    ] as const) {
      const label = translate(texts, { output: translate("output", { n }) });
      const id = `node-config-input-${list}-${n}`;
      row.append($("<select>", { id, class: "tracker-outputs-only", "aria-label": label }));
      fillSelect(`${list}-${n}`, choices, node[list]?.[n - 1] ?? "", list);
    }
  }
  fillChoices(node);
  for (const part of INTERLOCK_NUMBERS) {
    const { preset } = INTERLOCK_LIMITS[part];
    configField(`interlock-${part}`)
      .attr("placeholder", preset)
      .val(node.interlock?.[part] ?? "");
  }
  const { ignitionOff } = node.interlock ?? {};
  configField("interlock-ignitionOff").prop("checked", isTrue(ignitionOff) || isEnvironment(ignitionOff));
  fillSelect("interlock-whenUnsafe", WHEN_UNSAFE, node.interlock?.whenUnsafe || "refuse", "whenUnsafe");
  fillSelect("delivery", ["", ...DELIVERIES], node.delivery ?? "");
}

/** How values count where sources disagree. */
function fillChoices(node: DeviceConfigNode): void {
  for (const name of CHOICE_NAMES) {
    const id = `node-config-input-choices-${name}`;
    const label = $("<label>", { for: id }).text(translate(`choice.${name}.label`));
    $("<div>", { class: "form-row" }).append(label, $("<select>", { id })).appendTo("#tracker-choices");
    const options = ["", ...Object.keys(CHOICES[name])];
    fillSelect(`choices-${name}`, options, String(node.choices?.[name] ?? ""), `choice.${name}`);
  }
}

/** What was chosen; what is as usual is left out. */
function readChoices(): Choices {
  return Object.fromEntries(
    CHOICE_NAMES.map((name) => [name, textOf(`choices-${name}`)]).filter(([, option]) => option !== ""),
  );
}

/** The interlock as it stands in the dialog; what is as usual is left out. */
function readInterlock(saved: SavedInterlock = {}): SavedInterlock {
  const whenUnsafe = textOf("interlock-whenUnsafe");
  const isChecked = configField("interlock-ignitionOff").prop("checked") === true;
  // A check box cannot show ${NAME}: it stays unless the user takes the mark away.
  const ignitionOff = isChecked && isEnvironment(saved.ignitionOff) ? saved.ignitionOff : isChecked;
  return Object.fromEntries(
    Object.entries({
      freshFor: textOf("interlock-freshFor"),
      maxSpeed: textOf("interlock-maxSpeed"),
      frameLife: textOf("interlock-frameLife"),
      ignitionOff,
      whenUnsafe: whenUnsafe === "refuse" ? "" : whenUnsafe,
    }).filter(([, value]) => value !== "" && value !== false),
  );
}

export function save(node: DeviceConfigNode): void {
  const { topics, inputNames, outputNames, sensors, choices, outputStops, timedPolarity } =
    readOpen?.() ?? {};
  const { interlock, fieldMap } = readOpen?.() ?? {};
  Object.assign(node, {
    topics,
    inputNames,
    outputNames,
    sensors,
    choices,
    outputStops,
    timedPolarity,
    interlock,
    fieldMap,
  });
  // Node-RED reads the other fields next: what the user typed, not what a preset shows.
  for (const name of PRESET_FIELDS) showInstead(configField(name), undefined);
  keepEnvironment(node, "node-config-input", ["tls", "invertTimedOutputs", "showPersonal"]);
  // Node-RED takes the password from its field after this.
  setTimeout(checkBrokers);
  close();
}

export function close(): void {
  readOpen = undefined;
}

/** One labelled text field of a list, such as the topic of a role. */
/** A platform with a host of its own fills host and port; the fields then only show them. */
function showPreset(broker?: BuiltInBroker): void {
  const platform = platformOf(knownOr("own", textOf("platform"), PLATFORMS), broker);
  const port = String(usualPort(platform, configField("tls").prop("checked") === true));
  configField("host").attr("placeholder", translate("hostExample"));
  configField("port").attr("placeholder", port);
  showInstead(configField("host"), hasPreset(platform) ? platform.host : undefined);
  showInstead(configField("port"), hasPreset(platform) ? port : undefined);
}

function chosenPlatform(): Platform {
  return PLATFORMS[knownOr("own", textOf("platform"), PLATFORMS)];
}

function chosenProtocol(): KnownProtocol {
  return knownProtocol({ protocol: textOf("protocol") });
}

/** The tool that the sheet is for, which is not saved: devices of one config can be set up in several. */
function chosenTool(): SetUpTool | undefined {
  return chosenProtocol().tools.find(({ name }) => name === $("#tracker-sheet-tool").val());
}

function showTools(): void {
  const { tools } = chosenProtocol();
  setOptions(
    $("#tracker-sheet-tool"),
    tools.map(({ name }) => ({ value: name, text: name })),
  );
  $(".tracker-sheet-tool").toggle(tools.length > 1);
}

/** The defaults of the protocol stand in the empty fields. */
function showProtocol(): void {
  const { defaults, connects, outputs } = chosenProtocol();
  for (const role of TOPIC_ROLES) {
    const topic = defaults.topics[role];
    configField(`topics-${role}`)
      .attr("placeholder", topic ?? "")
      .closest(".form-row")
      .toggle(topic !== undefined);
  }
  configField("clientId").attr("placeholder", defaults.clientId);
  configField("user").attr("placeholder", defaults.user);
  $(".tracker-device-only").toggle(connects === "device");
  $(".tracker-outputs-only").toggle(outputs !== undefined);
}

function showErrors(saved: SavedDeviceConfig): void {
  const tabsWithErrors = new Set<string>();
  for (const [name, tab] of Object.entries(CHECKED) as [keyof SavedDeviceConfig, string][]) {
    const result = checkField(name, saved[name]);
    $(`#tracker-error-${name}`).text(result === true ? "" : result);
    if (result !== true) tabsWithErrors.add(tab);
  }
  for (const tab of TABS) {
    $(`#red-ui-tab-tracker-tab-${tab}`).toggleClass("tracker-tab-error", tabsWithErrors.has(tab));
  }
  showInterlock(saved);
  const wrong = wrongFields(saved);
  for (const role of TOPIC_ROLES) {
    configField(`topics-${role}`).toggleClass("input-error", wrong.includes(`topics.${role}`));
  }
}

/** The interlock only counts where an output stops the vehicle. What is wrong with it can always be mended. */
function showInterlock({ outputStops = [], interlock }: SavedDeviceConfig): void {
  const wrong = wrongInterlock(interlock);
  for (const part of [...INTERLOCK_NUMBERS, "whenUnsafe"]) {
    const message = wrong.get(part) ?? "";
    $(`#tracker-error-interlock-${part}`).text(message);
    configField(`interlock-${part}`)
      .toggleClass("input-error", message !== "")
      .attr("aria-invalid", String(message !== ""));
  }
  const counts = chosenProtocol().outputs !== undefined && outputStops.some((state) => state !== "");
  $("#tracker-interlock").toggle(counts || wrong.size > 0);
}
