import assert from "node:assert/strict";
import { parser } from "sax";

/** Of elements, those that may stand in each, in their order; of an element without an entry, none. */
export type ContentModel = Readonly<Record<string, readonly string[]>>;

/** What the text of an element or attribute (`trkpt@lat`) has to be. */
export type Texts = Readonly<Record<string, RegExp>>;

/** Fails where a text is no well-formed XML with namespaces, or an element stands where the model does not have it. */
export function assertXml(text: string, root: string, model: ContentModel, texts: Texts): void {
  const open: { readonly name: string; at: number; text: string }[] = [];
  const sax = parser(true, { xmlns: true });
  const check = (name: string, value: string) => {
    const wanted = texts[name];
    if (wanted !== undefined) assert.match(value, wanted, name);
  };
  sax.onerror = (error) => {
    throw error;
  };
  sax.onopentag = ({ name, attributes }) => {
    const parent = open.at(-1);
    if (parent === undefined) assert.equal(name, root);
    else {
      const at = (model[parent.name] ?? []).indexOf(name);
      assert.ok(at >= 0, `${name} in ${parent.name}`);
      assert.ok(at >= parent.at, `${name} comes too late in ${parent.name}`);
      parent.at = at;
    }
    for (const [key, { value }] of Object.entries(attributes as Record<string, { value: string }>))
      check(`${name}@${key}`, value);
    open.push({ name, at: 0, text: "" });
  };
  sax.ontext = (part) => {
    const inside = open.at(-1);
    if (inside !== undefined) inside.text += part;
  };
  sax.onclosetag = (name) => check(name, (open.pop() as { text: string }).text);
  sax.write(text).close();
}
