import { anyText, choice, type OptionTable, positive } from "../runtime/options";

export interface RegistryOptions {
  storage: "file" | "memory";
  file: string;
  /** Minutes. */
  offlineAfter: number;
  /** Minutes. */
  clockTolerance: number;
  /** Seconds. */
  saveEvery: number;
}

export const REGISTRY_OPTIONS: OptionTable<RegistryOptions> = {
  storage: choice("file", "memory"),
  file: anyText("trackers.sqlite"),
  offlineAfter: positive(10, 43_200),
  clockTolerance: positive(10, 43_200),
  saveEvery: positive(10, 3600),
};
