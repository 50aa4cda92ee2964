import type { AlarmMessage } from "../../src/alarms/alarm";
import type { AlarmRule } from "../../src/alarms/rule";
import { type AlarmInput, stepAlarms } from "../../src/alarms/step";
import { TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import type { FleetLife } from "../../src/fleet/life";
import type { OwnRecord } from "../../src/model/message";
import type { Expressions } from "../runtime/expressions";
import { toProblem } from "../runtime/problems";

/** The rules of one node, as they go on over the devices of a registry. */
export class AlarmWatch {
  private attached: Fleet | undefined;
  private detach: () => void = () => undefined;

  constructor(
    private readonly life: FleetLife,
    private readonly node: string,
    private readonly rules: readonly AlarmRule[],
    /** Milliseconds. */
    private readonly newsWithin: number,
    private readonly expressions: Expressions<string>,
    private readonly tell: (message: AlarmMessage, fleet: Fleet) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Resolves when what is to be told of it has been told. */
  take(imei: string, input: AlarmInput): Promise<void> | undefined {
    const isAsked = input.kind === "record" && input.isNews && input.record.kind !== "file";
    return isAsked && !this.expressions.isEmpty ? this.ask(imei, input) : this.go(imei, input);
  }

  private go(imei: string, input: AlarmInput): Promise<void> | undefined {
    const fleet = this.life.current;
    if (fleet === undefined) return this.life.ready().then(() => this.go(imei, input));
    this.attach(fleet);
    this.step(fleet, imei, input);
    return fleet.alarms.isUrgent ? fleet.saveAlarms() : undefined;
  }

  /** Rejects with what is wrong with an expression when all other rules have seen the record. */
  private async ask(imei: string, input: AlarmInput & { readonly kind: "record" }): Promise<void> {
    const { computed, problem } = await this.expressions
      .run([input.record])
      .catch((error: unknown) => ({ computed: [], problem: toProblem(error) }));
    await this.go(imei, { ...input, computed: computed[0] ?? new Map() });
    if (problem !== undefined) throw new TrackerError(problem);
  }

  /** The clock went on. */
  tick(): void {
    const fleet = this.life.current;
    if (fleet === undefined) return;
    this.attach(fleet);
    const watchesSilence = this.rules.some(({ kind }) => kind === "silent");
    const known = fleet.alarms.ofNode(this.node).map(({ imei }) => imei);
    const imeis = watchesSilence ? new Set([...known, ...activeDevices(fleet)]) : known;
    for (const imei of imeis) {
      // One that is not active is not expected to say anything.
      const isActive = fleet.devices.isActive(imei);
      const heard = (isActive ? fleet.states.get(imei)?.lastSeen : undefined) ?? fleet.clock.wall();
      this.step(fleet, imei, { kind: "tick", heard });
    }
    if (fleet.alarms.isUrgent) fleet.saveAlarms().catch(this.failed);
  }

  close(): void {
    this.detach();
    this.attached = undefined;
  }

  /** Forgets all, because the node is no more. */
  async remove(): Promise<void> {
    await this.life.current?.removeAlarmNode(this.node);
  }

  private step(fleet: Fleet, imei: string, input: AlarmInput): void {
    const device = fleet.devices.get(imei);
    if (device === undefined) return;
    const context = {
      group: device.group,
      fences: fleet.fences.index,
      now: fleet.clock.wall(),
      newsWithin: this.newsWithin,
    };
    const before = fleet.alarms.get(imei, this.node);
    const after = stepAlarms(before, input, this.rules, context);
    if (after !== before) fleet.alarms.put(after);
  }

  private attach(fleet: Fleet): void {
    if (this.attached === fleet) return;
    this.detach();
    this.attached = fleet;
    this.detach = fleet.alarms.onMessage.add((message) => {
      if (message.node === this.node) this.tell(message, fleet);
    });
    fleet.alarms.tellAgain(this.node);
  }
}

function* activeDevices(fleet: Fleet): Iterable<string> {
  for (const { imei, state } of fleet.devices.all()) if (state === "active") yield imei;
}

/** What the device registry found out about a record. */
const MARKS = ["late", "duplicate", "future", "slowClock", "timeUnknown", "otherProtocol"] as const;

/** A record or status of the device registry; undefined where it is neither. */
export function readInput(value: unknown): { readonly imei: string; readonly input: AlarmInput } | undefined {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { kind, imei, time, change, event, attributes } = given;
  if (typeof imei !== "string") return undefined;
  if (kind === "file")
    return { imei, input: { kind: "record", record: given as unknown as OwnRecord, isNews: false } };
  if (typeof time !== "number" || !Number.isFinite(time)) return undefined;
  if (kind === "status")
    return change === "online" || change === "offline" ? { imei, input: { kind: change, time } } : undefined;
  const isRecord =
    (kind === "telemetry" && isObject(attributes)) ||
    (kind === "event" && isObject(event) && (attributes === undefined || isObject(attributes)));
  if (!isRecord) return undefined;
  const isNews = !MARKS.some((mark) => given[mark] === true);
  return { imei, input: { kind: "record", record: given as unknown as OwnRecord, isNews } };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
