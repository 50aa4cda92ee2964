import type { Problem } from "../errors";

/**
 * Checks an IMEI: 15 digits, the last of which is the check digit by the Luhn formula
 * (3GPP TS 23.003, annex B). Returns what is wrong, or undefined.
 * Codes: `IMEI_DIGITS` (something else than digits), `IMEI_LENGTH`, `IMEI_CHECK_DIGIT`.
 */
export function checkImei(imei: string): Problem | undefined {
  if (!/^\d*$/.test(imei)) {
    return { code: "IMEI_DIGITS", message: `IMEI ${imei} has something else than digits` };
  }
  if (imei.length !== 15) {
    return { code: "IMEI_LENGTH", message: `IMEI ${imei} has ${imei.length} digits instead of 15` };
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
