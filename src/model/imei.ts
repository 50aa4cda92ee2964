import type { Problem } from "../errors";

/**
 * Checks an IMEI: 15 digits, the last of which is the check digit by the Luhn formula
 * (3GPP TS 23.003, annex B). Returns what is wrong, or undefined.
 * Codes: `IMEI_DIGITS` (something else than digits), `IMEI_LENGTH`, `IMEI_CHECK_DIGIT`.
 */
export function checkImei(imei: string): Problem | undefined {
  if (!/^\d*$/.test(imei)) {
    return { code: "IMEI_DIGITS", message: `IMEI ${shown(imei)} has something else than digits` };
  }
  if (imei.length !== 15) {
    return {
      code: "IMEI_LENGTH",
      message: `IMEI ${shown(imei)} has ${imei.length} digits instead of 15`,
    };
  }
  const expected = imeiCheckDigit(imei.slice(0, 14));
  if (Number(imei[14]) !== expected) {
    return {
      code: "IMEI_CHECK_DIGIT",
      message: `IMEI ${imei} ends in ${imei[14]}, but its check digit would be ${expected}`,
    };
  }
  return undefined;
}

/** An IMEI that was read, or why a value is none. */
export type ImeiReading =
  | {
      /** 15 digits; whether the check digit fits is {@link checkImei}'s question. */
      readonly imei: string;
      readonly problem?: undefined;
      /** All 15 digits stood there; a number of another length can be anything where nothing says that it is one. */
      readonly isWhole?: true;
    }
  | { readonly imei?: undefined; readonly problem: Problem; readonly isWhole?: undefined };

/**
 * An IMEI as devices, spreadsheets and people write it: text or a number, `IMEI:` in front, in quotes or behind an
 * apostrophe, with spaces, dashes, dots, slashes or characters that nobody sees between the digits, `….0`, an exponent
 * that keeps all digits, 16 digits of which the last two are a software version (IMEISV), without leading zeros where
 * the check digit then fits. Codes: `IMEI_DIGITS`, `IMEI_LENGTH`, `IMEI_MISSING` (nothing, or only zeros) and
 * `IMEI_SCIENTIFIC` (an exponent with which digits were lost). Source: 3GPP TS 23.003, 6.2.
 */
export function imeiIn(value: unknown): ImeiReading {
  const written = textOf(value);
  if (written === undefined) return { problem: noDigits(JSON.stringify(value) ?? typeof value) };
  if (written.length > MAX_WRITTEN) return { problem: noDigits(written) };
  // Most are written so, and the rest costs more.
  const digits = /^\d{13,16}$/.test(written) ? written : imeiDigits(written);
  if (digits === "" || /^0+$/.test(digits)) return { problem: missing };
  if (/^\d+(?:[.,]\d*)?e\+?\d+$/i.test(digits)) return { problem: scientific(written) };
  const problem = checkImei(digits);
  if (problem === undefined || problem.code === "IMEI_CHECK_DIGIT") return { imei: digits, isWhole: true };
  const imei = problem.code === "IMEI_LENGTH" ? derived(digits) : undefined;
  return imei === undefined
    ? { problem: problem.code === "IMEI_DIGITS" ? noDigits(written) : problem }
    : { imei };
}

/** The IMEI of more or fewer digits than it has, where only one makes sense. */
function derived(digits: string): string | undefined {
  // No type allocation code begins so: it is a zero in front, as numbers with two digits a byte have it.
  const others =
    digits.length === 16 && !/^0[2-9]/.test(digits)
      ? withCheckDigit(digits)
      : digits.replace(/^0(?=\d{15}$)/, "");
  const isNear = others.length >= SHORTEST_IMEI && others.length <= 15;
  const imei = others.padStart(15, "0");
  return isNear && checkImei(imei) === undefined ? imei : undefined;
}

/** Whether a name says that its value is an IMEI, and nothing else. */
export function isImeiName(name: string): boolean {
  return /imei/i.test(name);
}

/** No IMEI is written longer, however it is. */
const MAX_WRITTEN = 100;
/** IMEIs begin with 01, and those of test devices with 00. Source: GSMA TS.06, reporting body identifiers. */
const MAX_LOST_ZEROS = 2;
/** Fewer digits are no IMEI, however it is written. */
export const SHORTEST_IMEI = 15 - MAX_LOST_ZEROS;

const missing: Problem = { code: "IMEI_MISSING", message: "the IMEI is missing" };

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : undefined;
}

const FULL_WIDTH_ZERO = 0xff10;

/** The digits of an IMEI as it is written, without all that {@link readImei} takes around and between them. */
export function imeiDigits(written: string): string {
  const plain = written
    .replace(/[\uff10-\uff19]/g, (digit) => String(digit.charCodeAt(0) - FULL_WIDTH_ZERO))
    .replace(/[\p{C}\p{Z}]/gu, "")
    .replace(/^[='"`´‘’“”„]+/, "")
    .replace(/^(?:urn:)?(?:gsma:)?imei(?:sv|number|no|nr)?[:=#._-]*/i, "")
    .replace(/^['"`´‘’“”„]+/, "");
  const bare = plain.slice(0, plain.length - (/^['"`´‘’“”„,;]*/.exec(reversed(plain))?.[0].length ?? 0));
  const exact = withoutExponent(withoutSoftwareVersion(bare.replace(/^(\d+)[.,]0+$/, "$1")));
  return /^\d/.test(exact) && !/e/i.test(exact) ? exact.replace(/[\p{Pd}\-./\\_:,]/gu, "") : exact;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** `860000040000027/01`, as telephones show it. */
function withoutSoftwareVersion(text: string): string {
  return text.replace(/^(\d{15})\/\d\d$/, "$1");
}

/** `8.60000040000027E+14` as a whole number; as it is where its digits do not make one. */
function withoutExponent(text: string): string {
  const [, whole = "", part = "", power = ""] = /^(\d+)(?:[.,](\d+))?e\+?(\d{1,2})$/i.exec(text) ?? [];
  const places = Number(power);
  const isWhole = power !== "" && part.length >= places && /^0*$/.test(part.slice(places));
  return isWhole ? whole + part.slice(0, places) : text;
}

function withCheckDigit(digits: string): string {
  const first14 = digits.slice(0, 14);
  return first14 + imeiCheckDigit(first14);
}

function noDigits(written: string): Problem {
  return { code: "IMEI_DIGITS", message: `IMEI ${shown(written)} has something else than digits` };
}

function scientific(written: string): Problem {
  const advice = "a spreadsheet has shortened it; format the column as text and enter it again";
  return { code: "IMEI_SCIENTIFIC", message: `IMEI ${shown(written)}: ${advice}` };
}

/** What was sent, cut to what a person can read. */
function shown(text: string): string {
  return text.length > MAX_WRITTEN ? `${text.slice(0, MAX_WRITTEN)}…` : text;
}

/**
 * What is doubtful about who sent a message, by the IMEI that counts and that of its topic: what {@link checkImei} says,
 * and `IMEI_TOPIC` where they differ.
 */
export function checkSender(imei: string, topicImei: string | undefined): Problem[] {
  const problem = checkImei(imei);
  const problems = problem === undefined ? [] : [problem];
  if (topicImei === undefined || topicImei === imei) return problems;
  const message = `the message is of IMEI ${imei}, but its topic is that of ${topicImei}`;
  return [...problems, { code: "IMEI_TOPIC", message }];
}

/** The check digit (0–9) of the first 14 digits of an IMEI. */
export function imeiCheckDigit(first14: string): number {
  let sum = 0;
  for (let index = 0; index < 14; index++) {
    const digit = Number(first14[index]) * (index % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return (10 - (sum % 10)) % 10;
}
