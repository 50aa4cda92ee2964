import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import Papa from "papaparse";
import type { Tools } from "../../src/registry/requests";

const COST = { N: 16_384, r: 8, p: 1 };
const KEY_LENGTH = 32;
const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt);

export const REGISTRY_TOOLS: Tools = {
  /** `scrypt$N$r$p$salt$key`, salt and key in base64. */
  hashPassword: async (password) => {
    const salt = randomBytes(16);
    const key = await derive(password, salt, KEY_LENGTH, COST);
    return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64"), key.toString("base64")].join("$");
  },
  /** The delimiter is found: comma, semicolon, tab or bar. */
  parseCsv: (text) => Papa.parse<string[]>(text).data,
  /** As RFC 4180 has it. */
  writeCsv: (rows) => `${Papa.unparse(rows as string[][])}\r\n`,
};
