import { TrackerError } from "../../errors";

/** Documents by key, kept as text, as a file has them: nobody else's changes get in. */
export class Texts<T extends object> {
  private readonly texts = new Map<string, string>();

  values(): T[] {
    return [...this.texts.values()].map((text): T => JSON.parse(text));
  }

  entries(): [key: string, value: T][] {
    return [...this.texts].map(([key, text]): [string, T] => [key, JSON.parse(text)]);
  }

  delete(key: string): void {
    this.texts.delete(key);
  }

  /** Throws `STORE_FAILED` where a document is none; else returns how to write them. Null removes. */
  prepare(documents: ReadonlyMap<string, T | null> = new Map()): () => void {
    const texts = [...documents].map(([key, value]) => [key, value && textOf(value)] as const);
    return () => {
      for (const [key, text] of texts) {
        if (text === null) this.texts.delete(key);
        else this.texts.set(key, text);
      }
    };
  }
}

function textOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    const message = `the registry could not keep a change (${error instanceof Error ? error.message : error})`;
    throw new TrackerError({ code: "STORE_FAILED", message });
  }
}
