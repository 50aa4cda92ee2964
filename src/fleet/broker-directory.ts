import type { DeployedConfig, DeployedConfigs, Login } from "../device-config/deployed";
import type { Device } from "../devices/device";
import { TrackerError } from "../errors";
import type { InboxMessage } from "../inbox/port";
import type { DenialCode, Refusal } from "../model/refusal";
import { protocolOf } from "../protocols/index";
import { allTopics, type Topics } from "../protocols/topics";
import type { DeviceAccount, Directory, GatewayAccount } from "./directory";
import type { Fleet } from "./fleet";

/** A device that no device config describes may publish and hear nothing. */
const NO_TOPICS = allTopics({});

/**
 * What the built-in broker sees of a registry, which may not be open yet, or be closed already. Of device
 * configs nothing is kept here but their topics: they are other ones after a deploy.
 */
export class RegistryDirectory implements Directory {
  /** Of all device configs, since they were last told to be other ones: asked for with every public message. */
  private allTopics: readonly Topics[] | undefined;
  private readonly listeners = new Set<(imei: string) => void>();

  constructor(
    private readonly fleet: () => Fleet | undefined,
    private readonly deviceConfigs: DeployedConfigs,
  ) {}

  get ready(): boolean {
    return this.fleet() !== undefined;
  }

  device(imei: string): DeviceAccount | undefined {
    const fleet = this.fleet();
    const device = fleet?.devices.get(imei);
    return device && accountOf(device, fleet?.configFor(device));
  }

  gateways(): readonly GatewayAccount[] {
    return this.deviceConfigs
      .all()
      .filter(({ protocol }) => protocolOf(protocol).connects === "gateway")
      .map(({ id, user, login, topics }) => ({
        deviceConfig: id,
        login: login ?? { user, password: "" },
        topics,
      }));
  }

  topics(): readonly Topics[] {
    this.allTopics ??= this.deviceConfigs.all().map(({ topics }) => topics);
    return this.allTopics;
  }

  logins(): readonly Login[] {
    return this.deviceConfigs.all().flatMap(({ login }) => login ?? []);
  }

  refused(imei: string, refusal: Refusal, address: string): void {
    this.fleet()?.refused(imei, refusal, address);
  }

  denied(imei: string, code: DenialCode, about: string): void {
    this.fleet()?.connections.denied(imei, code, about);
  }

  connected(imei: string, address: string): void {
    this.fleet()?.connections.connected(imei, address);
  }

  disconnected(imei: string): void {
    this.fleet()?.connections.disconnected(imei);
  }

  listening(imei: string): void {
    this.fleet()?.connections.listens(imei);
  }

  /** Rejects with `NOT_READY`, `INBOX_FULL` or `STORE_*`. */
  keep(message: Omit<InboxMessage, "id">, taken?: (message: InboxMessage) => void): Promise<InboxMessage> {
    const fleet = this.fleet();
    if (fleet !== undefined) return fleet.inbox.keep(message, taken);
    return Promise.reject(
      new TrackerError({ code: "NOT_READY", message: "the registry is closed, or not open yet" }),
    );
  }

  kept(): readonly InboxMessage[] {
    return this.fleet()?.inbox.kept() ?? [];
  }

  delivered(message: InboxMessage): void {
    this.fleet()?.inbox.deliver(message);
  }

  onChange(listener: (imei: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Something of a device may be another one. */
  tell(imei: string): void {
    for (const listener of this.listeners) listener(imei);
  }

  /** The device configs may be other ones. */
  tellAll(): void {
    this.allTopics = undefined;
    for (const { imei } of this.fleet()?.devices.all() ?? []) this.tell(imei);
  }
}

function accountOf({ imei, state, login }: Device, deviceConfig: DeployedConfig | undefined): DeviceAccount {
  return {
    imei,
    state,
    ownPassword: login,
    shared: deviceConfig?.login,
    topics: deviceConfig?.topics ?? NO_TOPICS,
  };
}
