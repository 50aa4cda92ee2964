import type { Login } from "../../src/device-config/deployed";
import type { DeviceAccount, Directory, GatewayAccount } from "../../src/fleet/directory";
import type { InboxMessage } from "../../src/inbox/port";
import type { DenialCode, Refusal } from "../../src/model/refusal";
import { IOTM } from "../../src/protocols/iotm/index";
import type { Topics } from "../../src/protocols/topics";

export const BCE = IOTM.defaults.topics;
export const SHARED = { user: "bce_device", password: "the fleet's" };

export function account(imei: string, more: Partial<DeviceAccount> = {}): DeviceAccount {
  return { imei, state: "active", ownPassword: "", shared: SHARED, topics: BCE, ...more };
}

/** A directory in memory that remembers what it was told. */
export class TestDirectory implements Directory {
  ready = true;
  readonly accounts = new Map<string, DeviceAccount>();
  readonly clouds: GatewayAccount[] = [];
  /** Topics of device configs that no device has. */
  readonly configs: Topics[] = [];
  /** `connected 869595061374194 127.0.0.1` */
  readonly told: string[] = [];
  readonly all: InboxMessage[] = [];
  readonly done = new Set<number>();
  /** Called before a message is kept; where it rejects, it is not. */
  beforeKeep: (topic: string) => Promise<void> = () => Promise.resolve();
  private lastId = 0;
  private readonly listeners = new Set<(imei: string) => void>();
  private readonly waiting = new Set<() => void>();

  add(...accounts: DeviceAccount[]): this {
    for (const one of accounts) this.accounts.set(one.imei, one);
    return this;
  }

  change(imei: string, changes: Partial<DeviceAccount> | undefined): void {
    const known = this.accounts.get(imei);
    if (known === undefined || changes === undefined) this.accounts.delete(imei);
    else this.accounts.set(imei, { ...known, ...changes });
    for (const listener of this.listeners) listener(imei);
  }

  /** Waits until something holds that this is told of. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!holds()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  device(imei: string): DeviceAccount | undefined {
    return this.accounts.get(imei);
  }

  topics(): readonly Topics[] {
    return [...this.configs, ...[...this.accounts.values(), ...this.clouds].map(({ topics }) => topics)];
  }

  logins(): readonly Login[] {
    return [...this.accounts.values()].flatMap(({ shared }) => shared ?? []);
  }

  gateways(): readonly GatewayAccount[] {
    return this.clouds;
  }

  refused(imei: string, refusal: Refusal, address: string): void {
    this.tell(`refused ${imei} ${refusal} ${address}`);
  }

  denied(imei: string, code: DenialCode, about: string): void {
    this.tell(`denied ${imei} ${code} ${about}`);
  }

  connected(imei: string, address: string): void {
    this.tell(`connected ${imei} ${address}`);
  }

  disconnected(imei: string): void {
    this.tell(`disconnected ${imei}`);
  }

  listening(imei: string): void {
    this.tell(`listening ${imei}`);
  }

  async keep(
    message: Omit<InboxMessage, "id">,
    taken: (message: InboxMessage) => void = () => undefined,
  ): Promise<InboxMessage> {
    const kept = { ...message, id: ++this.lastId };
    taken(kept);
    await this.beforeKeep(message.topic);
    this.all.push(kept);
    this.check();
    return kept;
  }

  kept(): readonly InboxMessage[] {
    return this.all.filter(({ id }) => !this.done.has(id));
  }

  delivered({ id }: InboxMessage): void {
    this.done.add(id);
    this.check();
  }

  onChange(listener: (imei: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(what: string): void {
    this.told.push(what);
    this.check();
  }

  private check(): void {
    for (const check of [...this.waiting]) check();
  }
}
