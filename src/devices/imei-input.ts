import { TrackerError } from "../errors";
import { checkImei, imeiIn } from "../model/imei";

/**
 * An IMEI as people enter and paste it, which {@link imeiIn} reads. Throws what that and {@link checkImei} find;
 * `accept` is asked before a wrong check digit is refused, because a device that really reports with one has it.
 */
export function readImei(value: unknown, accept: (imei: string) => boolean = () => false): string {
  const { imei, problem } = imeiIn(value);
  const wrong = problem ?? checkImei(imei);
  if (wrong === undefined || (imei !== undefined && accept(imei))) return imei as string;
  throw new TrackerError({ ...wrong, path: "imei" });
}
