import type { Scalar } from "../model/message";
import {
  ALARM_LIMITS,
  type Alarm,
  type AlarmChange,
  type AlarmMessage,
  type AlarmNote,
  type AlarmPlace,
  type DeviceAlarms,
  type RuleMemory,
} from "./alarm";
import type { AlarmRule } from "./rule";

export const NO_MEMORY: RuleMemory = {
  since: null,
  off: null,
  last: null,
  isMuted: false,
  past: [],
  fences: [],
  anchor: null,
};

export function alarmMessage(alarm: Alarm, change: AlarmChange, time: number): AlarmMessage {
  return { schema: 1, kind: "alarm", change, ...alarm, time };
}

/** What a rule has found at a time. */
export interface AlarmFinding {
  readonly time: number;
  readonly position: AlarmPlace | null;
  readonly details: Readonly<Record<string, Scalar>>;
}

/** The life of the alarm of one rule and one device: each change of it that counts is told once. */
export class AlarmLife {
  readonly told: AlarmMessage[] = [];
  memory: RuleMemory;
  alarm: Alarm | undefined;

  /** `now` is our own clock; what is older than `oldest` is no news. */
  constructor(
    private readonly doc: Pick<DeviceAlarms, "imei" | "node" | "rules" | "alarms">,
    private readonly rule: AlarmRule,
    private readonly now: number,
    private readonly oldest: number,
  ) {
    this.memory = doc.rules[rule.id] ?? NO_MEMORY;
    this.alarm = doc.alarms[rule.id];
  }

  /** The condition holds at a time, or it does not. */
  state(on: boolean, finding: AlarmFinding, lasting: number): void {
    const { time } = finding;
    this.expire(time);
    const { since, isMuted } = this.memory;
    if (!on) {
      this.set({ since: null, isMuted: false });
      if (this.isActive && this.memory.off === null) this.set({ off: time });
      return;
    }
    const begun = since ?? time;
    if (since === null) this.set({ since: begun });
    if (isMuted) return;
    if (!this.isActive) {
      if (time - begun >= lasting) this.begin({ ...finding, time: begun }, null, time);
    } else if (this.memory.off !== null) {
      this.set({ off: null });
      this.repeat(finding);
    } else if (this.alarm?.past && time >= this.oldest) {
      this.ring();
    }
  }

  /** What keeps the alarm up already has come another time. */
  another(finding: AlarmFinding): void {
    if (finding.time >= this.oldest && this.alarm?.past) this.ring();
    else this.repeat(finding);
  }

  /** Something happened, and is over. */
  moment(finding: AlarmFinding): void {
    const { time } = finding;
    const { last } = this.memory;
    if (last !== null && time <= last) {
      if (time < last) this.past(finding);
      return;
    }
    this.expire(time);
    this.set({ last: time });
    if (!this.isActive) this.begin(finding, time, time);
    else {
      if (this.memory.off !== null) this.set({ off: time });
      if (this.alarm?.past && time >= this.oldest) this.ring();
      else this.repeat(finding);
    }
  }

  /** Something came to be known too late: it is noted, and changes nothing. */
  past(finding: AlarmFinding): void {
    const { past, last } = this.memory;
    const { time } = finding;
    if (past.includes(time) || last === time) return;
    this.set({ past: [...past, time].slice(-ALARM_LIMITS.past) });
    const alarm: Alarm = { ...this.newAlarm(finding), state: "cleared", end: time, past: true };
    this.told.push(alarmMessage(alarm, "past", time));
  }

  /** Ends the alarm where what it is about has been over for long enough. */
  expire(time: number): void {
    const { off } = this.memory;
    if (this.isActive && off !== null && time - off >= this.rule.quiet * 1000) this.end(off);
  }

  end(time: number): void {
    if (!this.isActive || this.alarm === undefined) return;
    this.set({ off: null });
    const { past, begin } = this.alarm;
    const end = Math.max(time, begin);
    this.change({ state: "cleared", end }, past ? "past" : "end", end);
  }

  /** Tells it again where nobody has acknowledged it in time. */
  escalate(): void {
    const { alarm, rule, now } = this;
    if (alarm === undefined || rule.escalateAfter === 0 || alarm.past) return;
    const { toldAt, escalatedAt, acknowledged, clearedBy } = alarm;
    if (toldAt === null || escalatedAt !== null || acknowledged !== null || clearedBy !== null) return;
    if (now - toldAt >= rule.escalateAfter * 60_000) this.change({ escalatedAt: now }, "escalated", now);
  }

  set(memory: Partial<RuleMemory>): void {
    const names = Object.keys(memory) as (keyof RuleMemory)[];
    if (names.some((name) => memory[name] !== this.memory[name])) this.memory = { ...this.memory, ...memory };
  }

  get isActive(): boolean {
    return this.alarm?.state === "active";
  }

  private begin(finding: AlarmFinding, off: number | null, seen: number): void {
    const past = seen < this.oldest;
    this.set({ off });
    this.alarm = { ...this.newAlarm(finding), past, toldAt: past ? null : this.now };
    if (!past) this.told.push(alarmMessage(this.alarm, "begin", finding.time));
  }

  /** What was taken for history goes on until now. */
  private ring(): void {
    this.change({ past: false, toldAt: this.now }, "begin", this.alarm?.begin ?? this.now);
  }

  private repeat({ details, time }: AlarmFinding): void {
    const { repeats = 0, past = false } = this.alarm ?? {};
    if (past && this.alarm !== undefined) this.alarm = { ...this.alarm, repeats: repeats + 1, details };
    else this.change({ repeats: repeats + 1, details }, "update", time);
  }

  private change(changes: Partial<Alarm>, change: AlarmChange, time: number): void {
    if (this.alarm === undefined) return;
    this.alarm = { ...this.alarm, ...changes, revision: this.alarm.revision + 1 };
    this.told.push(alarmMessage(this.alarm, change, time));
  }

  private newAlarm({ time, position, details }: AlarmFinding): Alarm {
    const { imei, node } = this.doc;
    const { id, name, kind, level } = this.rule;
    return {
      id: `${imei}-${node}-${id}-${time.toString(36)}`,
      revision: 1,
      imei,
      node,
      rule: id,
      name,
      alarm: kind,
      level,
      state: "active",
      begin: time,
      end: null,
      repeats: 0,
      acknowledged: null,
      clearedBy: null,
      toldAt: null,
      escalatedAt: null,
      past: false,
      position,
      details,
    };
  }
}

/** A person has acknowledged an alarm. */
export function acknowledged(doc: DeviceAlarms, rule: string, note: AlarmNote): DeviceAlarms {
  const alarm = doc.alarms[rule];
  if (alarm === undefined || alarm.acknowledged !== null) return doc;
  const changed = { ...alarm, acknowledged: note, revision: alarm.revision + 1 };
  return withAlarm(doc, changed, alarmMessage(changed, "acknowledged", note.time));
}

/** A person has cleared an alarm: it begins anew only after what it is about was over. */
export function cleared(doc: DeviceAlarms, rule: string, note: AlarmNote): DeviceAlarms {
  const alarm = doc.alarms[rule];
  if (alarm === undefined || alarm.state === "cleared") return doc;
  const end = Math.max(note.time, alarm.begin);
  const changed: Alarm = { ...alarm, state: "cleared", end, clearedBy: note, revision: alarm.revision + 1 };
  const memory = doc.rules[rule] ?? NO_MEMORY;
  const holds = memory.off === null;
  const rules = { ...doc.rules, [rule]: { ...memory, off: null, isMuted: holds } };
  return withAlarm({ ...doc, rules }, changed, alarmMessage(changed, alarm.past ? "past" : "end", end));
}

function withAlarm(doc: DeviceAlarms, alarm: Alarm, message: AlarmMessage): DeviceAlarms {
  return {
    ...doc,
    alarms: { ...doc.alarms, [alarm.rule]: alarm },
    untold: [...doc.untold, message],
  };
}
