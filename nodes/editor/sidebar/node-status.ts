import { STATUS_KEYS, type StatusTemplate, translateStatus } from "../../../src/status-text";
import { red } from "../kit/red";
import { NAMESPACE } from "../kit/texts";

const TYPES = /^tracker-/;

interface StatusNode {
  readonly type: string;
  status?: { text?: string };
  dirtyStatus?: boolean;
}

/** Shows the statuses of this package's nodes in the editor's language. */
export function translateStatuses(): void {
  if (red.i18n.lang().startsWith("en")) return;
  let templates: StatusTemplate[] | undefined;
  red.comms.subscribe("status/#", (topic) => {
    const id = topic.split("/")[1] ?? "";
    // The editor itself takes the status in now, before or after this.
    setTimeout(() => {
      const node = red.nodes.node(id) as unknown as StatusNode | null;
      const text = node?.status?.text;
      if (node === null || text === undefined || !TYPES.test(node.type)) return;
      templates ??= allTemplates();
      const translated = translateStatus(text, templates);
      if (translated === text) return;
      node.status = { ...node.status, text: translated };
      (red.view as unknown as { redrawStatus(node: object): void }).redrawStatus(node);
    }, 0);
  });
}

/** Without values the marks stay in a text as they are. */
function allTemplates(): StatusTemplate[] {
  return STATUS_KEYS.map((key) => {
    const path = `${NAMESPACE}:sidebar.nodeStatus.${key}`;
    return { english: red._(path, { lng: "en-US" }), translated: red._(path) };
  });
}
