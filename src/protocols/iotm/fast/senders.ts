import { type IdentityStart, identityStart } from "../../../model/identity";
import { checkImei } from "../../../model/imei";

/** A device that sends frames, with what does not change from one to the next. */
export interface FrameSender {
  readonly imei: string;
  readonly telemetry: IdentityStart;
  readonly event: IdentityStart;
}

/** So many are remembered; then all anew. */
const MOST = 10_000;
const LARGEST_IMEI = 999_999_999_999_999;
const HIGH = 0x100000000;

const BY_NUMBER = new Map<number, FrameSender>();
let lastNumber = -1;
let last: FrameSender | undefined;

/** Who a record of the IMEI names, by its 8 bytes; undefined where that is nobody, or something is to be said of it. */
export function senderIn(view: DataView, at: number): FrameSender | undefined {
  return senderOf((view.getInt32(at, true) >>> 0) + (view.getInt32(at + 4, true) >>> 0) * HIGH);
}

/** The same of a topic. */
export function senderNamed(imei: string | undefined): FrameSender | undefined {
  return imei !== undefined && /^\d{15}$/.test(imei) ? senderOf(Number(imei)) : undefined;
}

function senderOf(number: number): FrameSender | undefined {
  if (number === lastNumber) return last;
  if (number === 0 || number > LARGEST_IMEI) return undefined;
  lastNumber = number;
  last = BY_NUMBER.get(number) ?? newSender(number);
  return last;
}

function newSender(number: number): FrameSender | undefined {
  const imei = String(number).padStart(15, "0");
  if (checkImei(imei) !== undefined) return undefined;
  const sender: FrameSender = {
    imei,
    telemetry: identityStart({ imei, kind: "telemetry" }),
    event: identityStart({ imei, kind: "event" }),
  };
  if (BY_NUMBER.size >= MOST) BY_NUMBER.clear();
  BY_NUMBER.set(number, sender);
  return sender;
}
