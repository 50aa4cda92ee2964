import { type BytesIn, type BytesOut, damaged } from "./bytes";
import { readIntegers, writeIntegers } from "./integers";

/** How numbers became whole: 0 to 9 decimals, 32 + n for steps of 2^-n seen through 6 decimals, or not at all. */
const MOST_DECIMALS = 9;
const GRID = 32;
const AS_THEY_ARE = 255;
/** Whole numbers beyond it would lose bits when they are multiplied. */
const LARGEST = 2 ** 49;
/** A product of the decoder (799502652 · 0.0001) is so many floating point numbers off its decimal at most. */
const MOST_OFF = 8;

const LEFT = new Float64Array(1);
const LEFT_WORDS = new Int32Array(LEFT.buffer);
const RIGHT = new Float64Array(1);
const RIGHT_WORDS = new Int32Array(RIGHT.buffer);
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const LOW = LITTLE_ENDIAN ? 0 : 1;
const HIGH = 1 - LOW;

/** How many floating point numbers `value` is after `other`; undefined where they are far apart. */
function stepsBetween(value: number, other: number): number | undefined {
  LEFT[0] = value;
  RIGHT[0] = other;
  if (LEFT_WORDS[HIGH] !== RIGHT_WORDS[HIGH]) return undefined;
  const steps = (LEFT_WORDS[LOW] as number) - (RIGHT_WORDS[LOW] as number);
  return Math.abs(steps) <= MOST_OFF ? steps : undefined;
}

const sixDecimals = (value: number): number => Math.round(value * 1e6) / 1e6;

/** Whole numbers behind the values, or undefined where there are none. */
interface Whole {
  readonly scale: number;
  readonly values: Float64Array;
  /** By how many floating point numbers each value is off; undefined where none is. */
  readonly off?: Int8Array;
}

/** Coordinates that were f32 on the wire lie on a grid that is coarser than their 6 decimals. */
function onGrid(values: Float64Array, count: number): Whole | undefined {
  let largest = 1;
  for (let index = 0; index < count; index++) largest = Math.max(largest, Math.abs(values[index] as number));
  if (largest > 180) return undefined;
  const bits = 23 - Math.floor(Math.log2(largest));
  const steps = 2 ** bits;
  const whole = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const value = values[index] as number;
    const step = Math.round(Math.fround(value) * steps);
    if (sixDecimals(step / steps) !== value) return undefined;
    whole[index] = step;
  }
  return { scale: GRID + bits, values: whole };
}

/** With so many decimals that every value comes back exactly. */
function withDecimals(values: Float64Array, count: number): Whole | undefined {
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const whole = tryDecimals(values, count, decimals);
    if (whole !== undefined) return whole;
  }
  return undefined;
}

function tryDecimals(values: Float64Array, count: number, decimals: number): Whole | undefined {
  const factor = 10 ** decimals;
  const whole = new Float64Array(count);
  let off: Int8Array | undefined;
  for (let index = 0; index < count; index++) {
    const value = values[index] as number;
    const rounded = Math.round(value * factor) + 0;
    if (!(Math.abs(rounded) < LARGEST)) return undefined;
    whole[index] = rounded;
    if (rounded / factor === value) continue;
    const steps = stepsBetween(value, rounded / factor);
    if (steps === undefined) return undefined;
    off ??= new Int8Array(count);
    off[index] = steps;
  }
  return { scale: decimals, values: whole, ...(off === undefined ? {} : { off }) };
}

/** The first `count` numbers, finite ones without -0, exactly. */
export function writeNumbers(
  out: BytesOut,
  values: Float64Array,
  count: number,
  isCoordinate: boolean,
): void {
  const whole = (isCoordinate ? onGrid(values, count) : undefined) ?? withDecimals(values, count);
  if (whole === undefined) {
    out.u8(AS_THEY_ARE);
    for (let index = 0; index < count; index++) out.f64(values[index] as number);
    return;
  }
  out.u8(whole.scale);
  out.u8(whole.off === undefined ? 0 : 1);
  writeIntegers(out, whole.values, count);
  if (whole.off !== undefined) out.raw(new Uint8Array(whole.off.buffer));
}

/** Fills the first `count` numbers of `into`. Throws `HISTORY_DAMAGED`. */
export function readNumbers(from: BytesIn, count: number, into: Float64Array): void {
  const scale = from.u8();
  if (scale === AS_THEY_ARE) {
    for (let index = 0; index < count; index++) into[index] = from.f64();
    return;
  }
  const isOff = from.u8() === 1;
  readIntegers(from, count, into);
  if (scale >= GRID) {
    const steps = 2 ** (scale - GRID);
    for (let index = 0; index < count; index++) into[index] = sixDecimals((into[index] as number) / steps);
  } else if (scale > MOST_DECIMALS) throw damaged(`there are no numbers of ${scale} decimals`);
  else if (scale > 0) {
    const factor = 10 ** scale;
    for (let index = 0; index < count; index++) into[index] = (into[index] as number) / factor;
  }
  if (isOff) moveBack(from.raw(count), into);
}

function moveBack(off: Uint8Array, into: Float64Array): void {
  for (let index = 0; index < off.length; index++) {
    const steps = ((off[index] as number) << 24) >> 24;
    if (steps === 0) continue;
    LEFT[0] = into[index] as number;
    LEFT_WORDS[LOW] = (LEFT_WORDS[LOW] as number) + steps;
    into[index] = LEFT[0] as number;
  }
}
