import { gzipSync } from "node:zlib";
import { encodeFrame } from "../../src/protocols/iotm/frame";
import vectors from "../vectors/spoofing.json";

/** A payload that says to be of a device, in one of many ways; test/vectors/README.md says what stands in it. */
export interface Spoof {
  readonly name: string;
  readonly text: string;
  readonly as?: readonly string[];
}

export const SPOOFS: readonly Spoof[] = vectors;

const READING = '"ts":1795192200,"lat":54.7,"lon":25.3';

/** What may stand in a payload for an IMEI; `own` is that of who sends it. */
const PLACES: Readonly<Record<string, (imei: string, own: string) => string>> = {
  IMEI: (imei) => imei,
  OWN: (_, own) => own,
  EXPONENT: (imei) => `${imei[0]}.${imei.slice(1)}E+14`,
  DASHES: (imei) => `${imei.slice(0, 6)}-${imei.slice(6, 8)}-${imei.slice(8, 14)}-${imei.slice(14)}`,
  SPACES: (imei) => imei.replace(/.{5}(?=.)/g, "$& "),
  SV: (imei) => `${imei.slice(0, 14)}07`,
  FULL: (imei) => [...imei].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join(""),
  ESCAPED: (imei) => [...imei].map((digit) => `\\u003${digit}`).join(""),
  JSONTEXT: (imei) => inText(`{"imei":"${imei}",${READING}}`),
  JSONTEXT2: (imei) => inText(`"${inText(`{"deviceId":${imei},${READING}}`)}"`),
  FRAME: (imei) => frame(imei),
  FRAME_DAMAGED: (imei) => `${frame(imei).slice(0, -2)}00`,
  FRAME_TWO: (imei, own) => frame(own, imei),
  FRAME_SEPARATED: (imei) =>
    frame(imei)
      .toUpperCase()
      .replace(/..(?=.)/g, "$&:"),
};

const ENCODINGS: Readonly<Record<string, (payload: Buffer) => Buffer>> = {
  bom: (payload) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), payload]),
  "utf-16le": (payload) =>
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(payload.toString(), "utf16le")]),
  "utf-16be": (payload) =>
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(payload.toString(), "utf16le").swap16()]),
  "windows-1252": (payload) => Buffer.from(payload.toString(), "latin1"),
  gzip: (payload) => gzipSync(payload),
  bytes: (payload) => Buffer.from(payload.toString(), "hex"),
};

/** The bytes of a payload that says to be of `imei`, sent by `own`. */
export function spoofed({ text, as = [] }: Spoof, imei: string, own: string): Buffer {
  const filled = text.replace(/\{([A-Z_0-9]+)\}/g, (whole, place) => PLACES[place]?.(imei, own) ?? whole);
  return as.reduce<Buffer>(
    (payload, encoding) => ENCODINGS[encoding]?.(payload) ?? payload,
    Buffer.from(filled),
  );
}

/** Hex text of a frame with a reading after each IMEI. */
function frame(...imeis: string[]): string {
  const records = imeis.flatMap((imei) => [
    { type: 2, imei } as const,
    { type: 1, time: 1_795_192_200, values: [{ id: 0x3008, valueType: 0, value: false }] } as const,
  ]);
  return Buffer.from(encodeFrame(records)).toString("hex");
}

function inText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
