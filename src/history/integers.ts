import { type BytesIn, type BytesOut, damaged, unzigzag, zigzag } from "./bytes";

/** How a column of whole numbers is written: the one with the fewest bytes after compression, as estimated. */
const CONSTANT = 0;
const DELTA = 1;
/** Differences of differences. */
const DELTA_OF_DELTA = 2;
const RUNS = 3;

interface Costs {
  readonly changes: number;
  readonly runs: number;
  readonly steps: number;
  /** Differences of differences are smaller than differences. */
  readonly second: boolean;
}

/** The first `count` numbers, whole ones up to 2^50. */
export function writeIntegers(out: BytesOut, values: Float64Array, count: number): void {
  const { changes, runs, steps, second } = costsOf(values, count);
  if (changes === 0) {
    out.u8(CONSTANT);
    out.signed(values[0] as number);
  } else if (runs < 0.6 * steps) writeRuns(out, values, count, changes);
  else writeSteps(out, values, count, second);
}

function costsOf(values: Float64Array, count: number): Costs {
  let first = lengthOf(values[0] as number);
  let second = first;
  let runs = 0;
  let changes = 0;
  // Where both take as many bytes, the smaller numbers compress better.
  let firstBits = 0;
  let secondBits = 0;
  let before = values[0] as number;
  let stepBefore = 0;
  for (let index = 1; index < count; index++) {
    const value = values[index] as number;
    const step = value - before;
    const length = lengthOf(step);
    first += length;
    second += lengthOf(step - stepBefore);
    firstBits += Math.log2(1 + Math.abs(step));
    secondBits += Math.log2(1 + Math.abs(step - stepBefore));
    if (step !== 0) {
      changes++;
      runs += 1 + length;
    }
    before = value;
    stepBefore = step;
  }
  return { changes, runs, steps: Math.min(first, second), second: secondBits < firstBits };
}

/** Bytes of a difference. */
function lengthOf(step: number): number {
  const size = zigzag(step);
  if (size < 128) return 1;
  if (size < 16_384) return 2;
  if (size < 2_097_152) return 3;
  return size < 268_435_456 ? 4 : 6;
}

/** Lengths first, then the steps: like goes with like. */
function writeRuns(out: BytesOut, values: Float64Array, count: number, changes: number): void {
  out.u8(RUNS);
  out.unsigned(changes);
  let last = 0;
  for (let index = 1; index < count; index++) {
    if (values[index] === values[index - 1]) continue;
    out.unsigned(index - last - 1);
    last = index;
  }
  out.signed(values[0] as number);
  for (let index = 1; index < count; index++) {
    const step = (values[index] as number) - (values[index - 1] as number);
    if (step !== 0) out.signed(step);
  }
}

/** In planes: the lowest bytes of all, then the next ones; the high ones are nearly all 0 and compress to nothing. */
function writeSteps(out: BytesOut, values: Float64Array, count: number, second: boolean): void {
  out.u8(second ? DELTA_OF_DELTA : DELTA);
  out.signed(values[0] as number);
  const steps = new Float64Array(count - 1);
  let largest = 0;
  let before = values[0] as number;
  let stepBefore = 0;
  for (let index = 1; index < count; index++) {
    const step = (values[index] as number) - before;
    const size = zigzag(second ? step - stepBefore : step);
    steps[index - 1] = size;
    largest = Math.max(largest, size);
    before += step;
    stepBefore = step;
  }
  writePlanes(out, steps, widthOf(largest));
}

/** Bytes that hold a number from 0 on. */
function widthOf(largest: number): number {
  let width = 1;
  while (largest >= 2 ** (8 * width)) width++;
  return width;
}

function writePlanes(out: BytesOut, values: Float64Array, width: number): void {
  out.u8(width);
  const plane = new Uint8Array(values.length);
  for (let number = 0; number < width; number++) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      plane[index] = value % 256;
      values[index] = Math.floor(value / 256);
    }
    out.raw(plane);
  }
}

/** Fills the first `count` numbers of `into`. Throws `HISTORY_DAMAGED`. */
export function readIntegers(from: BytesIn, count: number, into: Float64Array): void {
  const how = from.u8();
  if (how === CONSTANT) into.fill(from.signed(), 0, count);
  else if (how === RUNS) readRuns(from, count, into);
  else if (how === DELTA || how === DELTA_OF_DELTA) readSteps(from, count, into, how === DELTA_OF_DELTA);
  else throw damaged(`there is no way ${how} to write numbers`);
}

function readRuns(from: BytesIn, count: number, into: Float64Array): void {
  const changes = from.unsigned();
  if (changes >= count) throw damaged("there are more changes than values");
  const ends = new Float64Array(changes + 1);
  let end = 0;
  for (let run = 0; run < changes; run++) {
    end += from.unsigned() + 1;
    ends[run] = end;
  }
  ends[changes] = count;
  let value = from.signed();
  let start = 0;
  for (let run = 0; run <= changes; run++) {
    into.fill(value, start, ends[run]);
    start = ends[run] as number;
    if (run < changes) value += from.signed();
  }
}

function readSteps(from: BytesIn, count: number, into: Float64Array, second: boolean): void {
  let value = from.signed();
  into[0] = value;
  const width = from.u8();
  const steps = count - 1;
  const planes = from.raw(width * steps);
  let stepBefore = 0;
  for (let index = 0; index < steps; index++) {
    let size = planes[index] as number;
    // The usual widths by bit operations, which are faster.
    if (width > 1) size |= (planes[steps + index] as number) << 8;
    if (width > 2) size |= (planes[2 * steps + index] as number) << 16;
    for (let plane = 3; plane < width; plane++) {
      size += (planes[plane * steps + index] as number) * 2 ** (8 * plane);
    }
    const step = unzigzag(size) + (second ? stepBefore : 0);
    stepBefore = step;
    value += step;
    into[index + 1] = value;
  }
}
