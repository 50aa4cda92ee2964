import { type Problem, TrackerError } from "../../../src/errors";
import { checkFieldMap, type FieldMap } from "../../../src/protocols/json/field-map";
import { parseJson } from "../../../src/protocols/json/json";

/** A field map as the text of a file. */
export function exportText(map: FieldMap): string {
  return `${JSON.stringify({ schema: 1, ...map }, null, 2)}\n`;
}

/** Name of the file for a map. */
export function mapFileName({ name = "" }: FieldMap): string {
  const plain = String(name)
    .trim()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return `${plain || "field-map"}.json`;
}

const PARTS = ["schema", "name", "readings", "recognise", "rules"] as const;

/** The field map in the text of a file. Throws `JSON_SYNTAX`, or the first problem of `checkFieldMap`. */
export function importMap(text: string): FieldMap {
  const read = parseJson(text.replace(/^\ufeff/, ""));
  const [problem] = isFieldMap(read) ? checkFieldMap(read) : [NO_MAP];
  if (problem !== undefined) throw new TrackerError(problem);
  const map = read as Readonly<Record<string, unknown>>;
  return Object.fromEntries(PARTS.flatMap((part) => (Object.hasOwn(map, part) ? [[part, map[part]]] : [])));
}

const NO_MAP: Problem = { code: "FIELD_MAP", path: "", message: "this is no field map of this version" };

/** A file has to say that it is one: any JSON object would do as a map without rules. */
function isFieldMap(read: unknown): boolean {
  return typeof read === "object" && read !== null && Object.hasOwn(read, "rules");
}
