import { TrackerError } from "../../../src/errors";
import { MAX_SAMPLE } from "./preview";

/** The text of a file that a person chose. Rejects with `SAMPLE_TOO_LARGE` or `JSON_UTF8`. */
export async function readFile(file: File): Promise<string> {
  if (file.size > MAX_SAMPLE) {
    throw new TrackerError({ code: "SAMPLE_TOO_LARGE", message: "this file is too large" });
  }
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new TrackerError({ code: "JSON_UTF8", message: "not text in UTF-8" });
  }
}
