import type { Label } from "../../../model/label";
import { findTerm, type TermGroup } from "../../../model/vocabulary";

/** Value in a unit = (wire value × `multiply` + `add`) ÷ `divide`; 1, 0 and 1 unless given. */
export interface Factor {
  readonly multiply?: number;
  readonly add?: number;
  readonly divide?: number;
}

/** What the value of a sensor means as a name of the vocabulary. */
export interface Meaning extends Factor {
  /** Name in the vocabulary. */
  readonly key: string;
  /** Which of several sensors that mean the same fills the name: the lowest that is there and fits. 0 unless given. */
  readonly rank?: number;
  /** The wire has the amount of a number that is always below zero, or the number itself. */
  readonly negative?: true;
  /** The words for the numbers that the wire has; null for one that says nothing. */
  readonly codes?: Readonly<Record<number, string | null>>;
  /** Numbers without a word are in use, too, so that one is no mistake. */
  readonly isOpen?: true;
  /** The vehicle's bus says it: while that is silent the device sends zeros, which mean nothing. */
  readonly ofBus?: true;
  /** What a text looks like that means this; another means something else. */
  readonly pattern?: RegExp;
  /**
   * The low 8 bits say which of the names `key1`, `key2` … it is, as the place of an axle on the J1939 bus (the high 4 of
   * them count from 0, front to back); the bits above are the value.
   */
  readonly placed?: true;
}

/** Who may see a value: nobody, as of a password, or who asks for what is personal. */
export type Privacy = "secret" | "personal";

/** What an IOTM sensor id means. */
export interface Sensor extends Factor {
  readonly id: number;
  /** The table's own name for it, in no language; the vocabulary's where that names one sensor alone. */
  readonly name: string;
  readonly label: Label;
  readonly group: TermGroup;
  /** Unit of the value after its factor; undefined where no source gives it. */
  readonly unit: string | undefined;
  /** What it fills; a value without stays under its id. */
  readonly meaning?: Meaning;
  /** What it may mean by standards that the vendor refers to; offered in the device config, never applied by itself. */
  readonly likely?: Meaning;
  /** Absent where everybody may see it. */
  readonly privacy?: Privacy;
}

interface More extends Omit<Meaning, "key"> {
  readonly name?: string;
  readonly en?: string;
  readonly de?: string;
}

/** A sensor that fills a name of the vocabulary, from which it has what is not given. */
export function named(id: number, key: string, { name = key, en, de, ...meaning }: More = {}): Sensor {
  const term = findTerm(key);
  if (term === undefined) throw new Error(`“${key}” is not in the vocabulary`);
  const { label, group, unit } = term;
  return {
    id,
    name,
    label: { en: en ?? label.en, de: de ?? label.de },
    group,
    unit,
    meaning: { key, ...meaning },
  };
}

/** A sensor that fills a name of the vocabulary with what the vehicle's CAN bus says. */
export function onBus(id: number, key: string, more: More = {}): Sensor {
  return named(id, key, { ...more, ofBus: true });
}

type Rest = Factor & Pick<Sensor, "unit" | "likely" | "privacy">;

/** A sensor that stays under its id: its name, group and labels. Without a unit here, no source gives one. */
export function raw(
  id: number,
  name: string,
  group: TermGroup,
  en: string,
  de: string,
  { unit, ...rest }: Partial<Rest> = {},
): Sensor {
  return { id, name, label: { en, de }, group, unit, ...rest };
}

/** Sensors from `first` to `last` that scripts on the device fill, numbered from `start`. */
export function scripted(first: number, last: number, type: string, start = 0): Sensor[] {
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const n = start + at;
    const name = `${type.toLowerCase()}Script${n}`;
    return raw(first + at, name, "device", `Script value ${n} (${type})`, `Skriptwert ${n} (${type})`);
  });
}
