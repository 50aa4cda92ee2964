import type { Fence } from "../fences/fence";
import type { Scalar } from "../model/message";
import type { Anchor } from "./alarm";

/** What is known of a device when a rule looks at it. */
export interface AlarmView {
  readonly time: number;
  value(name: string): Scalar | undefined;
  /** km/h. */
  readonly speed: number | undefined;
  readonly position: { readonly latitude: number; readonly longitude: number } | undefined;
  /** Fences at the position that are for the device. */
  readonly fences: () => readonly Fence[];
  readonly anchor: Anchor | null;
  /** What the rule's own expression says of the record. */
  readonly computed?: Scalar | undefined;
}

/** What a rule sees: undefined where it cannot tell, so that all stays as it is. */
export interface Sight {
  readonly on: boolean | undefined;
  readonly details?: Readonly<Record<string, Scalar>>;
  readonly anchor?: Anchor | null;
}
