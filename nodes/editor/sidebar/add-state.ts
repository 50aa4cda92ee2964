import type { Feed } from "./feed";
import type { OfferedModel } from "./models";

/** What the steps of the dialog know together. */
export interface AddState {
  readonly registry: string;
  readonly feed: Feed;
  /** Id of the registry's own device config; may be empty. */
  readonly ownDeviceConfig: string;
  model: OfferedModel;
  /** Id of the device config; empty for none. */
  deviceConfig: string;
  /** The person has chosen it, so that nothing else is chosen instead. */
  deviceConfigChosen: boolean;
  imei: string;
  name: string;
  /** The password that the registry has made for it; empty where it has none. Shown once. */
  password: string;
}

export interface AddStep {
  readonly name: "model" | "setup" | "device" | "wait";
  /** Text of the button that leads on; absent in the last step. */
  readonly next?: string;
  readonly content: JQuery;
  /** It is seen for the first time, or again because a dialog on top has gone. */
  shown(first: boolean): void;
  /** Asked before the next step; false stays. */
  leave(): Promise<boolean>;
  /** Flows were deployed meanwhile. */
  deployed?(): void;
  ended?(): void;
}
