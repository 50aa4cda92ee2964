/** Where a map is whose dialog says nothing. */
export const MAP_PATH = "/fleet";

/** Whether a page can be at a path such as /fleet or /my/fleet. */
export function isMapPath(path: string): boolean {
  return /^(\/[\w~-][\w.~-]{0,63}){1,8}$/.test(path);
}
