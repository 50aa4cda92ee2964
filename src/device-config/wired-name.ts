import { INPUT_COUNT, OUTPUT_COUNT } from "./device-config";

/** What a device config says of names, saved or deployed. */
interface Names {
  readonly inputNames?: readonly string[] | undefined;
  readonly outputNames?: readonly string[] | undefined;
}

/** The name of what is wired to an input or output, such as `input1`; empty where nothing is, or the key is none. */
export function wiredName(key: string, config: Names | undefined): string {
  const [, kind, digit] = /^(input|output)(\d)$/.exec(key) ?? [];
  const number = Number(digit);
  const count = kind === "input" ? INPUT_COUNT : OUTPUT_COUNT;
  if (kind === undefined || !(number >= 1 && number <= count)) return "";
  const names = kind === "input" ? config?.inputNames : config?.outputNames;
  return names?.[number - 1]?.trim() ?? "";
}
