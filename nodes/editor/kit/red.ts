import type { NodeInstance, RED } from "@node-red/editor-client";

/** What Node-RED's tray takes, with what its published types leave out. */
export interface TrayOptions {
  title: string;
  width?: number | "inherit";
  buttons: { id: string; text: string; class?: string; click(): void }[];
  focusElement?: JQuery | false;
  open(tray: JQuery): void;
  show?(): void;
  close?(): void;
  resize?(size: { width?: number; height?: number }): void;
}

export interface Notification {
  close(): void;
}

/** Node-RED's editor, with what its published types have otherwise than the editor itself. */
type Editor = Omit<
  RED,
  "clipboard" | "tabs" | "tray" | "notify" | "comms" | "actions" | "sidebar" | "popover" | "menu"
> & {
  readonly clipboard: { copyText(text: string, element: JQuery, message: string): boolean };
  readonly tabs: {
    create(options: { id: string; onchange(tab: { id: string }): void }): {
      addTab(tab: { id: string; label: string }): void;
      activateTab(id: string): void;
    };
  };
  readonly tray: { show(options: TrayOptions): void; close(done?: () => void): void; resize(): void };
  /** A string is taken as HTML: what comes from outside has to be an element. */
  notify(
    content: string | JQuery,
    options?:
      | string
      | {
          type?: string;
          modal?: boolean;
          fixed?: boolean;
          timeout?: number;
          buttons?: { id?: string; text: string; class?: string; click(): void }[];
        },
  ): Notification;
  readonly comms: {
    subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
    on(event: "connect", listener: () => void): void;
  };
  readonly actions: {
    add(id: string, run: () => void, options?: { label: string }): void;
    invoke(id: string): void;
  };
  readonly sidebar: {
    addTab(tab: {
      id: string;
      label: string;
      name: string;
      iconClass: string;
      content: JQuery;
      action: string;
    }): void;
    show(id: string): void;
    containsTab(id: string): boolean;
  };
  readonly popover: { tooltip(target: JQuery, text: string): unknown };
};

export const red = (window as unknown as { RED: Editor }).RED;

export type EditorNode<T extends object> = NodeInstance & T;

/** A text of this package's catalogues in the user's language. All shared texts are with the device config. */
export function translate(key: string, values: Record<string, string | number> = {}): string {
  return red._(`@mqtt-trackers/node-red-trackers/tracker-device-config:device-config.${key}`, values);
}

/** True for `${NAME}`, which Node-RED replaces by an environment variable when the flow starts. */
export function isEnvironment(value: unknown): value is string {
  return typeof value === "string" && /^\$\{\S+\}$/.test(value);
}

/**
 * Shows a value in place of what the user typed, in a field that then cannot be edited; `undefined` brings the
 * user's own text back.
 */
export function showInstead(input: JQuery, shown: string | undefined): void {
  const overridden = input.prop("disabled") === true;
  if (shown !== undefined && !overridden) input.data("typed", String(input.val() ?? ""));
  if (shown !== undefined) input.val(shown);
  else if (overridden) input.val(String(input.data("typed") ?? ""));
  input.prop("disabled", shown !== undefined);
}

/** What the user typed, also while another value is shown in its place. */
export function typedText(input: JQuery): string {
  return String((input.prop("disabled") === true ? input.data("typed") : input.val()) ?? "").trim();
}

/** Chooses a config node in a dialog where the node has none yet and there is exactly one to choose. */
export function chooseOnly(node: object, field: string, type: string): void {
  const ids: string[] = [];
  red.nodes.eachConfig((config) => {
    const { id, type: found } = config as unknown as { id: string; type: string };
    if (found === type) ids.push(id);
    return true;
  });
  const [only] = ids;
  const has = (node as Record<string, unknown>)[field];
  if (!has && only !== undefined && ids.length === 1) $(`#node-input-${field}`).val(only).trigger("change");
}

/**
 * A check box cannot show `${NAME}`. Called on save: a saved environment variable is kept unless the user has
 * clicked the box, by hiding the box from Node-RED, which would read it as true.
 */
export function keepEnvironment(node: object, prefix: string, names: readonly string[]): void {
  for (const name of names) {
    const box = $(`#${prefix}-${name}`);
    const saved = (node as Record<string, unknown>)[name];
    if (isEnvironment(saved) && box.prop("checked") === true) box.removeAttr("id");
  }
}
