import { isObject } from "../devices/fields";
import { shown, TrackerError } from "../errors";
import { type Fence, type FenceInput, isFor } from "../fences/fence";
import { type Fences, fenceExists, unknownFence } from "../fences/fences";
import { type FoundFence, fencesAsGeoJson, fencesInGeoJson } from "../fences/geojson";
import { readFence } from "../fences/read-fence";
import { choiceOf, readHeardImei, yesOrNo } from "./read-request";
import type { RequestContext } from "./request-context";

const FENCE_FORMATS = ["records", "geojson"] as const;
const ID_LENGTH = 64;

/** All fences, or those that are asked for by `id`, or are for a `group` or a device (`imei`); as `records` or `geojson`. */
export async function fences(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const { id, group, imei, format } = queryOf(payload);
  const wanted = choiceOf("format", format, FENCE_FORMATS);
  const device = imei === undefined ? undefined : readHeardImei(imei, fleet);
  const groupOf = device === undefined ? textOf("group", group) : fleet.devices.get(device)?.group;
  let found = [...fleet.fences.all()];
  if (id !== undefined) found = [known(readId(id), (one) => fleet.fences.get(one))];
  if (device !== undefined || group !== undefined)
    found = found.filter((fence) => isFor(fence, device ?? "", groupOf ?? ""));
  return wanted === "geojson" ? fencesAsGeoJson(found) : structuredClone(found);
}

export async function addFence(payload: unknown, { fleet }: RequestContext): Promise<Fence> {
  const { id: givenId, ...given } = fieldsOf(payload);
  const input = readFence(given);
  const id = givenId === undefined ? undefined : readId(givenId);
  return fleet.changeFences(() => {
    const own = id ?? freeId(fleet.clock.wall(), (one) => fleet.fences.get(one) !== undefined);
    const existing = fleet.fences.get(own);
    if (existing !== undefined) throw fenceExists(existing);
    const fence = newFence(own, input, fleet.clock.wall());
    return { changes: new Map([[own, fence]]), answer: fence };
  });
}

/** What is not said stays as it is. */
export async function changeFence(payload: unknown, { fleet }: RequestContext): Promise<Fence> {
  const { id: givenId, ...given } = fieldsOf(payload);
  const id = readId(givenId);
  return fleet.changeFences(() => {
    const before = known(id, (one) => fleet.fences.get(one));
    const fence = changed(before, readFence(given, before), fleet.clock.wall());
    return { changes: new Map([[id, fence]]), answer: fence };
  });
}

/** An id, an object with one, or a list of them. All go, or none. */
export async function removeFence(payload: unknown, { fleet }: RequestContext): Promise<unknown> {
  const ids = [payload].flat().map((one) => readId(isObject(one) ? one.id : one));
  return fleet.changeFences(() => {
    for (const id of ids) known(id, (one) => fleet.fences.get(one));
    const removed = ids.map((id) => ({ id }));
    return {
      changes: new Map(ids.map((id) => [id, null])),
      answer: Array.isArray(payload) ? removed : removed[0],
    };
  });
}

const ON_EXISTING = ["error", "update", "skip"] as const;

export interface FenceImportLine {
  /** Place of the feature, from 1 on; parts of one count for themselves. */
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly result: "added" | "updated" | "skipped" | "error";
  readonly code?: string;
  readonly message?: string;
  readonly path?: string;
}

export interface FenceImportReport {
  readonly added: number;
  readonly updated: number;
  readonly skipped: number;
  readonly failed: number;
  readonly lines: readonly FenceImportLine[];
}

/**
 * Takes fences from GeoJSON, as text or read, or `{data, onExisting, check}`. Those that are right are taken although
 * others are wrong; with `check` nothing is changed.
 */
export async function importFences(payload: unknown, { fleet }: RequestContext): Promise<FenceImportReport> {
  const asked = isObject(payload) && payload.data !== undefined ? payload : { data: payload };
  const { data, onExisting: whatIf, check, ...others } = asked as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = "an import of fences has data, onExisting and check";
    throw new TrackerError({ code: "FIELD_UNKNOWN", path: unknown, message });
  }
  const onExisting = choiceOf("onExisting", whatIf, ON_EXISTING);
  const isCheck = yesOrNo("check", check);
  const found = fencesInGeoJson(data);
  const inputs: (FenceInput | TrackerError)[] = [];
  for (const one of found) {
    // Outlines of many points take their time; other work has its turn between.
    if (inputs.length % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
    inputs.push(inputOf(one));
  }
  return fleet.changeFences(() => {
    const plan = new ImportPlan(fleet.fences, onExisting, fleet.clock.wall());
    const lines = found.map((one, at) => plan.add(one, inputs[at] as FenceInput | TrackerError, at + 1));
    const count = (result: FenceImportLine["result"]) =>
      lines.filter((line) => line.result === result).length;
    const answer = {
      added: count("added"),
      updated: count("updated"),
      skipped: count("skipped"),
      failed: count("error"),
      lines,
    };
    return { changes: isCheck ? new Map() : plan.changes, answer };
  });
}

/** What becomes of the fences of an import, one after the other. */
class ImportPlan {
  readonly changes = new Map<string, Fence>();

  constructor(
    private readonly kept: Fences,
    private readonly onExisting: (typeof ON_EXISTING)[number],
    private readonly now: number,
  ) {}

  add({ id: givenId, name }: FoundFence, input: FenceInput | TrackerError, line: number): FenceImportLine {
    const id = givenId || freeId(this.now, (one) => this.existing(one) !== undefined);
    const before = this.existing(id);
    const about = { line, id, name };
    const refused = before !== undefined && this.onExisting === "error" ? fenceExists(before) : undefined;
    const problem = input instanceof TrackerError ? input : refused;
    if (problem !== undefined || input instanceof TrackerError) {
      const { code, message, path = "" } = problem as TrackerError;
      return { ...about, result: "error", code, message, path };
    }
    if (before === undefined) this.changes.set(id, newFence(id, input, this.now));
    else if (this.onExisting === "skip") return { ...about, result: "skipped" };
    else this.changes.set(id, changed(before, input, this.now));
    return { ...about, result: before === undefined ? "added" : "updated" };
  }

  private existing(id: string): Fence | undefined {
    return this.changes.get(id) ?? this.kept.get(id);
  }
}

function inputOf({ id, given, problem }: FoundFence): FenceInput | TrackerError {
  if (given === undefined) return problem as TrackerError;
  try {
    if (id !== "") readId(id);
    return readFence(given);
  } catch (error) {
    if (error instanceof TrackerError) return error;
    throw error;
  }
}

function newFence(id: string, input: FenceInput, now: number): Fence {
  return { id, ...input, createdAt: now, changedAt: now };
}

function changed({ id, createdAt }: Fence, input: FenceInput, now: number): Fence {
  return { id, ...input, createdAt, changedAt: now };
}

/** No id comes again as long as the clock goes on. */
function freeId(now: number, isTaken: (id: string) => boolean): string {
  let number = now;
  while (isTaken(number.toString(36))) number++;
  return number.toString(36);
}

function known(id: string, get: (id: string) => Fence | undefined): Fence {
  const fence = get(id);
  if (fence === undefined) throw unknownFence(id);
  return fence;
}

function readId(value: unknown): string {
  if (typeof value === "string" && value !== "" && value.length <= ID_LENGTH) return value;
  const message = `the id of a fence is a text of 1 to ${ID_LENGTH} characters, not ${shown(value)}`;
  throw new TrackerError({ code: "FIELD_VALUE", path: "id", message });
}

function textOf(path: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new TrackerError({ code: "FIELD_VALUE", path, message: `${path} is a text` });
}

function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (isObject(payload)) return payload;
  const message = "the payload has to be an object that says what the fence is";
  throw new TrackerError({ code: "PAYLOAD_TYPE", path: "msg.payload", message });
}

const QUERY_FIELDS = ["id", "group", "imei", "format"];

function queryOf(payload: unknown): Readonly<Record<string, unknown>> {
  if (typeof payload === "string" && payload !== "") return { id: payload };
  if (!isObject(payload)) return {};
  const unknown = Object.keys(payload).find((name) => !QUERY_FIELDS.includes(name));
  if (unknown === undefined) return payload;
  const message = `fences are asked for by ${QUERY_FIELDS.join(", ")}`;
  throw new TrackerError({ code: "FIELD_UNKNOWN", path: unknown, message });
}
