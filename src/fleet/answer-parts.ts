/** A part of a long answer. */
export interface AnswerPart {
  readonly payload: unknown;
  /** How far the answer has come with it: from 0 to 1. */
  readonly progress: number;
  readonly isLast: boolean;
}

/** An answer that is too long to be held in memory: lists of records, or pieces of a text, one after the other. */
export class AnswerParts {
  constructor(
    readonly type: "array" | "string",
    private readonly payloads: AsyncIterable<unknown>,
    private readonly progress: () => number,
  ) {}

  /** The parts in order; the next one is read when it is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerPart> {
    let held: Omit<AnswerPart, "isLast"> | undefined;
    for await (const payload of this.payloads) {
      if (held !== undefined) yield { ...held, isLast: false };
      held = { payload, progress: this.progress() };
    }
    if (held !== undefined) yield { ...held, progress: 1, isLast: true };
  }
}
