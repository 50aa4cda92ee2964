import type { Protocol } from "../device/device-config";

/** What a device config says of its devices, as far as the registry needs it. */
export interface Profile {
  readonly id: string;
  readonly name: string;
  readonly protocol: Protocol;
  /** Name of input n at index n − 1; empty where it has none. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Milliseconds of silence after which a device counts as offline; null for the registry's own. */
  readonly offlineAfter: number | null;
}

/** The device configs that there are now. */
export interface Profiles {
  get(id: string): Profile | undefined;
  /** By id, or by a name that only one has. */
  find(nameOrId: string): Profile | undefined;
}
