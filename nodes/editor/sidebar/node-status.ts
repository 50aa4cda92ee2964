import { type StatusTemplate, translateStatus } from "../../shared/status-text";
import { red } from "../red";
import { NAMESPACE } from "./texts";

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

function allTemplates(): StatusTemplate[] {
  const of = (lng?: string) =>
    red._(`${NAMESPACE}:sidebar.nodeStatus`, {
      returnObjects: true,
      ...(lng === undefined ? {} : { lng }),
      // Names are filled in later.
      interpolation: { skipOnVariables: true, prefix: "\u0001", suffix: "\u0001" },
    } as never) as unknown as Record<string, string>;
  const english = of("en-US");
  const translated = of();
  return Object.keys(english).map((key) => ({
    english: english[key] ?? "",
    translated: translated[key] ?? english[key] ?? "",
  }));
}
