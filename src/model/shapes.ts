/** Layouts remembered at most; the records of a fleet have a few dozen. */
const MAX_LAYOUTS = 1000;

interface Layout {
  readonly next: Map<string, Layout>;
  template?: Record<string, unknown>;
}

/**
 * Builds objects from parallel lists of keys and values so that objects with the same keys share one hidden
 * class. An object filled key by key turns into a hash table at about 20 keys, which takes more than twice
 * the memory (docs/performance.md). Beyond {@link MAX_LAYOUTS} layouts, new ones are filled key by key.
 */
export class ShapeCache {
  private root: Layout = { next: new Map() };
  private layouts = 0;

  build<V>(keys: readonly string[], values: readonly V[]): Record<string, V> {
    const template = this.template(keys);
    const built = (template === undefined ? {} : { ...template }) as Record<string, V>;
    for (let index = 0; index < keys.length; index++) {
      built[keys[index] as string] = values[index] as V;
    }
    return built;
  }

  private template(keys: readonly string[]): Record<string, unknown> | undefined {
    let layout = this.root;
    for (const key of keys) {
      let next = layout.next.get(key);
      if (next === undefined) {
        if (this.layouts >= MAX_LAYOUTS) return undefined;
        next = { next: new Map() };
        layout.next.set(key, next);
      }
      layout = next;
    }
    if (layout.template === undefined) {
      if (this.layouts >= MAX_LAYOUTS) return undefined;
      this.layouts++;
      layout.template = JSON.parse(`{${keys.map((key) => `${JSON.stringify(key)}:null`).join()}}`);
    }
    return layout.template;
  }
}
