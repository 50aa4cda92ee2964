import { imeiIn, isImeiName, SHORTEST_IMEI } from "../../model/imei";
import type { OnClaim, Sender } from "../sender";
import { namesOf } from "./recognise";
import { NAME_KEYS } from "./signal-keys";

/** Names that say whose a reading is, as recognise.ts knows them: in lower case, without separators. */
const SENDER_NAMES: ReadonlySet<string> = new Set(namesOf("imei"));
const NAME_KEY: ReadonlySet<string> = new Set(NAME_KEYS);
/** The longest name that is looked at, and the longest text that can be an IMEI as a whole. */
const LONGEST = 200;
/** JSON and hex text in the texts of JSON are looked into so deep. */
const MAX_INSIDE = 4;

/**
 * What is looked at of one message, in steps of about a microsecond; 2,000 readings of a device that writes its IMEI
 * and its times in the oddest way take half of it.
 */
const MAX_COST = 20_000;
const COST = { imei: 1, digits: 2, other: 8, inside: 2 } as const;
/** Objects and lists inside each other; the decoders take no more than a few. */
const MAX_OPEN = 10_000;

/** An object or array that is open; made once for each depth. */
interface Scope {
  isArray: boolean;
  /** The name that it stands under. */
  under: string;
  /** It stands below a name of the sender; undefined until somebody wants to know. */
  isSender: boolean | undefined;
  /** The name of the next value. */
  key: string;
  /** One of its values is such a name, as in `{"name": "imei", "value": …}`. */
  saysSender: boolean;
  /** What it has said under other names so far. */
  said: string[] | undefined;
}

/**
 * Finds every IMEI that the decoder could take for the sender's, with any field map: in values and keys, in lists of
 * names and values, in JSON inside of text, whatever the notation. Reads the text once from its beginning to its end,
 * sound JSON or not, because each line can be one.
 */
export const jsonSender: Sender = ({ text }, found, inside) =>
  new SenderScan(text, found, inside, { left: MAX_COST }, 0).run();

class SenderScan {
  private at = 0;
  private readonly scopes: Scope[] = [];
  private open = 0;
  private scope: Scope;

  constructor(
    private readonly text: string,
    private readonly found: OnClaim,
    private readonly inside: (text: string) => boolean,
    private readonly budget: { left: number },
    private readonly depth: number,
  ) {
    this.scope = this.push(true, "");
  }

  run(): boolean {
    while (this.at < this.text.length) if (this.token()) return true;
    while (this.open > 0) if (this.close()) return true;
    return false;
  }

  /** Takes the next token in; true where the search is over. */
  private token(): boolean {
    const { text } = this;
    while (this.at < text.length && kindOf(text, this.at) === NOTHING) this.at++;
    if (this.at === text.length) return false;
    const kind = kindOf(text, this.at);
    if (kind === WORD) return this.word();
    const code = text.charCodeAt(this.at++);
    if (code === QUOTE) return this.string();
    if (code === BRACE || code === BRACKET) {
      this.push(code === BRACKET, this.scope.key);
      return this.open > MAX_OPEN;
    }
    if (code === NEW_LINE) return this.open > 1 && this.startsDocument() && this.closeAll();
    return this.close();
  }

  /** Whether the next line begins as a document of its own does, which a broken one before it must not hide. */
  private startsDocument(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === BRACE || code === BRACKET;
  }

  private closeAll(): boolean {
    while (this.open > 1) if (this.close()) return true;
    return false;
  }

  private push(isArray: boolean, under: string): Scope {
    const { scopes, open } = this;
    const scope = scopes[open] ?? ({} as Scope);
    scopes[open] = scope;
    Object.assign(scope, {
      isArray,
      under,
      isSender: undefined,
      key: "",
      saysSender: false,
      said: undefined,
    });
    this.open++;
    this.scope = scope;
    return scope;
  }

  private close(): boolean {
    const { saysSender, said } = this.scope;
    this.open--;
    if (this.open > 0) this.scope = this.scopes[this.open - 1] as Scope;
    else if (this.at < this.text.length) this.push(true, "");
    return saysSender && said?.some((imei) => this.found({ imei, isNamed: true })) === true;
  }

  /** A message's own number under `id` is no IMEI because it has nearly as many digits. */
  private isNamed(isWhole: boolean): boolean {
    if (!isWhole) return isImeiName(this.scope.key) || isImeiName(this.scope.under);
    return this.isBelowSender() || isSenderName(this.scope.key);
  }

  /** Looks at each scope once, however many values are in it. */
  private isBelowSender(): boolean {
    let at = this.open - 1;
    while (at >= 0 && this.scopes[at]?.isSender === undefined) at--;
    let isSender = this.scopes[at]?.isSender ?? false;
    for (at++; at < this.open; at++) {
      const scope = this.scopes[at] as Scope;
      isSender ||= isSenderName(scope.under);
      scope.isSender = isSender;
    }
    return isSender;
  }

  private string(): boolean {
    const { text } = this;
    const start = this.at;
    let isEscaped = false;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      isEscaped = true;
      end++;
    }
    const raw = text.slice(start, end);
    this.at = end + 1;
    const value = isEscaped ? unescaped(raw) : raw;
    return this.isKey() ? this.name(value) || this.take(value, false) : this.value(value);
  }

  private name(key: string): boolean {
    this.scope.key = key.slice(0, LONGEST);
    return false;
  }

  /** A number, or a word that is none. */
  private word(): boolean {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && kindOf(text, this.at) === WORD) this.at++;
    return this.value(asRead(text.slice(start, this.at)));
  }

  /** Whether a text that has just ended is followed by a colon. */
  private isKey(): boolean {
    let next = this.at;
    while (isSpace(this.text.charCodeAt(next))) next++;
    return this.text.charCodeAt(next) === COLON;
  }

  private value(value: string): boolean {
    const { scope } = this;
    if (!scope.isArray && NAME_KEY.has(scope.key) && isSenderName(value)) scope.saysSender = true;
    const ended = value.length >= SHORTEST_IMEI && (this.take(value, true) || this.look(value));
    if (!scope.isArray) scope.key = "";
    return ended;
  }

  /** Takes in what may be an IMEI, as a whole or as a part; a key has no name of its own. */
  private take(text: string, isValue: boolean): boolean {
    if (!hasDigits(text)) return false;
    if (text.length <= LONGEST && !NO_IMEI.test(text) && this.takeWhole(text, isValue)) return true;
    // Nothing but the whole has room in it.
    if (text.length === 15) return false;
    for (const [imei] of text.matchAll(/(?<!\d)\d{15}(?!\d)/g)) {
      if (this.spend(COST.imei) || this.found({ imei, isNamed: false })) return true;
    }
    return false;
  }

  private takeWhole(text: string, isValue: boolean): boolean {
    if (this.spend(costOf(text))) return true;
    const { imei, isWhole = false } = imeiIn(text);
    if (imei === undefined) return false;
    if (this.found({ imei, isNamed: isValue && this.isNamed(isWhole) })) return true;
    this.scope.said ??= [];
    this.scope.said.push(imei);
    return false;
  }

  /** Looks into a text that may be a payload of its own. */
  private look(value: string): boolean {
    if (this.depth >= MAX_INSIDE || value.length < 15) return false;
    if (this.inside(value)) return true;
    if (!/[{["]/.test(value)) return false;
    const { found, inside, budget, depth } = this;
    return this.spend(COST.inside) || new SenderScan(value, found, inside, budget, depth + 1).run();
  }

  /** True where there is nothing left to spend. */
  private spend(cost: number): boolean {
    this.budget.left -= cost;
    return this.budget.left < 0;
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A number as a reader of JSON has it, however it is written: a whole one by its digits, a fraction, which is no IMEI,
 * as nothing. As it is where it is no number, or more than a number can hold (json.ts).
 */
function asRead(word: string): string {
  if (!/[.eE]/.test(word) || !NUMBER.test(word)) return word;
  const number = Number(word);
  if (Number.isSafeInteger(number)) return String(number);
  return Number.isInteger(number) || !Number.isFinite(number) ? word : "";
}

/** Letters that no IMEI has, whatever is written around it; most times have one. */
const NO_IMEI = /[cdfhj-lpqtw-z]/i;

function costOf(text: string): number {
  if (!/^\d+$/.test(text)) return COST.other;
  return text.length === 15 ? COST.imei : COST.digits;
}

const LONGEST_NAME = Math.max(...[...SENDER_NAMES].map((name) => name.length));

/** Also where it is the last part of a name: `device.id`, `vehicle_imei`. */
function isSenderName(name: string): boolean {
  if (name === "" || name.length > LONGEST) return false;
  if (isImeiName(name)) return true;
  const words = name.match(/[a-z]+|[A-Z][a-z]*|\d+/g) ?? [];
  let end = "";
  for (let at = words.length - 1; at >= 0 && end.length <= LONGEST_NAME; at--) {
    end = (words[at] as string).toLowerCase() + end;
    if (SENDER_NAMES.has(end)) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH, COLON, NEW_LINE] = [0x22, 0x5c, 0x3a, 0x0a];
const [BRACE, BRACKET] = [0x7b, 0x5b];
/** Kinds of characters: what says nothing, those of numbers and words, and those of which each means something. */
const [NOTHING, WORD, SIGN] = [0, 1, 2];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[0-9a-zA-Z.+-]/.test(char)) return WORD;
  return '"{}[]\n'.includes(char) ? SIGN : NOTHING;
});

function kindOf(text: string, at: number): number | undefined {
  const code = text.charCodeAt(at);
  return code < 128 ? KINDS[code] : NOTHING;
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

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === NEW_LINE || code === 0x0d;
}

function unescaped(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  }
}
