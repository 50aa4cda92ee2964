/** What the page asks the server for. In the editor it has to send the token that this has. */

const EDITOR_DOOR = /\/trackers\/map\/[^/]+\/$/;

/** The headers of every request. */
export function accessHeaders(): Record<string, string> {
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

/** What the server answers; undefined where it has nothing, or is not there. */
export async function get<T>(path: string): Promise<T | undefined> {
  try {
    const response = await fetch(path, { headers: accessHeaders() });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
