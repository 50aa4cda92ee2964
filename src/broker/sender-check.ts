import { decodePayload } from "../protocols/iotm/decode";

/**
 * The IMEI of another device in a message, or undefined where there is none. A frame is read by the very decoder
 * that the flow uses, so that the two never disagree about who speaks. What cannot be read at all is passed on:
 * the decoder refuses it, too.
 */
export function foreignImei(payload: Uint8Array, own: string): string | undefined {
  const { records } = decodePayload(payload, { receivedAt: 0, topicImei: own, acceptWrongChecksum: true });
  const foreign = records.find(({ imei }) => imei !== null && imei !== own)?.imei;
  return foreign ?? (isJson(payload) ? foreignInJson(payload, own) : undefined);
}

function isJson(payload: Uint8Array): boolean {
  const first = payload.find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b;
}

/** JSON of devices that say who they are in a field whose name has "imei" in it. */
function foreignInJson(payload: Uint8Array, own: string): string | undefined {
  let foreign: string | undefined;
  try {
    JSON.parse(Buffer.from(payload).toString("utf8"), (key, value) => {
      if (/imei/i.test(key) && /^\d{15}$/.test(String(value)) && String(value) !== own)
        foreign = String(value);
      return value;
    });
  } catch (error) {
    // Nested so deeply that it cannot be looked into, although a parser without a look at each value could.
    if (error instanceof RangeError) return "an unknown device";
  }
  return foreign;
}
