import type { FieldMap } from "../field-map";
import { FLESPI } from "./flespi";
import { NGP_MAP } from "./ngp";
import { OWNTRACKS_MAP } from "./owntracks";
import { TELTONIKA } from "./teltonika";
import { TRACCAR_MAP } from "./traccar";

/**
 * Field maps for JSON that others are known to send. Each says its name; docs/globalmatix.md says how sure each is. What no rule
 * names keeps its path, and is not guessed at.
 */
export const READY_MADE: readonly (FieldMap & { readonly name: string })[] = [
  OWNTRACKS_MAP,
  NGP_MAP,
  TRACCAR_MAP,
  FLESPI,
  TELTONIKA,
];
