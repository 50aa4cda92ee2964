import type { Scalar } from "../../model/message";

/** No two parts of it can take the same digits, or a long text of them would hold up the runtime for minutes. */
const NUMBER_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** A comma before three digits may also stand between thousands. */
const WITH_COMMA = /^[+-]?\d+,(?:\d{1,2}|\d{4,15})$/;
const MAX_LENGTH = 400;

/** Also numbers written as text; not those that have more digits than a number holds. */
export function toNumber(value: Scalar): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.length > MAX_LENGTH) return undefined;
  const text = value.trim().replace("−", "-");
  const plain = WITH_COMMA.test(text) ? text.replace(",", ".") : text;
  if (!NUMBER_TEXT.test(plain)) return undefined;
  const number = Number(plain);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
    ? number
    : undefined;
}

/** A number with what stands behind it, as in `54 km/h`. */
const QUANTITY = /^([+-]?\d{1,15}(?:[.,]\d{1,15})?) ?([\p{L}%°º][\p{L}\p{N}%°º/ .²-]{0,24})$/u;

/** A number and the unit that is written behind it in one text; undefined where it is something else. */
export function readQuantity(value: Scalar): { number: string; unit: string } | undefined {
  if (typeof value !== "string" || value.length > 50) return undefined;
  const [, number, unit] = QUANTITY.exec(value.trim()) ?? [];
  return number === undefined || unit === undefined ? undefined : { number, unit };
}
