import { protocolOf } from "../protocols/index";
import type { SetUpTool, SheetSection } from "../protocols/sheet";
import type { UncheckedDeviceConfig } from "./device-config";

/**
 * What exactly to type into a tool of the vendor's so that devices publish to the configured broker.
 * `password` is null where it is not to be shown. Field names are those of the tools, which are in English.
 */
export function setupSheet(
  config: UncheckedDeviceConfig,
  shown: {
    readonly name: string;
    readonly password: string | null;
    /** Fields of the device config that are wrong; their lines say so. */
    readonly wrong?: readonly string[];
    /** The usual one of the protocol unless it is said. */
    readonly tool?: SetUpTool | undefined;
  },
): SheetSection[] {
  const { name, password, wrong = [], tool = protocolOf(config.protocol).tools[0] } = shown;
  const sections = tool.sheet({ ...config, name, password });
  return sections.map((section) => ({
    ...section,
    lines: section.lines.map((line) =>
      line.path !== undefined && wrong.includes(line.path) ? { ...line, note: "wrong" } : line,
    ),
  }));
}
