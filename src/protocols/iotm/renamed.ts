import { isBlank } from "../../saved";

type Fields = Readonly<Record<string, unknown>>;

/** What a sensor was called by the catalogue of before, and what it is called since: by id and name. */
const BY_SENSOR: Readonly<Record<string, string>> = {
  "8 jamming": "gsmJamming",
  "155 jamming": "gnssJamming",
  "20 input6": "input7",
  "21 input7": "input8",
  "8192 vehicleSpeed": "gnssSpeed",
  "45058 odometer": "gnssOdometer",
};
/** Names that are in the vocabulary no more. */
const BY_NAME: Readonly<Record<string, string>> = { jamming: "gsmJamming", axleWeight: "axleWeight1" };
/** Of it, a weight was read that has the axle's place in it. */
const AXLE = 0x4063;
const ENGINE_TEMPERATURE = 0x2008;

/** A saved device config or decoder with the names that the vocabulary has since the vendor's sensor table. */
export function renameTerms({ sensors, fieldMap, inputNames, ...others }: Fields): Fields {
  const isIotm = isBlank(others.protocol) || others.protocol === "iotm";
  return {
    ...others,
    ...(sensors === undefined ? {} : { sensors: listed(sensors, renameSensor) }),
    ...(fieldMap === undefined ? {} : { fieldMap: renameInMap(fieldMap) }),
    ...(inputNames === undefined ? {} : { inputNames: isIotm ? shiftInputs(inputNames) : inputNames }),
  };
}

function renameSensor(override: Fields): readonly Fields[] {
  const { key } = override;
  if (typeof key !== "string") return [override];
  const name = key.trim();
  const id = numberOf(override.id);
  if (id === AXLE && name === "axleWeight") return [];
  const renamed = own(BY_SENSOR, `${id} ${name}`) ?? own(BY_NAME, name);
  if (renamed !== undefined) return [{ ...override, key: renamed }];
  // It was °C as it is; without a factor it would now be what is likely.
  const isBare = isBlank(override.scale) && isBlank(override.offset);
  const isDegrees = id === ENGINE_TEMPERATURE && name === "coolantTemperature" && isBare;
  return [isDegrees ? { ...override, scale: "1" } : override];
}

function renameInMap(map: unknown): unknown {
  if (!isFields(map) || !Array.isArray(map.rules)) return map;
  const rules = listed(map.rules, (rule) => {
    const to = typeof rule.to === "string" ? own(BY_NAME, rule.to.trim()) : undefined;
    return [to === undefined ? rule : { ...rule, to }];
  });
  return { ...map, rules };
}

/** What was called input 6 and 7 is 7 and 8: the names go with the values. Where 8 has a name already, nobody knows. */
function shiftInputs(names: unknown): unknown {
  if (!Array.isArray(names) || !isBlank(names[7])) return names;
  const [six = "", seven = ""] = names.slice(5);
  return isBlank(six) && isBlank(seven) ? names : [...names.slice(0, 5), "", six, seven];
}

function listed(list: unknown, change: (item: Fields) => readonly Fields[]): unknown {
  return Array.isArray(list) ? list.flatMap((item) => (isFields(item) ? change(item) : [item])) : list;
}

function numberOf(id: unknown): number | undefined {
  if (typeof id === "number") return id;
  return typeof id === "string" && /^\s*0x[0-9a-f]{1,4}\s*$/i.test(id) ? Number(id) : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
