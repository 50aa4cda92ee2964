import type { Node, NodeAPI, NodeMessage } from "node-red";
import { type Problem, shownText, TrackerError } from "../../src/errors";
import type { Scalar } from "../../src/model/message";
import {
  type Deadline,
  EXPRESSION_LIMIT_MS,
  resultOf,
  withDeadline,
} from "../../src/protocols/json/expression";

/** Messages that wait for their turn at most. */
const MAX_WAITING = 1000;

/** What the expressions say of each thing they were asked about, and the first that failed. */
interface Evaluated<K> {
  readonly computed: ReadonlyMap<K, Scalar>[];
  readonly problem: Problem | undefined;
}

/** An expression by what it is known by, and where it stands in what the user entered. */
export interface NamedExpression<K> {
  readonly key: K;
  readonly text: string;
  readonly path: string;
}

type Expression = ReturnType<NodeAPI["util"]["prepareJSONataExpression"]>;

/** Expressions of a node, run by Node-RED's own engine. */
export class Expressions<K> {
  private readonly expressions: readonly {
    readonly key: K;
    readonly path: string;
    readonly run: Expression;
  }[];
  private readonly deadline: Deadline = { at: Number.POSITIVE_INFINITY };
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** Throws `EXPRESSION` where one cannot be read. */
  constructor(
    private readonly RED: NodeAPI,
    node: Node,
    expressions: readonly NamedExpression<K>[],
  ) {
    this.expressions = expressions.map(({ key, text, path }) => ({
      key,
      path,
      run: this.prepare(node, text, path),
    }));
  }

  get isEmpty(): boolean {
    return this.expressions.length === 0;
  }

  /**
   * What the expressions say of each of the roots; one that fails (`EXPRESSION`) says nothing. Messages are served in the
   * order in which they came, and Node-RED does other things between them. Rejects with `EXPRESSION_TIME` or
   * `EXPRESSION_BUSY`.
   */
  async run(roots: readonly unknown[]): Promise<Evaluated<K>> {
    if (this.waiting >= MAX_WAITING) {
      const message = `more than ${MAX_WAITING} messages wait for the expressions`;
      throw new TrackerError({ code: "EXPRESSION_BUSY", message });
    }
    this.waiting++;
    const result = this.turn.then(async () => {
      await new Promise(setImmediate);
      this.deadline.at = performance.now() + EXPRESSION_LIMIT_MS;
      const problems: Problem[] = [];
      const computed: ReadonlyMap<K, Scalar>[] = [];
      for (const root of roots) computed.push(await this.compute(root, problems));
      return { computed, problem: problems[0] };
    });
    this.turn = result.catch(() => undefined).finally(() => this.waiting--);
    return result;
  }

  private prepare(node: Node, expression: string, path: string): Expression {
    try {
      const prepared = this.RED.util.prepareJSONataExpression(expression, node);
      // For old flows Node-RED asks about {msg: …} where the word msg is in an expression. Here that is a key of the payload.
      Object.assign(prepared, { _legacyMode: false });
      return withDeadline(prepared, this.deadline);
    } catch (error) {
      throw failure(error, path);
    }
  }

  private async compute(root: unknown, problems: Problem[]): Promise<ReadonlyMap<K, Scalar>> {
    const computed = new Map<K, Scalar>();
    for (const { key, path, run } of this.expressions) {
      try {
        const result = resultOf(await this.evaluate(run, root));
        if (result !== undefined) computed.set(key, result);
      } catch (error) {
        const problem = failure(error, path);
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

function failure(error: unknown, path: string): TrackerError {
  if (error instanceof TrackerError) return new TrackerError({ ...ofProblem(error), path });
  const message = `the expression failed: ${shownText(String((error as { message?: unknown } | null)?.message ?? error))}`;
  return new TrackerError({ code: "EXPRESSION", path, message });
}

function ofProblem({ code, message }: TrackerError): { code: string; message: string } {
  return { code, message };
}
