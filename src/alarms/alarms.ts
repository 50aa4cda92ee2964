import { shown, TrackerError } from "../errors";
import { Listeners } from "../listeners";
import { type Owner, type Share, shareOfChanged } from "../owner";
import type { Alarm, AlarmMessage, AlarmNote, DeviceAlarms } from "./alarm";
import { acknowledged, cleared } from "./life";
import { type AlarmsPort, alarmsKey } from "./port";
import { noAlarms } from "./step";

type Changes = AlarmsPort["changes"];

/**
 * The alarms of a registry, and what is remembered of each device for each node. What has to be told is told when the
 * store has it, or could not take it: an alarm that nobody hears because a disc is full would be worse than one that is
 * told again after the next start.
 */
export class Alarms implements Owner<AlarmsPort> {
  private readonly docs = new Map<string, DeviceAlarms>();
  private readonly changed = new Set<string>();
  /** Ids of the nodes that there are documents of. */
  private readonly nodes = new Set<string>();
  /** Something is to be told. */
  readonly onMessage = new Listeners<[message: AlarmMessage]>();
  /** Something waits until the store has it. */
  isUrgent = false;

  /** `shown` is told of a device whose alarms are others now. */
  constructor(private readonly shown: (imei: string) => void = () => undefined) {}

  load(stored: AlarmsPort["stored"]): void {
    for (const doc of stored) {
      const untold = doc.untold.map((message) => ({ ...message, again: true as const }));
      this.docs.set(alarmsKey(doc), { ...doc, untold });
      this.nodes.add(doc.node);
    }
  }

  get(imei: string, node: string): DeviceAlarms {
    return this.docs.get(alarmsKey({ imei, node })) ?? noAlarms(imei, node);
  }

  ofNode(node: string): DeviceAlarms[] {
    return [...this.docs.values()].filter((doc) => doc.node === node);
  }

  /** The alarms of a device, the newest first. */
  ofDevice(imei: string): Alarm[] {
    const alarms: Alarm[] = [];
    for (const node of this.nodes) {
      const doc = this.docs.get(alarmsKey({ imei, node }));
      if (doc !== undefined) alarms.push(...Object.values(doc.alarms));
    }
    return alarms.sort(newestFirst);
  }

  /** All alarms, the newest first. */
  all(): Alarm[] {
    const alarms = [...this.docs.values()].flatMap((doc) => Object.values(doc.alarms));
    return alarms.sort(newestFirst);
  }

  /** How a device's alarms are from now on. */
  put(doc: DeviceAlarms): void {
    const key = alarmsKey(doc);
    const before = this.docs.get(key);
    this.docs.set(key, doc);
    this.nodes.add(doc.node);
    this.changed.add(key);
    if (doc.untold.length > 0) this.isUrgent = true;
    if (before !== undefined ? before.alarms !== doc.alarms : Object.keys(doc.alarms).length > 0)
      this.shown(doc.imei);
  }

  /** Tells what a node could not be told before the end of the last run. */
  tellAgain(node: string): void {
    this.tell(this.ofNode(node));
  }

  acknowledge(id: string, note: AlarmNote): Alarm {
    return this.noted(id, (doc, rule) => acknowledged(doc, rule, note));
  }

  clear(id: string, note: AlarmNote): Alarm {
    return this.noted(id, (doc, rule) => cleared(doc, rule, note));
  }

  /** The alarms of a node that is no more. */
  removeNode(node: string): Share<Changes> {
    return this.removal(this.ofNode(node));
  }

  share(): Share<Changes> {
    this.isUrgent = false;
    const { changes, takeBack } = shareOfChanged(this.docs, this.changed);
    const taken = [...(changes?.values() ?? [])];
    return {
      changes,
      committed: () => this.tell(taken),
      takeBack: () => {
        takeBack();
        this.tell(taken);
      },
    };
  }

  everything(): Changes {
    return this.docs;
  }

  forget(imeis: readonly string[]): Share<Changes> {
    const gone = new Set(imeis);
    return this.removal([...this.docs.values()].filter(({ imei }) => gone.has(imei)));
  }

  private removal(docs: readonly DeviceAlarms[]): Share<Changes> {
    const keys = docs.map(alarmsKey);
    return {
      changes: keys.length === 0 ? undefined : new Map(keys.map((key) => [key, null])),
      committed: () => {
        for (const key of keys) {
          this.docs.delete(key);
          this.changed.delete(key);
        }
        for (const { imei } of docs) this.shown(imei);
      },
    };
  }

  private noted(id: string, change: (doc: DeviceAlarms, rule: string) => DeviceAlarms): Alarm {
    for (const doc of this.docs.values()) {
      const found = Object.values(doc.alarms).find((alarm) => alarm.id === id);
      if (found === undefined) continue;
      const after = change(doc, found.rule);
      this.put(after);
      return after.alarms[found.rule] as Alarm;
    }
    throw new TrackerError({ code: "ALARM_UNKNOWN", path: "id", message: `there is no alarm ${shown(id)}` });
  }

  /** Each message once: it is told, and then it is so. */
  private tell(docs: readonly DeviceAlarms[]): void {
    for (const doc of docs) {
      if (doc.untold.length === 0) continue;
      const key = alarmsKey(doc);
      const now = this.docs.get(key);
      if (now === undefined) continue;
      const told = new Set(doc.untold);
      const untold = now.untold.filter((message) => !told.has(message));
      this.docs.set(key, { ...now, untold });
      this.changed.add(key);
      for (const message of doc.untold) if (now.untold.includes(message)) this.onMessage.tell(message);
    }
  }
}

function newestFirst(a: Alarm, b: Alarm): number {
  return b.begin - a.begin || (a.id < b.id ? -1 : 1);
}
