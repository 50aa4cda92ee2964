import type { NodeInstance, RED } from "@node-red/editor-client";

/** Node-RED's editor, with what its published types have otherwise than the editor itself. */
type Editor = Omit<RED, "clipboard" | "tabs"> & {
  readonly clipboard: { copyText(text: string, element: JQuery, message: string): boolean };
  readonly tabs: {
    create(options: { id: string; onchange(tab: { id: string }): void }): {
      addTab(tab: { id: string; label: string }): void;
    };
  };
};

export const red = (window as unknown as { RED: Editor }).RED;

export type EditorNode<T extends object> = NodeInstance & T;

/** A text of this package's catalogues in the user's language. All shared texts are with the device config. */
export function translate(key: string, values: Record<string, string | number> = {}): string {
  return red._(`@mqtt-trackers/node-red-trackers/tracker-device-config:device-config.${key}`, values);
}

/** True for `${NAME}`, which Node-RED replaces by an environment variable when the flow starts. */
export function isEnvironment(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value.trim());
}
