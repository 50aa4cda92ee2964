import { type Problem, shownText } from "../errors";
import type { Found } from "./store";

/** Rows that a notice names. */
const NAMED_ROWS = 5;

/** What a person should know and can do about a store that was not as it was left. */
export function foundProblem({ setAside, copy, inUse, unreadable = [] }: Found): Problem {
  if (setAside === undefined) {
    const named = unreadable.slice(0, NAMED_ROWS).map(({ table, key }) => `${table} ${shownText(key)}`);
    const more = unreadable.length > named.length ? ` and ${unreadable.length - named.length} more` : "";
    const message = `a part of the registry's file cannot be read and was left out: ${named.join(", ")}${more}`;
    return { code: "STORE_ROWS", message };
  }
  if (inUse) {
    const message = `the registry's file was written over while it was in use; what was there was kept as ${setAside}, and it was written anew`;
    return { code: "STORE_REPLACED", message };
  }
  const offer =
    copy === undefined
      ? "there is no copy of it"
      : `its last good copy is ${copy}: the request "restore" takes the devices back from it`;
  const message = `the registry's file was damaged; it was kept as ${setAside}, and a new, empty one was started; ${offer}`;
  return { code: "STORE_DAMAGED", message };
}
