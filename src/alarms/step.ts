import { type Fence, isFor } from "../fences/fence";
import type { FenceIndex } from "../fences/fence-index";
import { type FenceTransition, followFences, NO_FENCE_TRACK } from "../fences/follow";
import { OpenHours } from "../fences/hours";
import type { EventDetails } from "../model/events";
import type { OwnRecord, Scalar } from "../model/message";
import { ALARM_LIMITS, type AlarmPlace, type DeviceAlarms } from "./alarm";
import { ALARM_KINDS, type AlarmKind, EVENT_VALUES } from "./kinds";
import { type AlarmFinding, AlarmLife } from "./life";
import type { AlarmRule } from "./rule";
import type { AlarmView } from "./view";

/** What a device is, and where fences are, at one step. */
export interface AlarmContext {
  readonly group: string;
  readonly fences: FenceIndex;
  /** Our own clock, epoch milliseconds. */
  readonly now: number;
  /** Milliseconds after which what a device says is no news. */
  readonly newsWithin: number;
}

/** What the expressions of rules say of a record, by the id of the rule. */
export type ComputedRules = ReadonlyMap<string, Scalar>;

export type AlarmInput =
  /** `isNews`: nothing was found out against its time, and it has not come before. */
  | {
      readonly kind: "record";
      readonly record: OwnRecord;
      readonly isNews: boolean;
      readonly computed?: ComputedRules;
    }
  | { readonly kind: "online" | "offline"; readonly time: number }
  /** The clock went on; `heard`: when the device was heard last, by our own clock. */
  | { readonly kind: "tick"; readonly heard: number };

export function noAlarms(imei: string, node: string): DeviceAlarms {
  return {
    imei,
    node,
    time: null,
    values: {},
    position: null,
    track: NO_FENCE_TRACK,
    rules: {},
    alarms: {},
    untold: [],
  };
}

/**
 * Goes on by one input of a device: what is remembered after it, with what has to be told added to `untold`. Returns the
 * same object where nothing changed. Readings have to come in the order of their times; older ones change nothing.
 */
export function stepAlarms(
  doc: DeviceAlarms,
  input: AlarmInput,
  rules: readonly AlarmRule[],
  context: AlarmContext,
): DeviceAlarms {
  const step = new Step(doc, rules, context);
  if (input.kind === "tick") step.tick(input.heard);
  else if (input.kind === "record") step.record(input.record, input.isNews, input.computed);
  else step.offline(input.kind === "offline", input.time);
  return step.doc;
}

/** Ends the alarms of rules that are no more, or not for the device any more, and forgets what was remembered of them. */
function withoutOtherRules(doc: DeviceAlarms, rules: readonly AlarmRule[], now: number): DeviceAlarms {
  const kinds = new Map<string, string>(rules.map(({ id, kind }) => [id, kind]));
  const isGone = (id: string) => (doc.alarms[id]?.alarm ?? kinds.get(id)) !== kinds.get(id) || !kinds.has(id);
  const gone = [...new Set([...Object.keys(doc.rules), ...Object.keys(doc.alarms)])].filter(isGone);
  if (gone.length === 0) return doc;
  const untold = [...doc.untold];
  for (const id of gone) {
    const alarm = doc.alarms[id];
    if (alarm === undefined) continue;
    const { rule, name, level } = alarm;
    const ended: AlarmRule = {
      ...{ id: rule, name, level, kind: "offline", params: {}, devices: [], groups: [] },
      ...{ schedule: null, quiet: 0, escalateAfter: 0 },
    };
    const life = new AlarmLife(doc, ended, now, 0);
    life.end(life.memory.off ?? now);
    untold.push(...life.told);
  }
  const kept = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([id]) => !isGone(id)));
  return { ...doc, rules: kept(doc.rules), alarms: kept(doc.alarms), untold };
}

const HOURS = new WeakMap<AlarmRule, OpenHours>();

function isOpen(rule: AlarmRule, time: number): boolean {
  if (rule.schedule === null) return true;
  let hours = HOURS.get(rule);
  if (hours === undefined) {
    hours = new OpenHours(rule.schedule);
    HOURS.set(rule, hours);
  }
  return hours.isOpen(time);
}

/** A rule with what its kind says, all of one shape: what is done for each record looks it up fast. */
interface WatchedRule {
  readonly rule: AlarmRule;
  /** The names of the values that it looks at. */
  readonly names: readonly string[];
  readonly look: AlarmKind["look"];
  readonly isOfRecord: boolean;
  readonly fence: AlarmKind["fence"];
}

const WATCHED = new WeakMap<readonly AlarmRule[], readonly WatchedRule[]>();

function watched(rules: readonly AlarmRule[]): readonly WatchedRule[] {
  let made = WATCHED.get(rules);
  if (made === undefined) {
    made = rules.map((rule) => {
      const { values, look, isOfRecord, fence }: AlarmKind = ALARM_KINDS[rule.kind];
      // No value of an object can be called so.
      const names = (values?.(rule.params) ?? []).filter((name) => name !== "__proto__");
      return { rule, names, look, isOfRecord: isOfRecord === true, fence };
    });
    WATCHED.set(rules, made);
  }
  return made;
}

class Step {
  private computed: ComputedRules | undefined;
  private readonly watched: readonly WatchedRule[];

  constructor(
    public doc: DeviceAlarms,
    rules: readonly AlarmRule[],
    private readonly context: AlarmContext,
  ) {
    const all = watched(rules);
    const isOwn = ({ rule }: WatchedRule) => isFor(rule, doc.imei, context.group);
    this.watched = all.every(isOwn) ? all : all.filter(isOwn);
  }

  private get rules(): readonly AlarmRule[] {
    return this.watched.map(({ rule }) => rule);
  }

  tick(heard: number): void {
    const { now } = this.context;
    const { rules } = this;
    this.doc = withoutOtherRules(this.doc, rules, now);
    for (const rule of rules) {
      const { silence } = ALARM_KINDS[rule.kind] as AlarmKind;
      const alarm = this.doc.alarms[rule.id];
      const isSilent = silence !== undefined && now - heard >= silence(rule.params);
      if (alarm === undefined && !isSilent) continue;
      this.live(rule, (life) => {
        const isActive = life.isActive;
        if (silence !== undefined && isOpen(rule, now)) {
          if (isSilent !== isActive) life.state(isSilent, this.finding(heard), 0);
        } else if (isActive && !isOpen(rule, now)) {
          // What keeps an alarm up ends with the hours of its rule.
          life.state(false, this.finding(now), 0);
        }
        life.expire(now);
        life.escalate();
      });
    }
  }

  offline(isOffline: boolean, time: number): void {
    for (const rule of this.rules) {
      if (!(ALARM_KINDS[rule.kind] as AlarmKind).isOffline) continue;
      this.live(rule, (life) => life.state(isOffline && isOpen(rule, time), this.finding(time), 0));
    }
  }

  record(record: OwnRecord, isNews: boolean, computed?: ComputedRules): void {
    this.computed = computed;
    if (record.kind === "file") return;
    if (record.kind === "event") this.event(record, isNews);
    if (isNews) this.reading(record);
  }

  private event(record: OwnRecord & { readonly kind: "event" }, isNews: boolean): void {
    const { type, source: _, severity: __, raw: ___, ...details } = record.event;
    const place = placeOf(record) ?? this.doc.position;
    for (const rule of this.rules) {
      const { events = [] } = ALARM_KINDS[rule.kind] as AlarmKind;
      if (!events.includes(type) || !isOpen(rule, record.time)) continue;
      const finding: AlarmFinding = {
        time: record.time,
        position: place,
        details: { event: type, ...cut(details) },
      };
      this.live(rule, (life) => (isNews ? life.moment(finding) : life.past(finding)));
    }
  }

  private reading(record: OwnRecord & { readonly kind: "telemetry" | "event" }): void {
    const { time } = record;
    const { doc } = this;
    // An event overtakes readings, which are not late because of it.
    if (record.kind === "telemetry" && doc.time !== null && time < doc.time) return;
    const said = record.kind === "event" ? EVENT_VALUES[record.event.type] : undefined;
    const attributes: Readonly<Record<string, Scalar>> =
      said === undefined ? (record.attributes ?? {}) : { ...record.attributes, [said[0]]: said[1] };
    const isNewest = doc.time === null || time >= doc.time;
    this.remember(attributes, time);
    if (!isNewest) return;
    const place = placeOf(record);
    if (record.kind === "telemetry") this.doc = { ...this.doc, time, ...(place && { position: place }) };
    if (record.kind === "telemetry" && place !== undefined) this.fences(place, time);
    const view = this.view(record, place);
    for (const one of this.watched) {
      // An event says itself what was measured in its moment.
      if (!one.isOfRecord || record.kind === "telemetry") this.look(one, view, attributes);
    }
  }

  /** Only what rules watch, so that it is as much as they are. */
  private remember(attributes: Readonly<Record<string, Scalar>>, time: number): void {
    const { values } = this.doc;
    let after: Record<string, ReadValue> | undefined;
    for (const { names } of this.watched) {
      for (const name of names) {
        const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
        if (value === undefined || isKnown((after ?? values)[name], value, time)) continue;
        after ??= { ...values };
        after[name] = [shortened(value), time];
      }
    }
    if (after !== undefined) this.doc = { ...this.doc, values: after };
  }

  private fences(place: AlarmPlace, time: number): void {
    if (!this.watched.some(({ fence }) => fence !== undefined)) return;
    const { imei } = this.doc;
    const { group, fences } = this.context;
    const { track, transitions } = followFences(this.doc.track, { ...place, time }, { imei, group }, fences);
    this.doc = { ...this.doc, track };
    for (const { rule, fence } of this.watched) {
      if (fence === undefined) continue;
      for (const transition of transitions) this.transition(rule, fence, transition);
      this.closeFences(rule, time);
    }
  }

  private transition(
    rule: AlarmRule,
    { on, off }: NonNullable<AlarmKind["fence"]>,
    { kind, fence, time, latitude, longitude }: FenceTransition,
  ): void {
    const name = this.context.fences.get(fence)?.fence.name ?? fence;
    const wanted = String(rule.params.fence).toLowerCase();
    if (wanted !== "" && wanted !== fence.toLowerCase() && wanted !== name.toLowerCase()) return;
    const isOn = kind === on;
    if (!isOn && !off.includes(kind)) return;
    this.live(rule, (life) => {
      const others = life.memory.fences.filter((one) => one !== fence);
      if (!isOn && others.length === life.memory.fences.length) return;
      if (isOn && !isOpen(rule, time)) return;
      life.set({ fences: isOn ? [...others, fence].slice(-ALARM_LIMITS.fences) : others });
      const finding: AlarmFinding = {
        time,
        position: { latitude, longitude },
        details: { fence: name, fenceId: fence },
      };
      const isAnother = isOn && life.isActive && life.memory.off === null && others.length > 0;
      if (isAnother) life.another(finding);
      else life.state(life.memory.fences.length > 0, finding, 0);
    });
  }

  /** A fence that was removed keeps nothing up, and no rule counts outside of its hours. */
  private closeFences(rule: AlarmRule, time: number): void {
    const memory = this.doc.rules[rule.id];
    if (memory === undefined || memory.fences.length === 0) return;
    const kept = isOpen(rule, time)
      ? memory.fences.filter((id) => this.context.fences.get(id) !== undefined)
      : [];
    if (kept.length === memory.fences.length) {
      if (this.doc.alarms[rule.id]?.past) this.live(rule, (life) => life.state(true, this.finding(time), 0));
      return;
    }
    this.live(rule, (life) => {
      life.set({ fences: kept });
      life.state(kept.length > 0, this.finding(time), 0);
    });
  }

  private view(record: OwnRecord & { readonly kind: "telemetry" | "event" }, place: AlarmPlace | undefined) {
    const { values } = this.doc;
    const { fences, group } = this.context;
    const { imei } = this.doc;
    let found: readonly Fence[] | undefined;
    const inside =
      place &&
      (() => {
        found ??= fences.at(place).filter((fence) => isFor(fence, imei, group));
        return found;
      });
    return {
      time: Math.max(record.time, this.doc.time ?? record.time),
      speed: speedOf(record),
      position: place,
      fences: inside ?? (() => []),
      value: (name: string) => values[name]?.[0],
      anchor: null,
    };
  }

  private look(
    { rule, look, isOfRecord }: WatchedRule,
    view: AlarmView,
    attributes: Readonly<Record<string, Scalar>>,
  ): void {
    if (look === undefined) return;
    const memory = this.doc.rules[rule.id];
    const value = isOfRecord ? (name: string) => attributes[name] : view.value;
    const anchor = memory?.anchor ?? null;
    const computed = this.computed?.get(rule.id);
    const isOwn = isOfRecord || anchor !== null || computed !== undefined;
    const sight = look(isOwn ? { ...view, value, anchor, computed } : view, rule.params);
    // Nothing that could be remembered or told.
    if (memory === undefined && sight.on !== true && !sight.anchor) return;
    const open = isOpen(rule, view.time);
    if (sight.on === undefined && sight.anchor === undefined && open) return;
    this.live(rule, (life) => {
      if (sight.anchor !== undefined) life.set({ anchor: sight.anchor });
      const on = open ? sight.on : false;
      if (on !== undefined)
        life.state(on, this.finding(view.time, sight.details), Number(rule.params.for ?? 0) * 1000);
    });
  }

  private finding(time: number, details: AlarmFinding["details"] = {}): AlarmFinding {
    return { time, position: this.doc.position, details };
  }

  private live(rule: AlarmRule, work: (life: AlarmLife) => void): void {
    const { doc, context } = this;
    const life = new AlarmLife(doc, rule, context.now, context.now - context.newsWithin);
    const { memory, alarm } = life;
    work(life);
    if (life.memory === memory && life.alarm === alarm && life.told.length === 0) return;
    this.doc = {
      ...doc,
      rules: life.memory === memory ? doc.rules : { ...doc.rules, [rule.id]: life.memory },
      alarms: life.alarm === undefined ? doc.alarms : { ...doc.alarms, [rule.id]: life.alarm },
      untold: life.told.length === 0 ? doc.untold : [...doc.untold, ...life.told],
    };
  }
}

function placeOf({ position }: OwnRecord & { readonly kind: "telemetry" | "event" }): AlarmPlace | undefined {
  if (!position?.valid || position.latitude === null || position.longitude === null) return undefined;
  return { latitude: position.latitude, longitude: position.longitude };
}

/** km/h: of a valid fix, else what the vehicle says. */
function speedOf({
  position,
  attributes,
}: OwnRecord & { readonly kind: "telemetry" | "event" }): number | undefined {
  const speeds = [
    position?.valid ? position.speed : undefined,
    attributes?.vehicleSpeed,
    attributes?.gnssSpeed,
  ];
  return speeds.find((speed): speed is number => typeof speed === "number" && Number.isFinite(speed));
}

function cut(details: EventDetails): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, shortened(value as Scalar)]),
  );
}

function shortened(value: Scalar): Scalar {
  return typeof value === "string" ? value.slice(0, ALARM_LIMITS.text) : value;
}

type ReadValue = DeviceAlarms["values"][string];

/** Whether there is a newer value, or this one already: several rules may look at the same. */
function isKnown(known: ReadValue | undefined, value: Scalar, time: number): boolean {
  return known !== undefined && (known[1] > time || (known[1] === time && known[0] === value));
}
