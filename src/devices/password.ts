import type { DeviceInput } from "./fields";
import type { Tools } from "./tools";

/** Letters and digits that nobody takes for another (Crockford's base 32). */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 26;

/** A password of 130 random bits, which can be read out and typed. */
export function generatedPassword(random: (length: number) => Uint8Array): string {
  return Array.from(random(LENGTH), (byte) => ALPHABET[byte & 31]).join("");
}

/** What becomes of a password that was entered: its hash, and the password itself where the registry has made it. */
export interface EnteredLogin {
  readonly hash?: string;
  readonly password?: string;
}

/** An empty password takes it away. */
export async function loginOf({ password }: DeviceInput, tools: Tools): Promise<EnteredLogin> {
  if (password === undefined) return {};
  if (password === true) return tools.newPassword();
  return { hash: password && (await tools.hashPassword(password)) };
}
