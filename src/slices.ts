/** Items that are worked on in one go. */
const SLICE = 500;

/** Resolves when other work has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Works on many items, of which other work need not wait for the end. */
export async function inSlices<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await nextTurn();
    for (const item of items.slice(start, start + SLICE)) work(item);
  }
}
