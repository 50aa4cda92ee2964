import type { SavedDeviceConfig } from "../../src/device-config/device-config";
import { GLOBALMATIX } from "../../src/protocols/globalmatix/index";
import type { FieldMap } from "../../src/protocols/json/field-map";
import { mapEditor, savedMap } from "../editor/field-map/editor";
import { type EditorNode, keepEnvironment, red } from "../editor/kit/red";
import { createTabs } from "../editor/kit/tabs";

const NODE = "@mqtt-trackers/node-red-trackers/tracker-globalmatix-decoder:globalmatix-decoder";
const text = (key: string): string => red._(`${NODE}.${key}`);

type DecoderNode = EditorNode<{ fieldMap?: FieldMap; mapFrom?: string }>;
type DeviceConfigNode = EditorNode<SavedDeviceConfig & { name?: string }>;

const TABS = ["settings", "map"] as const;

/** The node's own map, where it was changed in the dialog that is open. */
let changedMap: FieldMap | undefined;
let stopListening: () => void = () => undefined;

export function prepare(node: DecoderNode): void {
  const container = $("#tracker-globalmatix-map");
  let shown = "";

  const chosenDevice = (): DeviceConfigNode | null =>
    red.nodes.node(String($("#node-input-device").val() ?? "")) as DeviceConfigNode | null;
  const topicTemplate = (): string =>
    chosenDevice()?.topics?.telemetry || GLOBALMATIX.defaults.topics.telemetry;

  /** The map that counts, where it is not shown already. */
  const showMap = (): void => {
    const isShared = $("#node-input-mapFrom").val() === "device";
    const device = isShared ? chosenDevice() : null;
    const now = JSON.stringify([isShared, device?.id, device?.fieldMap]);
    if (now === shown) return;
    shown = now;
    const content = $("<div>");
    container.empty();
    if (isShared) container.append(sharedNote(device));
    container.append(content);
    const common = { container: content, id: node.id, protocol: () => GLOBALMATIX.id, topicTemplate };
    if (!isShared) {
      const changed = (map: FieldMap): void => {
        changedMap = map;
      };
      mapEditor({ ...common, map: changedMap ?? savedMap(node.fieldMap), changed });
    } else if (device !== null) {
      mapEditor({ ...common, map: savedMap(device.fieldMap), readOnly: true });
    }
  };
  createTabs(
    "tracker-globalmatix-tabs",
    TABS.map((tab) => ({ id: `tracker-globalmatix-tab-${tab}`, label: text(`tab.${tab}`) })),
    (id) => {
      if (id === "tracker-globalmatix-tab-map") showMap();
    },
  );
  $("#node-input-mapFrom, #node-input-device").on("change", () => {
    if (container.is(":visible")) showMap();
  });
  // A device config that was changed in a dialog on top of this one.
  const refresh = (): void => {
    if (container.is(":visible")) showMap();
  };
  red.events.on("nodes:change", refresh);
  stopListening = () => red.events.off("nodes:change", refresh);
}

function sharedNote(device: DeviceConfigNode | null): JQuery {
  const note = $("<div>", { class: "tracker-globalmatix-shared" });
  if (device === null) return note.append($("<p>").text(text("shared.none")));
  const open = $("<button>", { type: "button", class: "red-ui-button" })
    .append($("<i>", { class: "fa fa-pencil" }).attr("aria-hidden", "true"), ` ${text("shared.edit")}`)
    .on("click", () => $("#node-input-btn-device-edit, #node-input-lookup-device").first().trigger("click"));
  const { name } = savedMap(device.fieldMap);
  const shown = [device.name || device.id, name].filter(Boolean).join(" · ");
  return note.append(
    $("<p>")
      .text(`${text("shared.of")} `)
      .append($("<b>").text(shown)),
    open,
  );
}

export function save(node: DecoderNode): void {
  if (changedMap !== undefined) Object.assign(node, { fieldMap: changedMap });
  keepEnvironment(node, "node-input", ["keepRaw"]);
  close();
}

export function close(): void {
  stopListening();
  changedMap = undefined;
}
