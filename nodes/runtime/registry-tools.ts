import { createHash, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import Papa from "papaparse";
import { parser } from "sax";
import { generatedPassword } from "../../src/devices/password";
import type { Tools } from "../../src/devices/tools";
import type { XmlListener } from "../../src/model/xml-listener";

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
  /** `sha256$salt$key`: what has 130 random bits in it needs no stretching, so that a whole fleet can log in at once. */
  newPassword: () => {
    const password = generatedPassword(randomBytes);
    const salt = randomBytes(16);
    const key = createHash("sha256").update(salt).update(password).digest("base64");
    return { password, hash: `sha256$${salt.toString("base64")}$${key}` };
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
  readXml,
  /** As RFC 4180 has it, with an apostrophe before what a spreadsheet would run. */
  writeCsv: (rows) => `${Papa.unparse(rows as string[][], { escapeFormulae: IS_FORMULA })}\r\n`,
};

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Entities of a document's own are not replaced, so that none can grow. */
function* readXml(text: string, told: XmlListener): Generator<number> {
  const sax = parser(true, { position: true });
  const contents: string[] = [];
  let isBroken = false;
  sax.onerror = ({ message }) => {
    if (!isBroken) told.broken(sax.line + 1, message.split("\n", 1)[0] ?? "");
    isBroken = true;
    // Without it, the parser throws at what comes.
    sax.resume();
  };
  sax.onopentag = ({ name, attributes }) => {
    contents.push("");
    if (!isBroken) told.begin(localName(name), attributes as Record<string, string>, sax.line + 1);
  };
  sax.ontext = sax.oncdata = (part) => {
    if (contents.length > 0) contents[contents.length - 1] += part;
  };
  sax.onclosetag = (name) => {
    const content = contents.pop() ?? "";
    if (!isBroken) told.end(localName(name), content);
  };
  for (let at = 0; at < text.length && !isBroken; at += PIECE) {
    sax.write(text.slice(at, at + PIECE));
    yield Math.min(text.length, at + PIECE);
  }
  if (!isBroken) sax.close();
  yield text.length;
}

/** Characters that are read in one go. */
const PIECE = 65_536;

/** The one of the usual delimiters that the first line has most of; further lines are too few, or say otherwise. */
function delimiterOf(text: string): string {
  const header = text.trimStart().split(/[\r\n]/, 1)[0] ?? "";
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
