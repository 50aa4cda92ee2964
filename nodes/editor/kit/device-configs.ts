import {
  type DeviceCredentials,
  OUTPUT_COUNT,
  type SavedDeviceConfig,
  savedProtocol,
} from "../../../src/device-config/device-config";
import type { TriedPolarity } from "../../../src/device-config/output-safety";
import type { Protocol } from "../../../src/protocols/protocol";
import { type EditorNode, red } from "./red";

const TYPE = "tracker-device-config";

/** A device config as it stands in the editor, deployed or not. */
export type DeployedConfigNode = EditorNode<SavedDeviceConfig & { name?: string }> & {
  readonly changed?: boolean;
  readonly d?: boolean;
  readonly credentials?: Credentials;
};

type Credentials = DeviceCredentials & { readonly has_password?: boolean };

/** The device configs of the editor, by name; `first` comes first. Of one protocol, where that is given. */
export function deviceConfigs(first: string, protocol?: Protocol): DeployedConfigNode[] {
  const found: DeployedConfigNode[] = [];
  red.nodes.eachConfig((node) => {
    const deviceConfig = node as unknown as DeployedConfigNode & { type: string };
    if (deviceConfig.type !== TYPE || deviceConfig.d) return true;
    if (protocol === undefined || savedProtocol(deviceConfig)?.id === protocol.id) found.push(deviceConfig);
    return true;
  });
  return found.sort(
    (a, b) =>
      Number(b.id === first) - Number(a.id === first) ||
      deviceConfigName(a).localeCompare(deviceConfigName(b)),
  );
}

export function deviceConfig(id: string): DeployedConfigNode | undefined {
  return id === "" ? undefined : deviceConfigs("").find((node) => node.id === id);
}

const SAVED = [
  "protocol",
  "platform",
  "host",
  "port",
  "tls",
  "topics",
  "clientId",
  "inputNames",
  "outputNames",
  "sensors",
  "invertTimedOutputs",
  "timedPolarity",
  "outputStops",
  "interlock",
  "delivery",
  "offlineAfter",
] as const satisfies (keyof SavedDeviceConfig)[];

/** What is saved of a device config, without all that the editor hangs on its nodes. */
export function savedConfig(node: DeployedConfigNode): SavedDeviceConfig {
  return Object.fromEntries(SAVED.map((name) => [name, node[name]]));
}

export function deviceConfigName(node: DeployedConfigNode): string {
  return red.utils.getNodeLabel(node as never, node.id);
}

/** Changes what a device config says of timed commands to an output, as its dialog would; it counts after Deploy. */
export function setPolarity(node: DeployedConfigNode, output: number, polarity: TriedPolarity): void {
  const { timedPolarity: before = [], changed } = node;
  const timedPolarity = Array.from({ length: OUTPUT_COUNT }, (_, index) =>
    index === output - 1 ? polarity : (before[index] ?? ""),
  );
  const edit = { t: "edit", node, changes: { timedPolarity: before }, changed, dirty: red.nodes.dirty() };
  Object.assign(node, { timedPolarity, changed: true, dirty: true });
  red.nodes.dirty(true);
  red.history.push(edit as never);
  red.events.emit("nodes:change", node as never);
}

/** Opens a device config in Node-RED's own editor. */
export function editDeviceConfig(id: string): void {
  red.editor.editConfig("", TYPE, id, "");
}

/** Opens a new device config in Node-RED's own editor, for this protocol. */
export function addDeviceConfig(protocol: Protocol): void {
  const { defaults } = red.nodes.getType(TYPE) as unknown as { defaults: { protocol: { value: string } } };
  const usual = defaults.protocol.value;
  // A new node takes its values from the defaults while its dialog is opened, and there is no other way in.
  defaults.protocol.value = protocol.id;
  try {
    editDeviceConfig("_ADD_");
  } finally {
    defaults.protocol.value = usual;
  }
}

/** What Node-RED has in place of a password that is stored. */
const STORED = "__PWRD__";

export interface ShownLogin {
  readonly user: string;
  /** Empty where there is none; undefined where Node-RED has it, but does not tell unasked. */
  readonly password: string | undefined;
}

/** The login of a device config: as typed and not yet deployed, else as Node-RED has it. */
export async function deviceConfigLogin(node: DeployedConfigNode): Promise<ShownLogin> {
  const credentials = node.credentials ?? (await storedCredentials(node.id));
  const { user = "", password = credentials.has_password ? STORED : "" } = credentials;
  return { user, password: password === STORED ? undefined : password };
}

/** Node-RED tells all but passwords. A device config that is not deployed has nothing stored. */
async function storedCredentials(id: string): Promise<Credentials> {
  try {
    return await $.getJSON(`credentials/${TYPE}/${encodeURIComponent(id)}`);
  } catch {
    return {};
  }
}

/**
 * Presses Deploy while a dialog is open, which Node-RED's shade over the header prevents. The shade comes back
 * when that is done.
 */
export function deploy(): void {
  const shade = $("#red-ui-header-shade");
  shade.hide();
  const deployed = () => {
    red.events.off("deploy", deployed);
    if ($("#red-ui-editor-stack .red-ui-tray").length > 0) shade.show();
  };
  red.events.on("deploy", deployed);
  red.actions.invoke("core:deploy-flows");
}

/** True where a registry stands in the editor, deployed or not. */
export function hasRegistryNode(): boolean {
  let found = false;
  red.nodes.eachConfig((node) => {
    if ((node as unknown as { type: string }).type === "tracker-registry") found = true;
    return true;
  });
  return found;
}
