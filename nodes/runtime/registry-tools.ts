import { createHash, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import Papa from "papaparse";
import type { Tools } from "../../src/devices/tools";

const COST = { N: 16_384, r: 8, p: 1 };
const KEY_LENGTH = 32;
const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

/** How a formula begins, and a cell with the apostrophe itself; OWASP, CSV Injection. */
const IS_FORMULA = /^[=+\-@\t\r\n'\uff0b\uff0d\uff1d\uff20]/;

/** SHA-256 as hex text: enough for a secret of 256 random bits, which no list of passwords has. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

export const REGISTRY_TOOLS: Tools = {
  /** `scrypt$N$r$p$salt$key`, salt and key in base64. */
  hashPassword: async (password) => {
    const salt = randomBytes(16);
    const key = await derive(password, salt, KEY_LENGTH, COST);
    return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64"), key.toString("base64")].join("$");
  },
  newSecret: () => {
    const secret = randomBytes(32).toString("base64url");
    return { secret, digest: digestOf(secret) };
  },
  parseCsv: (text, delimiter) => {
    const plain = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
    const { data, errors } = Papa.parse<string[]>(plain, {
      delimiter: delimiter ?? delimiterOf(plain),
      newline: "\n",
    });
    const broken = errors.find(({ type }) => type === "Quotes");
    return { rows: data, ...(broken?.row === undefined ? {} : { brokenRow: broken.row }) };
  },
  /** As RFC 4180 has it, with an apostrophe before what a spreadsheet would run. */
  writeCsv: (rows) => `${Papa.unparse(rows as string[][], { escapeFormulae: IS_FORMULA })}\r\n`,
};

/** The one of the usual delimiters that the first line has most of; further lines are too few, or say otherwise. */
function delimiterOf(text: string): string {
  const header = text.trimStart().split(/[\r\n]/, 1)[0] ?? "";
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
