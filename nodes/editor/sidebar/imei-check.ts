import { readImei } from "../../../src/devices/imei-input";
import { TrackerError } from "../../../src/errors";
import type { Row } from "../../../src/fleet/views";
import { imeiCheckDigit } from "../../../src/model/imei";
import { titleOf } from "./rows";

export interface ImeiVerdict {
  /** The digits alone, where it can be registered. */
  readonly imei?: string;
  /** What is wrong or worth knowing; a code with the values of its sentence. */
  readonly code?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Not wrong, only not finished: said without alarm while it is typed. */
  readonly unfinished?: true;
}

/** Judges an IMEI as it stands in the field; `find` gives what the registry has of it. */
export function judgeImei(typed: string, find: (imei: string) => Row | undefined): ImeiVerdict {
  if (typed.trim() === "") return { code: "IMEI_MISSING", unfinished: true };
  let row: Row | undefined;
  try {
    const imei = readImei(typed, (heard) => {
      row = find(heard);
      return row !== undefined;
    });
    return judgeKnown(imei, row ?? find(imei));
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    return explain(error.code, typed.replace(/\D/g, ""));
  }
}

function judgeKnown(imei: string, row: Row | undefined): ImeiVerdict {
  if (row === undefined) return { imei };
  if (row.status !== "pending" && row.status !== "ignored") {
    return { code: "DEVICE_EXISTS", values: { name: titleOf(row) } };
  }
  const { count = 0, refusals = 0 } = row;
  return count === 0 && refusals > 0
    ? { imei, code: "tried", values: { count: refusals } }
    : { imei, code: "heard", values: { count } };
}

function explain(code: string, digits: string): ImeiVerdict {
  if (code === "IMEI_LENGTH") {
    const values = { digits: digits.length };
    return digits.length < 15 ? { code, values, unfinished: true } : { code, values };
  }
  if (code === "IMEI_CHECK_DIGIT") {
    return { code, values: { last: digits.slice(-1), expected: imeiCheckDigit(digits.slice(0, 14)) } };
  }
  return { code };
}
