/** Where the value of a name stands in a list. */
export type FieldPlace = readonly [name: string, place: number];

/** Makes an object of values of a list, of which those that it takes are of this type. */
export type Filler<V> = (values: readonly unknown[]) => Record<string, V>;

/** Objects are copied from one that has the names, and filled, so that all of them share one hidden class. */
export function fillerOf<V>(fields: readonly FieldPlace[]): Filler<V> {
  const names = fields.map(([name]) => name);
  const places = fields.map(([, place]) => place);
  // JSON.parse makes an object with a hidden class of its own, whatever the number of names.
  const template = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`)}}`);
  return (values) => {
    const made: Record<string, V> = { ...template };
    for (let at = 0; at < names.length; at++) made[names[at] as string] = values[places[at] as number] as V;
    return made;
  };
}
