import type { Mapping } from "../mapping";
import { howOf, ValueRule } from "./slot";

/** The rules of all layouts, each made once. */
export class ValueRules {
  readonly raw = new ValueRule("raw");
  readonly position = new ValueRule("position");
  private readonly named = new Map<Mapping, ValueRule>();

  name(mapping: Mapping): ValueRule {
    let rule = this.named.get(mapping);
    if (rule === undefined) {
      rule = new ValueRule(howOf(mapping), mapping);
      this.named.set(mapping, rule);
    }
    return rule;
  }
}
