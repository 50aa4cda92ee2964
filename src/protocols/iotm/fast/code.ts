import type { FieldPlace } from "../../../model/filler";
import { type IdentityStart, identityFrom } from "../../../model/identity";
import type { Telemetry } from "../../../model/message";
import { shortestF32, withoutDust } from "../convert";
import { HEADER_BYTES } from "../frame";
import { busActivity, knownFuelLevelType } from "../layouts";
import { VEILED } from "../privacy";
import { F32, F64 } from "../values";
import type { RecordShape } from "./build";
import { ACTIVITY, FUEL_TYPE, HIDDEN_VALUE, type Layout, NEVER_ZERO, OF_BUS, WITHOUT_VALUE } from "./layout";
import { mappedOf, positionOf, rawOf, type Slot } from "./slot";
import { CURSOR, isInexact, NO_VALUE, readOther, readPosition, ZERO } from "./wire";

/** Reads a record from `start` to before `stop`; undefined where its bytes are not as its layout has them. */
export type RecordCode = (
  bytes: Uint8Array,
  view: DataView,
  start: number,
  stop: number,
  imei: string,
  sender: IdentityStart,
  time: number,
  receivedAt: number,
) => Telemetry | undefined;

/** Whether this process may make code of text; it may be started so that it must not. */
export const CAN_COMPILE = canCompile();

function canCompile(): boolean {
  try {
    return new Function("return true")() === true;
  } catch {
    return false;
  }
}

/** What code that is made can call. */
const CALLED = {
  identityFrom,
  shortestF32,
  withoutDust,
  busActivity,
  knownFuelLevelType,
  mappedOf,
  positionOf,
  rawOf,
  CURSOR,
  isInexact,
  readOther,
  readPosition,
};

/**
 * Writes out how records of one layout are read: a line for each sensor, which compares its type and id and reads the value
 * where it lies, then a line for what becomes of each value, and the record as an object literal, so that no name is looked up
 * and all its records share one hidden class. All that comes from a user are names and units, and they are quoted. `__proto__`, which
 * is no name in a literal, is refused.
 */
export function codeOf(
  layout: Layout,
  natures: Uint8Array,
  slots: readonly Slot[],
  shape: RecordShape,
): RecordCode {
  const sensors = Array.from({ length: layout.count }, (_, place) => sensorIn(layout, natures, place));
  const code = `"use strict";
const {${Object.keys(CALLED)}} = called;
return (bytes,view,start,stop,imei,sender,time,receivedAt) => {
const last=stop-3;
let at=start+${HEADER_BYTES + 4},h=0,isAlive=false,isSilent=false,activity,fuelLevelType;
${sensors.map(sensorLines).join("\n")}
if(at!==stop||(activity??(isAlive||(isSilent?false:undefined)))!==${layout.isBusHeard}||fuelLevelType!==${layout.fuelLevelType})return undefined;
${slots.map(slotLine).join("\n")}
return ${recordText(shape)};
};`;
  const mappings = slots.map(({ rule }) => rule.mapping);
  return new Function("called", "mappings", code)(CALLED, mappings) as RecordCode;
}

interface CodedSensor {
  readonly place: number;
  readonly id: number;
  readonly isWithoutValue: boolean;
  /** Value type that it had when the code was made. */
  readonly type: number;
  readonly nature: number;
}

function sensorIn({ ids, types }: Layout, natures: Uint8Array, place: number): CodedSensor {
  const id = (ids[place] as number) & ~WITHOUT_VALUE;
  const isWithoutValue = ids[place] !== id;
  return { place, id, isWithoutValue, type: types[place] as number, nature: natures[id] as number };
}

/** Value types that are read where they lie: bytes, and the text that reads them; `h` has a value's type, id and first byte. */
const READ: Readonly<Record<number, readonly [size: number, text: string]>> = {
  [ZERO]: [0, "0"],
  4: [1, "h>>>24"],
  5: [2, "view.getUint16(at+3,true)"],
  6: [4, "view.getUint32(at+3,true)"],
  8: [1, "h>>24"],
  9: [2, "view.getInt16(at+3,true)"],
  10: [4, "view.getInt32(at+3,true)"],
  [F32]: [4, "shortestF32(view.getFloat32(at+3,true))"],
  [F64]: [8, "withoutDust(view.getFloat64(at+3,true))"],
  14: [16, "readPosition(bytes,view,at+3)"],
};

function sensorLines(sensor: CodedSensor): string {
  const { place, id, isWithoutValue, type, nature } = sensor;
  const w = `w${place}`;
  const head = "if(at>last)return undefined;h=view.getInt32(at,true);";
  if (isWithoutValue) {
    return `${head}if((h&0xffffff)!==${(id << 8) | NO_VALUE})return undefined;const ${w}=null;at+=3;`;
  }
  const isExact = nature >= ACTIVITY ? "if(isInexact(h&255))return undefined;" : "";
  const other = `{${isExact}${w}=readOther(${id},bytes,view,at,stop);if(${w}===undefined)return undefined;at=CURSOR.at;}`;
  const lines = type < NO_VALUE ? [yesNo(id, w)] : [...new Set([type, ZERO])].map((one) => value(one, id, w));
  return `${head}let ${w};${[...lines, other].filter(Boolean).join("else ")}${saidOfOthers(sensor, w)}`;
}

function yesNo(id: number, w: string): string {
  return `if((h&0xfffffe)===${id << 8}){${w}=(h&1)===1;at+=3;}`;
}

function value(type: number, id: number, w: string): string {
  const [size, text] = READ[type] ?? [];
  if (size === undefined) return "";
  return `if((h&0xffffff)===${(id << 8) | type}&&at+${size}<=last){${w}=${text};at+=${3 + size};}`;
}

/** What a value says of others. */
function saidOfOthers({ nature }: CodedSensor, w: string): string {
  const isHidden = (nature & HIDDEN_VALUE) !== 0;
  const parts = [
    nature & ACTIVITY ? `activity=busActivity(${w});` : "",
    nature & FUEL_TYPE ? `fuelLevelType=knownFuelLevelType(${w});` : "",
    isHidden ? `${w}=${JSON.stringify(VEILED)};` : "",
    nature & OF_BUS ? `if(${w})isAlive=true;${nature & NEVER_ZERO ? "else isSilent=true;" : ""}` : "",
  ];
  return parts.join("");
}

function slotLine(slot: Slot, at: number): string {
  const { from, to, first, rule } = slot;
  const { multiply, add, divide, least, most } = rule;
  const w = `w${from}`;
  const v = `v${to}`;
  switch (rule.how) {
    case "raw":
      return `const ${v}=typeof ${w}==="boolean"?${w}:rawOf(${w});`;
    case "second":
      return `const s${at}=mappedOf(${w},mappings[${at}]);if(s${at}===undefined)return undefined;\
if(s${at}===true&&v${first}===false)v${first}=true;const ${v}=rawOf(${w});`;
    case "number":
      return `if(typeof ${w}!=="number")return undefined;let ${v}=(${w}*${multiply}+${add})/${divide};\
${v}=(Number.isInteger(${w})?${v}:withoutDust(${v}))+0;if(!(${v}>=${least}&&${v}<=${most}))return undefined;`;
    case "boolean":
      return fitted(v, `${w}===true||${w}===1||(${w}===false||${w}===0?false:undefined)`);
    case "mapped":
      return fitted(v, `mappedOf(${w},mappings[${at}])`);
    case "position":
      return fitted(v, `positionOf(${w})`);
  }
}

function fitted(v: string, value: string): string {
  return `let ${v}=${value};if(${v}===undefined)return undefined;`;
}

function recordText({ position, attributes, sensors, units }: RecordShape): string {
  const object = (fields: readonly FieldPlace[]) =>
    `{${fields.map(([name, place]) => `${quoted(name)}:v${place}`)}}`;
  const parts = [
    'schema:1,kind:"telemetry",protocol:"iotm",imei,identity:identityFrom(sender,view,start,stop),time,receivedAt',
    position === undefined ? "" : `position:v${position}`,
    `attributes:${object(attributes)}`,
    `sensors:${object(sensors)}`,
    units === undefined
      ? ""
      : `units:{${Object.entries(units).map(([name, unit]) => `${quoted(name)}:${JSON.stringify(unit)}`)}}`,
  ];
  return `{${parts.filter(Boolean)}}`;
}

function quoted(name: string): string {
  if (name === "__proto__") throw new Error("__proto__ is no name for a value");
  return JSON.stringify(name);
}
