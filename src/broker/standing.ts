import type { DeviceAccount, Directory } from "../fleet/directory";
import type { Identity } from "./access";
import type { REASONS } from "./events";

/** What somebody who has got in is now: still the same, perhaps with other rights, or nobody, and why. */
export type Standing =
  | { readonly identity: Identity; readonly out?: undefined }
  | { readonly identity?: undefined; readonly out: keyof typeof REASONS };

/** Looks somebody up again in the directory, which may have changed since. */
export function standing(identity: Identity, directory: Directory): Standing {
  switch (identity.kind) {
    case "device": {
      const account = directory.device(identity.account.imei);
      if (account === undefined) return { out: "REMOVED" };
      if (account.state !== "active") return { out: "DEVICE_INACTIVE" };
      if (loginOf(account) !== loginOf(identity.account)) return { out: "LOGIN_CHANGED" };
      return { identity: { kind: "device", account } };
    }
    case "gateway": {
      const { deviceConfig, login } = identity.account;
      const account = directory.gateways().find((one) => one.deviceConfig === deviceConfig);
      if (account?.login.user !== login.user || account.login.password !== login.password) {
        return { out: "LOGIN_CHANGED" };
      }
      return { identity: { kind: "gateway", account } };
    }
    default:
      return { identity };
  }
}

/** What a device logs in with, for comparison. */
function loginOf({ ownPassword, shared }: DeviceAccount): string {
  return ownPassword === "" ? JSON.stringify([shared?.user, shared?.password]) : ownPassword;
}
