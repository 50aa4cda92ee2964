import { readTimeZone } from "../../src/model/days";
import { anyText, choice, type OptionTable, positive, whole } from "../runtime/options";

export interface RegistryOptions {
  storage: "file" | "memory";
  file: string;
  /** Minutes. */
  offlineAfter: number;
  /** Minutes. */
  clockTolerance: number;
  /** Seconds. */
  saveEvery: number;
  historyDays: number;
  /** Gigabytes of 2^30 bytes. */
  historySize: number;
  /** Seconds. */
  historyEvery: number;
  /** Days; 0: never. */
  historyThinAfter: number;
  /** Name in the IANA database; empty for that of this computer. */
  timeZone: string;
}

export const REGISTRY_OPTIONS: OptionTable<RegistryOptions> = {
  storage: choice("file", "memory"),
  file: anyText("trackers.sqlite"),
  offlineAfter: positive(10, 43_200),
  clockTolerance: positive(10, 43_200),
  saveEvery: positive(10, 3600),
  historyDays: positive(90, 36_500),
  historySize: positive(2, 100_000),
  historyEvery: positive(10, 600),
  historyThinAfter: whole(0, 36_500),
  timeZone: { default: "", read: readTimeZone, wanted: "a time zone such as Europe/Berlin" },
};
