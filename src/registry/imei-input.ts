import { TrackerError } from "../errors";
import { checkImei } from "../model/imei";

/**
 * An IMEI as people enter and paste it: spaces, dashes, dots and slashes between the digits do not count; a
 * number is taken too. Throws `IMEI_MISSING`, `IMEI_SCIENTIFIC` (a spreadsheet has shortened it) or what
 * {@link checkImei} finds; `accept` is asked before a wrong IMEI is refused, because a device that really
 * reports with one has it.
 */
export function readImei(value: unknown, accept: (imei: string) => boolean = () => false): string {
  const text = typeof value === "string" || Number.isInteger(value) ? String(value).trim() : "";
  if (text === "")
    throw new TrackerError({ code: "IMEI_MISSING", path: "imei", message: "the IMEI is missing" });
  if (/^\d[.,]\d+e\+?\d+$/i.test(text)) {
    throw new TrackerError({
      code: "IMEI_SCIENTIFIC",
      path: "imei",
      message: `IMEI ${text}: a spreadsheet has shortened it; format the column as text and enter it again`,
    });
  }
  const imei = text.replace(/[\s\-./\u00a0]/g, "");
  const problem = checkImei(imei);
  if (problem !== undefined && !accept(imei)) throw new TrackerError({ ...problem, path: "imei" });
  return imei;
}
