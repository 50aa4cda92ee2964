import type { Problem } from "../../../src/errors";
import type { Scalar } from "../../../src/model/message";
import {
  type Deadline,
  EXPRESSION_LIMIT_MS,
  resultOf,
  withDeadline,
} from "../../../src/protocols/json/expression";
import type { CompiledMap } from "../../../src/protocols/json/field-map";
import type { Computed } from "../../../src/protocols/json/map";
import type { PlacedReading } from "../../../src/protocols/json/readings";

/** What the expressions of a map say of a reading, by the index of their rule. */
export interface Evaluated {
  readonly computed: Computed;
  readonly problems: ReadonlyMap<number, Problem>;
}

export const NOTHING_EVALUATED: Evaluated = { computed: new Map(), problems: new Map() };

interface Engine {
  evaluate(input: unknown): Promise<unknown>;
  assign(name: string | symbol, value: unknown): void;
}

/** The editor's own JSONata, which is Node-RED's. */
const jsonata = (text: string): Engine =>
  (window as unknown as { jsonata(text: string): Engine }).jsonata(text);

/** Runs the expressions as the node does: all together have so much time. */
export async function evaluate({ rules }: CompiledMap, { root }: PlacedReading): Promise<Evaluated> {
  const deadline: Deadline = { at: performance.now() + EXPRESSION_LIMIT_MS };
  const computed = new Map<number, Scalar>();
  const problems = new Map<number, Problem>();
  for (const { expression, index } of rules) {
    if (expression === undefined) continue;
    try {
      const result = resultOf(await withDeadline(jsonata(expression), deadline).evaluate(root));
      if (result !== undefined) computed.set(index, result);
    } catch (error) {
      problems.set(index, problemOf(error));
    }
  }
  return { computed, problems };
}

function problemOf(error: unknown): Problem {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = typeof message === "string" ? message : String(error);
  return { code: code === "EXPRESSION_TIME" ? code : "EXPRESSION", path: "from", message: said };
}
