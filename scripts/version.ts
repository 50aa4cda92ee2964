const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

function numbersOf(version: string): number[] {
  const numbers = VERSION.exec(version)?.slice(1).map(Number);
  if (numbers === undefined)
    throw new Error(`"${version}" is no version: three numbers with dots, as 1.2.3.`);
  return numbers;
}

/** Throws where a version is none that can come after another one. */
export function checkNext(next: string, current: string): void {
  const [to, from] = [numbersOf(next), numbersOf(current)];
  const differs = to.findIndex((number, index) => number !== from[index]);
  if (differs === -1 || (to[differs] as number) < (from[differs] as number)) {
    throw new Error(`${next} does not come after ${current}.`);
  }
}
