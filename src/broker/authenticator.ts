import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { addressKey } from "../address";
import type { Directory } from "../fleet/directory";
import { checkImei } from "../model/imei";
import type { Refusal } from "../model/refusal";
import { type Identity, ownerOf } from "./access";
import type { BrokerClient } from "./aedes";
import { because, Quiet, shortened, type Who, type Why } from "./events";
import { ConnectionCount, type Limits, LoginGuard } from "./limits";
import type { LoginMemory } from "./login-memory";
import { type Admission, type Credentials, identify, type LoginSettings } from "./logins";
import { NotHashed, Passwords } from "./passwords";
import type { ConnectionOrigin, Session } from "./session";

/** What stands around the door. */
export interface Surroundings {
  /** The directory once it is open; undefined where that takes too long, or the client has gone. */
  readonly directory: (client: BrokerClient) => Promise<Directory | undefined>;
  /** Whose a client id is already, by {@link ownerOf}. */
  readonly owner: (client: string) => string | undefined;
  readonly refused: (who: Who, refusal: Refusal) => void;
  /** Tells of one that has not said who it is, and will not be asked. */
  readonly turnAway: (origin: ConnectionOrigin, why: Why) => void;
}

const QUIET_MS = 60_000;
/** Refusals that may be somebody's guesses. */
const GUESSES: ReadonlySet<string> = new Set<Refusal>(["LOGIN", "DEVICE_UNKNOWN", "CLIENT_ID"]);

/** Decides who gets in, and bounds what those cost who do not. */
export class Authenticator {
  private readonly passwords: Passwords;
  private readonly connections: ConnectionCount;
  private readonly guard: LoginGuard;
  private readonly quiet = new Quiet(QUIET_MS);

  constructor(
    private readonly settings: LoginSettings & { readonly limits: Limits },
    memory: LoginMemory,
    private readonly around: Surroundings,
  ) {
    this.passwords = new Passwords(memory);
    this.connections = new ConnectionCount(settings.limits);
    this.guard = new LoginGuard(settings.limits);
  }

  /** Whether a connection may stay open to say who it is. */
  admits(socket: Socket): boolean {
    const origin = originOf(socket);
    const { key } = origin;
    if (this.guard.isClosed(key, performance.now())) return false;
    if (this.connections.open(key)) {
      socket.once("close", () => this.connections.close(key));
      return true;
    }
    this.around.turnAway(origin, because("CONNECTIONS"));
    return false;
  }

  /** Who a client is, or why it does not get in; the latter after a while, where it may be a guess. */
  async identify(client: BrokerClient, session: Session, given: Credentials): Promise<Identity | Refusal> {
    const { key } = session.origin;
    const name = nameOf(given);
    const { identity, refusal, knowsLogin } = await this.decide(client, key, name, given);
    const now = performance.now();
    if (identity !== undefined) {
      if (identity.kind !== "anonymous") this.guard.right(key, name, identity.kind === "device", now);
      return identity;
    }
    const isGuess = GUESSES.has(refusal) && !knowsLogin;
    // Also of a client that has gone: who does not wait for the answer could else guess without end.
    const { delay, blocks } = isGuess ? this.guard.wrong(key, name, now) : { delay: 0, blocks: false };
    if (!client.closed) this.tell(session, client.id, refusal, now);
    if (blocks) this.tell(session, client.id, "BLOCKED", now);
    if (delay > 0 && !client.closed) await sleep(delay, undefined, { ref: false });
    return refusal;
  }

  private async decide(
    client: BrokerClient,
    key: string,
    name: string,
    given: Credentials,
  ): Promise<Admission> {
    const isBlocked = () => !this.guard.admits(key, name, performance.now());
    if (isBlocked()) return { refusal: "BLOCKED" };
    const directory = await this.around.directory(client);
    if (directory === undefined) return { refusal: "NOT_READY" };
    try {
      const asker = { address: key, gone: () => client.closed || isBlocked() };
      const admission = await identify(given, this.settings, directory, this.passwords, asker);
      if (admission.identity === undefined) return admission;
      return mayTake(this.around.owner(client.id), admission.identity) ? admission : { refusal: "CLIENT_ID" };
    } catch (error) {
      if (!(error instanceof NotHashed)) throw error;
      return { refusal: isBlocked() ? "BLOCKED" : "CONNECTIONS" };
    }
  }

  private tell(session: Session, client: string, refusal: Refusal, now: number): void {
    const { key, address } = session.origin;
    if (refusal === "BLOCKED" && !this.quiet.isNew(`BLOCKED ${key}`, now)) return;
    const imei = checkImei(client) === undefined ? client : null;
    this.around.refused({ client, user: session.user, imei, address }, refusal);
  }
}

/**
 * What somebody is trusted by once it has got in: a device by its IMEI, others by their user, since client ids change.
 * Whoever has logged in under a client id is not to guess the passwords of others under it.
 */
function nameOf({ client, user = "" }: Credentials): string {
  return shortened(checkImei(client) === undefined ? `${client} ${user}` : `user ${user}`);
}

/** Whether somebody may have a client id, by whose it is: an IMEI is its device's, and what has nobody's name is free. */
function mayTake(owner: string | undefined, identity: Identity): boolean {
  if (owner === undefined || owner === ownerOf({ kind: "anonymous" })) return true;
  return identity.kind === "device" || owner === ownerOf(identity);
}

/** Where a connection comes from. */
export function originOf(socket: Socket): ConnectionOrigin {
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
  const names = (socket as Partial<TLSSocket>).getPeerCertificate?.()?.subject?.CN;
  return {
    address,
    key: addressKey(address),
    isLocal: isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress),
    certificate: Array.isArray(names) ? names[0] : names,
  };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(address);
}
