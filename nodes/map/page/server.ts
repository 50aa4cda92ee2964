/** What the page asks the server for. In the editor it has to send the token that this has. */

const EDITOR_DOOR = /\/trackers\/map\/[^/]+\/$/;

/** Of a page that was opened with a link: its secret, which stands behind # and so in no request's address. */
const SECRET = document.documentElement.hasAttribute("data-share") ? location.hash.slice(1) : undefined;
export const isByLink = SECRET !== undefined;

/** Of a small map of one device, as the editor has it in a frame: its IMEI, which stands in no request's address either. */
export const ONLY_DEVICE = SECRET === undefined ? /^#device=(\d{1,17})$/.exec(location.hash)?.[1] : undefined;

/** The headers of every request. */
export function accessHeaders(): Record<string, string> {
  if (SECRET !== undefined) return { "X-Tracker-Share": encodeURIComponent(SECRET) };
  if (!document.documentElement.hasAttribute("data-editor")) return {};
  // The editor keeps its token under its own path.
  const root = location.pathname.replace(EDITOR_DOOR, "");
  try {
    const tokens = JSON.parse(localStorage.getItem(`auth-tokens${root.replaceAll("/", "-")}`) ?? "null");
    return typeof tokens?.access_token === "string" ? { Authorization: `Bearer ${tokens.access_token}` } : {};
  } catch {
    return {};
  }
}

/** Why the server answers nothing, in its words. */
export async function refusal(path: string): Promise<string | undefined> {
  const response = await fetch(path, { headers: accessHeaders() }).catch(() => undefined);
  const { message } = ((await response?.json().catch(() => undefined)) ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : undefined;
}

/** What the server answers; undefined where it has nothing, or is not there. */
export async function get<T>(path: string): Promise<T | undefined> {
  try {
    const response = await fetch(path, { headers: accessHeaders() });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Permissions of Node-RED's users that have `trackers.write` in them. */
const WRITES: readonly unknown[] = ["*", "write", "*.write", "trackers.write"];

/** Whether the user of the editor may change devices, as this says; without a login everybody may. */
export async function mayWrite(): Promise<boolean> {
  const settings = await get<{ user?: { permissions?: unknown } }>("../../../settings");
  if (settings === undefined) return false;
  const { user } = settings;
  return user === undefined || [user.permissions].flat().some((one) => WRITES.includes(one));
}

/** Why the registry did not do something. */
export interface RegistryRefusal {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

/** Asks the registry behind the editor's door: a `query` reads, a `request` may change. */
export async function askRegistry(
  door: "query" | "request",
  request: string,
  payload: unknown,
): Promise<{ readonly payload: unknown } | RegistryRefusal> {
  const id = location.pathname.split("/").at(-2) ?? "";
  try {
    const response = await fetch(`../../registry/${id}/${door}`, {
      method: "POST",
      headers: { ...accessHeaders(), "Content-Type": "application/json" },
      body: JSON.stringify({ request, payload }),
    });
    if (response.status === 401) return { code: "NO_PERMISSION", message: "" };
    return await response.json();
  } catch {
    return { code: "NO_ANSWER", message: "" };
  }
}
