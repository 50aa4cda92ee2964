import { deviceConfig, deviceConfigLogin, deviceConfigName } from "./device-configs";
import { type EditorNode, red, translate } from "./red";

/** The device config of a registry's devices, where they log in to our own broker. */
function deviceConfigOf(registry: unknown) {
  const node = red.nodes.node(String(registry ?? "")) as EditorNode<{ deviceConfig?: string }> | null;
  const found = deviceConfig(node?.deviceConfig ?? "");
  return found !== undefined && (found.platform || "own") === "own" ? found : undefined;
}

/** A sentence about the device config of a registry that has no password, and its id; undefined where it has one. */
export async function unsetPassword(
  registry: unknown,
): Promise<{ readonly id: string; readonly sentence: string } | undefined> {
  const config = deviceConfigOf(registry);
  if (config === undefined || (await deviceConfigLogin(config)).password !== "") return undefined;
  return { id: config.id, sentence: sentenceOf(deviceConfigName(config)) };
}

/**
 * The same at once, where the editor knows: of a device config that was imported and never deployed, or whose dialog was
 * open. What is deployed is asked of Node-RED where a dialog has the time.
 */
export function unsetPasswordNow(registry: unknown): string | undefined {
  const config = deviceConfigOf(registry);
  if (config === undefined) return undefined;
  const { credentials, changed } = config;
  const isKnown = credentials !== undefined || changed === true;
  if (!isKnown || credentials?.password || credentials?.has_password) return undefined;
  return sentenceOf(deviceConfigName(config));
}

function sentenceOf(name: string): string {
  return translate("error.PASSWORD_UNSET", { name });
}

/** Looks at all brokers again: a password was set, or taken away. */
export function checkBrokers(): void {
  red.nodes.eachNode((one) => {
    const node = one as { type: string; dirty?: boolean };
    if (node.type === "tracker-broker") {
      red.editor.validateNode(one as never);
      node.dirty = true;
    }
    return true;
  });
  red.view.redraw();
}
