import { isBlank } from "../saved";

/** value in the vocabulary's unit = (value × multiply + add) ÷ divide */
export interface Linear {
  readonly multiply: number;
  readonly add: number;
  readonly divide: number;
}

export const IDENTITY: Linear = { multiply: 1, add: 0, divide: 1 };

const times = (multiply: number): Linear => ({ ...IDENTITY, multiply });
const over = (divide: number): Linear => ({ ...IDENTITY, divide });

type Scales = Readonly<Record<string, Linear>>;

/** Source of the factors: NIST SP 811, appendix B (a gallon is the US one). */
const NAMED: Readonly<Record<string, Scales>> = {
  "km/h": { "km/h": IDENTITY, mph: times(1.609344), "m/s": times(3.6), kn: times(1.852) },
  km: { km: IDENTITY, m: over(1000), mi: times(1.609344) },
  m: { m: IDENTITY, ft: times(0.3048), cm: over(100) },
  V: { V: IDENTITY, mV: over(1000) },
  "%": { "%": IDENTITY, "0–1": times(100) },
  "°C": {
    "°C": IDENTITY,
    "°F": { multiply: 5, add: -160, divide: 9 },
    K: { multiply: 100, add: -27_315, divide: 100 },
  },
  "1/min": { "1/min": IDENTITY, "1/s": times(60) },
  l: { l: IDENTITY, ml: over(1000), gal: times(3.785411784) },
  "l/h": { "l/h": IDENTITY, "gal/h": times(3.785411784) },
  h: { h: IDENTITY, min: over(60), s: over(3600) },
  kg: { kg: IDENTITY, t: times(1000), lb: times(0.45359237) },
  g: { g: IDENTITY, mg: over(1000), "m/s²": over(9.80665) },
  "°": { "°": IDENTITY, "1e-7 °": over(1e7), "1e-6 °": over(1e6), "1e-5 °": over(1e5) },
  dBm: { dBm: IDENTITY },
  B: { B: IDENTITY, kB: times(1000) },
};

/** Whole numbers that count tenths or hundredths of a unit, where that has no name of its own. */
function withParts([unit, scales]: [string, Scales]): [string, Scales] {
  const known = Object.values(scales).map(({ divide }) => divide);
  const parts = [10, 100].filter((divide) => !known.includes(divide));
  return [
    unit,
    { ...scales, ...Object.fromEntries(parts.map((part) => [`${1 / part} ${unit}`, over(part)])) },
  ];
}

/**
 * For each unit of the vocabulary the units that a device may use instead, by the name a person reads, the
 * vocabulary's own first.
 */
export const UNITS: Readonly<Record<string, Scales>> = Object.fromEntries(
  Object.entries(NAMED).map(withParts),
);

/** A number on another scale, without the dust of binary fractions: 12 digits, 9 decimals are more than any sensor has. */
export function convertLinear(value: number, { multiply, add, divide }: Linear): number {
  // Zero has no sign.
  return Number(Number(((value * multiply + add) / divide).toPrecision(12)).toFixed(9)) + 0;
}

/**
 * A scale and an offset written as decimals, as whole numbers over a power of ten: 12139 × 0.001 is
 * 12.139000000000001, 12139 ÷ 1000 is 12.139.
 */
export function parseLinear(scale: unknown, offset: unknown): Linear {
  const factor = isBlank(scale) ? 1 : Number(scale);
  const shift = isBlank(offset) ? 0 : Number(offset);
  const divide = 10 ** Math.max(decimals(factor), decimals(shift));
  const multiply = Math.round(factor * divide);
  const add = Math.round(shift * divide);
  return Number.isSafeInteger(multiply) && Number.isSafeInteger(add) && divide <= 1e15
    ? { multiply, add, divide }
    : { ...IDENTITY, multiply: factor, add: shift };
}

function decimals(value: number): number {
  const [mantissa, exponent = "0"] = String(value).split("e") as [string, string?];
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}
