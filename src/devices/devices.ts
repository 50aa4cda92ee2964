import { TrackerError } from "../errors";
import { applyChanges, type Owner, type Share } from "../owner";
import type { Device, Pending } from "./device";
import { PendingList } from "./pending";
import type { DevicesPort } from "./port";

type Changes = DevicesPort["changes"];

/** The directory: which devices are registered, and who else has been heard. */
export class Devices implements Owner<DevicesPort> {
  private readonly registered = new Map<string, Device>();
  readonly pending = new PendingList();

  load({ devices, pending }: DevicesPort["stored"]): void {
    for (const device of devices) this.registered.set(device.imei, device);
    this.pending.load(pending);
  }

  get(imei: string): Device | undefined {
    return this.registered.get(imei);
  }

  isActive(imei: string): boolean {
    return this.registered.get(imei)?.state === "active";
  }

  /** Registered, or heard. */
  isKnown(imei: string): boolean {
    return this.registered.has(imei) || this.pending.has(imei);
  }

  all(): Iterable<Device> {
    return this.registered.values();
  }

  counts(): { devices: number; active: number; pending: number } {
    const active = [...this.registered.values()].filter(({ state }) => state === "active").length;
    return { devices: this.registered.size, active, pending: this.pending.notIgnored };
  }

  /** Only of unknown senders: what people change is written before it is so. */
  share(): Share<Changes> {
    const pending = this.pending.takeChanges();
    return {
      changes: pending.size === 0 ? undefined : { pending },
      committed: () => this.pending.saved(pending),
      takeBack: () => this.pending.giveBack(pending),
    };
  }

  /** How devices are from now on; null removes, also an unknown sender. A device is pending no more. */
  write(devices: ReadonlyMap<string, Device | null>): Share<Changes> {
    const pending = new Map(
      [...devices.keys()].filter((imei) => this.pending.has(imei)).map((imei) => [imei, null]),
    );
    return {
      changes: { devices, pending },
      committed: () => {
        for (const imei of devices.keys()) this.pending.remove(imei);
        applyChanges(this.registered, devices);
      },
    };
  }

  /** Takes unknown senders out of sight, or back into it. Throws `DEVICE_UNKNOWN`. */
  ignore(imeis: readonly string[], ignored: boolean): Share<Changes> {
    const pending = new Map(
      imeis.map((imei): [string, Pending] => {
        const known = this.pending.get(imei);
        if (known === undefined) throw unknownDevice(imei);
        return [imei, { ...known, ignored }];
      }),
    );
    return {
      changes: { pending },
      committed: () => {
        for (const imei of imeis) this.pending.setIgnored(imei, ignored);
      },
    };
  }

  everything(): Changes {
    return {
      devices: this.registered,
      pending: new Map([...this.pending.all()].map((one) => [one.imei, one])),
    };
  }

  forget(imeis: readonly string[]): Share<Changes> {
    return this.write(new Map(imeis.map((imei) => [imei, null])));
  }
}

export function unknownDevice(imei: string): TrackerError {
  const message = `no device with IMEI ${imei} is registered`;
  return new TrackerError({ code: "DEVICE_UNKNOWN", path: "imei", message });
}
