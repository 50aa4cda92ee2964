import {
  ALARM_LEVELS,
  ALARM_LIMITS,
  ALARM_STATES,
  type Alarm,
  type AlarmNote,
  isOpenAlarm,
} from "../alarms/alarm";
import { isObject } from "../devices/fields";
import { shown, TrackerError } from "../errors";
import { readHeardImei } from "./read-request";
import type { RequestContext } from "./request-context";

type Given = Readonly<Record<string, unknown>>;

const QUERY_FIELDS = ["id", "imei", "group", "state", "level", "acknowledged", "open"];

/**
 * Alarms, the newest first; by `id`, device (`imei`), `group`, `state`, `level`, whether they are `acknowledged`, or `open`:
 * active, or neither acknowledged nor cleared by a person.
 */
export async function alarms(payload: unknown, { fleet }: RequestContext): Promise<Alarm[]> {
  const query =
    typeof payload === "string" && payload !== "" ? { id: payload } : isObject(payload) ? payload : {};
  checkFields(query, QUERY_FIELDS);
  const { id, group, acknowledged, open } = query;
  for (const [name, value] of Object.entries({ acknowledged, open }))
    if (value !== undefined && typeof value !== "boolean") throw wrong(name, `${name} is true or false`);
  const wanted: readonly (readonly [wanted: unknown, of: (alarm: Alarm) => unknown])[] = [
    [id, (alarm) => alarm.id],
    [query.imei === undefined ? undefined : readHeardImei(query.imei, fleet), (alarm) => alarm.imei],
    [group, (alarm) => fleet.devices.get(alarm.imei)?.group],
    [oneOf("state", query.state, ALARM_STATES), (alarm) => alarm.state],
    [oneOf("level", query.level, ALARM_LEVELS), (alarm) => alarm.level],
    [acknowledged, (alarm) => alarm.acknowledged !== null],
    [open, isOpenAlarm],
  ];
  const asked = wanted.filter(([value]) => value !== undefined);
  const found = fleet.alarms.all().filter((alarm) => asked.every(([value, of]) => of(alarm) === value));
  return structuredClone(found);
}

/** An id, `{id, note, by}`, or a list of them: all, or none. An alarm that is acknowledged already stays as it is. */
export function acknowledgeAlarm(payload: unknown, context: RequestContext): Promise<unknown> {
  return noteAll(payload, context, (id, note) => context.fleet.alarms.acknowledge(id, note));
}

/** As {@link acknowledgeAlarm}: ends alarms that nothing ends, such as one of a device that is out of order. */
export function clearAlarm(payload: unknown, context: RequestContext): Promise<unknown> {
  return noteAll(payload, context, (id, note) => context.fleet.alarms.clear(id, note));
}

async function noteAll(
  payload: unknown,
  { fleet, by }: RequestContext,
  work: (id: string, note: AlarmNote) => Alarm,
): Promise<unknown> {
  const time = fleet.clock.wall();
  const asked = [payload].flat().map((one) => readNote(one, by, time));
  const known = new Set(fleet.alarms.all().map(({ id }) => id));
  const unknown = asked.find(({ id }) => !known.has(id));
  if (unknown !== undefined) {
    const message = `there is no alarm ${shown(unknown.id)}`;
    throw new TrackerError({ code: "ALARM_UNKNOWN", path: "id", message });
  }
  const done = asked.map(({ id, note }) => work(id, note));
  await fleet.saveAlarms();
  const answer = structuredClone(done);
  return Array.isArray(payload) ? answer : answer[0];
}

/** Who did it is the editor's user; of a message, who it says, and nobody where it does not. */
function readNote(
  value: unknown,
  asker: string,
  time: number,
): { readonly id: string; readonly note: AlarmNote } {
  const given: Given = isObject(value) ? value : { id: value };
  checkFields(given, ["id", "note", "by"]);
  const { id } = given;
  if (typeof id !== "string" || id === "") throw wrong("id", "the id of an alarm is a text");
  const said = textOf("by", given.by);
  return { id, note: { time, by: asker === "message" ? said : asker, note: textOf("note", given.note) } };
}

function textOf(path: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" && value.length <= ALARM_LIMITS.text) return value;
  throw wrong(path, `${path} is a text of up to ${ALARM_LIMITS.text} characters`);
}

function oneOf<T extends string>(path: string, value: unknown, known: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw wrong(path, `${path} is one of ${known.join(", ")}`);
}

function checkFields(given: Given, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw new TrackerError({ code: "FIELD_UNKNOWN", path: other, message: `there are ${known.join(", ")}` });
}

function wrong(path: string, message: string): TrackerError {
  return new TrackerError({ code: "FIELD_VALUE", path, message });
}
