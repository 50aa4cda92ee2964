import { toText } from "../../../src/bytes/text";
import { TrackerError } from "../../../src/errors";
import { MAX_SAMPLE } from "./preview";

/** The text of a file that a person chose. Rejects with `SAMPLE_TOO_LARGE`. */
export async function readFile(file: File): Promise<string> {
  if (file.size > MAX_SAMPLE) {
    throw new TrackerError({ code: "SAMPLE_TOO_LARGE", message: "this file is too large" });
  }
  return toText(new Uint8Array(await file.arrayBuffer()));
}
