import type { Login } from "../device-config/deployed";
import type { Directory } from "../fleet/directory";
import { checkImei } from "../model/imei";
import type { Refusal } from "../model/refusal";
import type { Identity, Role } from "./access";
import type { Asker, Passwords } from "./passwords";

export interface ServiceUser extends Login {
  readonly role: Role;
}

export interface LoginSettings {
  readonly services: readonly ServiceUser[];
  /** What a program on this computer may do that gives neither user nor password. */
  readonly local: Role | "none";
  /** Whether others without a login are let in, to hear what is public. */
  readonly anonymous: boolean;
}

/** What somebody gives who wants in. */
export interface Credentials {
  readonly client: string;
  /** Undefined where none was given. */
  readonly user: string | undefined;
  readonly password: Uint8Array | undefined;
  /** True where both ends of the connection are on this computer. */
  readonly isLocal: boolean;
  /** Common name of the client's certificate, where it had to show one. */
  readonly certificate: string | undefined;
}

export type Admission =
  | { readonly identity: Identity; readonly refusal?: undefined; readonly knowsLogin?: undefined }
  | {
      readonly identity?: undefined;
      readonly refusal: Refusal;
      /** The login was right all the same, so that it was no guess. */
      readonly knowsLogin?: boolean;
    };

/**
 * Says who somebody is. A client id that is an IMEI is a device's, and nobody else's: the one exception is a vendor's
 * cloud that speaks for a device that is not registered. Everything that is refused takes the time of one hash,
 * except for what is said only to those whose password was right.
 */
export async function identify(
  given: Credentials,
  settings: LoginSettings,
  directory: Directory,
  passwords: Passwords,
  asker: Asker,
): Promise<Admission> {
  const { client, user, certificate } = given;
  const password = given.password ?? new Uint8Array();
  const isImei = checkImei(client) === undefined;
  const refuse = async (refusal: Refusal): Promise<Admission> => {
    await passwords.fitsNobody(password, asker);
    return { refusal };
  };
  if (certificate !== undefined && checkImei(certificate) === undefined && certificate !== client) {
    return refuse("LOGIN");
  }
  if (isImei && directory.device(client) !== undefined) return device(given, directory, passwords, asker);

  const gateway = directory.gateways().find(({ login }) => login.user === user && login.password !== "");
  if (gateway !== undefined) {
    const isRight = await passwords.fitsPlain(gateway.login.password, password, asker);
    return isRight ? { identity: { kind: "gateway", account: gateway } } : { refusal: "LOGIN" };
  }
  if (isImei) return stranger(given, directory, passwords, asker);
  if (/^\d{15}$/.test(client)) return refuse("CLIENT_ID");
  const service = settings.services.find((one) => one.user === user);
  if (service !== undefined) {
    const isRight = await passwords.fitsPlain(service.password, password, asker);
    return isRight
      ? { identity: { kind: "service", user: service.user, role: service.role } }
      : { refusal: "LOGIN" };
  }
  return nameless(given, settings) ?? refuse(whyNobody(user, directory));
}

/** Why a client is nobody, by its user name. One that a device would give has its client id to correct first. */
function whyNobody(user: string | undefined, directory: Directory): Refusal {
  if (directory.gateways().some(({ login }) => login.user === user)) return "PASSWORD_UNSET";
  const isDevices = user === undefined || directory.logins().some((login) => login.user === user);
  return isDevices ? "CLIENT_ID" : "LOGIN";
}

/** A device that is not registered. One that knows the fleet's login is new rather than guessing. */
async function stranger(
  { user, password = new Uint8Array() }: Credentials,
  directory: Directory,
  passwords: Passwords,
  asker: Asker,
): Promise<Admission> {
  const login = directory.logins().find((one) => one.user === user);
  const knowsLogin = await passwords.fitsPlain(login?.password ?? "", password, asker);
  return { refusal: "DEVICE_UNKNOWN", knowsLogin };
}

async function device(
  { client, user, password = new Uint8Array() }: Credentials,
  directory: Directory,
  passwords: Passwords,
  asker: Asker,
): Promise<Admission> {
  const account = directory.device(client);
  if (account?.ownPassword === "" && account.shared === undefined) {
    await passwords.fitsNobody(password, asker);
    return { refusal: "PASSWORD_UNSET" };
  }
  const isRight =
    account === undefined
      ? await passwords.fitsNobody(password, asker)
      : account.ownPassword !== ""
        ? await passwords.fitsHash(account.ownPassword, password, asker)
        : await passwords.fitsPlain(
            account.shared?.user === user ? (account.shared?.password ?? "") : "",
            password,
            asker,
          );
  if (!isRight) return { refusal: "LOGIN" };
  // It may have been changed while the hash was worked out.
  const now = directory.device(client);
  if (now === undefined) return { refusal: "DEVICE_UNKNOWN" };
  if (now.state !== "active") return { refusal: "DEVICE_INACTIVE" };
  return { identity: { kind: "device", account: now } };
}

function nameless(
  { user, password, isLocal }: Credentials,
  { local, anonymous }: LoginSettings,
): Admission | undefined {
  if (user !== undefined || password !== undefined) return undefined;
  if (isLocal && local !== "none") {
    return { identity: { kind: "service", user: "", role: local } };
  }
  return anonymous ? { identity: { kind: "anonymous" } } : undefined;
}
