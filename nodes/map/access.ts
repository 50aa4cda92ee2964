import type { IncomingMessage } from "node:http";

/** Who may open a map's page. */
export type Access =
  /** Who passes Node-RED's own `httpNodeAuth`, or the middleware of its settings. */
  | "protected"
  /** Only a browser on the machine that Node-RED runs on. */
  | "local"
  | "everybody";

export interface HttpSettings {
  readonly httpNodeAuth?: unknown;
  readonly httpNodeMiddleware?: unknown;
}

/** `open` is the user's choice that everybody may who reaches Node-RED. */
export function accessOf({ httpNodeAuth, httpNodeMiddleware }: HttpSettings, open: boolean): Access {
  if (open) return "everybody";
  return isSet(httpNodeAuth) || isSet(httpNodeMiddleware) ? "protected" : "local";
}

function isSet(setting: unknown): boolean {
  return Array.isArray(setting) ? setting.length > 0 : Boolean(setting);
}

/** What a proxy adds: the request came from another machine, although the proxy itself runs on this one. */
const OF_PROXIES = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-server",
  "x-real-ip",
  "x-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
];

const LOOPBACK = /^(::1|(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i;
const LOOPBACK_NAME = /^(localhost|[\w-]+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;

/**
 * Whether a request comes from a browser on this machine. The socket's address has to say so. Headers can only make it
 * false: those of a proxy, and a host name that is not this machine's, with which another site would read what is shown
 * here (DNS rebinding).
 */
export function isFromThisMachine({
  socket,
  headers,
}: Pick<IncomingMessage, "headers"> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
}): boolean {
  return (
    LOOPBACK.test(socket.remoteAddress ?? "") &&
    LOOPBACK_NAME.test(headers.host ?? "") &&
    OF_PROXIES.every((name) => headers[name] === undefined)
  );
}

export function mayOpen(access: Access, request: Parameters<typeof isFromThisMachine>[0]): boolean {
  return access !== "local" || isFromThisMachine(request);
}
