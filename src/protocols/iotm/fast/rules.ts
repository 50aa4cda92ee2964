import type { Mapping } from "../mapping";
import { howOf, Rule } from "./slot";

/** The rules of all layouts, each made once. */
export class Rules {
  readonly raw = new Rule("raw");
  readonly position = new Rule("position");
  private readonly named = new Map<Mapping, Rule>();

  name(mapping: Mapping): Rule {
    let rule = this.named.get(mapping);
    if (rule === undefined) {
      rule = new Rule(howOf(mapping), mapping);
      this.named.set(mapping, rule);
    }
    return rule;
  }
}
