import {
  hasPreset,
  INPUT_COUNT,
  OUTPUT_COUNT,
  PLATFORMS,
  type Platform,
  type PlatformName,
  PROTOCOLS,
  type Protocol,
  resolveDeviceConfig,
  type SavedDeviceConfig,
  TOPIC_ROLES,
} from "../../src/device/device-config";
import { type SheetLine, type SheetSection, setupSheet } from "../../src/device/setup-sheet";
import { type EditorNode, isEnvironment, red, translate } from "./red";
import { sensorList } from "./sensor-list";
import { printSheet, renderSheet } from "./sheet-view";
import { checkField, withoutEnvironment } from "./validate";

type DeviceConfigNode = EditorNode<SavedDeviceConfig & { name?: string }>;

/** What Node-RED shows in a password field instead of a password that is stored. */
const STORED = "__PWRD__";

const TABS = ["connection", "topics", "names", "sensors", "sheet"] as const;

/** The fields whose messages stand below them; the rows of the sensor list have their own. */
const CHECKED: readonly (keyof SavedDeviceConfig)[] = ["host", "port", "topics", "inputNames", "outputNames"];

interface Dialog {
  read(): SavedDeviceConfig;
}
/** The dialog that is open; Node-RED opens one at a time of a type. */
let open: Dialog | undefined;

const field = (name: string): JQuery => $(`#node-config-input-${name}`);
const textOf = (name: string): string => String(field(name).val() ?? "").trim();

export function prepare(node: DeviceConfigNode): void {
  let shown: string | undefined;
  let sensors: ReturnType<typeof sensorList> | undefined;

  const fillSelect = (name: string, values: readonly string[], value: string) => {
    for (const option of values) {
      $("<option>", { value: option })
        .text(translate(`${name}.${option}`))
        .appendTo(field(name));
    }
    field(name).val(value);
  };
  fillSelect("protocol", Object.keys(PROTOCOLS), node.protocol || "iotm");
  fillSelect("platform", Object.keys(PLATFORMS), node.platform || "own");

  for (const role of TOPIC_ROLES) {
    textRow("topics", role, translate(`topic.${role}`), node.topics?.[role]);
  }
  for (let n = 1; n <= INPUT_COUNT; n++) {
    textRow("inputNames", n, translate("input", { n }), node.inputNames?.[n - 1]);
  }
  for (let n = 1; n <= OUTPUT_COUNT; n++) {
    textRow("outputNames", n, translate("output", { n }), node.outputNames?.[n - 1]);
  }

  const read = (): SavedDeviceConfig => ({
    protocol: textOf("protocol"),
    platform: textOf("platform"),
    host: textOf("host"),
    port: textOf("port"),
    tls: field("tls").prop("checked") === true,
    clientId: textOf("clientId"),
    topics: Object.fromEntries(
      TOPIC_ROLES.map((role) => [role, textOf(`topics-${role}`)]).filter(([, topic]) => topic !== ""),
    ),
    inputNames: namesOf("inputNames", INPUT_COUNT),
    outputNames: namesOf("outputNames", OUTPUT_COUNT),
    sensors: sensors?.read() ?? node.sensors ?? [],
    invertTimedOutputs: field("invertTimedOutputs").prop("checked") === true,
  });
  open = { read };

  /** The password as the sheet would show it: what was typed, the platform's, or undefined where stored. */
  const typedPassword = (): string | undefined => {
    const typed = String(field("password").val() ?? "");
    if (typed === STORED) return undefined;
    const platform: Platform = PLATFORMS[textOf("platform") as PlatformName];
    return typed || platform.password || "";
  };
  const password = async (): Promise<string> => {
    shown ??= typedPassword() === undefined ? await storedPassword(node.id) : undefined;
    return typedPassword() ?? shown ?? "";
  };

  const sheet = (secret: string | null): SheetSection[] => {
    const saved = read();
    const usable = withoutEnvironment(saved) as SavedDeviceConfig;
    const valid = Object.fromEntries(
      Object.entries(usable).filter(
        ([name, value]) => checkField(name as keyof SavedDeviceConfig, value) === true,
      ),
    );
    const config = resolveDeviceConfig(valid, { user: textOf("user") });
    return setupSheet(
      {
        ...config,
        ...(isEnvironment(saved.host) ? { host: saved.host as string } : {}),
        ...(isEnvironment(saved.port) ? { port: saved.port as string } : {}),
      },
      { name: textOf("name"), password: secret },
    );
  };

  let revealed = false;
  const lineText = async (line: SheetLine): Promise<string> => {
    if (!line.secret) return line.value;
    const lines = sheet(await password()).flatMap((section) => section.lines);
    return lines.find((found) => found.field === line.field)?.value ?? "";
  };
  const secretNow = (): string | null => {
    const typed = typedPassword();
    if (typed === "") return "";
    return revealed ? (typed ?? shown ?? null) : null;
  };
  const refresh = () => {
    showPreset();
    showProtocol();
    showErrors(read());
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
    revealed = !revealed;
    try {
      if (revealed) await password();
    } catch {
      revealed = false;
      red.notify(translate("sheet.notDeployed"), "warning");
    }
    refresh();
  });
  $("#tracker-sheet-print").on("click", () =>
    printSheet(textOf("name") || translate("sheet.title"), sheet(secretNow())),
  );

  const tabs = red.tabs.create({
    id: "tracker-device-config-tabs",
    onchange: (tab: { id: string }) => {
      $("#tracker-device-config-content").children().hide();
      $(`#${tab.id}`).show();
    },
  });
  for (const tab of TABS) {
    tabs.addTab({ id: `tracker-tab-${tab}`, label: translate(`tab.${tab}`) });
  }
  $("#tracker-device-config").on("input change", "input, select", refresh);
  refresh();
}

export function save(node: DeviceConfigNode): void {
  const { topics, inputNames, outputNames, sensors } = open?.read() ?? {};
  Object.assign(node, { topics, inputNames, outputNames, sensors });
  close();
}

export function close(): void {
  open = undefined;
}

/** One labelled text field of a list, such as the topic of a role. */
function textRow(list: string, id: string | number, label: string, value: string | undefined): void {
  const inputId = `node-config-input-${list}-${id}`;
  $("<div>", { class: "form-row" })
    .append(
      $("<label>", { for: inputId }).text(label),
      $("<input>", { type: "text", id: inputId }).val(value ?? ""),
    )
    .appendTo(`#tracker-${list}`);
}

function namesOf(list: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => textOf(`${list}-${index + 1}`));
  return names.every((name) => name === "") ? [] : names;
}

/** A platform with a host of its own fills host and port; the fields then only show them. */
function showPreset(): void {
  const platform: Platform = PLATFORMS[textOf("platform") as PlatformName];
  const preset = hasPreset(platform);
  const port = field("tls").prop("checked") ? platform.tlsPort : platform.port;
  field("host").attr("placeholder", platform.host || translate("hostExample"));
  field("port").attr("placeholder", String(port));
  for (const name of ["host", "port"]) {
    const input = field(name);
    if (preset === input.prop("disabled")) continue;
    // What the user typed comes back when the preset is left again.
    if (preset) input.data("typed", String(input.val() ?? "")).val("");
    else input.val(input.data("typed"));
    input.prop("disabled", preset);
  }
}

/** The defaults of the protocol stand in the empty fields. */
function showProtocol(): void {
  const protocol = textOf("protocol") as Protocol;
  const defaults = PROTOCOLS[protocol];
  for (const role of TOPIC_ROLES) {
    field(`topics-${role}`)
      .attr("placeholder", defaults.topics[role])
      .closest(".form-row")
      .toggle(protocol === "iotm" || role === "telemetry");
  }
  field("clientId").attr("placeholder", defaults.clientId);
  field("user").attr("placeholder", defaults.user);
  $(".tracker-iotm-only").toggle(protocol === "iotm");
}

function showErrors(saved: SavedDeviceConfig): void {
  for (const name of CHECKED) {
    const result = checkField(name, saved[name]);
    $(`#tracker-error-${name}`).text(result === true ? "" : result);
  }
  for (const role of TOPIC_ROLES) {
    const wrong = checkField("topics", { [role]: textOf(`topics-${role}`) }) !== true;
    field(`topics-${role}`).toggleClass("input-error", wrong);
  }
}

async function storedPassword(id: string): Promise<string> {
  const answer: { password: string } = await $.getJSON(
    `trackers/device-config/${encodeURIComponent(id)}/password`,
  );
  return answer.password;
}
