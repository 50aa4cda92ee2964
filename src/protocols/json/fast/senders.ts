import { type IdentityStart, valuesIdentityStart } from "../../../model/identity";
import { checkSender } from "../../../model/imei";

interface Sender {
  readonly imei: string;
  readonly telemetry: IdentityStart;
}

/** So many are remembered; then all anew. */
const MOST = 10_000;
const known = new Map<string, Sender>();

/** A device whose IMEI is beyond doubt, with what all its identities begin with; undefined where something is to be said of it. */
export function senderOf(imei: string, topicImei: string | undefined): Sender | undefined {
  if (topicImei !== undefined && topicImei !== imei) return undefined;
  return known.get(imei) ?? newSender(imei);
}

function newSender(imei: string): Sender | undefined {
  if (checkSender(imei, undefined).length > 0) return undefined;
  const sender = { imei, telemetry: valuesIdentityStart({ imei, kind: "telemetry" }) };
  if (known.size >= MOST) known.clear();
  known.set(imei, sender);
  return sender;
}
