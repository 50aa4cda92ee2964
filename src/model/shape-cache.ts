/** Steps of layouts remembered at most, about 1 MB; the layouts of a fleet take a few hundred. */
const MAX_STEPS = 10_000;

interface Layout {
  readonly next: Map<string, Layout>;
  template?: Record<string, unknown>;
}

/**
 * Builds objects from maps so that objects with the same keys in the same order share one hidden class. An
 * object filled key by key turns into a hash table at about 20 keys, which takes several times the memory
 * (docs/performance.md). Once too many layouts were seen, new ones are filled key by key.
 */
export class ShapeCache {
  private readonly root: Layout = { next: new Map() };
  private steps = 0;

  build<V>(entries: ReadonlyMap<string, V>): Record<string, V> {
    const template = this.template(entries);
    const built = (template === undefined ? {} : { ...template }) as Record<string, V>;
    for (const [key, value] of entries) built[key] = value;
    return built;
  }

  private template(entries: ReadonlyMap<string, unknown>): Record<string, unknown> | undefined {
    let layout = this.root;
    for (const key of entries.keys()) {
      let next = layout.next.get(key);
      if (next === undefined) {
        if (this.steps >= MAX_STEPS) return undefined;
        this.steps++;
        next = { next: new Map() };
        layout.next.set(key, next);
      }
      layout = next;
    }
    // JSON.parse makes an object with a hidden class of its own, whatever the number of keys.
    layout.template ??= JSON.parse(`{${[...entries.keys()].map((key) => `${JSON.stringify(key)}:null`)}}`);
    return layout.template;
  }
}
