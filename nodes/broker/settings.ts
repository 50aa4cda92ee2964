import { isAbsolute, join } from "node:path";
import { ROLES, type Role } from "../../src/broker/access";
import { DEFAULT_LIMITS } from "../../src/broker/limits";
import type { Pem, TlsSettings } from "../../src/broker/listeners";
import type { ServiceUser } from "../../src/broker/logins";
import type { BrokerSettings } from "../../src/broker/server";
import { isObject } from "../../src/devices/fields";
import { shown, shownText, TrackerError } from "../../src/errors";
import { isBlank } from "../../src/saved";
import { anyText, choice, count, flag, type OptionTable, positive, readOptions } from "../runtime/options";

/** Each service user has a slot, and in it its password, so that one can be changed without typing the others anew. */
export const USER_SLOTS = 8;

export interface BrokerOptions {
  bind: "local" | "network" | "address";
  address: string;
  port: number;
  /** Which ports listen: the plain one, both, or the one with TLS. */
  tls: "off" | "both" | "only";
  tlsPort: number;
  secrets: "files" | "pasted";
  keyFile: string;
  certFile: string;
  caFile: string;
  clientCertificates: boolean;
  local: "none" | Role;
  anonymous: boolean;
  acknowledge: "stored" | "received";
  /** Kilobytes. */
  packetSize: number;
  connections: number;
  connectionsPerAddress: number;
  messagesPerSecond: number;
  wrongLogins: number;
  blockSeconds: number;
}

const NONE = anyText("");

export const BROKER_OPTIONS: OptionTable<BrokerOptions> = {
  bind: choice("local", "network", "address"),
  address: NONE,
  port: count(1883, 65_535),
  tls: choice("off", "both", "only"),
  tlsPort: count(8883, 65_535),
  secrets: choice("files", "pasted"),
  keyFile: NONE,
  certFile: NONE,
  caFile: NONE,
  clientCertificates: flag(false),
  local: choice("none", ...ROLES),
  anonymous: flag(false),
  acknowledge: choice("stored", "received"),
  packetSize: count(DEFAULT_LIMITS.packetBytes / 1024, 16_384),
  connections: count(DEFAULT_LIMITS.connections, 100_000),
  connectionsPerAddress: count(DEFAULT_LIMITS.connectionsPerAddress, 100_000),
  messagesPerSecond: positive(DEFAULT_LIMITS.messagesPerSecond, 10_000),
  wrongLogins: count(DEFAULT_LIMITS.wrongLogins, 10_000),
  blockSeconds: count(DEFAULT_LIMITS.blockSeconds, 86_400),
};

export type BrokerCredentials = Partial<Record<"key" | "cert" | "ca" | `password${number}`, string>>;

/** Where the broker can be reached: from this computer only, or from others. */
export function isOpen({ bind, address }: BrokerOptions): boolean {
  return bind === "network" || (bind === "address" && !/^(127\.|::1$|localhost$)/.test(address));
}

/**
 * A saved broker as the server takes it. Paths of files are those of the user folder.
 * Throws `OPTION`, `ADDRESS`, `TLS` or `SERVICE_USER`, with the field.
 */
export function brokerSettings(
  saved: Readonly<Record<string, unknown>>,
  credentials: BrokerCredentials,
  folder: string,
): { readonly options: BrokerOptions; readonly settings: BrokerSettings } {
  const options = readOptions(BROKER_OPTIONS, saved);
  const { packetSize, connections, connectionsPerAddress, messagesPerSecond, wrongLogins, blockSeconds } =
    options;
  if (options.bind === "address" && options.address === "") {
    throw wrong("ADDRESS", "address", "the address to listen on is missing");
  }
  return {
    options,
    settings: {
      listening: {
        port: options.tls === "only" ? undefined : options.port,
        host: { local: "127.0.0.1", network: undefined, address: options.address }[options.bind],
        tls: options.tls === "off" ? undefined : tlsOf(options, credentials, folder),
      },
      services: servicesOf(saved.services, credentials),
      local: options.local,
      anonymous: options.anonymous,
      acknowledge: options.acknowledge,
      limits: {
        packetBytes: packetSize * 1024,
        connections,
        connectionsPerAddress,
        messagesPerSecond,
        wrongLogins,
        blockSeconds,
        connectSeconds: DEFAULT_LIMITS.connectSeconds,
      },
    },
  };
}

function tlsOf(options: BrokerOptions, credentials: BrokerCredentials, folder: string): TlsSettings {
  const pem = (field: "key" | "cert" | "ca"): Pem | undefined => {
    const file = options[`${field}File`];
    if (options.secrets === "files") {
      return file === "" ? undefined : { file: isAbsolute(file) ? file : join(folder, file) };
    }
    return isBlank(credentials[field]) ? undefined : { text: credentials[field] as string };
  };
  const [key, cert, ca] = [pem("key"), pem("cert"), pem("ca")];
  if (key === undefined) throw wrong("TLS", "key", "TLS needs a private key");
  if (cert === undefined) throw wrong("TLS", "cert", "TLS needs a certificate");
  if (options.clientCertificates && ca === undefined) {
    throw wrong("TLS", "ca", "to ask for client certificates takes the certificate of who issues them");
  }
  const { tlsPort: port, clientCertificates } = options;
  return { port, key, cert, clientCertificates, ...(ca === undefined ? {} : { ca }) };
}

function servicesOf(saved: unknown, credentials: BrokerCredentials): ServiceUser[] {
  const list = saved ?? [];
  if (!Array.isArray(list)) throw wrong("SERVICE_USER", "services", "the service users are not a list");
  const users = new Set<string>();
  return list.map((given: unknown, index) => {
    const path = `services[${index}]`;
    const read = serviceOf(given, path, credentials);
    if (users.has(read.user)) {
      throw wrong("SERVICE_USER", path, `the service user ${shownText(read.user)} is there twice`);
    }
    users.add(read.user);
    return read;
  });
}

function serviceOf(given: unknown, path: string, credentials: BrokerCredentials): ServiceUser {
  if (!isObject(given)) throw wrong("SERVICE_USER", path, `${shown(given)} is no service user`);
  const { user, role, slot } = given;
  const name = typeof user === "string" || typeof user === "number" ? String(user).trim() : "";
  if (name === "") throw wrong("SERVICE_USER", path, "a service user has no name");
  const password = (typeof slot === "object" ? "" : credentials[`password${Number(slot)}`]) ?? "";
  if (password === "") {
    throw wrong("SERVICE_USER", path, `the service user ${shownText(name)} has no password`);
  }
  const known = ROLES.find((one) => one === (role ?? "full"));
  if (known === undefined) throw wrong("SERVICE_USER", path, `${shown(role)} is no role`);
  return { user: name, password, role: known };
}

function wrong(code: string, path: string, message: string): TrackerError {
  return new TrackerError({ code, path, message });
}
