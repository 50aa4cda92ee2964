import type { NormalizedRecord } from "../model/message";
import { type DenialCode, type Denied, type Refusal, type Refused, withRefusal } from "../model/refusal";
import type { Connection, LiveState } from "./live-state";

/** A record taken, and come, so long after the connection has ended came another way (milliseconds). */
const ANOTHER_WAY_MS = 60_000;

/** What the connections need of the registry. */
export interface ConnectionsPort {
  /** Takes a sign of life of an active device; undefined where it is none. */
  hear(imei: string): LiveState | undefined;
  live(imei: string): LiveState | undefined;
  /** The state of a device is to be saved and shown. */
  changed(imei: string): void;
  /** Something that is not saved is to be shown. */
  shown(imei: string): void;
  /** Wall clock. */
  now(): number;
}

/** Who is connected to the built-in broker, who hears commands there, and who was not let in. */
export class Connections {
  private readonly listeners = new Set<(imei: string) => void>();
  private readonly listening = new Set<string>();
  /** Of registered devices, since they were last let in. Not stored: they try again. */
  private readonly refusals = new Map<string, Refused>();
  /** Of registered devices, until a connection ends in which nothing was denied. Not stored: they try again. */
  private readonly denials = new Map<string, Denied>();

  constructor(private readonly port: ConnectionsPort) {}

  /** Tells of every device that hears commands from now on; returns how to stop it. */
  onListening(listener: (imei: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connected(imei: string, address: string): void {
    const live = this.port.hear(imei);
    if (live === undefined) return;
    this.refusals.delete(imei);
    this.listening.delete(imei);
    live.connection = { connected: true, since: this.port.now(), address };
  }

  disconnected(imei: string): void {
    this.listening.delete(imei);
    const live = this.port.live(imei);
    if (!live?.connection?.connected) return;
    if ((this.denials.get(imei)?.at ?? 0) < live.connection.since) this.denials.delete(imei);
    live.connection = ended(live.connection, this.port.now());
    this.port.changed(imei);
  }

  /** It has subscribed to its commands; once more over the same connection is no news. */
  listens(imei: string): void {
    if (!this.port.live(imei)?.connection?.connected) return;
    const isNews = !this.listening.has(imei);
    this.listening.add(imei);
    if (this.denials.get(imei)?.code === "FILTER_NOT_OWN") this.denials.delete(imei);
    this.port.shown(imei);
    if (isNews) for (const listener of this.listeners) listener(imei);
  }

  refused(imei: string, reason: Refusal, address: string): void {
    this.refusals.set(imei, withRefusal(this.refusals.get(imei), reason, address, this.port.now()));
    this.port.shown(imei);
  }

  denied(imei: string, code: DenialCode, topic: string): void {
    if (this.port.live(imei) === undefined) return;
    this.denials.set(imei, { code, topic, at: this.port.now() });
    this.port.shown(imei);
  }

  /**
   * A record of a device has come. One that uses another broker now is not measured by its last connection to this
   * one any more; what was kept of it before does not say so.
   */
  reported(live: LiveState, record: NormalizedRecord): void {
    const { connection } = live;
    if (connection === undefined || connection.connected || record.kind === "file") return;
    const at = Math.min(record.time, this.port.now());
    if (at - connection.since > ANOTHER_WAY_MS) delete live.connection;
  }

  /** Whether a command would reach a device; undefined where it is not known to use the built-in broker. */
  isListening(imei: string): boolean | undefined {
    return this.port.live(imei)?.connection && this.listening.has(imei);
  }

  refusalOf(imei: string): Refused | undefined {
    return this.refusals.get(imei);
  }

  denialOf(imei: string): Denied | undefined {
    return this.denials.get(imei);
  }

  forget(imei: string): void {
    this.denials.delete(imei);
    this.listening.delete(imei);
    this.refusals.delete(imei);
  }
}

export function ended(connection: Connection, at: number): Connection {
  return { ...connection, connected: false, since: at };
}
