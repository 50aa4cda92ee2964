import type { Problem } from "../errors";

const LENGTH = 15;
/** The shortest that a lost zero can have made of an IMEI: no type allocation code begins with more than two. */
export const SHORTEST_IMEI = 13;
/** Characters of a value that an error shows. */
const SHOWN = 40;

/** An IMEI that was read, or why a value is none. */
export type ImeiReading =
  | {
      readonly imei: string;
      /** All 15 digits stood there; a number of another length can be anything where nothing says that it is one. */
      readonly isWhole?: true;
      readonly problem?: undefined;
    }
  | { readonly imei?: undefined; readonly isWhole?: undefined; readonly problem: Problem };

/**
 * Reads an IMEI in the ways in which people, spreadsheets and devices write it: as text or number, with `IMEI:` in
 * front, with spaces, dashes, dots or slashes between the digits, in quotes, with invisible characters, as `="…"`, with
 * a decimal zero or an exponent that holds all digits, with the software version in place of the check digit
 * (IMEISV, 16 digits), or without the zeros in front, where the check digit then fits. Whether the check digit of 15
 * digits fits is {@link checkImei}'s question.
 *
 * Codes: `IMEI_MISSING` (nothing is there), `IMEI_SCIENTIFIC` (digits are lost), `IMEI_DIGITS` (something else than
 * digits), `IMEI_LENGTH`. Source: 3GPP TS 23.003, 6.2.
 */
export function imeiIn(value: unknown): ImeiReading {
  if (isNothing(value)) return { problem: { code: "IMEI_MISSING", message: "the IMEI is missing" } };
  const isText = typeof value === "string" || typeof value === "bigint" || Number.isInteger(value);
  if (!isText) return { problem: notDigits(value) };
  const written = plain(String(value));
  const number = readNumber(written);
  if (number === "lost") {
    const message = `IMEI ${shown(value)}: a spreadsheet has shortened it; format the column as text and enter it again`;
    return { problem: { code: "IMEI_SCIENTIFIC", message } };
  }
  const digits = number ?? written.replace(/[\s\-./_\u2010-\u2015]/g, "");
  if (!/^\d+$/.test(digits)) return { problem: notDigits(value) };
  if (digits.length === LENGTH) return { imei: digits, isWhole: true };
  if (digits.length === LENGTH + 1) return { imei: withCheckDigit(digits.slice(0, 14)) };
  const padded = digits.padStart(LENGTH, "0");
  if (digits.length >= SHORTEST_IMEI && digits.length < LENGTH && checkImei(padded) === undefined)
    return { imei: padded };
  const message = `IMEI ${shown(digits)} has ${digits.length} digits instead of ${LENGTH}`;
  return { problem: { code: "IMEI_LENGTH", message } };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && plain(value) === "");
}

/** The longest text that is looked at; an IMEI in all its clothes has far less. */
const LONGEST = 200;

/** Without what is around an IMEI; full-width digits as plain ones. */
function plain(text: string): string {
  return text
    .slice(0, LONGEST)
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Cc}]/gu, " ")
    .trim()
    .replace(/^=?\s?["'`\u2018\u2019\u201c\u201d]+/, "")
    .replace(/["'\u2018\u2019\u201c\u201d]+$/, "")
    .replace(/^\s*IMEI(?:SV)?\s?[:=#]?/i, "")
    .trim();
}

/** The digits of a number with a decimal point or an exponent; undefined where it has neither. */
function readNumber(text: string): string | "lost" | undefined {
  const [, whole, fraction = "", exponent] =
    /^(\d{1,20})(?:[.,](\d{1,20}))?(?:e\+?(\d{1,2}))?$/i.exec(text) ?? [];
  if (whole === undefined || (fraction === "" && exponent === undefined)) return undefined;
  const shift = Number(exponent ?? 0);
  if (exponent === undefined) return /^0+$/.test(fraction) ? whole : undefined;
  const lost = fraction.length < shift;
  return lost || !/^0*$/.test(fraction.slice(shift)) ? "lost" : whole + fraction.slice(0, shift);
}

function withCheckDigit(first14: string): string {
  return `${first14}${imeiCheckDigit(first14)}`;
}

function notDigits(value: unknown): Problem {
  return { code: "IMEI_DIGITS", message: `IMEI ${shown(value)} has something else than digits` };
}

function shown(value: unknown): string {
  const text = typeof value === "object" ? "{…}" : String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

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
