import type { Node, NodeAPI, NodeMessage } from "node-red";
import { type Problem, shownText, TrackerError } from "../../src/errors";
import type { Scalar } from "../../src/model/message";
import {
  type Deadline,
  EXPRESSION_LIMIT_MS,
  resultOf,
  withDeadline,
} from "../../src/protocols/json/expression";
import { type CompiledMap, ruleName } from "../../src/protocols/json/field-map";
import type { Computed } from "../../src/protocols/json/map";
import type { PlacedReading } from "../../src/protocols/json/readings";

/** Messages that wait for their turn at most. */
const MAX_WAITING = 1000;

/** What the expressions say of each reading, and the first that failed. */
interface Evaluated {
  readonly computed: Computed[];
  readonly problem: Problem | undefined;
}

type Expression = ReturnType<NodeAPI["util"]["prepareJSONataExpression"]>;

/** The expressions of a field map, run by Node-RED's own engine. */
export class Expressions {
  private readonly expressions: ReadonlyMap<number, Expression>;
  private readonly deadline: Deadline = { at: Number.POSITIVE_INFINITY };
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Throws `EXPRESSION` where one cannot be read. */
  constructor(
    private readonly RED: NodeAPI,
    node: Node,
    map: CompiledMap,
  ) {
    this.expressions = new Map(
      map.rules.flatMap(({ expression, index }) =>
        expression === undefined ? [] : [[index, this.prepare(node, expression, index)]],
      ),
    );
  }

  get isEmpty(): boolean {
    return this.expressions.size === 0;
  }

  /**
   * What the expressions say of each reading; one that fails (`EXPRESSION`) says nothing. Messages are served in the
   * order in which they came, and Node-RED does other things between them. Rejects with `EXPRESSION_TIME` or
   * `EXPRESSION_BUSY`.
   */
  async run(readings: readonly PlacedReading[]): Promise<Evaluated> {
    if (this.waiting >= MAX_WAITING) {
      const message = `more than ${MAX_WAITING} messages wait for the expressions of the field map`;
      throw new TrackerError({ code: "EXPRESSION_BUSY", message });
    }
    this.waiting++;
    const result = this.turn.then(async () => {
      await new Promise(setImmediate);
      this.deadline.at = performance.now() + EXPRESSION_LIMIT_MS;
      const problems: Problem[] = [];
      const computed: Computed[] = [];
      for (const { root } of readings) computed.push(await this.compute(root, problems));
      return { computed, problem: problems[0] };
    });
    this.turn = result.catch(() => undefined).finally(() => this.waiting--);
    return result;
  }

  private prepare(node: Node, expression: string, index: number): Expression {
    try {
      const prepared = this.RED.util.prepareJSONataExpression(expression, node);
      // For old flows Node-RED asks about {msg: …} where the word msg is in an expression. Here that is a key of the payload.
      Object.assign(prepared, { _legacyMode: false });
      return withDeadline(prepared, this.deadline);
    } catch (error) {
      throw failure(error, index);
    }
  }

  private async compute(root: unknown, problems: Problem[]): Promise<Computed> {
    const computed = new Map<number, Scalar>();
    for (const [index, expression] of this.expressions) {
      try {
        const result = resultOf(await this.evaluate(expression, root));
        if (result !== undefined) computed.set(index, result);
      } catch (error) {
        const problem = failure(error, index);
        if (problem.code === "EXPRESSION_TIME") throw problem;
        problems.push(problem);
      }
    }
    return computed;
  }

  private evaluate(expression: Expression, root: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.RED.util.evaluateJSONataExpression(expression, root as NodeMessage, (error, value) =>
        error ? reject(error) : resolve(value),
      );
    });
  }
}

function failure(error: unknown, index: number): TrackerError {
  if (error instanceof TrackerError) return new TrackerError({ ...ofProblem(error), path: ruleName(index) });
  const message = `the expression failed: ${shownText(String((error as { message?: unknown } | null)?.message ?? error))}`;
  return new TrackerError({ code: "EXPRESSION", path: ruleName(index), message });
}

function ofProblem({ code, message }: TrackerError): { code: string; message: string } {
  return { code, message };
}
