import { imeiIn, isImeiName, SHORTEST_IMEI } from "../../model/imei";
import { namesOf } from "./recognise";
import { NAME_KEYS } from "./signals";

/** An IMEI in a payload, and whether its name says that it is the sender's. */
export interface SenderClaim {
  readonly imei: string;
  /** False where only a field map could take it for the sender's. */
  readonly isNamed: boolean;
}

/** Told of each claim; true ends the search. */
export type OnClaim = (claim: SenderClaim) => boolean;

/** Names that say whose a reading is, as recognise.ts knows them: in lower case, without separators. */
const SENDER_NAMES: ReadonlySet<string> = new Set(namesOf("imei"));
const NAME_KEY: ReadonlySet<string> = new Set(NAME_KEYS);
/** The longest name that is looked at, and the longest text that can be an IMEI as a whole. */
const LONGEST = 200;
/** JSON and hex text in the texts of JSON are looked into so deep. */
const MAX_INSIDE = 4;

/** An object or array that is open. */
interface Scope {
  readonly isArray: boolean;
  /** The name that it stands under. */
  readonly under: string;
  /** It stands below a name of the sender; undefined until somebody wants to know. */
  isSender: boolean | undefined;
  /** The name of the next value. */
  key: string;
  /** One of its values is such a name, as in `{"name": "imei", "value": …}`. */
  saysSender: boolean;
  /** What it has said under other names so far. */
  readonly said: string[];
}

/**
 * Finds every IMEI that the decoder could take for the sender's, with any field map: in values and keys, in lists of
 * names and values, in JSON inside of text, whatever the notation. `inside` is told of texts that may be a payload of
 * their own. Reads the text once from its beginning to its end, sound JSON or not, because each line can be one.
 * Returns whether `found` has ended it.
 */
export function jsonSenders(
  text: string,
  found: OnClaim,
  inside: (text: string) => boolean,
  depth = 0,
): boolean {
  return new SenderScan(text, found, inside, depth).run();
}

class SenderScan {
  private at = 0;
  private readonly scopes: Scope[] = [openScope(true, "")];

  constructor(
    private readonly text: string,
    private readonly found: OnClaim,
    private readonly inside: (text: string) => boolean,
    private readonly depth: number,
  ) {}

  run(): boolean {
    while (this.at < this.text.length) if (this.token()) return true;
    while (this.scopes.length > 0) if (this.close()) return true;
    return false;
  }

  /** Takes the next token in; true where the search is over. */
  private token(): boolean {
    const char = this.text[this.at] as string;
    if (char === '"') return this.string();
    if (isWord(char)) return this.word();
    this.at++;
    if (char === "{" || char === "[") this.scopes.push(openScope(char === "[", this.scope.key));
    else if (char === "}" || char === "]") return this.close();
    else if (char === "\n" && this.scopes.length > 1 && this.startsDocument()) return this.closeAll();
    return false;
  }

  /** Whether the next line begins as a document of its own does, which a broken one before it must not hide. */
  private startsDocument(): boolean {
    return this.text[this.at] === "{" || this.text[this.at] === "[";
  }

  private closeAll(): boolean {
    while (this.scopes.length > 1) if (this.close()) return true;
    return false;
  }

  private close(): boolean {
    const scope = this.scopes.pop();
    if (this.scopes.length === 0 && this.at < this.text.length) this.scopes.push(openScope(true, ""));
    return scope?.saysSender === true && scope.said.some((imei) => this.found({ imei, isNamed: true }));
  }

  private get scope(): Scope {
    return this.scopes.at(-1) as Scope;
  }

  /** A message's own number under `id` is no IMEI because it has nearly as many digits. */
  private isNamed(isWhole: boolean): boolean {
    if (!isWhole) return isImeiName(this.scope.key) || isImeiName(this.scope.under);
    return this.isBelowSender() || isSenderName(this.scope.key);
  }

  /** Looks at each scope once, however many values are in it. */
  private isBelowSender(): boolean {
    const known = this.scopes.findLastIndex(({ isSender }) => isSender !== undefined);
    let isSender = this.scopes[known]?.isSender ?? false;
    for (const scope of this.scopes.slice(known + 1)) {
      isSender ||= isSenderName(scope.under);
      scope.isSender = isSender;
    }
    return isSender;
  }

  private string(): boolean {
    const start = ++this.at;
    let isEscaped = false;
    for (; this.at < this.text.length && this.text[this.at] !== '"'; this.at++) {
      if (this.text[this.at] !== "\\") continue;
      isEscaped = true;
      this.at++;
    }
    const raw = this.text.slice(start, this.at++);
    const value = isEscaped ? unescaped(raw) : raw;
    return this.isKey() ? this.name(value) || this.take(value, false) : this.value(value);
  }

  private name(key: string): boolean {
    this.scope.key = key.slice(0, LONGEST);
    return false;
  }

  /** A number, or a word that is none. */
  private word(): boolean {
    const start = this.at;
    while (this.at < this.text.length && isWord(this.text[this.at] as string)) this.at++;
    return this.value(this.text.slice(start, this.at));
  }

  /** Whether a text that has just ended is followed by a colon. */
  private isKey(): boolean {
    let next = this.at;
    while (isSpace(this.text[next])) next++;
    return this.text[next] === ":";
  }

  private value(value: string): boolean {
    const { scope } = this;
    if (!scope.isArray && NAME_KEY.has(scope.key) && isSenderName(value)) scope.saysSender = true;
    const ended = this.take(value, true) || this.look(value);
    if (!scope.isArray) scope.key = "";
    return ended;
  }

  /** Takes in what may be an IMEI, as a whole or as a part; a key has no name of its own. */
  private take(text: string, isValue: boolean): boolean {
    if (!hasDigits(text)) return false;
    if (text.length <= LONGEST) {
      const { imei, isWhole = false } = imeiIn(text);
      if (imei !== undefined) {
        if (this.found({ imei, isNamed: isValue && this.isNamed(isWhole) })) return true;
        this.scope.said.push(imei);
      }
    }
    for (const [imei] of text.matchAll(/(?<!\d)\d{15}(?!\d)/g)) {
      if (this.found({ imei, isNamed: false })) return true;
    }
    return false;
  }

  /** Looks into a text that may be a payload of its own. */
  private look(value: string): boolean {
    if (this.depth >= MAX_INSIDE || value.length < 15) return false;
    if (this.inside(value)) return true;
    return /[{["]/.test(value) && jsonSenders(value, this.found, this.inside, this.depth + 1);
  }
}

function openScope(isArray: boolean, under: string): Scope {
  return { isArray, under, isSender: undefined, key: "", saysSender: false, said: [] };
}

/** Also where it is the last part of a name: `device.id`, `vehicle_imei`. */
function isSenderName(name: string): boolean {
  if (name === "" || name.length > LONGEST) return false;
  if (isImeiName(name)) return true;
  const words = name.match(/[a-z]+|[A-Z][a-z]*|\d+/g)?.map((word) => word.toLowerCase()) ?? [];
  return (
    words.some((_, index) => SENDER_NAMES.has(words.slice(index).join(""))) ||
    SENDER_NAMES.has(words.join(""))
  );
}

function isWord(char: string): boolean {
  return (
    (char >= "0" && char <= "9") ||
    (char >= "a" && char <= "z") ||
    (char >= "A" && char <= "Z") ||
    char === "." ||
    char === "+" ||
    char === "-"
  );
}

/** Whether there are as many digits as the shortest IMEI has; full-width ones are digits, too. */
function hasDigits(text: string): boolean {
  let count = 0;
  for (let at = 0; at < text.length && count < SHORTEST_IMEI; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x30 && code <= 0x39) || (code >= 0xff10 && code <= 0xff19)) count++;
  }
  return count >= SHORTEST_IMEI;
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

function unescaped(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  }
}
