/** Is told what is in an XML text, one element after the other, by their names without prefix. Lines count from 1. */
export interface XmlListener {
  begin(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  /** `content` is the element's own text. */
  end(name: string, content: string): void;
  /** It is no XML from here on; nothing more is told. */
  broken(line: number, message: string): void;
}
